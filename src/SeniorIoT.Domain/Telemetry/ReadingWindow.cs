using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SeniorIoT.Domain.Telemetry;

/// <summary>
/// The last readings of one register: distinct, oldest first, never falling. Immutable. The inner readings of a constant run are
/// left out, because the register proves the time between its ends: so a rising register gives the same window whatever the
/// order in which its readings arrive.
/// </summary>
/// <remarks>
/// A step back of at most <see cref="JitterMillilitres"/> is taken as no use. A larger one means another meter: everything before
/// it is forgotten. Two values for one moment: the greater wins. Times are kept to the millisecond.
/// </remarks>
[JsonConverter(typeof(ReadingWindowConverter))]
public sealed class ReadingWindow
{
    /// <summary>A register may step back this far without being another meter's.</summary>
    public const long JitterMillilitres = 5_000;

    /// <summary>Readings kept at most. Beyond it those that stand close together go first, then the oldest: that only ever loses proof.</summary>
    public const int ReadingsMax = 400;

    private static readonly TimeSpan ThinnedTo = TimeSpan.FromMinutes(15);

    // No meter of a home lets more through: those for pipes of 25 mm end at 8 m³/h. The second is for coarse steps of readings seconds apart.
    private const double FlowMaxLitresPerHour = 10_000;
    private const long JumpMinMillilitres = 1_000_000;

    internal ReadingWindow(ImmutableArray<Reading> readings) => Readings = readings;

    /// <summary>No readings.</summary>
    public static ReadingWindow Empty { get; } = new([]);

    /// <summary>The readings, oldest first.</summary>
    public ImmutableArray<Reading> Readings { get; }

    /// <summary>How many readings there are.</summary>
    public int Count => Readings.Length;

    /// <summary>The newest reading. Throws when the window is empty.</summary>
    public Reading Last => Readings[^1];

    /// <summary>The reading at a place, 0 being the oldest.</summary>
    public Reading this[int index] => Readings[index];

    /// <summary>Place of the last reading at or before a moment; -1 when there is none.</summary>
    public int IndexAtOrBefore(DateTimeOffset at)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Readings[middle].At <= at) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    /// <summary>The most water that can have run between two moments, in millilitres; null when the readings do not reach around both.</summary>
    public long? UseAtMost(DateTimeOffset from, DateTimeOffset until)
    {
        var before = IndexAtOrBefore(from);
        var after = IndexAtOrAfter(until);
        return before < 0 || after == Count ? null : Readings[after].TotalMillilitres - Readings[before].TotalMillilitres;
    }

    /// <summary>
    /// The water that must have run between two moments, in millilitres; 0 when nothing is proven. A rise that no home's pipe lets through is
    /// no water: the register was another's, or a false reading came before or after.
    /// </summary>
    public long UseAtLeast(DateTimeOffset from, DateTimeOffset until)
    {
        var first = IndexAtOrAfter(from);
        var last = IndexAtOrBefore(until);
        return last > first ? UseAtLeast(first, last) : 0;
    }

    /// <summary>The same between two readings.</summary>
    internal long UseAtLeast(int first, int last)
    {
        var used = Readings[last].TotalMillilitres - Readings[first].TotalMillilitres;
        for (var i = first + 1; i <= last && used > JumpMinMillilitres; i++)
            if (IsJump(Readings[i - 1], Readings[i])) used -= Readings[i].TotalMillilitres - Readings[i - 1].TotalMillilitres;
        return used;
    }

    private static bool IsJump(Reading earlier, Reading later)
    {
        var rise = later.TotalMillilitres - earlier.TotalMillilitres;
        return rise > JumpMinMillilitres + (later.At - earlier.At).TotalHours * FlowMaxLitresPerHour * 1000;
    }

    /// <summary>The window with more readings, in any order, repeated or not. Forgets nothing that is still of the same meter: see <see cref="Within"/>.</summary>
    /// <param name="arrived">The readings.</param>
    /// <param name="stepsBack">Where to write down at which readings the register was another's; null when nobody asks.</param>
    public ReadingWindow With(IEnumerable<Reading> arrived, ICollection<StepBack>? stepsBack = null)
    {
        var incoming = arrived.Select(ToMillisecond).ToArray();
        // Nearly always: one reading, later than all others.
        if (incoming.Length == 1 && Count > 0 && incoming[0].At > Last.At) return Followed(incoming[0], stepsBack);
        Array.Sort(incoming, static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.TotalMillilitres.CompareTo(b.TotalMillilitres));
        var kept = new List<Reading>(Count + incoming.Length);
        for (int old = 0, fresh = 0; old < Count || fresh < incoming.Length;)
        {
            var next = fresh == incoming.Length || (old < Count && Readings[old].At <= incoming[fresh].At) ? Readings[old++] : incoming[fresh++];
            for (; fresh < incoming.Length && incoming[fresh].At == next.At; fresh++)
                next = next with { TotalMillilitres = Math.Max(next.TotalMillilitres, incoming[fresh].TotalMillilitres) };
            Append(kept, next, stepsBack);
        }

        return new([.. kept]);
    }

    /// <summary>Only the readings at or after a moment: what is left when the meter was exchanged then.</summary>
    public ReadingWindow Since(DateTimeOffset at) => new(Readings[IndexAtOrAfter(at)..]);

    /// <summary>
    /// What is needed to judge the last <paramref name="span"/> before the newest reading: the readings in it and the last one
    /// before it, with the start of the constant run that it ends, if it ends one.
    /// </summary>
    public ReadingWindow Within(TimeSpan span)
    {
        if (Count == 0) return this;
        var edge = Math.Max(0, IndexAtOrBefore(Last.At - span));
        if (edge > 0 && Readings[edge - 1].TotalMillilitres == Readings[edge].TotalMillilitres) edge--;
        var kept = edge == 0 ? this : new(Readings[edge..]);
        return kept.Count <= ReadingsMax ? kept : kept.Thinned();
    }

    /// <summary>How many readings at the start of this window are the same in the other.</summary>
    internal int SharedWith(ReadingWindow other)
    {
        var shared = 0;
        while (shared < Count && shared < other.Count && Readings[shared] == other[shared]) shared++;
        return shared;
    }

    // The same as Append, on the array itself.
    private ReadingWindow Followed(Reading next, ICollection<StepBack>? stepsBack)
    {
        if (next.TotalMillilitres < Last.TotalMillilitres - JitterMillilitres)
        {
            stepsBack?.Add(new(next.At, Last.TotalMillilitres - next.TotalMillilitres));
            return new([next]);
        }

        if (next.TotalMillilitres < Last.TotalMillilitres) next = next with { TotalMillilitres = Last.TotalMillilitres };
        var extendsRun = Count >= 2 && Last.TotalMillilitres == next.TotalMillilitres && Readings[^2].TotalMillilitres == next.TotalMillilitres;
        return new(extendsRun ? Readings.SetItem(Count - 1, next) : Readings.Add(next));
    }

    private static Reading ToMillisecond(Reading reading) =>
        reading with { At = DateTimeOffset.FromUnixTimeMilliseconds(reading.At.ToUnixTimeMilliseconds()) };

    private static void Append(List<Reading> kept, Reading next, ICollection<StepBack>? stepsBack)
    {
        if (kept.Count > 0)
        {
            var highest = kept[^1].TotalMillilitres;
            if (next.TotalMillilitres < highest - JitterMillilitres)
            {
                stepsBack?.Add(new(next.At, highest - next.TotalMillilitres));
                kept.Clear();
            }
            else if (next.TotalMillilitres < highest) next = next with { TotalMillilitres = highest };
        }

        if (kept.Count >= 2 && kept[^1].TotalMillilitres == next.TotalMillilitres && kept[^2].TotalMillilitres == next.TotalMillilitres) kept[^1] = next;
        else kept.Add(next);
    }

    private int IndexAtOrAfter(DateTimeOffset at)
    {
        var before = IndexAtOrBefore(at);
        return before >= 0 && Readings[before].At == at ? before : before + 1;
    }

    private ReadingWindow Thinned()
    {
        List<Reading> kept = [Readings[0]];
        for (var i = 1; i < Count - 1; i++)
            if (Readings[i + 1].At - kept[^1].At > ThinnedTo) kept.Add(Readings[i]);
        kept.Add(Last);
        return new([.. kept.Skip(kept.Count - ReadingsMax)]);
    }
}

/// <summary>A reading at which the register was lower than before by more than jitter: it is another register's.</summary>
/// <param name="At">When it was measured.</param>
/// <param name="Millilitres">By how much it was lower.</param>
public readonly record struct StepBack(DateTimeOffset At, long Millilitres);
