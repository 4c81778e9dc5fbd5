using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Visits;

/// <summary>What kind of record it is. The ids are the API's.</summary>
public static class VisitKind
{
    /// <summary>Somebody went because of an alert.</summary>
    public const string Alert = "alert";

    /// <summary>A visit of the monthly round, entered by whoever made it.</summary>
    public const string Round = "round";

    /// <summary>Nobody went: it was settled by phone.</summary>
    public const string Phone = "phone";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Alert, Round, Phone];

    /// <summary>Those that people enter; the others come from alerts.</summary>
    public static IReadOnlyList<string> Entered { get; } = [Round, Phone];
}

/// <summary>A record that somebody saw, or tried to see, the people of a household.</summary>
/// <param name="Id">Its id; of an alert <c>V-</c> and the alert's.</param>
/// <param name="Household">Whom.</param>
/// <param name="Kind">One of <see cref="VisitKind"/>.</param>
/// <param name="At">When somebody was at the door; of a phone call when it was settled.</param>
/// <param name="By">Who went or called.</param>
/// <param name="Minutes">How long it took, 1 to <see cref="VisitRules.MinutesMax"/>; null when nobody knows.</param>
/// <param name="Outcome">One of <see cref="Outcome.All"/>, or words of the district's own.</param>
/// <param name="Alert">The alert; null when there was none.</param>
/// <param name="Note">What else was said.</param>
public sealed record Visit(string Id, HouseholdId Household, string Kind, DateTimeOffset At, string By, int? Minutes, string Outcome, AlertId? Alert, string? Note)
{
    /// <summary>Who <see cref="By"/> is, as known when it was written down; null where only the name is known.</summary>
    public PersonId? ById { get; init; }

    /// <summary>Whoever was there besides <see cref="By"/>, each with minutes of their own.</summary>
    public IReadOnlyList<VisitHelper> Helpers { get; init; } = [];

    /// <summary>Everybody who was there, first whoever went.</summary>
    public IEnumerable<VisitHelper> People => Helpers.Prepend(new VisitHelper(By, Minutes, ById));
}

/// <summary>Somebody who was at a visit.</summary>
/// <param name="Name">Who.</param>
/// <param name="Minutes">How long, 1 to <see cref="VisitRules.MinutesMax"/>; null when nobody knows.</param>
/// <param name="Id">Who that is; null where only the name is known.</param>
public sealed record VisitHelper(string Name, int? Minutes, PersonId? Id);

/// <summary>What counts as a visit.</summary>
public static class VisitRules
{
    /// <summary>A visit takes at most so many minutes; of an alert that was closed later nobody knows how long it took, until a person enters it.</summary>
    public const int MinutesMax = 240;

    /// <summary>So many people a visit names besides whoever went.</summary>
    public const int HelpersMax = 10;

    // Nobody was seen: away and in hospital are found out at a closed door, a fault at the device, and a test is no visit.
    private static readonly HashSet<string> Unseen = ["away", "hospital", "device_fault", "test"];

    /// <summary>
    /// The record that a closed alert is; null while it is open, and for alerts about the platform itself. Closed again with nobody sent since, it is the same visit, and took as
    /// long as it did.
    /// </summary>
    public static Visit? Of(Alert alert)
    {
        if (alert is not { Closing: { } end, Rule.Scope: not RuleScope.System }) return null;
        var id = $"V-{alert.Id}";
        if (alert.Dispatch is not { } sent) return new(id, alert.Place.Household, VisitKind.Phone, end.At, end.By, null, end.Outcome, alert.Id, null) { ById = end.ById };
        var (from, until) = (sent.ArrivedAt ?? sent.At, sent.LeftAt ?? end.At);
        var (by, byId) = sent.To.Length > 0 ? (sent.To, sent.ToId) : (end.By, end.ById);
        return new(id, alert.Place.Household, VisitKind.Alert, from, by, MinutesBetween(from, until), end.Outcome, alert.Id, null) { ById = byId };
    }

    /// <summary>Whether somebody was seen in person and all is known to be as it was found: what the monthly duty asks for.</summary>
    public static bool IsSeen(Visit visit) => visit.Kind != VisitKind.Phone && !Unseen.Contains(visit.Outcome);

    /// <summary>Whole minutes, begun ones counted, 1 or more; null beyond <see cref="MinutesMax"/>: closing was forgotten.</summary>
    public static int? MinutesBetween(DateTimeOffset from, DateTimeOffset until) =>
        Math.Max(1, Math.Ceiling((until - from).TotalMinutes)) is <= MinutesMax and var minutes ? (int)minutes : null;
}
