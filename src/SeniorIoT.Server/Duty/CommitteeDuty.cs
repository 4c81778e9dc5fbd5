using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
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
}

/// <summary>What the households of one committee come to: their warnings, and the people they name. Never changed; a change of the registry makes another.</summary>
internal sealed class CommitteeDuty
{
    private readonly CommitteeHomes _area;
    private readonly CommitteeGround _ground;

    /// <summary>Looks at every household.</summary>
    public CommitteeDuty(CommitteeHomes area, CommitteeGround ground, DutyDirectory duty, AlertSurroundings around)
    {
        (_area, _ground) = (area, ground);
        Warnings = [.. area.Homes.Select(home => WarningOf(home, duty, around)).OfType<DutyWarning>()];
        foreach (var home in area.Homes)
        {
            foreach (var contact in home.Contacts)
            {
                var known = Known.Meet(People, contact.Name, contact.Phone, contact.Role, home.Area);
                known.Households++;
                if (contact.Role is Role.Volunteer or Role.SecondVolunteer && !known.Paired.Contains(home.HouseholdId)) known.Paired.Add(home.HouseholdId);
            }
        }
    }

    /// <summary>The committee.</summary>
    public Area Area => _area.Area;

    /// <summary>How many households.</summary>
    public int Count => _area.Homes.Length;

    /// <summary>Of those where something is wrong, in no order.</summary>
    public IReadOnlyList<DutyWarning> Warnings { get; }

    /// <summary>Whom the households name, by number.</summary>
    public Dictionary<string, Known> People { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it is still what these make.</summary>
    public bool IsOf(CommitteeHomes area, CommitteeGround ground) => _ground == ground && area.Homes.AsSpan().SequenceEqual(_area.Homes, ByReference.Instance);

    /// <summary>What is wrong with a household's people; null when nothing is.</summary>
    public static DutyWarning? WarningOf(HouseholdEntry home, DutyDirectory duty, AlertSurroundings around)
    {
        var everybody = duty.Everybody(home);
        var place = new Place(new HouseholdId(home.HouseholdId), home.Address, home.Committee, home.SubDistrict, "", null, false);
        var (urgent, welfare) = (Coverage.Of(around.LadderOf(place, Priority.P1), everybody), Coverage.Of(around.LadderOf(place, Priority.P2), everybody));
        var (first, second) = (home.Contacts.Any(contact => contact.Role == Role.Volunteer), home.Contacts.Any(contact => contact.Role == Role.SecondVolunteer));
        return urgent is null && welfare is null && first && second
            ? null
            : new(home.HouseholdId, home.Address, home.Committee, home.SubDistrict, Word(urgent), Word(welfare), !first, !second);
    }

    private static string? Word(Shortage? shortage) => shortage is { } one ? DutyReport.Words[(int)one] : null;

    // A household is replaced whole when it changes, so its reference says enough.
    private sealed class ByReference : IEqualityComparer<HouseholdEntry>
    {
        public static readonly ByReference Instance = new();

        public bool Equals(HouseholdEntry? one, HouseholdEntry? other) => ReferenceEquals(one, other);

        public int GetHashCode(HouseholdEntry entry) => entry.HouseholdId.GetHashCode(StringComparison.Ordinal);
    }
}
