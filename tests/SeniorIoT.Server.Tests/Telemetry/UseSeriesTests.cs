using SeniorIoT.Server.Jobs;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

/// <summary>A chart says the same from roll-ups as from readings.</summary>
public sealed class UseSeriesTests
{
    private const long HalfHour = 1_800_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-15T00:00Z")]
    [InlineData("Europe/Madrid", "2026-03-15T00:00Z")]
    [InlineData("Europe/Madrid", "2026-10-10T00:00Z")]
    [InlineData("Asia/Kolkata", "2026-03-15T00:00Z")]
    public async Task Roll_ups_readings_and_both_together_answer_the_same(string zone, string start)
    {
        var from = DateTimeOffset.Parse(start, null);
        var now = from.AddDays(30).AddHours(5);
        await using var host = new RollupHost(now, zone);
        await host.UploadAsync("w1", Readings(from));
        Assert.False(host.Marks.IsPrepared);
        var byReadings = await AskAsync(host, from, now);
        await host.PassAsync();
        Assert.NotEqual(0, host.Worker.Status.Written);
        AssertSame(byReadings, await AskAsync(host, from, now));

        // Late readings make days in the middle dirty: those are read, the others are not.
        await host.UploadAsync("w1", Readings(from).Skip(600).Take(3).Select(sample => sample with { AtMs = sample.AtMs + 60_000 }));
        var dirty = await AskAsync(host, from, now);
        await host.PassAsync();
        AssertSame(dirty, await AskAsync(host, from, now));
    }

    [Fact]
    public async Task A_long_chart_outlives_the_readings_and_then_the_hours()
    {
        var from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var host = new RollupHost(from.AddDays(31), retention: new RetentionOptions { TelemetryDays = 30 });
        await host.UploadAsync("w1", Readings(from));
        await host.PassAsync();
        host.Clock.Advance(TimeSpan.FromDays(60));
        await host.PassAsync();
        var until = from.AddDays(24);
        var (days, hours) = await AskAsync(host, from, until);
        Assert.True(days.Count(day => day is not null) > 12);

        var march = new DateOnly(2026, 3, 1);
        await host.Store.RetainAsync(new Cutoffs(march, DateOnly.MinValue, DateOnly.MinValue), Cancel);
        Assert.Empty(await host.Store.ReadAsync("w1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
        AssertSame((days, hours), await AskAsync(host, from, until));

        await host.Store.RetainAsync(new Cutoffs(march, march, DateOnly.MinValue), Cancel);
        AssertSame((days, new long?[hours.Length]), await AskAsync(host, from, until));
    }

    [Fact]
    public async Task Another_time_zone_has_other_days_from_the_first_start_on()
    {
        var from = new DateTimeOffset(2026, 3, 15, 0, 0, 0, TimeSpan.Zero);
        var now = from.AddDays(30);
        await using var host = new RollupHost(now);
        await host.UploadAsync("w1", Readings(from));
        await host.PassAsync();
        await host.RestartAsync(zone: "Europe/Madrid");
        Assert.False(host.Marks.IsPrepared);
        var byReadings = await AskAsync(host, from, now);
        await host.PassAsync();
        AssertSame(byReadings, await AskAsync(host, from, now));
        var days = await host.Store.ReadUseAsync("w1", new(2026, 3, 1), new(2026, 4, 1), Cancel);
        Assert.All(days, day => Assert.Equal(Edges.StartOf(day.Day, host.Zone), day.StartMs));
    }

    private static void AssertSame((long?[] Days, long?[] Hours) expected, (long?[] Days, long?[] Hours) actual)
    {
        Assert.Equal(expected.Days, actual.Days);
        Assert.Equal(expected.Hours, actual.Hours);
    }

    private static async Task<(long?[] Days, long?[] Hours)> AskAsync(RollupHost host, DateTimeOffset from, DateTimeOffset to)
    {
        var (fromMs, toMs) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        return (await host.Series.ReadAsync("w1", Edges.Daily(fromMs, toMs, host.Zone), isDaily: true, Cancel),
            await host.Series.ReadAsync("w1", Edges.Hourly(fromMs, toMs), isDaily: false, Cancel));
    }

    /// <summary>A month read every half hour, with holes of hours and of days.</summary>
    private static IEnumerable<Sample> Readings(DateTimeOffset from) => Enumerable.Range(0, 30 * 48)
        .Where(i => i % 97 > 5 && i / 48 is not (9 or 10) && i % 400 > 30)
        .Select(i => new Sample(from.ToUnixTimeMilliseconds() + i * HalfHour, 1_000_000 + i / 3 * 1_700));
}
