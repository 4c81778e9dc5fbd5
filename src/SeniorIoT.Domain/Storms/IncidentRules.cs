using System.Diagnostics;
using SeniorIoT.Domain.Alerts;
using static SeniorIoT.Domain.Storms.IncidentCommand;

namespace SeniorIoT.Domain.Storms;

/// <summary>The life of an incident as one table, as <see cref="AlertRules"/> is of an alert. Every incident ends: its members are released, or closed.</summary>
public static class IncidentRules
{
    /// <summary>
    /// Who is told of it, and when, until a person answers. After the last step it gives up and its members go their own way: half an hour
    /// is the longest that an unanswered storm may hold back what is in it.
    /// </summary>
    public static Ladder Ladder { get; } = new(
        [new(TimeSpan.Zero, [Role.CommitteeDuty, Role.Supervisor]), new(TimeSpan.FromMinutes(15), [Role.CommitteeHead, Role.Supervisor]), new(TimeSpan.FromMinutes(30), [])],
        null, []);

    /// <summary>Decides what <paramref name="command"/> does at <paramref name="now"/>; changes nothing.</summary>
    public static IncidentDecision Decide(Incident incident, IncidentCommand command, DateTimeOffset now) => (incident, command) switch
    {
        ({ IsOver: true }, Look) => Nothing,
        ({ ClosedBy: { } by }, Close c) when by == c.By => Nothing,
        ({ IsOver: true }, _) => new([], $"Incident {incident.Id} is over: {incident.EndedBecause}"),

        (_, Look c) when WhyEnd(incident, c, now) is { } why => Happened(new IncidentEvent.Ended(now, c.Members, c.Homes, why)),
        ({ ToldHomes: 0 }, Look c) => Happened(new IncidentEvent.Told(now, 0, c.Members, c.Homes, Ladder.FirstDeadline(incident.OpenedAt))),
        ({ DueAt: { } due }, Look c) when now >= due =>
            Happened(new IncidentEvent.Told(now, incident.Step + 1, c.Members, c.Homes, Ladder.DeadlineAfter(incident.Step + 1, incident.OpenedAt, now))),
        (_, Look c) when c.Homes >= StormTable.TellsAgainAtFactor * incident.ToldHomes =>
            Happened(new IncidentEvent.Told(now, incident.Step, c.Members, c.Homes, incident.DueAt)),
        (_, Look) => Nothing,

        ({ AnsweredBy: { } by }, Acknowledge c) when by == c.By => Nothing,
        ({ AnsweredBy: { } by }, Acknowledge) => new([], $"{by} has already answered."),
        (_, Acknowledge c) => Happened(new IncidentEvent.Acknowledged(now, c.By, c.Text)),
        (_, Close c) => Happened(new IncidentEvent.Closed(now, c.By, c.Outcome, c.Text)),
        _ => throw new UnreachableException(),
    };

    /// <summary>Applies one event.</summary>
    public static Incident Evolve(Incident incident, IncidentEvent happened) => happened switch
    {
        IncidentEvent.Told e => Next(incident) with { Step = e.Step, Members = e.Members, Homes = e.Homes, ToldHomes = e.Homes, DueAt = e.DueAt },
        IncidentEvent.Acknowledged e => Next(incident) with { AnsweredBy = e.By, AnsweredAt = e.At, DueAt = null },
        IncidentEvent.Ended e => Next(incident) with { EndedAt = e.At, EndedBecause = e.Why, DueAt = null, Members = e.Members, Homes = e.Homes },
        IncidentEvent.Closed e => Next(incident) with
        {
            EndedAt = e.At, EndedBecause = $"{e.By} closed it as '{e.Outcome}'.", ClosedBy = e.By, Outcome = e.Outcome, DueAt = null,
            AnsweredBy = incident.AnsweredBy ?? e.By, AnsweredAt = incident.AnsweredAt ?? e.At,
        },
        _ => throw new UnreachableException(),
    };

    /// <summary>Why it is over; null while it goes on.</summary>
    private static string? WhyEnd(Incident incident, Look look, DateTimeOffset now) =>
        look.Standing <= StormTable.EndsAtShare * StormTable.LimitOf(incident.Place.Scope, incident.Family).Homes ? "The trouble is over in nearly all homes."
        : look.IsUnheard && incident.Family == StormTable.Water ? "Nobody can be told of it: every home is told by itself."
        : incident.DueAt <= now && incident.Step + 1 >= Ladder.Steps.Count - 1 ? "Nobody answered it: every home is told by itself."
        : now - incident.OpenedAt >= StormTable.LastsAtMost(incident.Family) ? $"It lasted {StormTable.LastsAtMost(incident.Family).TotalHours:0} hours: every home is told by itself."
        : null;

    private static readonly IncidentDecision Nothing = new([]);

    private static Incident Next(Incident incident) => incident with { Version = incident.Version + 1 };

    private static IncidentDecision Happened(IncidentEvent happened) => new([happened]);
}
