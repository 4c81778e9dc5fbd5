namespace SeniorIoT.TimeSeries;

/// <summary>Local days of use from the readings of a register, to be kept when the readings no longer are. Pure; see <see cref="Rollup"/>.</summary>
public static class RollupDay
{
    /// <summary>
    /// How far apart two readings may be for the register at a midnight between them to be interpolated: more than within a day
    /// (<see cref="Rollup.DefaultMaxGap"/>), because what the error takes from one day it gives to the next.
    /// </summary>
    public static readonly TimeSpan MaxGap = TimeSpan.FromHours(6);

    /// <summary>A reading changes no day more than this many days before its own.</summary>
    public const int DaysBefore = 7;

    /// <summary>A reading changes no day more than this many days after its own.</summary>
    public const int DaysAfter = 8;

    private const long HourMs = 3_600_000;

    private static readonly long StillMs = (long)Rollup.StillMax.TotalMilliseconds, MemoryMs = (long)Rollup.Memory.TotalMilliseconds;

    /// <summary>The readings that decide what the days in <c>[first, last]</c> say, as times in <c>[fromMs, toMs)</c>.</summary>
    public static (long FromMs, long ToMs) Readings(DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        var reach = (long)Rollup.Reach.TotalMilliseconds;
        return (Edges.StartOf(first, zone) - reach, Edges.StartOf(last.AddDays(1), zone) + reach);
    }

    /// <summary>The days in <c>[first, last]</c>, oldest first. A day that the zone left out is absent.</summary>
    /// <param name="device">The meter.</param>
    /// <param name="samples">Its readings, times rising: at least those of <see cref="Readings"/>; more change nothing.</param>
    /// <param name="first">The first local day.</param>
    /// <param name="last">The last local day, not before the first.</param>
    /// <param name="zone">Whose days.</param>
    public static IReadOnlyList<UseDay> Of(string device, IReadOnlyList<Sample> samples, DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        List<DateOnly> days = [];
        List<long> starts = [Edges.StartOf(first, zone)];
        for (var day = first; day <= last; day = day.AddDays(1))
        {
            var end = Edges.StartOf(day.AddDays(1), zone);
            if (end == starts[^1]) continue;
            days.Add(day);
            starts.Add(end);
        }

        if (days.Count == 0) return [];
        var hours = Edges.Hourly(HourAtOrAfter(starts[0]), HourAtOrAfter(starts[^1]));
        var daily = Rollup.UsePerBucket(samples, starts, MaxGap);
        var hourly = Rollup.UsePerBucket(samples, hours);
        return [.. days.Select((day, i) => new UseDay(device, day, starts[i], daily[i], hourly[HourIndex(starts[i])..HourIndex(starts[i + 1])]))];

        int HourIndex(long ms) => (int)((HourAtOrAfter(ms) - hours[0]) / HourMs);
    }

    /// <summary>
    /// Which days may say something else after readings of the days in <c>[first, last]</c> came or changed: those days, and the ones
    /// up to their neighbouring readings, at most <see cref="DaysBefore"/> and <see cref="DaysAfter"/> away.
    /// </summary>
    /// <param name="samples">All readings that decide what the days say (<see cref="Readings"/>), times rising; more change nothing.</param>
    /// <param name="first">The first local day with new readings.</param>
    /// <param name="last">The last.</param>
    /// <param name="zone">Whose days.</param>
    public static (DateOnly First, DateOnly Last) Affected(IReadOnlyList<Sample> samples, DateOnly first, DateOnly last, TimeZoneInfo zone)
    {
        var (start, end) = (Edges.StartOf(first, zone), Edges.StartOf(last.AddDays(1), zone));
        var next = 0;
        while (next < samples.Count && samples[next].AtMs < start) next++;
        var (from, to) = (first, last);
        // A new reading tells the register back to the reading before it. The hour in which that lies may belong to the day before.
        if (next > 0 && start - samples[next - 1].AtMs <= StillMs) from = Edges.DayOf(samples[next - 1].AtMs / HourMs * HourMs, zone);
        // It is remembered for a while after, up to the first reading that no longer does.
        while (next < samples.Count && samples[next].AtMs < end + MemoryMs) next++;
        var until = Math.Min(next < samples.Count ? samples[next].AtMs : long.MaxValue, end + MemoryMs + StillMs);
        if (Edges.DayOf(until, zone) is var day && day > to) to = day;
        return (from, to);
    }

    private static long HourAtOrAfter(long ms) => (ms + HourMs - 1) / HourMs * HourMs;
}
