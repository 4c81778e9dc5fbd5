using System.Diagnostics;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using static SeniorIoT.Domain.Storms.IncidentCommand;

namespace SeniorIoT.Domain.Storms;

/// <summary>The life of an incident as one table, as <see cref="AlertRules"/> is of an alert. Every incident ends: its members are released, closed, or a larger incident's.</summary>
public static class IncidentRules
{
    /// <summary>
    /// Who is told of it, and when, until a person answers. After the last step it gives up and its members go their own way: half an hour
    /// is the longest that an unanswered storm may hold back what is in it.
    /// </summary>
    public static Ladder Ladder { get; } = new(
        [new(TimeSpan.Zero, [Role.CommitteeDuty, Role.Supervisor]), new(TimeSpan.FromMinutes(15), [Role.CommitteeHead, Role.Supervisor]), new(TimeSpan.FromMinutes(30), [])],
        null, []);

    /// <summary>The last step that tells somebody.</summary>
    public static int LastStep => Ladder.Steps.Count - 2;

    /// <summary>While somebody there asks for help and nobody answers, it is told again so often.</summary>
    public static readonly TimeSpan HelpAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>So long after it was over somebody there is still heard who asks for help, and told of.</summary>
    public static readonly TimeSpan HelpWithin = TimeSpan.FromHours(24);

    /// <summary>Decides what <paramref name="command"/> does at <paramref name="now"/>; changes nothing.</summary>
    public static IncidentDecision Decide(Incident incident, IncidentCommand command, DateTimeOffset now) => (incident, command) switch
    {
        // Whoever stands there and needs help is heard, and told of until another person answers, also when the incident is over.
        ({ HelpBy: { } by }, AskHelp c) when by == c.By => Happened(new IncidentEvent.Noted(now, c.By, c.Text)),
        (_, AskHelp c) when !(now - incident.EndedAt > HelpWithin) => Happened(new IncidentEvent.HelpAsked(now, c.By, now + HelpAgainAfter, c.Text)),
        ({ HelpBy: not null }, Look c) when now >= incident.DueAt && !(now - incident.EndedAt > HelpWithin) =>
            Happened(new IncidentEvent.Told(now, LastStep, c.Members, c.Homes, now + HelpAgainAfter)),
        ({ HelpBy: { } by }, Acknowledge or Report) when by == ByOf(command) => Happened(new IncidentEvent.Noted(now, by, TextOf(command))),
        ({ HelpBy: not null }, Acknowledge or Report) => Happened(new IncidentEvent.Acknowledged(now, ByOf(command)!, TextOf(command))),

        ({ IsOver: true }, Look or Undelivered) => Nothing,
        ({ ClosedBy: { } by }, Close c) when by == c.By => Nothing,
        ({ MergedInto: { } into }, Merge c) when into == c.Into => Nothing,
        ({ IsOver: true }, _) => new([], $"Incident {incident.Id} is over: {incident.EndedBecause}"),

        (_, Look c) when WhyEnd(incident, c, now) is { } why => Happened(new IncidentEvent.Ended(now, c.Members, c.Homes, why)),
        ({ ToldHomes: 0 }, Look c) => Happened(new IncidentEvent.Told(now, 0, c.Members, c.Homes, incident.AnsweredBy is null ? Ladder.FirstDeadline(incident.OpenedAt) : null) { Texted = c.Texted }),
        ({ HelpBy: null, DueAt: { } due }, Look c) when now >= due => Happened(Next(incident, c.Members, c.Homes, null, now)),
        (_, Look c) when c.Homes >= StormTable.TellsAgainAtFactor * incident.ToldHomes =>
            Happened(new IncidentEvent.Told(now, incident.Step, c.Members, c.Homes, incident.DueAt)),
        (_, Look) => Nothing,

        ({ AnsweredBy: null, HelpBy: null, ToldHomes: > 0 }, Undelivered c) when c.Step == incident.Step => incident.Step < LastStep
            ? Happened(Next(incident, incident.Members, incident.Homes, c.Text, now))
            : incident.Family == StormTable.Water ? Happened(new IncidentEvent.Ended(now, incident.Members, incident.Homes, Unheard)) : Nothing,
        (_, Undelivered) => Nothing,

        ({ AnsweredBy: { } by }, Acknowledge c) when by == c.By => Nothing,
        ({ AnsweredBy: { } by }, Acknowledge) => new([], $"{by} has already answered."),
        (_, Acknowledge c) => Happened(new IncidentEvent.Acknowledged(now, c.By, c.Text)),
        ({ AnsweredBy: null }, Report c) => Happened(new IncidentEvent.Acknowledged(now, c.By, c.Text)),
        (_, Report c) => Happened(new IncidentEvent.Noted(now, c.By, c.Text)),
        (_, Decline c) => Happened(new IncidentEvent.Declined(now, c.By, c.Text)),
        (_, TakeIn c) when incident.TookIn.Contains(c.Incident) => Nothing,
        (_, TakeIn c) => Happened(new IncidentEvent.TookIn(now, c.Incident, c.Homes, c.AnsweredBy)),
        (_, Merge c) => Happened(new IncidentEvent.Merged(now, c.Into)),
        (_, Close c) => Happened(new IncidentEvent.Closed(now, c.By, c.Outcome, c.Text)),
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Why a person is refused who looks at an older state than <paramref name="seen"/> shows: another person acted in between, and would be overruled unseen. Null: go on.
    /// As for alerts, what time, members and notes did in between is no reason.
    /// </summary>
    /// <param name="incident">The incident as it is.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="seen">The version the person looked at; null when the client did not say.</param>
    public static string? Conflict(Incident incident, string by, int? seen) => incident.Touch is { } touch && touch.By != by && touch.Version > seen
        ? $"{touch.By} was faster: {touch.Kind} at {touch.At:u}. Look at it again."
        : null;

    /// <summary>Applies one event.</summary>
    public static Incident Evolve(Incident incident, IncidentEvent happened) => happened switch
    {
        IncidentEvent.Told e => Next(incident) with { Step = e.Step, Members = e.Members, Homes = e.Homes, ToldHomes = e.Homes, DueAt = e.DueAt, TextedBefore = incident.TextedBefore + e.Texted },
        IncidentEvent.Acknowledged e => Touched(incident, e.By, e.At, "acknowledged") with { AnsweredBy = e.By, AnsweredAt = e.At, DueAt = null, DeclinedBy = null, HelpBy = null, HelpAt = null },
        IncidentEvent.Noted => Next(incident),
        IncidentEvent.HelpAsked e => Touched(incident, e.By, e.At, "help_asked") with { HelpBy = e.By, HelpAt = e.At, AnsweredBy = null, AnsweredAt = null, Step = LastStep, DueAt = e.DueAt },
        IncidentEvent.Declined e when e.By == incident.AnsweredBy => Next(incident) with { DeclinedBy = e.By, AnsweredBy = null, AnsweredAt = null, DueAt = e.At, AskedOnAt = e.At - Ladder.Steps[Math.Min(incident.Step + 1, LastStep)].After },
        IncidentEvent.Declined => Next(incident),
        IncidentEvent.TookIn e => Next(incident) with { TookIn = [.. incident.TookIn, e.Incident] },
        IncidentEvent.Ended e => Next(incident) with { EndedAt = e.At, EndedBecause = e.Why, DueAt = Help(incident), Members = e.Members, Homes = e.Homes },
        IncidentEvent.Merged e => Next(incident) with { EndedAt = e.At, EndedBecause = $"It is a part of incident {e.Into}.", MergedInto = e.Into, DueAt = Help(incident) },
        IncidentEvent.Closed e => Touched(incident, e.By, e.At, "closed") with
        {
            EndedAt = e.At, EndedBecause = $"{e.By} closed it as '{e.Outcome}'.", ClosedBy = e.By, Outcome = e.Outcome, DueAt = null, HelpBy = null, HelpAt = null,
            AnsweredBy = incident.AnsweredBy ?? e.By, AnsweredAt = incident.AnsweredAt ?? e.At,
        },
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether nothing can happen to it any more by itself.</summary>
    public static bool IsDone(Incident incident, DateTimeOffset now) => incident.IsOver && (incident.HelpBy is null || now - incident.EndedAt > HelpWithin);

    /// <summary>The command of an answer by text. Whoever says more than that he cannot go has taken it on; ending it stays with the centre.</summary>
    public static IncidentCommand CommandOf(Answer answer, string by, string text) => answer switch
    {
        Answer.CannotCome => new Decline(by, text),
        Answer.NeedsHelp => new AskHelp(by, text),
        _ => new Report(by, text),
    };

    private const string Unheard = "Nobody can be told of it: every home is told by itself.";

    /// <summary>Why it is over; null while it goes on.</summary>
    private static string? WhyEnd(Incident incident, Look look, DateTimeOffset now) =>
        look.Standing <= StormTable.EndsAtShare * StormTable.LimitOf(incident.Place.Scope, incident.Family).Homes ? "The trouble is over in nearly all homes."
        : look.IsUnheard && incident.Family == StormTable.Water ? Unheard
        : incident.DueAt <= now && incident.HelpBy is null && incident.Step >= LastStep ? "Nobody answered it: every home is told by itself."
        : now - incident.OpenedAt >= StormTable.LastsAtMost(incident.Family) ? $"It lasted {StormTable.LastsAtMost(incident.Family).TotalHours:0} hours: every home is told by itself."
        : null;

    private static IncidentEvent.Told Next(Incident incident, int members, int homes, string? why, DateTimeOffset now) =>
        new(now, incident.Step + 1, members, homes, Ladder.DeadlineAfter(incident.Step + 1, incident.AskedOnAt ?? incident.OpenedAt, now)) { Why = why };

    // A call for help outlives the incident.
    private static DateTimeOffset? Help(Incident incident) => incident.HelpBy is null ? null : incident.DueAt;

    private static string? ByOf(IncidentCommand command) => command is Report report ? report.By : (command as Acknowledge)?.By;

    private static string TextOf(IncidentCommand command) => command is Report report ? report.Text : (command as Acknowledge)?.Text ?? "";

    private static readonly IncidentDecision Nothing = new([]);

    private static Incident Touched(Incident incident, string by, DateTimeOffset at, string kind) => Next(incident) with { Touch = new Touch(by, at, kind, incident.Version + 1) };

    private static Incident Next(Incident incident) => incident with { Version = incident.Version + 1 };

    private static IncidentDecision Happened(IncidentEvent happened) => new([happened]);
}
