namespace SeniorIoT.TimeSeries;

/// <summary>
/// Where buckets begin and end, Unix milliseconds UTC, rising: n + 1 edges make n buckets, each with its start and without its end.
/// The buckets cover the time asked for, so the first may begin before it and the last end after it.
/// </summary>
public static class Edges
{
    private const long HourMs = 3_600_000;

    // A little more than what can be stored, for the local days at its ends. It also bounds the number of edges.
    private static readonly long FirstMs = new DateTimeOffset(1999, 12, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly long LastMs = new DateTimeOffset(2101, 2, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Full hours of UTC, which are full local hours too wherever the offset is whole hours.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is empty, or outside the years 2000 to 2100.</exception>
    public static long[] Hourly(long fromMs, long toMs)
    {
        RequireTime(fromMs, toMs);
        var first = fromMs / HourMs;
        var last = (toMs + HourMs - 1) / HourMs;
        var edges = new long[last - first + 1];
        for (var i = 0; i < edges.Length; i++) edges[i] = (first + i) * HourMs;
        return edges;
    }

    /// <summary>
    /// Local days, each from its first moment to that of the next: 23 or 25 hours when the clocks change. A day that a zone
    /// left out (when it crossed the date line) has no bucket.
    /// </summary>
    /// <param name="fromMs">Start of the time asked for.</param>
    /// <param name="toMs">Its end, later than the start.</param>
    /// <param name="zone">Whose days.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is empty, or outside the years 2000 to 2100.</exception>
    public static long[] Daily(long fromMs, long toMs, TimeZoneInfo zone)
    {
        RequireTime(fromMs, toMs);
        var day = DayOf(fromMs, zone);
        // Where midnight strikes twice, `from` may lie between the first and the second: the day began at the first.
        var edges = new List<long> { StartOf(day, zone) };
        while (edges[^1] < toMs)
        {
            day = day.AddDays(1);
            var start = StartOf(day, zone);
            if (start > edges[^1]) edges.Add(start);
        }

        return [.. edges];
    }

    /// <summary>The local day in which a moment (Unix milliseconds UTC) lies.</summary>
    public static DateOnly DayOf(long ms, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), zone).DateTime);

    /// <summary>
    /// The first moment of a local day, Unix milliseconds UTC: midnight, the first of two, or the moment at which the clocks jumped
    /// over it. A day that a zone left out begins when the next one does.
    /// </summary>
    public static long StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var (before, after) = (zone.GetUtcOffset(midnight.AddDays(-1)), zone.GetUtcOffset(midnight.AddDays(1)));
        // The greater offset gives the earlier moment.
        foreach (var offset in before > after ? [before, after] : (TimeSpan[])[after, before])
            if (zone.GetUtcOffset(midnight - offset) == offset) return (midnight - offset).ToUnixTimeMilliseconds();
        return (midnight - before).ToUnixTimeMilliseconds();
    }

    private static void RequireTime(long fromMs, long toMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromMs, FirstMs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(toMs, LastMs);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(toMs, fromMs);
    }
}
