namespace SeniorIoT.Simulators.Homes;

/// <summary>
/// A seeded source of chance (SplitMix64). Our own, because the same seed must give the same night on every run time for years;
/// the numbers of <see cref="Random"/> are not promised to stay.
/// </summary>
internal sealed class Dice
{
    private ulong _state;

    private Dice(ulong state) => _state = state;

    /// <summary>Dice of their own for one purpose: the same words give the same throws, whoever else has thrown before.</summary>
    public static Dice For(long seed, string purpose, long number = 0, long part = 0)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in purpose)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        var state = Mix(hash ^ Mix((ulong)seed));
        return new Dice(Mix(state ^ Mix((ulong)number) ^ (Mix((ulong)part) << 1)));
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double Next() => (Throw() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Whether something of this probability happens.</summary>
    public bool Chance(double probability) => Next() < probability;

    /// <summary>Uniform in [from, to).</summary>
    public double Between(double from, double to) => from + ((to - from) * Next());

    /// <summary>A whole number in [from, to].</summary>
    public int Whole(int from, int to) => from + (int)(Next() * (to - from + 1));

    /// <summary>One of the list.</summary>
    public T Pick<T>(IReadOnlyList<T> list) => list[Whole(0, list.Count - 1)];

    /// <summary>About normal around the mean, never farther than three spreads away.</summary>
    public double Around(double mean, double spread) => mean + (spread * 2 * (Next() + Next() + Next() - 1.5));

    /// <summary>A waiting time of a memoryless process with this mean.</summary>
    public TimeSpan Wait(TimeSpan mean) => mean * -Math.Log(1 - Next());

    private ulong Throw() => Mix(_state += 0x9E3779B97F4A7C15UL);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
