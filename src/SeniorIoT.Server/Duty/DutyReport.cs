using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using Shortage = SeniorIoT.Domain.Duty.Shortage;

namespace SeniorIoT.Server.Duty;

/// <summary>Somebody who may be told, with everything that names him or her.</summary>
internal sealed class Known(string phone, string name, string area)
{
    /// <summary>As written where it was met first.</summary>
    public string Phone => phone;

    /// <summary>The name there.</summary>
    public string Name => name;

    /// <summary>The nearest area there: a committee, a sub-district, or the district.</summary>
    public string Area => area;

    /// <summary>A sub-district, to sign texts with; empty for people of the whole district.</summary>
    public string SubDistrict { get; set; } = "";

    /// <summary>Known roles, once each; nearly always one.</summary>
    public List<string> Roles { get; } = new(1);

    /// <summary>Households that name this person as a volunteer, first or second.</summary>
    public List<string> Paired { get; } = new(0);

    /// <summary>Households that name this person.</summary>
    public int Households { get; set; }
}

/// <summary>
/// Who looks after whom, who cannot be reached, and which households nobody could be told of: worked out from the registry when asked for. One walk over
/// the households of the area.
/// </summary>
internal sealed class DutyReport(
    HouseholdDirectory households, DutyDirectory duty, TextRecords texts, AlertSurroundings around, DutyOptions options, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Everybody who may be told about households of an area, by number in E.164, or as written when it is none.</summary>
    public Dictionary<string, Known> People(AreaScope scope)
    {
        var people = new Dictionary<string, Known>(StringComparer.Ordinal);
        var subDistricts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var home in Homes(scope))
        {
            subDistricts.TryAdd(home.Committee, home.SubDistrict);
            subDistricts.TryAdd(home.SubDistrict, home.SubDistrict);
            foreach (var contact in home.Contacts)
            {
                var known = Meet(contact.Name, contact.Phone, contact.Role, home.Committee);
                known.SubDistrict = home.SubDistrict;
                known.Households++;
                if (contact.Role is Role.Volunteer or Role.SecondVolunteer && !known.Paired.Contains(home.HouseholdId)) known.Paired.Add(home.HouseholdId);
            }
        }

        foreach (var area in Areas(scope, subDistricts.Keys))
        {
            foreach (var contact in households.RespondersOfArea(area)) Meet(contact.Name, contact.Phone, contact.Role, area);
            foreach (var role in DutyBook.Roles)
                foreach (var person in duty.Book.RotaOf(area, role)?.People ?? []) Meet(person.Name, person.Number, role, area);
        }

        foreach (var known in people.Values)
            if (known.SubDistrict.Length == 0) known.SubDistrict = subDistricts.GetValueOrDefault(known.Area, "");
        return people;

        Known Meet(string name, string phone, string role, string area)
        {
            var key = PhoneNumber.ToE164(phone) ?? phone;
            if (!people.TryGetValue(key, out var known)) people[key] = known = new(phone, name, area);
            if (!known.Roles.Contains(Role.Of(role))) known.Roles.Add(Role.Of(role));
            return known;
        }
    }

    /// <summary>Whether somebody with this number may be told about a household of the area, and his or her name; null when not.</summary>
    public string? NameOf(string number, AreaScope scope) => People(scope).GetValueOrDefault(number)?.Name;

    /// <summary>Whether an area is one that somebody may see and that households, people or rotas belong to.</summary>
    public bool IsArea(string area, AreaScope scope) => AreasOf(scope).Contains(area);

    /// <summary>All such areas: the district, then by name.</summary>
    public IReadOnlyList<string> AreasOf(AreaScope scope) =>
        [.. Areas(scope, Homes(scope).SelectMany(home => new[] { home.SubDistrict, home.Committee })).OrderBy(area => area != HouseholdDirectory.District).ThenBy(area => area, StringComparer.Ordinal)];

    /// <summary>What is wrong with a household's people; null when nothing is.</summary>
    public DutyWarning? WarningOf(HouseholdEntry home)
    {
        var everybody = duty.Everybody(home);
        var place = new Place(new HouseholdId(home.HouseholdId), home.Address, home.Committee, home.SubDistrict, "", null, false);
        var (urgent, welfare) = (Coverage.Of(around.LadderOf(place, Priority.P1), everybody), Coverage.Of(around.LadderOf(place, Priority.P2), everybody));
        var (first, second) = (home.Contacts.Any(contact => contact.Role == Role.Volunteer), home.Contacts.Any(contact => contact.Role == Role.SecondVolunteer));
        return urgent is null && welfare is null && first && second
            ? null
            : new(home.HouseholdId, home.Address, home.Committee, home.SubDistrict, Word(urgent), Word(welfare), !first, !second);
    }

    /// <summary>Warnings of an area, by household.</summary>
    public IEnumerable<DutyWarning> Warnings(AreaScope scope) => Homes(scope).Select(WarningOf).OfType<DutyWarning>();

    /// <summary>Everything in numbers.</summary>
    public DutySummary Count(AreaScope scope)
    {
        var (nobody, unreachable, one, noVolunteer, noSecond) = (0, 0, 0, 0, 0);
        foreach (var warning in Warnings(scope))
        {
            var worst = Worse(warning);
            if (worst == "nobody") nobody++;
            else if (worst == "only_unreachable") unreachable++;
            else if (worst == "only_one") one++;
            if (warning.LacksVolunteer) noVolunteer++;
            if (warning.LacksSecondVolunteer) noSecond++;
        }

        var (people, latest, now) = (People(scope), texts.Latest, clock.GetUtcNow());
        var reach = people.Values.Select(person => latest.ReachOf(person.Phone)).CountBy(one => one).ToDictionary();
        var areas = AreasOf(scope);
        var gaps = duty.Book.Rotas.Where(rota => areas.Contains(rota.Area)).Sum(rota => rota.Gaps(now, now.AddDays(options.GapDays), zone, duty.Book.Absences).Count);
        return new(
            Homes(scope).Count(), nobody, unreachable, one, noVolunteer, noSecond,
            people.Values.Count(person => person.Paired.Count > 0), people.Values.Count(person => person.Paired.Count > options.PairingMax), options.PairingMax,
            people.Count, reach.Where(pair => Reachability.IsUnreachable(pair.Key)).Sum(pair => pair.Value), reach.GetValueOrDefault(Reach.Untested), gaps, options.GapDays,
            areas, now);
    }

    /// <summary>The worse of a warning's two ladders, in the API's words; null: enough people.</summary>
    public static string? Worse(DutyWarning warning) => Words.FirstOrDefault(word => warning.Urgent == word || warning.Welfare == word);

    /// <summary>The API's words for <see cref="Shortage"/>, the worst first.</summary>
    public static IReadOnlyList<string> Words { get; } = ["nobody", "only_unreachable", "only_one"];

    /// <summary>The API's word for a reach.</summary>
    public static string Word(Reach reach) => reach == Reach.NoNumber ? "no_number" : reach.ToString().ToLowerInvariant();

    private static string? Word(Shortage? shortage) => shortage is { } one ? Words[(int)one] : null;

    private IEnumerable<HouseholdEntry> Homes(AreaScope scope) => scope.Area is null ? households.All : households.All.Where(scope.CanSee);

    private HashSet<string> Areas(AreaScope scope, IEnumerable<string> seen) => scope.Area is { } area
        ? [.. seen.Where(one => one == area || !IsAbove(one, area)), area]
        : [.. seen, .. households.Areas, .. duty.Book.Rotas.Select(rota => rota.Area), HouseholdDirectory.District];

    // A committee sees its households, but not the people of the sub-district above it.
    private bool IsAbove(string one, string area) => households.All.Any(home => home.SubDistrict == one && home.Committee == area);
}
