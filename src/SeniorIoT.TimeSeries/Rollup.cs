namespace SeniorIoT.TimeSeries;

/// <summary>
/// Hours and days from the readings of a cumulative register. Pure.
/// <para>
/// Use in a bucket is the register at its end less the register at its start. So buckets side by side add up to exactly what
/// the register did, and a bucket whose readings have a hole in the middle is still known. The register at an edge is known
/// </para>
/// <list type="bullet">
/// <item>when a reading lies on it;</item>
/// <item>when the readings around it are at most <c>maxGap</c> apart: then the water between them counts as drawn evenly;</item>
/// <item>when the later of the readings around it is no higher and they are at most <see cref="StillMax"/> apart: no water was drawn.</item>
/// </list>
/// <para>
/// Otherwise, and before the first and after the last reading, it is unknown, and the buckets on both sides are null: a gap is
/// not zero. Give readings from some time before the first edge to some time after the last, and to show a bucket that is
/// still running, end it at the last reading.
/// </para>
/// <para>
/// A register that steps back by up to <see cref="JitterMillilitres"/> below its highest is jitter: it counts nothing, and its
/// recovery counts only above that highest. A larger step back is a swapped meter: counting goes on from the new register;
/// what ran between the two readings is not known and counts nothing. Use is never negative. The highest is that of the last
/// <see cref="Memory"/> before the earlier of two readings.
/// </para>
/// <para>
/// So what a bucket says depends only on readings within <see cref="Reach"/> of it, never on how much else somebody read, as
/// long as <c>maxGap</c> is at most <see cref="StillMax"/>: a bucket can be stored, and says later what it says now.
/// </para>
/// </summary>
public static class Rollup
{
    /// <summary>The largest step back that is jitter rather than another meter, 5 L.</summary>
    public const long JitterMillilitres = 5_000;

    /// <summary>How far apart two readings may be for the same register at both to mean that no water was drawn between them.</summary>
    public static readonly TimeSpan StillMax = TimeSpan.FromDays(6);

    /// <summary>How long a step back is remembered, so that its recovery is no use.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>How far outside a bucket a reading may lie and still change what it says.</summary>
    public static readonly TimeSpan Reach = StillMax + Memory;

    /// <summary>How far apart two readings may be for the register between them to be interpolated, unless told otherwise.</summary>
    public static readonly TimeSpan DefaultMaxGap = TimeSpan.FromHours(2);

    /// <summary>Water used in each bucket, millilitres; null where it is unknown.</summary>
    /// <param name="samples">Register readings, millilitres, 0 or more, times rising.</param>
    /// <param name="edgesMs">Edges of the buckets, rising; see <see cref="Edges"/>.</param>
    /// <param name="maxGap">See the type; null for <see cref="DefaultMaxGap"/>.</param>
    /// <returns>One value fewer than edges.</returns>
    /// <exception cref="ArgumentException">Times or edges do not rise.</exception>
    public static long?[] UsePerBucket(IReadOnlyList<Sample> samples, IReadOnlyList<long> edgesMs, TimeSpan? maxGap = null)
    {
        var used = UsedAtEdges(samples, edgesMs, (long)(maxGap ?? DefaultMaxGap).TotalMilliseconds);
        var buckets = new long?[Math.Max(0, edgesMs.Count - 1)];
        for (var i = 0; i < buckets.Length; i++) buckets[i] = used[i + 1] - used[i];
        return buckets;
    }

    /// <summary>
    /// The latest value at each edge, of any metric: that of the last sample at or before it, if it is at most
    /// <paramref name="maxAge"/> old; otherwise null. Values are as they were read, with jitter and swaps.
    /// </summary>
    /// <param name="samples">Times rising.</param>
    /// <param name="edgesMs">Rising.</param>
    /// <param name="maxAge">Null for <see cref="DefaultMaxGap"/>.</param>
    /// <returns>As many values as edges.</returns>
    /// <exception cref="ArgumentException">Times or edges do not rise.</exception>
    public static long?[] LastAtEdges(IReadOnlyList<Sample> samples, IReadOnlyList<long> edgesMs, TimeSpan? maxAge = null)
    {
        RequireRising(samples, edgesMs);
        var ageMax = (long)(maxAge ?? DefaultMaxGap).TotalMilliseconds;
        var values = new long?[edgesMs.Count];
        var next = 0;
        for (var e = 0; e < values.Length; e++)
        {
            while (next < samples.Count && samples[next].AtMs <= edgesMs[e]) next++;
            if (next > 0 && edgesMs[e] - samples[next - 1].AtMs <= ageMax) values[e] = samples[next - 1].Value;
        }

        return values;
    }

    /// <summary>What was used from the first sample to each edge; null where it is unknown.</summary>
    private static long?[] UsedAtEdges(IReadOnlyList<Sample> samples, IReadOnlyList<long> edgesMs, long gapMax)
    {
        RequireRising(samples, edgesMs);
        var used = new long?[edgesMs.Count];
        if (samples.Count == 0) return used;
        var register = new Register(samples);
        var (total, stillMax) = (0L, (long)StillMax.TotalMilliseconds);
        var e = 0;
        while (e < used.Length && edgesMs[e] < samples[0].AtMs) e++;
        if (e < used.Length && edgesMs[e] == samples[0].AtMs) used[e++] = 0;
        for (var i = 1; i < samples.Count; i++)
        {
            var (from, to) = (samples[i - 1].AtMs, samples[i].AtMs);
            var (drawn, isSwap) = register.Read(i);
            var isKnown = to - from <= gapMax || to - from <= stillMax && drawn == 0 && !isSwap;
            for (; e < used.Length && edgesMs[e] < to; e++)
                if (isKnown) used[e] = total + (long)((Int128)drawn * (edgesMs[e] - from) / (to - from));
            total += drawn;
            if (e < used.Length && edgesMs[e] == to) used[e++] = total;
        }

        return used;
    }

    private static void RequireRising(IReadOnlyList<Sample> samples, IReadOnlyList<long> edgesMs)
    {
        for (var i = 1; i < samples.Count; i++)
            if (samples[i].AtMs <= samples[i - 1].AtMs) throw new ArgumentException($"Sample {i} is not later than the one before it.", nameof(samples));
        for (var i = 1; i < edgesMs.Count; i++)
            if (edgesMs[i] <= edgesMs[i - 1]) throw new ArgumentException($"Edge {i} is not later than the one before it.", nameof(edgesMs));
    }

    /// <summary>Turns readings into use, one after the other, with the readings of the last <see cref="Memory"/> as its memory.</summary>
    private struct Register(IReadOnlyList<Sample> samples)
    {
        private static readonly long MemoryMs = (long)Memory.TotalMilliseconds;

        private int _oldest;
        private int _stepBack;

        /// <summary>What reading <paramref name="i"/>, 1 or more, adds to the one before, and whether it is the first of another meter.</summary>
        public (long Drawn, bool IsSwap) Read(int i)
        {
            if (i > 1 && samples[i - 1].Value < samples[i - 2].Value) _stepBack = i - 1;
            var since = samples[i - 1].AtMs - MemoryMs;
            while (samples[_oldest].AtMs < since) _oldest++;
            var highest = samples[i - 1].Value;
            if (_stepBack > _oldest)
            {
                // Only after a step back can the highest be another reading than the last.
                highest = samples[_oldest].Value;
                for (var k = _oldest + 1; k < i; k++)
                    if (samples[k].Value is var value && (value > highest || value < highest - JitterMillilitres)) highest = value;
            }

            return (Math.Max(0, samples[i].Value - highest), samples[i].Value < highest - JitterMillilitres);
        }
    }
}
