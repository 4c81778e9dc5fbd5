using System.Collections.Frozen;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Households;

/// <summary>
/// What areas are called and which one a text means, from where households are. The API says and takes the plain name where only one area has it, else
/// <see cref="Area.Key"/>, which it takes always. Thread-safe.
/// </summary>
internal sealed class AreaNames
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Area, int> _homes = [];
    private FrozenDictionary<string, Area[]> _named = FrozenDictionary<string, Area[]>.Empty;
    private bool _isOld;

    /// <summary>A household is in a committee, or in another than before; null for none.</summary>
    public void Move(Area? from, Area? to)
    {
        if (from == to) return;
        lock (_lock)
        {
            if (to is { } entered && (_homes[entered] = _homes.GetValueOrDefault(entered) + 1) == 1) _isOld = true;
            if (from is not { } left || --_homes[left] > 0) return;
            _homes.Remove(left);
            _isOld = true;
        }
    }

    /// <summary>Whether a household is there.</summary>
    public bool Has(Area area)
    {
        lock (_lock) return _homes.Keys.Any(area.Contains);
    }

    /// <summary>The shortest text that means this area and no other.</summary>
    public string Of(Area area) => Meant(area.Name) is [var only] && only == area ? area.Name : area.Key;

    /// <summary>The areas that a text may mean: those with the name, and the one with the key, households or not. Several when the name is not enough.</summary>
    public IReadOnlyList<Area> Meant(string text)
    {
        var named = Named().GetValueOrDefault(text, []);
        return Area.Parse(text) is { } exact && !named.Contains(exact) ? [.. named, exact] : named;
    }

    /// <summary>The area that somebody means who may see <paramref name="scope"/>; null with a fault when it is none or several.</summary>
    public Area? Read(string field, string text, AreaScope scope, Faults faults)
    {
        IReadOnlyList<Area> meant = [.. Meant(text).Where(scope.CanSee)];
        if (meant is [var only]) return only;
        faults.Add(field, meant.Count > 0
            ? Choice(text, meant)
            : $"No household is in '{text}'. Check the spelling or enrol its households first; or write a committee with its sub-district, e.g. {new Area("江苏路街道", "北一居委会").Key}.");
        return null;
    }

    /// <summary>As <see cref="Read"/> for the whole district; a name that no household carries yet may be the right one, and is an unplaced area.</summary>
    public Area? ReadEarly(string field, string text, Faults faults) =>
        Meant(text) is [] && text.Length <= HouseholdRules.NameLengthMax ? Area.Unplaced(text) : Read(field, text, AreaScope.Whole, faults);

    /// <summary>What a list is to be narrowed to, which also takes a committee by its key.</summary>
    public static (string? Committee, string? SubDistrict) Filter(string? committee, string? subDistrict) =>
        committee is not null && Area.Parse(committee) is { Committee.Length: > 0, SubDistrict.Length: > 0 } exact ? (exact.Committee, exact.SubDistrict) : (committee, subDistrict);

    /// <summary>Why a name is not enough, and what is.</summary>
    public static string Choice(string text, IEnumerable<Area> meant) => $"{Several(text, meant)} Write one of these.";

    /// <summary>Which areas have a name.</summary>
    public static string Several(string text, IEnumerable<Area> meant) => $"Several areas are called '{text}': {string.Join(", ", meant.Select(area => area.Key))}.";

    private FrozenDictionary<string, Area[]> Named()
    {
        lock (_lock)
        {
            if (!_isOld) return _named;
            _isOld = false;
            return _named = _homes.Keys.Concat(_homes.Keys.Select(area => area.SubDistrictOf)).Distinct().GroupBy(area => area.Name)
                .ToFrozenDictionary(same => same.Key, same => same.OrderBy(area => area.Key, StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        }
    }
}
