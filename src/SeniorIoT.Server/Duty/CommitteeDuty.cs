using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using Shortage = SeniorIoT.Domain.Duty.Shortage;

namespace SeniorIoT.Server.Duty;

/// <summary>Everything that a committee's part rests on besides its households: while that is the same, so is the part.</summary>
/// <param name="People">Everybody of the committee, its sub-district and the district, by area.</param>
/// <param name="Unreachable">Numbers that no text gets to.</param>
/// <param name="Ladders">Another object whenever a ladder was changed.</param>
internal sealed record CommitteeGround(IReadOnlyList<Responder> People, IReadOnlySet<string> Unreachable, object Ladders)
{
    /// <inheritdoc/>
    public bool Equals(CommitteeGround? other) =>
        other is not null && ReferenceEquals(Unreachable, other.Unreachable) && ReferenceEquals(Ladders, other.Ladders) && People.SequenceEqual(other.People);

    /// <inheritdoc/>
    public override int GetHashCode() => People.Count;

    /// <summary>Whether nothing but the people is another.</summary>
    public bool DiffersInPeopleOnly(CommitteeGround other) => this with { People = other.People } == other;
}

/// <summary>What the households of one committee come to: their warnings, and the people they name. Never changed; a change of the registry makes another.</summary>
internal sealed class CommitteeDuty
{
    private readonly CommitteeHomes _area;
    private readonly CommitteeGround _ground;
    private readonly List<HouseholdEntry> _leaning = []; // homes whose own people are not enough: only these hang on who else there is
    private readonly List<DutyWarning> _own = []; // warnings of the others

    /// <summary>Looks at every household, or, where all but the area's people is as <paramref name="before"/>, at those that hang on them.</summary>
    public CommitteeDuty(CommitteeHomes area, CommitteeGround ground, CommitteeDuty? before, DutyDirectory duty, AlertSurroundings around)
    {
        (_area, _ground) = (area, ground);
        if (before is not null && ReferenceEquals(before._area, area) && ground.DiffersInPeopleOnly(before._ground))
        {
            (_leaning, _own, People) = (before._leaning, before._own, before.People);
        }
        else
        {
            Dictionary<string, Known> people = new(StringComparer.Ordinal);
            foreach (var home in area.Homes)
            {
                var own = duty.Own(home);
                if (!IsEnough(home, own, around)) _leaning.Add(home);
                else if (WarningOf(home, own, around) is { } warning) _own.Add(warning);
                Meet(people, home);
            }

            People = people;
        }

        Warnings = [.. _own, .. _leaning.Select(home => WarningOf(home, duty.Everybody(home), around)).OfType<DutyWarning>()];
    }

    /// <summary>The committee.</summary>
    public string Committee => _area.Committee;

    /// <summary>Its sub-district.</summary>
    public string SubDistrict => _area.SubDistrict;

    /// <summary>How many households.</summary>
    public int Count => _area.Homes.Length;

    /// <summary>Of those where something is wrong, in no order.</summary>
    public IReadOnlyList<DutyWarning> Warnings { get; }

    /// <summary>Whom the households name, by number.</summary>
    public IReadOnlyDictionary<string, Known> People { get; }

    /// <summary>Whether it is still what these make.</summary>
    public bool IsOf(CommitteeHomes area, CommitteeGround ground) => ReferenceEquals(_area, area) && _ground == ground;

    /// <summary>What is wrong with a household's people; null when nothing is.</summary>
    /// <param name="home">The household.</param>
    /// <param name="everybody">Who could ever be told about it.</param>
    /// <param name="around">The ladders.</param>
    public static DutyWarning? WarningOf(HouseholdEntry home, IReadOnlyList<Responder> everybody, AlertSurroundings around)
    {
        var place = PlaceOf(home);
        var (urgent, welfare) = (Coverage.Of(around.LadderOf(place, Priority.P1), everybody), Coverage.Of(around.LadderOf(place, Priority.P2), everybody));
        var (first, second) = (home.Contacts.Any(contact => contact.Role == Role.Volunteer), home.Contacts.Any(contact => contact.Role == Role.SecondVolunteer));
        return urgent is null && welfare is null && first && second
            ? null
            : new(home.HouseholdId, home.Address, home.Committee, home.SubDistrict, Word(urgent), Word(welfare), !first, !second);
    }

    private static bool IsEnough(HouseholdEntry home, IReadOnlyList<Responder> own, AlertSurroundings around)
    {
        var place = PlaceOf(home);
        return Coverage.IsEnough(around.LadderOf(place, Priority.P1), own) && Coverage.IsEnough(around.LadderOf(place, Priority.P2), own);
    }

    private static Place PlaceOf(HouseholdEntry home) => new(new HouseholdId(home.HouseholdId), home.Address, home.Committee, home.SubDistrict, "", null, false);

    private static void Meet(Dictionary<string, Known> people, HouseholdEntry home)
    {
        foreach (var contact in home.Contacts)
        {
            var known = Known.Meet(people, contact.Name, contact.Phone, contact.Role, home.Committee);
            known.SubDistrict = home.SubDistrict;
            known.Households++;
            if (contact.Role is Role.Volunteer or Role.SecondVolunteer && !known.Paired.Contains(home.HouseholdId)) known.Paired.Add(home.HouseholdId);
        }
    }

    private static string? Word(Shortage? shortage) => shortage is { } one ? DutyReport.Words[(int)one] : null;
}
