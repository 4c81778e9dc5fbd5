using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

/// <summary>What every store does, each story told to each of them. Of InfluxDB, 1.6.7 runs for real; 2.x and 3 Core are played by their contract.</summary>
public sealed class StoreTests
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;

    public static TheoryData<Kind> Every { get; } = new(Enum.GetValues<Kind>());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_store_that_is_new_holds_nothing(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        Assert.Empty(await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel));
        Assert.Empty(await test.Store.ReadEventsAsync("wm-1", 0, long.MaxValue, Cancel));
        Assert.Empty(await test.Store.ReadDaysAsync("wm-1", Metric.TotalMillilitres, DateOnly.MinValue, DateOnly.MaxValue, Cancel));
        Assert.Null(await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, long.MinValue, TimeSpan.MaxValue, Cancel));
        Assert.Null(await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, long.MaxValue, TimeSpan.MaxValue, Cancel));
        Assert.Equal((StoreState.Ok, 0, 0), (test.Store.Status.State, test.Store.Status.WaitingPoints, test.Store.Status.DeadLetters));
        Assert.Empty(test.Store.ReadDeadLetters(null, 10));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task What_was_written_is_there_after_a_restart_each_point_once(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync([Water(Jan, 5)], [new EventPoint("wm-1", Jan, "water.leak", "{}")]);
        await test.AppendAsync([Water(Jan, 5), Water(Jan + 1, 6)], [new EventPoint("wm-1", Jan, "water.leak", "{}")]);
        Assert.Equal(3, test.Store.Status.WrittenPoints - (kind == Kind.Embedded ? 0 : 2));
        await test.ReopenAsync();
        Assert.Equal([new Sample(Jan, 5), new Sample(Jan + 1, 6)], await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel));
        Assert.Equal([new EventPoint("wm-1", Jan, "water.leak", "{}")], await test.Store.ReadEventsAsync("wm-1", Jan, Jan + 1, Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_range_has_its_start_and_not_its_end(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync(
            [.. Enumerable.Range(0, 5).Select(i => Water(Jan + i, i))], [.. Enumerable.Range(0, 5).Select(i => new EventPoint("wm-1", Jan + i, "sos.press", $"{i}"))]);
        Assert.Equal([1, 2], (await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan + 1, Jan + 3, Cancel)).Select(sample => sample.Value));
        Assert.Equal(["1", "2"], (await test.Store.ReadEventsAsync("wm-1", Jan + 1, Jan + 3, Cancel)).Select(e => e.Detail));
        Assert.Empty(await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan + 3, Jan + 3, Cancel));
        Assert.Empty(await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan + 3, Jan + 1, Cancel));
        Assert.Equal(new Sample(Jan + 2, 2), await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, Jan + 3, TimeSpan.FromMilliseconds(1), Cancel));
        Assert.Null(await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, Jan + 3, TimeSpan.FromMilliseconds(0.9), Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, Jan, TimeSpan.FromTicks(-1), Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Metrics_of_one_time_are_kept_apart_and_so_are_devices(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync(
            new Point("wm-1", Metric.RssiDbm, Jan, -97), Water(Jan, 5), new Point("wm-2", Metric.TotalMillilitres, Jan, 7), new Point("wm-1", Metric.BatteryPercent, Jan, 80),
            new Point("wm-1", Metric.BatteryPercent, Jan + 1, long.MinValue), new Point("wm-1", Metric.RssiDbm, Jan + 1, long.MaxValue));
        Assert.Equal([new Sample(Jan, -97), new Sample(Jan + 1, long.MaxValue)], await test.Store.ReadAsync("wm-1", Metric.RssiDbm, 0, long.MaxValue, Cancel));
        Assert.Equal([new Sample(Jan, 80), new Sample(Jan + 1, long.MinValue)], await test.Store.ReadAsync("wm-1", Metric.BatteryPercent, 0, long.MaxValue, Cancel));
        Assert.Equal([new Sample(Jan, 5)], await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
        Assert.Equal([new Sample(Jan, 7)], await test.Store.ReadAsync("wm-2", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
        Assert.Empty(await test.Store.ReadAsync("WM-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_day_summary_tells_the_least_and_the_greatest_of_values_that_fall(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync([.. new long[] { 90, 95, 70, 88 }.Select((value, i) => new Point("wm-1", Metric.BatteryPercent, Jan + i, value))]);
        await test.AppendAsync(new Point("wm-1", Metric.BatteryPercent, Jan - 1, 91), new Point("wm-1", Metric.BatteryPercent, Jan + 2 * DayMs, 60));
        var day = new DateOnly(2026, 1, 1);
        Assert.Equal(
            [new DaySummary(day, 4, new Sample(Jan, 90), new Sample(Jan + 3, 88), 70, 95, 343)],
            await test.Store.ReadDaysAsync("wm-1", Metric.BatteryPercent, day, day.AddDays(1), Cancel));
        Assert.Equal(
            [day.AddDays(-1), day, day.AddDays(2)],
            (await test.Store.ReadDaysAsync("wm-1", Metric.BatteryPercent, day.AddDays(-9), day.AddDays(9), Cancel)).Select(summary => summary.Day));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_long_range_comes_whole_and_in_order(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind, batchPoints: 1_000);
        // Forty days of quarter hours, written backwards: more than 3 Core reads at once.
        Point[] points = [.. Enumerable.Range(0, 40 * 96).Select(i => Water(Jan + i * 900_000L, i))];
        await test.AppendAsync([.. points.Reverse()]);
        Assert.Equal(points.Select(p => new Sample(p.AtMs, p.Value)), await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel));
        Assert.Equal(points.Skip(1).SkipLast(1).Select(p => p.Value), (await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan + 1, points[^1].AtMs, Cancel)).Select(s => s.Value));
        Assert.Equal(40, (await test.Store.ReadDaysAsync("wm-1", Metric.TotalMillilitres, DateOnly.MinValue, DateOnly.MaxValue, Cancel)).Count);
        Assert.Equal(points[^1].Value, (await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, 4_133_980_800_000, TimeSpan.MaxValue, Cancel))!.Value.Value);
        Assert.Null(await test.Store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, Jan, TimeSpan.MaxValue, Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Devices_and_details_may_hold_any_sign(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        string[] names = ["水表", "a b", "a,b=c", "\"q\"", "it's", "#1", "a\\b", "device=x' OR time > 0", "😀", " "];
        const string detail = "{\"text\":\"line\\n\"}\n\\ \" , = 水\\";
        await test.AppendAsync(
            [.. names.Select((name, i) => new Point(name, Metric.TotalMillilitres, Jan, i))], [.. names.Select(name => new EventPoint(name, Jan, "sos press,=\"", detail + name))]);
        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal([new Sample(Jan, i)], await test.Store.ReadAsync(names[i], Metric.TotalMillilitres, Jan, Jan + 1, Cancel));
            Assert.Equal([new EventPoint(names[i], Jan, "sos press,=\"", detail + names[i])], await test.Store.ReadEventsAsync(names[i], Jan, Jan + 1, Cancel));
        }
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Of_two_values_in_one_call_the_greater_stays(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync([Water(Jan, 5), Water(Jan, 9), Water(Jan, 7)], [new("wm-1", Jan, "k", "b"), new("wm-1", Jan, "k", "c"), new("wm-1", Jan, "k", "a")]);
        Assert.Equal([new Sample(Jan, 9)], await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan, Jan + 1, Cancel));
        Assert.Equal("c", Assert.Single(await test.Store.ReadEventsAsync("wm-1", Jan, Jan + 1, Cancel)).Detail);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_time_outside_the_years_2000_to_2100_is_refused_by_name_and_nothing_is_written(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        foreach (var atMs in (long[])[946_684_799_999, 4_133_980_800_000, long.MinValue, long.MaxValue])
        {
            var point = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.Store.AppendAsync([Water(Jan, 1), Water(atMs, 2)], [], Cancel));
            Assert.Equal("points[1].AtMs", point.ParamName);
            var happened = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => test.Store.AppendAsync([Water(Jan, 1)], [new EventPoint("b", atMs, "sos.press", "")], Cancel));
            Assert.Equal("events[0].AtMs", happened.ParamName);
        }

        Assert.Equal("points[0].Device", (await Assert.ThrowsAsync<ArgumentException>(() => test.Store.AppendAsync([Water(Jan, 1) with { Device = "" }], [], Cancel))).ParamName);
        Assert.Equal("events[0].Kind", (await Assert.ThrowsAsync<ArgumentException>(() => test.Store.AppendAsync([], [new("b", Jan, "", "")], Cancel))).ParamName);
        await test.SettleAsync();
        Assert.Empty(await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel));
        await test.AppendAsync(Water(946_684_800_000, 1), Water(4_133_980_799_999, 2));
        Assert.Equal(2, (await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel)).Count);
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_cancelled_append_writes_nothing_and_a_closed_store_says_so(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Store.AppendAsync([Water(Jan, 1)], [], new CancellationToken(canceled: true)));
        Assert.Empty(await test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, Cancel));
        await test.Store.DisposeAsync();
        await test.Store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Store.AppendAsync([Water(Jan, 1)], [], Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => test.Store.ReadAsync("wm-1", Metric.TotalMillilitres, Jan, Jan + 1, Cancel));
    }

    private static Point Water(long atMs, long value) => new("wm-1", Metric.TotalMillilitres, atMs, value);
}
