using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>What only an InfluxDB store does or refuses; the rest is in the suite for all stores.</summary>
public sealed class InfluxStoreTests
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;
    private static readonly DateOnly Day = new(2026, 1, 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Contract_3_Core_is_asked_for_no_more_time_than_it_reads_at_once()
    {
        await using var test = await StoreUnderTest.OpenAsync(Kind.ContractInflux3, batchPoints: 1_000);
        // A file each ten minutes, as a full district makes them.
        Point[] points = [.. Enumerable.Range(0, 30 * 144).Select(i => Water($"wm-{i % 7}", Jan + i * 600_000L, i))];
        await test.AppendAsync(points);
        Assert.Equal(
            points.Where(p => p.Device == "wm-3").Select(p => p.Value), (await test.Store.ReadAsync("wm-3", Metric.TotalMillilitres, Jan, Jan + 30 * DayMs, Cancel)).Select(s => s.Value));
        Assert.Equal(0, test.Memory.TooManyFiles);
        // Without bounds it has to look where there is something, and then is refused now and then.
        Assert.Equal(618, (await test.Store.ReadAsync("wm-0", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel)).Count);
        Assert.Equal((Day, Day.AddDays(29)), await test.Store.ReadSpanAsync(Cancel));
        Assert.InRange(test.Memory.TooManyFiles, 1, 60);
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\\")]
    [InlineData("a\\,b")]
    public async Task A_device_that_line_protocol_cannot_carry_is_refused_by_name_and_nothing_is_taken(string device)
    {
        await using var test = await StoreUnderTest.OpenAsync(Kind.ContractInflux2);
        var point = await Assert.ThrowsAsync<ArgumentException>(() => test.AppendAsync(Water("good", Jan, 1), Water(device, Jan, 1)));
        Assert.Equal("points[1].Device", point.ParamName);
        Assert.Contains("Choose another name.", point.Message);
        var happened = await Assert.ThrowsAsync<ArgumentException>(() => test.AppendAsync([Water("good", Jan, 1)], [new EventPoint("a", Jan, device, "")]));
        Assert.Equal("events[0].Kind", happened.ParamName);
        Assert.Equal("days[0].Device", (await Assert.ThrowsAsync<ArgumentException>(() => test.Store.WriteUseAsync([new UseDay(device, Day, Jan, 0, [0])], Cancel))).ParamName);
        Assert.Equal(0, test.Store.Status.WaitingPoints);
        Assert.Empty(test.Memory.Asked);
    }

    private static Point Water(string device, long atMs, long value) => new(device, Metric.TotalMillilitres, atMs, value);
}
