using CsCheck;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

public sealed class EdgesTests
{
    private const long HourMs = 3_600_000;
    private static readonly long Year2000 = Ms("2000-01-01T00:00Z"), Year2101 = Ms("2101-01-01T00:00Z");

    private static readonly Gen<(long From, long To)> AnyTime =
        Gen.Select(Gen.Long[Year2000, Year2101 - 1], Gen.Long[1, 400 * 24 * HourMs], (from, length) => (from, Math.Min(from + length, Year2101)));

    [Fact]
    public void Hours_cover_the_time_and_no_hour_more() => AnyTime.Sample(time =>
    {
        var edges = Edges.Hourly(time.From, time.To);
        return edges[0] <= time.From && time.From < edges[1] && edges[^2] < time.To && time.To <= edges[^1]
            && edges.Zip(edges.Skip(1)).All(bucket => bucket.Second - bucket.First == HourMs) && edges[0] % HourMs == 0;
    });

    [Fact]
    public void Local_days_cover_the_time_and_no_day_more() =>
        Gen.Select(AnyTime, Gen.OneOf("Asia/Shanghai", "Europe/Madrid", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Beirut")).Sample((time, id) =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
            var edges = Edges.Daily(time.From, time.To, zone);
            return edges[0] <= time.From && time.From < edges[1] && edges[^2] < time.To && time.To <= edges[^1]
                && edges.Zip(edges.Skip(1)).All(day => LocalDay(day.First, zone) != LocalDay(day.First - 1, zone)
                    && LocalDay(day.First, zone).AddDays(1) == LocalDay(day.Second, zone));
        });

    [Fact]
    public void A_day_in_Shanghai_begins_at_16_UTC()
    {
        Assert.Equal(
            [Ms("2026-01-01T16:00Z"), Ms("2026-01-02T16:00Z"), Ms("2026-01-03T16:00Z")],
            Edges.Daily(Ms("2026-01-02T15:59Z"), Ms("2026-01-02T16:01Z"), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")));
    }

    [Theory]
    [InlineData("Europe/Madrid", "2026-03-28T23:00Z", 23)]
    [InlineData("Europe/Madrid", "2026-10-24T22:00Z", 25)]
    [InlineData("Europe/Madrid", "2026-03-27T23:00Z", 24)]
    [InlineData("America/Havana", "2026-03-08T05:00Z", 23)] // midnight does not exist: the day begins at 1:00
    [InlineData("America/Havana", "2026-11-01T04:00Z", 25)] // midnight strikes twice: the day begins at the first
    public void A_day_on_which_the_clocks_change_is_as_long_as_it_is(string zone, string start, int hours)
    {
        var edges = Edges.Daily(Ms(start), Ms(start) + 1, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal([Ms(start), Ms(start) + hours * HourMs], edges);
    }

    [Fact]
    public void The_day_that_Samoa_left_out_has_no_bucket()
    {
        var edges = Edges.Daily(Ms("2011-12-29T12:00Z"), Ms("2011-12-30T12:00Z"), TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia"));
        Assert.Equal([Ms("2011-12-29T10:00Z"), Ms("2011-12-30T10:00Z"), Ms("2011-12-31T10:00Z")], edges);
    }

    [Fact]
    public void Use_on_the_days_of_a_clock_change_adds_up_and_each_has_its_hours()
    {
        // 1 L an hour over the last week of March in Madrid.
        var (from, to) = (Ms("2026-03-26T23:00Z"), Ms("2026-03-31T22:00Z"));
        Sample[] samples = [.. Enumerable.Range(0, (int)((to - from) / HourMs) + 1).Select(hour => new Sample(from + hour * HourMs, hour * 1_000))];
        var edges = Edges.Daily(from, to, TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid"));
        Assert.Equal([24_000L, 24_000L, 23_000L, 24_000L, 24_000L], Rollup.UsePerBucket(samples, edges));
    }

    [Fact]
    public void Empty_and_absurd_times_are_refused_by_name()
    {
        Assert.Throws<ArgumentOutOfRangeException>("toMs", () => Edges.Hourly(Year2000, Year2000));
        Assert.Throws<ArgumentOutOfRangeException>("toMs", () => Edges.Daily(Year2000, long.MaxValue, TimeZoneInfo.Utc));
        Assert.Throws<ArgumentOutOfRangeException>("fromMs", () => Edges.Hourly(long.MinValue, Year2000));
    }

    private static long Ms(string time) => DateTimeOffset.Parse(time, null).ToUnixTimeMilliseconds();

    private static DateOnly LocalDay(long ms, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone).DateTime);
}
