using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Use by hour or day. Days that are rolled up come from there; readings are read only for the others: today, days with news since
/// they were rolled up, and days that never were. The answer is the same either way.
/// </summary>
internal sealed class UseSeries(ITimeSeriesStore store, RollupMarks marks, TimeZoneInfo zone, TimeProvider clock)
{
    private const long HourMs = 3_600_000;

    /// <summary>Days between two stretches of readings below which one read is cheaper than two, which would overlap anyway.</summary>
    private const int DaysApartMin = 2 * 7 + 1;

    private static readonly long ReachMs = (long)Rollup.Reach.TotalMilliseconds;

    /// <summary>
    /// Water used in each step, millilitres; null where it is unknown. The step that is running now ends at the last reading: what
    /// was used so far, instead of nothing at all.
    /// </summary>
    /// <param name="device">The meter.</param>
    /// <param name="edges">From <see cref="Edges.Hourly"/> or <see cref="Edges.Daily"/>.</param>
    /// <param name="isDaily">Which of them.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<long?[]> ReadAsync(string device, long[] edges, bool isDaily, CancellationToken cancel)
    {
        DateOnly[] days = [.. edges[..^1].Select(start => Edges.DayOf(start, zone))];
        var rolled = await ReadRolledAsync(device, days[0], days[^1], cancel);
        var use = new long?[days.Length];
        var (first, last) = (-1, -1);
        for (var i = 0; i < days.Length; i++)
        {
            if (rolled.TryGetValue(days[i], out var day))
            {
                use[i] = isDaily ? day.Millilitres : HourOf(day, edges[i]);
                continue;
            }

            if (first >= 0 && days[i].DayNumber - days[last].DayNumber > DaysApartMin)
            {
                await FillAsync();
                first = -1;
            }

            (first, last) = (first < 0 ? i : first, i);
        }

        if (first >= 0) await FillAsync();
        return use;

        async Task FillAsync()
        {
            var computed = await ComputeAsync(device, edges[first..(last + 2)], isDaily, cancel);
            // Not over what is rolled up in between: of that the readings may be gone.
            for (var i = first; i <= last; i++)
                if (!rolled.ContainsKey(days[i])) use[i] = computed[i - first];
        }
    }

    private async Task<Dictionary<DateOnly, UseDay>> ReadRolledAsync(string device, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        if (!marks.IsPrepared) return [];
        var today = Edges.DayOf(clock.GetUtcNow().ToUnixTimeMilliseconds(), zone);
        // Marks first: a day that is rolled up between the two reads is then merely read twice.
        var dirty = marks.ReadOf(device, first.AddDays(-RollupDay.DaysAfter), last.AddDays(RollupDay.DaysBefore));
        var days = await store.ReadUseAsync(device, first, last, cancel);
        // A day that begins at another moment was rolled up for another time zone.
        return days.Where(day => day.Day < today && day.StartMs == Edges.StartOf(day.Day, zone) && !dirty.Any(mark => day.Day >= mark.First.AddDays(-RollupDay.DaysBefore) && day.Day <= mark.Last.AddDays(RollupDay.DaysAfter)))
            .ToDictionary(day => day.Day);
    }

    private async Task<long?[]> ComputeAsync(string device, long[] edges, bool isDaily, CancellationToken cancel)
    {
        var from = Math.Max(edges[0] - ReachMs, DateTimeOffset.UnixEpoch.AddYears(30).ToUnixTimeMilliseconds());
        var samples = await store.ReadAsync(device, Metric.TotalMillilitres, from, edges[^1] + ReachMs, cancel);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var running = Array.FindLastIndex(edges, edge => edge <= now);
        if (running >= 0 && running < edges.Length - 1 && samples.Count > 0 && samples[^1].AtMs > edges[running] && samples[^1].AtMs < edges[running + 1])
            edges[running + 1] = samples[^1].AtMs;
        return Rollup.UsePerBucket(samples, edges, isDaily ? RollupDay.MaxGap : null);
    }

    private static long? HourOf(UseDay day, long startMs) =>
        (startMs - day.FirstHourMs) / HourMs is var hour && hour < day.HourlyMillilitres.Count ? day.HourlyMillilitres[(int)hour] : null;
}
