using System.Runtime.InteropServices;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>Which day of which series; also the order of chunks in a month file.</summary>
internal readonly record struct ChunkKey(int Day, string Device, Metric Metric) : IComparable<ChunkKey>
{
    public int CompareTo(ChunkKey other)
    {
        var order = Day.CompareTo(other.Day);
        if (order == 0) order = string.CompareOrdinal(Device, other.Device);
        return order != 0 ? order : Metric.CompareTo(other.Metric);
    }
}

/// <summary>What makes chunks independent of how samples arrive: their order, splitting, repetition and lateness.</summary>
internal static class Chunk
{
    /// <summary>Sorts by time and keeps one sample a time: of two that disagree the greater value, so that arrival order cannot matter.</summary>
    public static void Normalise(List<Sample> samples)
    {
        var span = CollectionsMarshal.AsSpan(samples);
        if (IsRising(span)) return;
        span.Sort(static (a, b) => a.AtMs != b.AtMs ? a.AtMs.CompareTo(b.AtMs) : a.Value.CompareTo(b.Value));
        var kept = 0;
        for (var i = 1; i < span.Length; i++)
        {
            if (span[i].AtMs != span[kept].AtMs) kept++;
            span[kept] = span[i];
        }

        CollectionsMarshal.SetCount(samples, kept + 1);
    }

    /// <summary>Unites two normalised lists.</summary>
    /// <returns>False when <paramref name="added"/> brought nothing new: <paramref name="merged"/> then equals <paramref name="stored"/>.</returns>
    public static bool Merge(ReadOnlySpan<Sample> stored, ReadOnlySpan<Sample> added, List<Sample> merged)
    {
        merged.Clear();
        var changed = false;
        int s = 0, a = 0;
        while (a < added.Length)
        {
            while (s < stored.Length && stored[s].AtMs < added[a].AtMs) merged.Add(stored[s++]);
            var isKnown = s < stored.Length && stored[s].AtMs == added[a].AtMs;
            var wins = !isKnown || added[a].Value > stored[s].Value;
            changed |= wins;
            merged.Add(wins ? added[a] : stored[s]);
            if (isKnown) s++;
            a++;
        }

        merged.AddRange(stored[s..]);
        return changed;
    }

    /// <summary>The summary of a normalised day. A sum that no long can hold is given as the nearest long.</summary>
    public static DaySummary Summarise(int day, ReadOnlySpan<Sample> samples)
    {
        long min = long.MaxValue, max = long.MinValue;
        Int128 sum = 0;
        foreach (var sample in samples)
        {
            min = Math.Min(min, sample.Value);
            max = Math.Max(max, sample.Value);
            sum += sample.Value;
        }

        return new DaySummary(Calendar.DateOf(day), samples.Length, samples[0], samples[^1], min, max, (long)Int128.Clamp(sum, long.MinValue, long.MaxValue));
    }

    private static bool IsRising(ReadOnlySpan<Sample> samples)
    {
        for (var i = 1; i < samples.Length; i++)
            if (samples[i].AtMs <= samples[i - 1].AtMs) return false;
        return true;
    }
}
