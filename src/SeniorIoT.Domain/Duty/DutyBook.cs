using System.Collections.Frozen;
using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Duty;

/// <summary>The people named for one area.</summary>
/// <param name="Area">A committee, a sub-district, or the district.</param>
/// <param name="People">Who, in the order they are told.</param>
public sealed record AreaPeople(Area Area, IReadOnlyList<Responder> People);

/// <summary>Everything that decides who can be told at a moment. Immutable: a change is another book.</summary>
public sealed class DutyBook
{
    private readonly FrozenDictionary<(Area Area, string Role), Rota> _rotas;
    private readonly FrozenDictionary<string, ImmutableArray<PersonAbsence>> _absences;
    private readonly FrozenDictionary<string, QuietHours> _quiet;

    /// <summary>A book of these.</summary>
    /// <param name="rotas">At most one an area and role.</param>
    /// <param name="calendar">Holidays of the whole district; rotas may say otherwise.</param>
    /// <param name="absences">Absences of people.</param>
    /// <param name="quiet">Quiet hours by number.</param>
    public DutyBook(
        IEnumerable<Rota> rotas, ImmutableArray<Holiday> calendar, IEnumerable<PersonAbsence> absences, IEnumerable<KeyValuePair<string, QuietHours>> quiet)
    {
        Calendar = calendar;
        _rotas = rotas.ToFrozenDictionary(rota => (rota.Area, rota.Role), rota => rota.With(calendar));
        Absences = [.. absences];
        _absences = Absences.GroupBy(absence => absence.Number).ToFrozenDictionary(own => own.Key, own => own.ToImmutableArray());
        _quiet = quiet.ToFrozenDictionary();
    }

    /// <summary>Nothing is entered: everybody is told at any time.</summary>
    public static DutyBook Empty { get; } = new([], [], [], []);

    /// <summary>Roles that can have a rota: all but the household's own contacts.</summary>
    public static IReadOnlyList<string> Roles { get; } = [.. Role.All.Where(role => role != Role.Contact)];

    /// <summary>Holidays of the whole district.</summary>
    public ImmutableArray<Holiday> Calendar { get; }

    /// <summary>All rotas, with the district's holidays.</summary>
    public IEnumerable<Rota> Rotas => _rotas.Values;

    /// <summary>All absences of people.</summary>
    public ImmutableArray<PersonAbsence> Absences { get; }

    /// <summary>All quiet hours, by number.</summary>
    public IReadOnlyDictionary<string, QuietHours> Quiet => _quiet;

    /// <summary>The rota of an area and role; null when there is none.</summary>
    public Rota? RotaOf(Area area, string role) => _rotas.GetValueOrDefault((area, role));

    /// <summary>Whether a person is absent at a moment.</summary>
    public bool IsAbsent(string number, DateTimeOffset at) => _absences.TryGetValue(number, out var own) && own.Any(absence => absence.Holds(at));

    /// <summary>
    /// Who can be told about a household at a moment, nearest first. Where an area has a rota for a role, its people of that role are those on duty; nobody on
    /// duty (a gap, or all of them absent) means everybody of the role, because somebody is better than nobody. The household's own contacts with a role of
    /// office follow the nearest rota too; its paired volunteers and its family do not.
    /// Everybody comes marked with whether they are absent, in their quiet hours, or known to be out of reach; <see cref="DutyRules.Spare"/> says what follows.
    /// </summary>
    /// <param name="own">The household's own contacts.</param>
    /// <param name="areas">Committee, sub-district, district, in this order.</param>
    /// <param name="at">The moment.</param>
    /// <param name="zone">The district's clock.</param>
    /// <param name="unreachable">Numbers that no text gets to.</param>
    public IReadOnlyList<Responder> ToTell(
        IReadOnlyList<Responder> own, IReadOnlyList<AreaPeople> areas, DateTimeOffset at, TimeZoneInfo zone, IReadOnlySet<string> unreachable)
    {
        var told = new List<Responder>();
        foreach (var person in own)
            if (!IsOffice(Role.Of(person.Role)) || areas.Select(area => RotaOf(area.Area, person.Role)).FirstOrDefault(rota => rota is not null) is not { } nearest
                || Stands(nearest, person))
                told.Add(person);
        foreach (var area in areas)
        {
            told.AddRange(area.People.Where(person => RotaOf(area.Area, person.Role) is not { } rota || Stands(rota, person)));
            foreach (var role in Roles)
                if (RotaOf(area.Area, role) is { } rota)
                    told.AddRange(Standing(rota)
                        .Where(person => !told.Any(known => known.Role == role && PhoneNumber.ToE164(known.Phone) == person.Number))
                        .Select(person => new Responder(person.Name, person.Number, role)));
        }

        var time = TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        return [.. told.Select(Marked)];

        Responder Marked(Responder person) => NumberOf(person) is { } number
            ? person with { IsAbsent = IsAbsent(number, at), IsQuiet = _quiet.GetValueOrDefault(number)?.Include(time) ?? false, IsUnreachable = unreachable.Contains(number) }
            : person;
        bool Stands(Rota rota, Responder person) => OnDuty(rota, at, zone) is not { Length: > 0 } onDuty || onDuty.Any(one => one.Number == NumberOf(person));
        IEnumerable<Person> Standing(Rota rota) => OnDuty(rota, at, zone) is { Length: > 0 } onDuty ? onDuty : rota.People;
    }

    /// <summary>Everybody who could ever be told about a household, whoever is on duty, absent or asleep; once each, nearest first.</summary>
    public IReadOnlyList<Responder> Everybody(IReadOnlyList<Responder> own, IReadOnlyList<AreaPeople> areas, IReadOnlySet<string> unreachable)
    {
        var all = own.Concat(areas.SelectMany(area => area.People.Concat(Roles.SelectMany(role => RotaOf(area.Area, role) is { } rota
            ? rota.People.Select(person => new Responder(person.Name, person.Number, role))
            : []))));
        return [.. all.DistinctBy(person => (NumberOf(person) ?? person.Phone, Role.Of(person.Role)))
            .Select(person => NumberOf(person) is { } number && unreachable.Contains(number) ? person with { IsUnreachable = true } : person)];
    }

    /// <summary>Who of a rota is on duty at a moment and not absent; nobody in a gap.</summary>
    public ImmutableArray<Person> OnDuty(Rota rota, DateTimeOffset at, TimeZoneInfo zone) =>
        rota.OnDuty(at, zone).RemoveAll(person => IsAbsent(person.Number, at));

    // The duty of a committee is an office that people take turns in; a volunteer who was paired with a household is himself.
    private static bool IsOffice(string role) => role is Role.CommitteeDuty or Role.CommitteeHead or Role.Supervisor;

    private static string? NumberOf(Responder person) => PhoneNumber.ToE164(person.Phone);
}
