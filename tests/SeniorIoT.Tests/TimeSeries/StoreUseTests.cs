using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

/// <summary>What every store does with roll-ups and with all devices at once. Of InfluxDB, 1.6.7 runs for real; 2.x and 3 Core are played by their contract.</summary>
public sealed class StoreUseTests
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private static readonly DateOnly Day = new(2026, 1, 1);

    public static TheoryData<Kind> Every => StoreTests.Every;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Use_is_read_as_it_was_written_and_writing_a_day_again_replaces_it(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        // Shanghai: the day begins at 16:00 UTC of the day before.
        var first = Use("wm-1", Day, Jan - 8 * HourMs, 24, 100);
        var second = Use("wm-1", Day.AddDays(1), Jan + 16 * HourMs, 24, 200);
        var other = Use("wm-2", Day, Jan - 8 * HourMs, 24, 300) with { Millilitres = null };
        await WriteAsync(test, second, first, other);
        Assert.Equal(Show(first, second), Show(await test.Store.ReadUseAsync("wm-1", Day, Day.AddDays(1), Cancel)));
        Assert.Equal(Show(second), Show(await test.Store.ReadUseAsync("wm-1", Day.AddDays(1), Day.AddDays(9), Cancel)));
        Assert.Empty(await test.Store.ReadUseAsync("wm-1", Day.AddDays(2), Day.AddDays(9), Cancel));
        Assert.Equal(Show(first, other), Show(await test.Store.ReadUseOfDayAsync(Day, Cancel)));

        // A day that was known and is known no longer, and an hour that became known: the old numbers do not shine through.
        var again = first with { Millilitres = null, HourlyMillilitres = [null, 7, .. first.HourlyMillilitres.Skip(2)] };
        await WriteAsync(test, again);
        Assert.Equal(Show(again, second), Show(await test.Store.ReadUseAsync("wm-1", Day, Day.AddDays(1), Cancel)));
        await WriteAsync(test, again);
        Assert.Equal(Show(again, other), Show(await test.Store.ReadUseOfDayAsync(Day, Cancel)));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Days_of_any_length_and_of_any_zone_keep_their_hours(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        UseDay[] days =
        [
            Use("spring", Day, Jan + 11 * HourMs, 23, 0), Use("spring", Day.AddDays(1), Jan + 34 * HourMs, 24, 1000),
            Use("autumn", Day, Jan - 13 * HourMs, 25, 0), Use("autumn", Day.AddDays(1), Jan + 12 * HourMs, 24, 1000),
            Use("nepal", Day, Jan - 5 * HourMs - 45 * 60_000, 24, 0),
        ];
        await WriteAsync(test, days);
        foreach (var device in days.GroupBy(day => day.Device))
            Assert.Equal(Show([.. device]), Show(await test.Store.ReadUseAsync(device.Key, DateOnly.MinValue, DateOnly.MaxValue, Cancel)));
        Assert.Equal(["autumn", "nepal", "spring"], (await test.Store.ReadUseOfDayAsync(Day, Cancel)).Select(day => day.Device));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_year_of_use_is_read_at_once(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind, batchPoints: 1_000);
        UseDay[] year = [.. Enumerable.Range(0, 365).Select(i => Use("wm-1", Day.AddDays(i), Jan - 8 * HourMs + i * DayMs, 24, i * 100))];
        await WriteAsync(test, year);
        Assert.Equal(Show(year), Show(await test.Store.ReadUseAsync("wm-1", Day, Day.AddDays(364), Cancel)));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task A_day_that_cannot_be_is_refused_by_name_and_nothing_is_written(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        var good = Use("wm-1", Day, Jan, 24, 100);
        foreach (var (bad, field) in new[]
        {
            (good with { Device = "" }, "days[1].Device"), (good with { Day = new(1999, 12, 31) }, "days[1].Day"), (good with { StartMs = 0 }, "days[1].StartMs"),
            (good with { HourlyMillilitres = [] }, "days[1].HourlyMillilitres"), (good with { Millilitres = -1 }, "days[1]"),
        })
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => test.Store.WriteUseAsync([good, bad], Cancel));
            Assert.Equal(field, error.ParamName);
        }

        await test.SettleAsync();
        Assert.Empty(await test.Store.ReadUseAsync("wm-1", DateOnly.MinValue, DateOnly.MaxValue, Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Tallies_count_and_add_up_each_device_of_a_UTC_day(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        await test.AppendAsync(
            Water("wm-b", Jan, 5), Water("wm-b", Jan + DayMs - 1, 6), Water("wm-b", Jan + DayMs, 7), Water("wm-a", Jan - 1, 8), Water("wm-A", Jan, 9), Water("水", Jan, 10),
            new Point("wm-c", Metric.BatteryPercent, Jan, 50));
        Assert.Equal([new Tally("wm-A", 1, 9), new Tally("wm-b", 2, 11), new Tally("水", 1, 10)], await test.Store.ReadTalliesAsync(Metric.TotalMillilitres, Day, Cancel));
        Assert.Equal([new Tally("wm-c", 1, 50)], await test.Store.ReadTalliesAsync(Metric.BatteryPercent, Day, Cancel));
        Assert.Empty(await test.Store.ReadTalliesAsync(Metric.RssiDbm, Day, Cancel));
        Assert.Empty(await test.Store.ReadTalliesAsync(Metric.TotalMillilitres, Day.AddDays(5), Cancel));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task Events_of_a_day_are_those_of_all_devices_in_order(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        EventPoint[] events = [new("b", Jan, "sos.press", "1"), new("b", Jan, "smoke.alarm", "2"), new("a", Jan, "sos.press", "3"), new("c", Jan + DayMs - 1, "sos.press", "4")];
        await test.AppendAsync([], [.. events, new("a", Jan + DayMs, "sos.press", "5"), new("a", Jan - 1, "sos.press", "6")]);
        Assert.Equal(["3", "2", "1", "4"], (await test.Store.ReadEventsOfDayAsync(Day, Cancel)).Select(e => e.Detail));
        Assert.Equal(events.OrderBy(e => e.Detail), (await test.Store.ReadEventsOfDayAsync(Day, Cancel)).OrderBy(e => e.Detail));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public async Task The_span_goes_from_the_first_to_the_last_of_samples_and_events(Kind kind)
    {
        await using var test = await StoreUnderTest.OpenAsync(kind);
        Assert.Null(await test.Store.ReadSpanAsync(Cancel));
        await test.AppendAsync(new Point("wm-1", Metric.RssiDbm, Jan + 3 * DayMs, -90));
        Assert.Equal((Day.AddDays(3), Day.AddDays(3)), await test.Store.ReadSpanAsync(Cancel));
        await test.AppendAsync([Water("wm-1", Jan - 400 * DayMs, 1), Water("wm-2", Jan, 1)], [new EventPoint("b", Jan + 100 * DayMs, "sos.press", "")]);
        Assert.Equal((Day.AddDays(-400), Day.AddDays(100)), await test.Store.ReadSpanAsync(Cancel));
        await test.AppendAsync([Water("wm-1", 4_133_980_799_999, 1)], [new EventPoint("b", 946_684_800_000, "sos.press", "")]);
        Assert.Equal((new DateOnly(2000, 1, 1), new DateOnly(2100, 12, 31)), await test.Store.ReadSpanAsync(Cancel));
    }

    private static async Task WriteAsync(StoreUnderTest test, params UseDay[] days)
    {
        await test.Store.WriteUseAsync(days, Cancel);
        await test.SettleAsync();
    }

    private static Point Water(string device, long atMs, long value) => new(device, Metric.TotalMillilitres, atMs, value);

    /// <summary>A day whose third hour is not known.</summary>
    private static UseDay Use(string device, DateOnly day, long startMs, int hours, long used) =>
        new(device, day, startMs, used, [.. Enumerable.Range(0, hours).Select(hour => hour == 2 ? (long?)null : used + hour)]);

    private static string Show(params IReadOnlyList<UseDay> days) =>
        string.Join('\n', days.Select(day => $"{day.Device} {day.Day:yyyy-MM-dd} {day.StartMs} {day.Millilitres?.ToString() ?? "-"}: {string.Join(' ', day.HourlyMillilitres.Select(hour => hour?.ToString() ?? "-"))}"));
}
