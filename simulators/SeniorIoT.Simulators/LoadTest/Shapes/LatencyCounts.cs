using System.Diagnostics;
using System.Numerics;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>How long many things took, in buckets that are at most 3 % wide. One thread adds; another may read meanwhile.</summary>
internal sealed class LatencyCounts
{
    private const int StepBits = 5;

    private readonly long[] _counts = new long[(64 - StepBits + 1) << StepBits];

    /// <summary>How many were added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in ms.</summary>
    public double MaxMs { get; private set; }

    /// <summary>Adds one, measured with <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public void Add(long from, long to) => Add((long)Stopwatch.GetElapsedTime(from, to).TotalMicroseconds);

    /// <summary>Adds one, in microseconds.</summary>
    public void Add(long microseconds)
    {
        _counts[BucketOf(Math.Max(0, microseconds))]++;
        Count++;
        MaxMs = Math.Max(MaxMs, microseconds / 1_000.0);
    }

    /// <summary>Forgets everything: the warm-up is over.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, MaxMs) = (0, 0);
    }

    /// <summary>The time in ms that a share of all did not exceed (nearest rank, the upper end of its bucket); NaN when there are none.</summary>
    public double AtMs(double share)
    {
        if (Count == 0) return double.NaN;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var bucket = -1;
        while (rank > 0) rank -= _counts[++bucket];
        return Math.Min(MaxMs, (FirstOf(bucket + 1) - 1) / 1_000.0);
    }

    // Below 32 every value has its own bucket; above, every power of two has 32.
    private static int BucketOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value) - StepBits);
        return (shift << StepBits) + (int)(value >> shift);
    }

    private static long FirstOf(int bucket)
    {
        var shift = Math.Max(0, (bucket >> StepBits) - 1);
        return (long)(bucket - (shift << StepBits)) << shift;
    }
}
