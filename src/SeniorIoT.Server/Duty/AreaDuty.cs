using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Duty;

/// <summary>Somebody who may be told, with everything that names him or her.</summary>
internal sealed class Known(string phone, string name, Area area)
{
    /// <summary>As written where it was met first.</summary>
    public string Phone => phone;

    /// <summary>The name there.</summary>
    public string Name => name;

    /// <summary>The nearest area there: a committee, a sub-district, or the district.</summary>
    public Area Area => area;

    /// <summary>The sub-district, to sign texts with; empty for people of the whole district.</summary>
    public string SubDistrict => area.SubDistrict;

    /// <summary>Known roles, once each; nearly always one.</summary>
    public List<string> Roles { get; } = new(1);

    /// <summary>Households that name this person as a volunteer, first or second.</summary>
    public List<string> Paired { get; } = new(0);

    /// <summary>Households that name this person.</summary>
    public int Households { get; set; }

    /// <summary>The person of a number among <paramref name="people"/>, who is added if new, and has a role more.</summary>
    public static Known Meet(Dictionary<string, Known> people, string name, string phone, string role, Area area)
    {
        var key = PhoneNumber.ToE164(phone) ?? phone;
        if (!people.TryGetValue(key, out var known)) people[key] = known = new(phone, name, area);
        if (!known.Roles.Contains(Role.Of(role))) known.Roles.Add(Role.Of(role));
        return known;
    }

    /// <summary>Takes in what another part of the area knows of the same number.</summary>
    public void Add(Known other)
    {
        Households += other.Households;
        Roles.AddRange(other.Roles.Except(Roles).ToList());
        Paired.AddRange(other.Paired.Except(Paired).ToList());
    }
}

/// <summary>What everything in somebody's area comes to, put together from its committees. Never changed; lists are put in order when first asked for.</summary>
internal sealed class AreaDuty
{
    private readonly Lazy<IReadOnlyList<(string Key, DutyWarning Warning)>> _warnings;
    private readonly Lazy<IReadOnlyList<(string Key, Known Person)>> _people;
    private readonly Lazy<IReadOnlyList<(string Key, Known Person)>> _pairings;
    private volatile Tuple<TextRecords.Known, Dictionary<string, Reach>>? _reach;

    /// <summary>Of these committees, and of the people of these areas.</summary>
    public AreaDuty(IReadOnlyList<CommitteeDuty> parts, IReadOnlyList<Area> areas, Func<Area, IReadOnlyList<Responder>> peopleOf)
    {
        (Parts, Areas) = (parts, areas);
        foreach (var (number, person) in parts.SelectMany(part => part.People))
        {
            if (!People.TryGetValue(number, out var known)) People[number] = known = new(person.Phone, person.Name, person.Area);
            known.Add(person);
        }

        foreach (var area in areas)
            foreach (var person in peopleOf(area)) Known.Meet(People, person.Name, person.Phone, person.Role, area);

        _warnings = new(() => [.. parts.SelectMany(part => part.Warnings).Select(warning => (KeyOf(warning), warning)).OrderBy(row => row.Item1, StringComparer.Ordinal)]);
        _people = new(() => [.. People.Select(pair => (pair.Key, pair.Value)).OrderBy(row => row.Key, StringComparer.Ordinal)]);
        _pairings = new(() => [.. People.Where(pair => pair.Value.Paired.Count > 0).Select(pair => ($"{100_000 - pair.Value.Paired.Count:000000} {pair.Key}", pair.Value)).OrderBy(row => row.Item1, StringComparer.Ordinal)]);
    }

    /// <summary>Its committees.</summary>
    public IReadOnlyList<CommitteeDuty> Parts { get; }

    /// <summary>Areas that households, people or rotas belong to: the district, then by name.</summary>
    public IReadOnlyList<Area> Areas { get; }

    /// <summary>Everybody who may be told, by number in E.164, or as written when it is none.</summary>
    public Dictionary<string, Known> People { get; } = new(StringComparer.Ordinal);

    /// <summary>The worst first, each with what it is ordered by.</summary>
    public IReadOnlyList<(string Key, DutyWarning Warning)> Warnings => _warnings.Value;

    /// <summary>Everybody by number.</summary>
    public IReadOnlyList<(string Key, Known Person)> ByNumber => _people.Value;

    /// <summary>Everybody who is paired with a household, the most loaded first; the number tells two with the same load apart.</summary>
    public IReadOnlyList<(string Key, Known Person)> Pairings => _pairings.Value;

    /// <summary>Whether texts get to each of them, as <paramref name="latest"/> says.</summary>
    public IReadOnlyDictionary<string, Reach> ReachBy(TextRecords.Known latest)
    {
        if (_reach is { } known && ReferenceEquals(known.Item1, latest)) return known.Item2;
        var reach = People.ToDictionary(pair => pair.Key, pair => latest.ReachOf(pair.Value.Phone), StringComparer.Ordinal);
        _reach = Tuple.Create(latest, reach);
        return reach;
    }

    private static string KeyOf(DutyWarning warning) => $"{(DutyReport.Worse(warning) is { } worse ? DutyReport.Words.ToList().IndexOf(worse) : DutyReport.Words.Count)} {warning.HouseholdId}";
}
