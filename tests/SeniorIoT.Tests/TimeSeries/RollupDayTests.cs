using CsCheck;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

public sealed class RollupDayTests
{
    private const long Minute = 60_000, Hour = 60 * Minute, DayMs = 24 * Hour;

    private static readonly Gen<TimeZoneInfo> AnyZone =
        Gen.OneOf("Asia/Shanghai", "Europe/Madrid", "Asia/Kolkata", "Australia/Lord_Howe").Select(TimeZoneInfo.FindSystemTimeZoneById);

    /// <summary>
    /// Weeks of a register around a change of clocks: read every few minutes or days apart, on the hour or not, used in bursts, with
    /// steps back of either kind.
    /// </summary>
    private static readonly Gen<Sample[]> AnyRegister =
        from start in Gen.OneOf(Ms("2026-03-10T00:00Z"), Ms("2026-10-01T00:00Z"))
        from steps in Gen.Select(
            Gen.Frequency((8, Gen.Const(15 * Minute)), (4, Gen.Long[1, 12].Select(n => n * Hour / 2)), (2, Gen.Long[1, 12 * Hour]), (1, Gen.Long[1, 8 * DayMs])),
            Gen.Frequency((6, Gen.Const(0L)), (4, Gen.Long[0, 40_000]), (1, Gen.Long[-6_000, 0]), (1, Gen.Const(-90_000L)))).Array[1, 150]
        select Register(start, steps);

    [Fact]
    public void A_day_says_the_same_however_much_else_was_read() => Gen.Select(AnyRegister, AnyZone).Sample((samples, zone) =>
    {
        var (first, last) = Days(samples, zone);
        var whole = RollupDay.Of("w1", samples, first, last, zone);
        Assert.NotEmpty(whole);
        foreach (var day in whole)
        {
            var (from, to) = RollupDay.Readings(day.Day, day.Day, zone);
            var alone = Assert.Single(RollupDay.Of("w1", Within(samples, from, to), day.Day, day.Day, zone));
            Assert.Equal(Say(day), Say(alone));
        }
    }, iter: 200);

    [Fact]
    public void Readings_change_no_day_but_the_affected_ones() =>
        Gen.Select(AnyRegister, AnyZone, Gen.Int[0, 1000], Gen.Double[0, 1]).Sample((samples, zone, seed, share) =>
        {
            // Some readings of one day, or of two, come last.
            var random = new Random(seed);
            var (first, last) = Days(samples, zone);
            var from = first.AddDays(random.Next(last.DayNumber - first.DayNumber + 1));
            var to = from.AddDays(random.Next(2));
            Sample[] before = [.. samples.Where(sample => Edges.DayOf(sample.AtMs, zone) is var day && (day < from || day > to || random.NextDouble() < share))];
            var around = Within(samples, Edges.StartOf(from.AddDays(-RollupDay.DaysBefore), zone), Edges.StartOf(to.AddDays(RollupDay.DaysAfter + 1), zone));
            var affected = RollupDay.Affected(around, from, to, zone);
            Assert.InRange(affected.First, from.AddDays(-RollupDay.DaysBefore), from);
            Assert.InRange(affected.Last, to, to.AddDays(RollupDay.DaysAfter));
            foreach (var (was, isNow) in RollupDay.Of("w1", before, first, last, zone).Zip(RollupDay.Of("w1", samples, first, last, zone)))
                if (was.Day < affected.First || was.Day > affected.Last) Assert.Equal(Say(was), Say(isNow));
        }, iter: 400);

    [Fact]
    public void Hours_add_up_to_their_day_when_all_are_known() => Gen.Select(AnyRegister, AnyZone).Sample((samples, zone) =>
    {
        var (first, last) = Days(samples, zone);
        foreach (var day in RollupDay.Of("w1", samples, first, last, zone))
        {
            Assert.True(day.Millilitres is null or >= 0);
            Assert.All(day.HourlyMillilitres, hour => Assert.True(hour is null or >= 0));
            // Where the offset from UTC is not whole hours, before or after the clocks change, the hours of a day are not quite the day.
            var isWhole = day.FirstHourMs == day.StartMs && (Edges.StartOf(day.Day.AddDays(1), zone) - day.StartMs) % Hour == 0;
            if (isWhole && day.HourlyMillilitres.All(hour => hour is not null)) Assert.Equal(day.Millilitres, day.HourlyMillilitres.Sum());
        }
    }, iter: 200);

    [Theory]
    [InlineData("Europe/Madrid", "2026-03-29", 23)]
    [InlineData("Europe/Madrid", "2026-10-25", 25)]
    [InlineData("Asia/Shanghai", "2026-03-29", 24)]
    public void A_day_has_as_many_hours_as_its_clocks_say(string zoneId, string on, int hours)
    {
        var (zone, day) = (TimeZoneInfo.FindSystemTimeZoneById(zoneId), DateOnly.Parse(on, null));
        var start = Edges.StartOf(day, zone);
        Sample[] samples = [.. Enumerable.Range(0, 49).Select(hour => new Sample(start + (hour - 12) * Hour, hour * 1_000))];
        var rolled = Assert.Single(RollupDay.Of("w1", samples, day, day, zone));
        Assert.Equal((start, hours * 1_000L), (rolled.StartMs, rolled.Millilitres));
        Assert.Equal(Enumerable.Repeat<long?>(1_000, hours), rolled.HourlyMillilitres);
    }

    [Fact]
    public void A_meter_swapped_at_midnight_has_both_days_known_and_neither_negative()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var midnight = Ms("2026-05-01T16:00Z");
        Sample[] samples =
        [
            .. Enumerable.Range(0, 97).Select(i => new Sample(midnight - DayMs + i * 15 * Minute, 900_000 + i * 100)),
            .. Enumerable.Range(1, 96).Select(i => new Sample(midnight + i * 15 * Minute, i * 100)),
        ];
        var days = RollupDay.Of("w1", samples, new(2026, 5, 1), new(2026, 5, 2), zone);
        // What ran between the last reading of the old meter and the first of the new is not known, and counts nothing.
        Assert.Equal([9_600L, 9_500L], days.Select(day => day.Millilitres));
    }

    [Fact]
    public void A_meter_that_uploads_once_a_day_leaves_its_day_unknown_until_the_upload_that_covers_it()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var day = new DateOnly(2026, 5, 1);
        Sample[] all = [.. Enumerable.Range(0, 4 * 96).Select(i => new Sample(Edges.StartOf(day, zone) + (i - 96) * 15 * Minute, i * 100))];
        // The upload at eight in the evening tells nothing of the four hours after it.
        var evening = Within(all, 0, Edges.StartOf(day, zone) + 20 * Hour);
        var (before, after) = (RollupDay.Of("w1", evening, day, day, zone)[0], RollupDay.Of("w1", all, day, day, zone)[0]);
        Assert.Null(before.Millilitres);
        Assert.Equal(19, before.HourlyMillilitres.Count(hour => hour is not null));
        Assert.Equal(9_600L, after.Millilitres);
        Assert.Equal((day, day.AddDays(9)), RollupDay.Affected(evening, day.AddDays(1), day.AddDays(1), zone) with { First = day });
        Assert.Equal(day, RollupDay.Affected(all, day.AddDays(1), day.AddDays(1), zone).First);
    }

    [Fact]
    public void The_day_that_Samoa_left_out_is_absent()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia");
        Assert.Equal([new(2011, 12, 29), new(2011, 12, 31)], RollupDay.Of("w1", [], new(2011, 12, 29), new(2011, 12, 31), zone).Select(day => day.Day));
    }

    [Fact]
    public void The_same_register_a_week_apart_proves_nothing_and_six_days_apart_it_does()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var start = Edges.StartOf(new(2026, 5, 1), zone);
        Assert.Equal(0, RollupDay.Of("w1", [new(start, 5), new(start + 6 * DayMs, 5)], new(2026, 5, 3), new(2026, 5, 3), zone)[0].Millilitres);
        Assert.Null(RollupDay.Of("w1", [new(start, 5), new(start + 6 * DayMs + 1, 5)], new(2026, 5, 3), new(2026, 5, 3), zone)[0].Millilitres);
    }

    private static Sample[] Register(long start, (long After, long More)[] steps)
    {
        var (at, value) = (start, 500_000L);
        List<Sample> samples = [new(at, value)];
        foreach (var (after, more) in steps) samples.Add(new(at += after, value = Math.Max(0, value + more)));
        return [.. samples];
    }

    private static (DateOnly First, DateOnly Last) Days(Sample[] samples, TimeZoneInfo zone) =>
        (Edges.DayOf(samples[0].AtMs, zone).AddDays(-1), Edges.DayOf(samples[^1].AtMs, zone).AddDays(1));

    private static Sample[] Within(Sample[] samples, long fromMs, long toMs) => [.. samples.Where(sample => sample.AtMs >= fromMs && sample.AtMs < toMs)];

    private static string Say(UseDay day) => $"{day.Device} {day.Day:O} {day.StartMs} {day.Millilitres}: {string.Join(' ', day.HourlyMillilitres.Select(hour => hour?.ToString() ?? "?"))}";

    private static long Ms(string time) => DateTimeOffset.Parse(time, null).ToUnixTimeMilliseconds();
}
