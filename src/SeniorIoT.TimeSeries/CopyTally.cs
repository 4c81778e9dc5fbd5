namespace SeniorIoT.TimeSeries;

/// <summary>What a copy has done so far.</summary>
internal sealed class CopyTally
{
    public const string Events = "Events";

    private readonly Dictionary<string, CopyCount> _counts = [];
    private readonly List<CopyDifference> _differences = [];

    /// <summary>Points and events written.</summary>
    public long Points { get; private set; }

    /// <summary>Called after every batch.</summary>
    public Action Tell { get; set; } = () => { };

    public void Wrote(int points)
    {
        Points += points;
        Tell();
    }

    public void Equal(string what, long count) => _counts[what] = Of(what) with { Equal = Of(what).Equal + count };

    public void Copied(string what) => _counts[what] = Of(what) with { Copied = Of(what).Copied + 1 };

    public void Different(DateOnly day, string what, string device, string problem)
    {
        _counts[what] = Of(what) with { Different = Of(what).Different + 1 };
        if (_differences.Count < CopyReport.DifferencesMax) _differences.Add(new CopyDifference(day, what, device, problem));
    }

    public CopyReport Report() => new([.. _counts.Values.OrderBy(count => count.What, StringComparer.Ordinal)], Points, [.. _differences]);

    private CopyCount Of(string what) => _counts.GetValueOrDefault(what) ?? new CopyCount(what, 0, 0, 0);
}
