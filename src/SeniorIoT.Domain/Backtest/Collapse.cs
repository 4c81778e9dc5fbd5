using System.Collections.Immutable;

namespace SeniorIoT.Domain.Backtest;

/// <summary>A simulated collapse: from a moment on the register stands still while readings keep arriving.</summary>
/// <param name="At">The moment.</param>
/// <param name="After">Place of the last reading at or before it.</param>
public readonly record struct Collapse(DateTimeOffset At, int After)
{
    /// <summary>A collapse that raised no alert for so long is missed.</summary>
    public static readonly TimeSpan MissedAfter = TimeSpan.FromDays(7);

    private static readonly TimeSpan ApartMax = TimeSpan.FromHours(12);

    /// <summary>
    /// Moments drawn uniformly from the time between two uses that are less than 12 h apart, earliest first. The same seed gives the
    /// same moments, whatever other homes are tested. None when the home has no such time.
    /// </summary>
    public static ImmutableArray<Collapse> Draw(HomeRecord home, int count, int seed)
    {
        List<(DateTimeOffset From, TimeSpan Until)> spans = []; // where each begins, and where it ends on the line of all such time
        var length = TimeSpan.Zero;
        for (var i = 1; i < home.Changes.Length; i++)
        {
            if (home.Changes[i] < 0 || home.Changes[i - 1] < 0) continue;
            var (from, until) = (home.Readings[home.Changes[i - 1]].At, home.Readings[home.Changes[i]].At);
            if (until - from >= ApartMax) continue;
            length += until - from;
            spans.Add((from, length));
        }

        if (spans.Count == 0) return [];
        var random = new Random(unchecked(seed * 397 ^ Digest(home.HouseholdId)));
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(length.Ticks)).Order().Select(Locate)];

        Collapse Locate(long ticks)
        {
            int low = 0, high = spans.Count - 1;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (spans[middle].Until.Ticks > ticks) high = middle;
                else low = middle + 1;
            }

            var begins = low == 0 ? 0 : spans[low - 1].Until.Ticks;
            var at = spans[low].From.AddTicks(ticks - begins);
            return new(at, LastAtOrBefore(home, at));
        }
    }

    private static int LastAtOrBefore(HomeRecord home, DateTimeOffset at)
    {
        int low = 0, high = home.Readings.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (home.Readings[middle].At <= at) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    // The same in every process, which string.GetHashCode is not.
    private static int Digest(string text) => text.Aggregate(17, (digest, unit) => unchecked(digest * 31 + unit));
}
