using System.Collections.Frozen;
using System.Collections.Immutable;

namespace SeniorIoT.Domain.Detection;

/// <summary>Where rules can be set, the nearest first: of a household's places the nearest that has a set decides.</summary>
public enum PlaceScope
{
    /// <summary>One household.</summary>
    Household,

    /// <summary>A neighbourhood committee.</summary>
    Committee,

    /// <summary>A sub-district.</summary>
    SubDistrict,

    /// <summary>Everybody.</summary>
    District,
}

/// <summary>A place that can have rules.</summary>
/// <param name="Scope">What kind of place.</param>
/// <param name="Area">Id of the household, or <see cref="Households.Area.Key"/> of the area.</param>
public readonly record struct RulePlace(PlaceScope Scope, string Area)
{
    /// <summary>The place that is an area.</summary>
    public static RulePlace Of(Households.Area area) =>
        new(area == Households.Area.District ? PlaceScope.District : area.Committee.Length > 0 ? PlaceScope.Committee : PlaceScope.SubDistrict, area.Key);

    /// <summary>The area; null for a household.</summary>
    public Households.Area? Ground => Scope == PlaceScope.Household ? null : Households.Area.Parse(Area);

    /// <summary>What people read, e.g. in the name of a version: the key without its mark for a whole sub-district.</summary>
    public string Title => Area.TrimEnd('·');
}

/// <summary>A second set that runs beside the one in force and tells nobody.</summary>
/// <param name="Run">
/// Name of the time in which these two sets run beside each other unchanged. When it changes the shadow begins anew from what is known then.
/// </param>
/// <param name="SinceAt">When that began.</param>
/// <param name="Settings">The second set.</param>
public sealed record ShadowRules(string Run, DateTimeOffset SinceAt, RuleSettings Settings);

/// <summary>The rules of a place. A set counts whole: nothing is taken from places further up, its shadow neither.</summary>
/// <param name="Place">Whose; null for the preset, which is in force where no place has a set.</param>
/// <param name="Settings">The set in force.</param>
/// <param name="Shadow">What runs beside it; null for nothing.</param>
public sealed record PlacedRules(RulePlace? Place, RuleSettings Settings, ShadowRules? Shadow = null);

/// <summary>
/// Which rules are in force where. Immutable. Asked once for each message, so an answer is at most three look-ups and makes nothing; with
/// no set at all it is none.
/// </summary>
public sealed class RuleBook
{
    private readonly ImmutableDictionary<RulePlace, PlacedRules> _sets;
    private readonly FrozenDictionary<string, PlacedRules> _households;
    private readonly FrozenDictionary<Households.Area, PlacedRules> _areas;
    private readonly PlacedRules _elsewhere;

    /// <summary>A book with a preset and nothing else.</summary>
    public RuleBook(RuleSettings preset)
        : this(new PlacedRules(null, preset), ImmutableDictionary<RulePlace, PlacedRules>.Empty)
    {
    }

    private RuleBook(PlacedRules preset, ImmutableDictionary<RulePlace, PlacedRules> sets)
    {
        (Preset, _sets) = (preset, sets);
        _households = sets.Where(set => set.Key.Scope == PlaceScope.Household).ToFrozenDictionary(set => set.Key.Area, set => set.Value, StringComparer.Ordinal);
        _areas = sets.Where(set => set.Key.Ground is not null).ToFrozenDictionary(set => set.Key.Ground!.Value, set => set.Value);
        _elsewhere = _areas.GetValueOrDefault(Households.Area.District) ?? preset;
    }

    /// <summary>What is in force where no place has a set.</summary>
    public PlacedRules Preset { get; }

    /// <summary>Places that have a set.</summary>
    public IEnumerable<RulePlace> Places => _sets.Keys;

    /// <summary>Whether any place has a shadow.</summary>
    public bool HasShadow => _sets.Values.Any(set => set.Shadow is not null);

    /// <summary>The set of a place itself; null when it has none.</summary>
    public PlacedRules? At(RulePlace place) => _sets.GetValueOrDefault(place);

    /// <summary>The rules of a household: its own, else its committee's, else its sub-district's, else the district's, else the preset.</summary>
    public PlacedRules InForce(string householdId, Households.Area area)
    {
        if (_sets.IsEmpty) return _elsewhere;
        return _households.TryGetValue(householdId, out var rules) || _areas.TryGetValue(area, out rules) || _areas.TryGetValue(area.SubDistrictOf, out rules)
            ? rules
            : _elsewhere;
    }

    /// <summary>The book with the sets of some places replaced; null takes a set away.</summary>
    public RuleBook With(IEnumerable<KeyValuePair<RulePlace, PlacedRules?>> changes)
    {
        var sets = _sets.ToBuilder();
        foreach (var (place, set) in changes)
            if (set is null) sets.Remove(place);
            else sets[place] = set;
        return new RuleBook(Preset, sets.ToImmutable());
    }
}
