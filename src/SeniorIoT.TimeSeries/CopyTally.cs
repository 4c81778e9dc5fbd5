namespace SeniorIoT.TimeSeries;

/// <summary>What a copy has done so far.</summary>
internal sealed class CopyTally
{
    public const string Events = "Events", Use = "Use";

    private readonly Dictionary<string, CopyCount> _counts = [];
    private readonly List<CopyDifference> _differences = [];
    private readonly Dictionary<string, (DateOnly First, DateOnly Last)> _written = new(StringComparer.Ordinal);

    /// <summary>Points and events written.</summary>
    public long Points { get; private set; }

    /// <summary>See <see cref="CopyReport.Written"/>.</summary>
    public IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> Written => _written;

    /// <summary>Called after every batch.</summary>
    public Action Tell { get; set; } = () => { };

    public void Wrote(int points)
    {
        Points += points;
        Tell();
    }

    /// <summary>Remembers that register readings of a day were written. Days go backwards.</summary>
    public void Touched(string device, DateOnly day) =>
        _written[device] = (day, _written.TryGetValue(device, out var span) ? span.Last : day);

    public void Equal(string what, long count) => _counts[what] = Of(what) with { Equal = Of(what).Equal + count };

    public void Copied(string what) => _counts[what] = Of(what) with { Copied = Of(what).Copied + 1 };

    public void Different(DateOnly day, string what, string device, string problem)
    {
        _counts[what] = Of(what) with { Different = Of(what).Different + 1 };
        if (_differences.Count < CopyReport.DifferencesMax) _differences.Add(new CopyDifference(day, what, device, problem));
    }

    public CopyReport Report() => new([.. _counts.Values.OrderBy(count => count.What, StringComparer.Ordinal)], Points, [.. _differences]) { Written = _written };

    private CopyCount Of(string what) => _counts.GetValueOrDefault(what) ?? new CopyCount(what, 0, 0, 0);
}
