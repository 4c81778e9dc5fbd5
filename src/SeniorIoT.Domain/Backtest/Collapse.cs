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
        var of = unchecked(((ulong)(uint)seed << 32) ^ Digest(home.HouseholdId));
        return [.. Enumerable.Range(0, count).Select(i => (long)(ShareOf(of, i) * length.Ticks)).Order().Select(Locate)];

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

    // FNV-1a: the same in every process, which string.GetHashCode is not.
    private static ulong Digest(string text) =>
        text.Aggregate(14695981039346656037UL, (digest, unit) => unchecked((digest ^ unit) * 1099511628211UL));

    // SplitMix64: the i-th number from 0 to below 1 of a sequence, without a state to carry along.
    private static double ShareOf(ulong sequence, int i)
    {
        unchecked
        {
            var bits = sequence + (ulong)(i + 1) * 0x9E3779B97F4A7C15UL;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9UL;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBUL;
            return ((bits ^ (bits >> 31)) >> 11) * (1.0 / (1UL << 53));
        }
    }
}
