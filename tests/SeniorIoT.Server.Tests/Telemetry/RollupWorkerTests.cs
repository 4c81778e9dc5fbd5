using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

public sealed class RollupWorkerTests : IAsyncDisposable
{
    private const long Minute = 60_000, Hour = 60 * Minute;
    private static readonly DateOnly Day = new(2026, 5, 10);
    private readonly RollupHost _host = new(At(Day).AddHours(1), retention: new RetentionOptions { TelemetryDays = 40 });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_meter_says_what_waits_and_what_was_written_and_names_no_device()
    {
        // The first pass marks today for both meters.
        await _host.PassAsync();
        await _host.UploadAsync("w1", Readings(Day, 0.25, 24));
        string Read() => Instruments.Read("senioriot.rollup.", meters => RollupMeter.Register(meters, () => _host.Worker.Status));
        Assert.Equal("expired0 0, waiting0 0, written0 0", Read());
        _host.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("expired0 0, waiting0 2, written0 0", Read());
        await _host.PassAsync();
        Assert.Equal("expired0 0, waiting0 0, written0 1", Read());
    }

    [Fact]
    public async Task A_meter_is_marked_once_a_day_however_often_it_speaks_and_again_when_the_day_is_over()
    {
        for (var hour = 1; hour < 20; hour++)
        {
            await _host.UploadAsync("w1", Reading(Day, hour));
            _host.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal((1, 1), (_host.Count("count(*)"), _host.Count("max(generation)")));
        _host.Clock.Advance(TimeSpan.FromHours(8));
        await _host.UploadAsync("w1", Reading(Day, 23));
        await _host.UploadAsync("w1", Reading(Day, 23.5));
        Assert.Equal((1, 3), (_host.Count("count(*)"), _host.Count("max(generation)")));
    }

    [Fact]
    public async Task What_was_never_marked_is_not_let_go_of()
    {
        await _host.RefuseMarksAsync(true);
        await Assert.ThrowsAsync<SqliteException>(() => _host.UploadAsync("w1", Reading(Day, 1)));
        await _host.RefuseMarksAsync(false);
        await _host.UploadAsync("w1"); // the next checkpoint
        Assert.Equal(1, _host.Count("count(*)"));
    }

    [Fact]
    public async Task A_day_is_rolled_up_when_it_is_over_and_the_time_of_grace_is_too()
    {
        await _host.PassAsync();
        await _host.UploadAsync("w1", Readings(Day, 0, 23.75));
        _host.Clock.SetUtcNow(At(Day.AddDays(1)).AddMinutes(1));
        await _host.UploadAsync("w1", Reading(Day, 24));
        await _host.PassAsync();
        Assert.Empty(await UseAsync("w1"));
        _host.Clock.Advance(TimeSpan.FromMinutes(9));
        await _host.PassAsync();
        var day = Assert.Single(await UseAsync("w1"));
        Assert.Equal((Day, 9_600L), (day.Day, day.Millilitres));
        Assert.Equal(1, _host.Worker.Status.Written);
        Assert.Equal(Day.AddDays(1).DayNumber, _host.Count("min(day)"));
    }

    [Fact]
    public async Task A_mark_made_again_while_its_day_is_rolled_up_stays()
    {
        await _host.UploadAsync("w1", Reading(Day, 0));
        _host.Clock.Advance(TimeSpan.FromDays(2));
        var taken = _host.Marks.ReadRipe(Day, _host.Clock.GetUtcNow(), null, 10);
        await _host.UploadAsync("w1", Reading(Day, 1));
        await _host.Marks.RemoveAsync([.. taken]);
        Assert.Equal(Day, Assert.Single(_host.Marks.ReadRipe(Day, _host.Clock.GetUtcNow(), null, 10)).First);
    }

    [Fact]
    public async Task A_day_whose_readings_came_late_is_rolled_up_again_and_one_that_says_the_same_is_not_written_again()
    {
        await _host.PassAsync();
        await _host.UploadAsync("w1", [.. Readings(Day, 0, 10), .. Readings(Day, 18, 30)]);
        await _host.SettleAsync();
        var before = Assert.Single(await UseAsync("w1"), day => day.Day == Day);
        Assert.Equal(8, before.HourlyMillilitres.Count(hour => hour is null));
        var written = _host.Worker.Status.Written;
        await _host.UploadAsync("w1", Readings(Day, 10, 18));
        await _host.PassAsync();
        Assert.Equal(Enumerable.Repeat<long?>(400, 24), (await UseAsync("w1"))[0].HourlyMillilitres);
        Assert.Equal(written + 1, _host.Worker.Status.Written);
        await _host.UploadAsync("w1", Readings(Day, 10, 18));
        await _host.PassAsync();
        Assert.Equal((0, written + 1), (_host.Worker.Status.Waiting, _host.Worker.Status.Written));
    }

    [Fact]
    public async Task After_readings_are_gone_their_days_stay_as_they_were()
    {
        await _host.UploadAsync("w1", Readings(Day, 0, 48));
        await _host.SettleAsync();
        var kept = await UseAsync("w1");
        Assert.Equal(9_600L, kept[0].Millilitres);

        _host.Clock.Advance(TimeSpan.FromDays(80));
        var oldest = DateOnly.FromDateTime(_host.Clock.GetUtcNow().UtcDateTime).AddDays(-_host.Retention.TelemetryDays);
        Assert.Equal(1, await _host.Store.RetainAsync(new Cutoffs(oldest, DateOnly.MinValue, DateOnly.MinValue), Cancel));
        await _host.UploadAsync("w1", Reading(Day, 3.5));
        await _host.PassAsync();
        Assert.Equal((0, null), (_host.Worker.Status.Waiting, _host.Worker.Status.Problem));
        Assert.NotEqual(0, _host.Worker.Status.Expired);
        Assert.Equal(kept.Select(day => day.Millilitres), (await UseAsync("w1")).Select(day => day.Millilitres));
        var edges = Edges.Daily(At(Day).ToUnixTimeMilliseconds(), At(Day.AddDays(2)).ToUnixTimeMilliseconds(), _host.Zone);
        Assert.Equal([9_600L, 9_600L], await _host.Series.ReadAsync("w1", edges, isDaily: true, Cancel));
    }

    [Fact]
    public async Task History_from_before_the_marks_is_rolled_up_at_the_first_start()
    {
        await _host.UploadAsync("w1", Readings(Day.AddDays(-20), 0, 48));
        await _host.UploadAsync("w9", Readings(Day.AddDays(-20), 0, 48)); // no longer enrolled: nobody will ask
        await _host.RestartAsync(isNewRollupFile: true);
        Assert.False(_host.Marks.IsPrepared);
        await _host.PassAsync();
        Assert.True(_host.Marks.IsPrepared);
        Assert.Equal([9_600L, 9_600L], (await UseAsync("w1")).Where(day => day.Millilitres is not null).Select(day => day.Millilitres));
        Assert.Empty(await UseAsync("w9"));
        Assert.Equal(0, _host.Worker.Status.Waiting);
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_told_of_and_tried_again_and_nothing_is_forgotten()
    {
        await _host.PassAsync();
        await _host.UploadAsync("w1", Readings(Day, 0, 24));
        await _host.UploadAsync("w2", Readings(Day, 0, 24));
        await _host.RestartAsync();
        var file = Path.Combine(_host.TelemetryFolder, "telemetry-202605.db");
        var good = await File.ReadAllBytesAsync(file, Cancel);
        await File.WriteAllBytesAsync(file, new byte[8192].Select((_, i) => (byte)i).ToArray(), Cancel);
        await _host.SettleAsync();
        Assert.Contains("telemetry-202605.db", _host.Worker.Status.Problem);
        Assert.Equal((4, Day), (_host.Worker.Status.Waiting, _host.Worker.Status.OldestDay));

        await File.WriteAllBytesAsync(file, good, Cancel);
        await _host.RestartAsync();
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.PassAsync();
        Assert.Equal((0, null), (_host.Worker.Status.Waiting, _host.Worker.Status.Problem));
        Assert.Equal(9_600L, (await UseAsync("w2"))[0].Millilitres);
    }

    [Fact]
    public async Task When_nothing_can_be_done_the_passes_become_rarer()
    {
        await _host.UploadAsync("w1", Readings(Day, 0, 24));
        await _host.KeepMarksAsync(true);
        await _host.SettleAsync();
        Assert.Contains("the disk refuses", _host.Worker.Status.Problem);
        var written = _host.Worker.Status.Written;
        await _host.KeepMarksAsync(false);
        _host.Clock.Advance(TimeSpan.FromSeconds(59));
        await _host.PassAsync();
        Assert.NotEqual(0, _host.Worker.Status.Waiting);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        await _host.PassAsync();
        Assert.Equal(new(0, null, null, written, 0), _host.Worker.Status);
    }

    [Fact]
    public void Days_whose_readings_wait_on_their_way_into_the_database_wait_too()
    {
        var now = At(Day).AddHours(1);
        Assert.Equal((Day.AddDays(-1), now), _host.Worker.Readable(now, null));
        Assert.Equal((Day.AddDays(-1), At(Day).AddMilliseconds(-1)), _host.Worker.Readable(now, At(Day)));
        Assert.Equal((Day.AddDays(-2), At(Day).AddMilliseconds(-2)), _host.Worker.Readable(now, At(Day).AddMilliseconds(-1)));
    }

    [Theory]
    [InlineData("15", "1096", "3653", "telemetry-days")]
    [InlineData("400", "399", "3653", "hourly-days")]
    [InlineData("400", "1096", "1000", "daily-days")]
    [InlineData("400", "300", "200", "hourly-days, daily-days")]
    public void Retention_that_loses_what_is_needed_is_refused_with_every_setting_named(string raw, string hourly, string daily, string named)
    {
        var options = new RetentionOptions { TelemetryDays = int.Parse(raw), HourlyDays = int.Parse(hourly), DailyDays = int.Parse(daily) };
        Assert.Equal(named, string.Join(", ", options.Errors().Select(error => error[..error.IndexOf(':')])));
        Assert.Equal(named, string.Join(", ", new ServerOptions { Retention = options }.Errors().Select(error => error[..error.IndexOf(':')])));
    }

    [Fact]
    public void A_time_zone_that_does_not_exist_is_refused_with_a_name_that_does()
    {
        Assert.Empty(new ServerOptions().Errors());
        Assert.Contains("such as Asia/Shanghai", Assert.Single(new ServerOptions { TimeZone = "Asia/Shanghi" }.Errors()));
    }

    private Task<IReadOnlyList<UseDay>> UseAsync(string device) => _host.Store.ReadUseAsync(device, DateOnly.MinValue, DateOnly.MaxValue, Cancel);

    /// <summary>The first moment of a day in Shanghai.</summary>
    private static DateTimeOffset At(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8));

    /// <summary>0.4 L an hour, for ever.</summary>
    private static Sample Reading(DateOnly day, double hour)
    {
        var at = At(day).ToUnixTimeMilliseconds() + (long)(hour * Hour);
        return new Sample(at, (at - At(new DateOnly(2026, 1, 1)).ToUnixTimeMilliseconds()) / (15 * Minute) * 100);
    }

    private static IEnumerable<Sample> Readings(DateOnly day, double from, double to)
    {
        for (var hour = from; hour <= to; hour += 0.25) yield return Reading(day, hour);
    }
}
