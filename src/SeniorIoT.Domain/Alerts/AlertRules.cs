using System.Diagnostics;
using static SeniorIoT.Domain.Alerts.AlertCommand;
using static SeniorIoT.Domain.Alerts.Decision;

namespace SeniorIoT.Domain.Alerts;

/// <summary>
/// The life cycle of an alert as one table: what every command does in every state. Expected refusals are values, repeats are
/// accepted and do nothing. The snapshot of the whole table is in the tests; read it there, argue about it there.
/// </summary>
public static class AlertRules
{
    /// <summary>Longest free text of a person.</summary>
    public const int TextLengthMax = 1000;

    /// <summary>So long after it was closed an alert can be opened again; later the same trouble is a new one.</summary>
    public static readonly TimeSpan ReopenWithin = TimeSpan.FromHours(24);

    /// <summary>
    /// An answered call that comes again this much later, while nobody has been at the door, asks people anew: whoever answered may have
    /// been drawn away, and the person is still calling. Shorter, and one emergency pressed several times would wake everybody again and again.
    /// </summary>
    public static readonly TimeSpan CallsAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// So long is waited for the one whom an alert was handed to, as long as a call may wait for its answer. Then others are asked: whoever it was handed to may have gone home.
    /// </summary>
    public static readonly TimeSpan TakeWithin = TimeSpan.FromMinutes(3);

    /// <summary>Decides what <paramref name="command"/> does at <paramref name="now"/>; changes nothing.</summary>
    /// <param name="alert">The newest alert of this household and rule; null when there never was one.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="ladder">Who is told when, as in force now, for the priority that <paramref name="command"/> gives; others go on with the alert's own.</param>
    /// <param name="now">The moment of the decision.</param>
    public static Decision Decide(Alert? alert, AlertCommand command, Ladder ladder, DateTimeOffset now) => (command.ById, Look(alert, command, ladder, now)) switch
    {
        ({ } who, Accepted { Events: [_, ..] events }) => new Accepted([.. events.Select(happened => happened with { ById = who })]),
        (_, var decision) => decision,
    };

    private static Decision Look(Alert? alert, AlertCommand command, Ladder ladder, DateTimeOffset now) => (alert, command) switch
    {
        (null or { IsClosed: true }, Raise c) => Happened(new AlertEvent.Raised(c, now, ladder, c.Incident is null ? ladder.FirstDeadline(now) : null)),
        (null or { IsClosed: true }, Clear or Note { By: null } or Wake or Undelivered or Join or Leave or Shelve or Unshelve) => Nothing,
        (null, _) => new Rejected("There is no such alert."),
        ({ IsClosed: true }, Note c) => Happened(new AlertEvent.Noted(now, c.By, c.Text)),
        ({ Closing: { } end }, Reopen c) when now - end.At <= ReopenWithin => Happened(new AlertEvent.Reopened(now, c.By, c.Text)),
        ({ Closing: { } end }, AskHelp c) when now - end.At <= ReopenWithin => Happened(new AlertEvent.Reopened(now, c.By, null), AskForHelp(alert, c, ladder, now)),
        ({ Closing: not null }, Reopen) => new Rejected($"It was closed more than {ReopenWithin.TotalHours:0} hours ago; write a note, or wait for the next finding.", alert.Touch),
        ({ Closing: { } end }, _) => new Rejected($"The alert was closed by {end.By} as '{end.Outcome}'.", alert.Touch),

        // What no shelf holds back ends the shelf: another device says the same.
        ({ ShelvedUntil: not null }, Raise c) => Happened(new AlertEvent.Repeated(now, c.OccurredAt, c.Evidence), Unshelved(alert with { ClearedAt = null }, null, "it came again, and this is not shelved", now)),
        (_, Raise c) when IsCallNobodyHears(alert, now) => Happened(new AlertEvent.CalledAgain(now, c.OccurredAt, c.Evidence, alert.Step + 1, alert.Ladder.FirstDeadline(now))),
        (_, Raise c) => Happened(new AlertEvent.Repeated(now, c.OccurredAt, c.Evidence)),
        (_, Clear { IsDated: true } c) when c.At < alert.LastOccurredAt => Nothing,
        ({ ClearedAt: null }, Clear c) => Happened(new AlertEvent.Cleared(c.At, c.Text)),
        (_, Clear) => Nothing,
        (_, Note c) => Happened(new AlertEvent.Noted(now, c.By, c.Text)),

        ({ Help: { } help, Response: Response.Awaited }, AskHelp c) when IsSame(help, c, c.By) => Happened(new AlertEvent.Noted(now, c.By, c.Text)),
        (_, AskHelp c) => Happened(AskForHelp(alert, c, ladder, now)),
        (_, Decline c) when IsTheOneWhoGoes(alert, c.ById, c.By) => Happened(new AlertEvent.Declined(now, c.By, AskOthers(alert, now), c.Text)),
        (_, Decline c) => Happened(new AlertEvent.Declined(now, c.By, null, c.Text)),
        // Whoever asked for help is no answer to it, wherever he or she is.
        ({ Help: { } help, Response: Response.Awaited }, Arrive c) when IsSame(help, c, c.By) => Happened(new AlertEvent.Noted(now, c.By, c.Text ?? "")),
        ({ Help: { } help, Response: Response.Awaited }, AlertCommand.Dispatch c) when IsSame(help, c, c.By) && c.To == c.By => Happened(new AlertEvent.Noted(now, c.By, c.Text ?? "")),
        ({ Incident: null, IsApart: false, ShelvedUntil: null, Priority: not Priority.P1 }, Join { From: null } c) => Happened(new AlertEvent.Joined(now, c.Incident)),
        ({ Incident: { } old, Priority: not Priority.P1 }, Join { From: { } from } c) when old == from && old != c.Incident => Happened(new AlertEvent.Joined(now, c.Incident)),
        ({ Incident: not null, Response: Response.Awaited }, Leave { By: null } c) when alert.ShelvedUntil > now => Happened(new AlertEvent.Left(now, null, 0, alert.ShelvedUntil, c.Text)),
        ({ Incident: not null }, Leave c) => Happened(IsToBeTold(alert)
            ? new AlertEvent.Left(now, c.By, alert.Step + 1, alert.Ladder.FirstDeadline(now), c.Text)
            : new AlertEvent.Left(now, c.By, 0, null, c.Text)),
        (_, Join or Leave) => Nothing,

        // A person who shelves has seen it; whoever answered already has nothing to shelve.
        ({ Response: Response.Awaited, Priority: not Priority.P1 }, Shelve c) when c.Until > now && c.Until != alert.ShelvedUntil => Happened(new AlertEvent.Shelved(now, c.By, c.Until, c.Text)),
        ({ ShelvedUntil: not null }, Unshelve c) => Happened(Unshelved(alert, c.By, c.Text, now)),
        ({ ShelvedUntil: { } until }, Wake) when now >= until => Happened(Unshelved(alert, null, "the shelf ended", now)),
        (_, Shelve or Unshelve) => Nothing,

        ({ Response: Response.Awaited }, Acknowledge c) => Happened(new AlertEvent.Acknowledged(Given(alert, c.At, now), c.By, c.Text)),
        ({ Offer: { } offer }, Acknowledge c) when offer.To == c.By => Happened(new AlertEvent.Taken(now, c.By, c.Text)),
        ({ Offer: { } offer }, Acknowledge) => new Rejected($"{offer.By} handed it to {offer.To}: take it over instead.", alert.Touch),
        (_, Acknowledge c) when IsHandledBy(alert, c.ById, c.By) => Nothing,
        (_, Acknowledge) => new Rejected($"{alert.HandledBy} has already answered.", alert.Touch),

        ({ Response: Response.Awaited }, AlertCommand.Dispatch c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), Sent(c, now)),
        ({ Dispatch: { LeftAt: null } sent }, AlertCommand.Dispatch c) when PersonId.IsSame(sent.ToId, sent.To, Sent(c, now).ToId, c.To) => Nothing,
        (_, AlertCommand.Dispatch c) => Happened(Sent(c, now)),

        ({ Response: Response.Awaited }, Arrive c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), new AlertEvent.Arrived(now, c.By, c.Text)),
        ({ Dispatch: { ArrivedAt: not null, LeftAt: null } }, Arrive { Text: null or "" }) => Nothing,
        ({ Dispatch: { ArrivedAt: not null, LeftAt: null } }, Arrive c) => Happened(new AlertEvent.Noted(now, c.By, c.Text!)),
        (_, Arrive c) => Happened(new AlertEvent.Arrived(now, c.By, c.Text)),

        ({ Response: Response.Awaited }, Close c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), new AlertEvent.Closed(now, c.By, c.Outcome, c.Text)),
        (_, Close c) => Happened(new AlertEvent.Closed(now, c.By, c.Outcome, c.Text)),

        (_, Reopen) => Nothing,
        ({ Response: Response.Awaited }, HandOver) => new Rejected("Nobody has answered it yet: acknowledge it instead."),
        ({ Offer: { } offer }, HandOver c) when offer.To == c.By && c.To == c.By => Happened(new AlertEvent.Taken(now, c.By, c.Text)),
        (_, HandOver c) when alert.HandledBy == c.To => Nothing,
        (_, HandOver c) => Happened(new AlertEvent.HandedOver(now, c.By, c.To, c.To == c.By ? null : now + TakeWithin, c.Text)),

        (_, Regrade c) when c.Priority == alert.Priority => Nothing,
        (_, Regrade c) when c.Priority < alert.Priority => Happened(Regraded(alert, c, ladder, alert.Step + 1, ladder.FirstDeadline(now), now)),
        ({ Response: Response.Awaited }, Regrade c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), Regraded(alert, c, ladder, alert.Step, null, now)),
        (_, Regrade c) => Happened(Regraded(alert, c, ladder, alert.Step, null, now)),

        ({ ShelvedUntil: not null }, Wake or Undelivered) => Nothing,
        ({ Response: Response.Awaited { EscalatesAt: { } due } }, Wake) when now >= due => WhyStop(alert, now) is { } why
            ? Happened(new AlertEvent.Stopped(now, why))
            : Escalate(alert, null, now),
        ({ Offer: { } offer, Response: Response.Given }, Wake) when now >= offer.ReturnsAt => Happened(new AlertEvent.NotTaken(
            now, offer.To, alert.Dispatch is { ArrivedAt: not null, LeftAt: null } ? null : AskOthers(alert, now))),
        // No rule leaves a P1 like this; if anything ever does, whoever finds it wakes it.
        ({ Priority: Priority.P1, Response: Response.Awaited { EscalatesAt: null } }, Wake) when alert.Ladder.Steps.Count > 0 => Escalate(alert, "no next step was planned", now),
        ({ Response: Response.Awaited { EscalatesAt: not null } }, Undelivered c) when c.Step == alert.Step && alert.Ladder.HasStepAfter(alert.Rung) => Escalate(alert, c.Text, now),
        (_, Wake or Undelivered) => Nothing,
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Refuses what a person asks who looks at an older state than <paramref name="seen"/> shows: another person acted in between, and
    /// would be overruled unseen. What devices and time did in between is no reason, nor is a note, which overrules nobody.
    /// </summary>
    /// <param name="alert">The alert as it is.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="by">By whom.</param>
    /// <param name="seen">The version the person looked at; null when the client did not say.</param>
    public static Rejected? Conflict(Alert alert, AlertCommand command, string by, int? seen) =>
        command is not Note && alert.Touch is { } touch && touch.By != by && touch.Version > seen
            ? new Rejected($"{touch.By} was faster: {touch.Kind}. Look at the alert again, then decide.", touch)
            : null;

    /// <summary>Applies one event. Throws <see cref="UnreachableException"/> for an event that cannot follow: then we are wrong.</summary>
    public static Alert Evolve(Alert? alert, AlertEvent happened) => (alert, happened) switch
    {
        (null or { IsClosed: true }, AlertEvent.Raised e) => new Alert(
            e.Command.Id, e.Command.Rule, e.Command.Rule.Priority, e.Command.Place, e.Command.Device, e.At, e.Command.OccurredAt,
            e.Command.Evidence, Repeats: 0, ClearedAt: null, new Response.Awaited(0, e.EscalatesAt), Dispatch: null, Closing: null, Version: 1) { Ladder = e.Ladder, Round = new Round(0, e.At), Incident = e.Command.Incident?.Id },
        (null, _) or (_, AlertEvent.Raised) => throw new UnreachableException(),
        (_, AlertEvent.Repeated e) => Again(alert, e.OccurredAt, e.Evidence),
        (_, AlertEvent.CalledAgain e) => Ask(Again(alert, e.OccurredAt, e.Evidence), e.Step, e.At, e.EscalatesAt),
        (_, AlertEvent.Cleared e) => Next(alert) with { ClearedAt = e.At },
        (_, AlertEvent.Noted e) => Next(alert) with { Offer = alert.Offer?.To == e.By ? null : alert.Offer },
        (_, AlertEvent.Acknowledged e) => Touched(alert, e.By, e.At, "acknowledged") with
        {
            Response = new Response.Given(alert.Step, e.By, e.At) { ById = e.ById },
            Help = null,
            ShelvedUntil = null,
            Round = alert.Round.At > e.At ? alert.Round with { At = e.At } : alert.Round,
            SlowestAnswer = SlowestUntil(alert, e.At),
        },
        (_, AlertEvent.Dispatched e) => Touched(alert, e.By, e.At, "dispatched") with { Dispatch = new Dispatch(e.To, e.At, null) { ToId = e.ToId } },
        (_, AlertEvent.Arrived e) => Touched(alert, e.By, e.At, "arrived") with
        {
            Dispatch = (alert.Dispatch is { LeftAt: null } sent ? sent : new Dispatch(e.By, e.At, null) { ToId = e.ById }) with { ArrivedAt = e.At },
            DoorAt = alert.DoorAt ?? alert.Dispatch?.ArrivedAt ?? e.At,
        },
        (_, AlertEvent.Escalated e) => Next(alert) with { Response = new Response.Awaited(e.Step, e.EscalatesAt) },
        (_, AlertEvent.Stopped) => Next(alert) with { Response = new Response.Awaited(alert.Step, null) },
        (_, AlertEvent.Joined e) => Next(alert) with { Incident = e.Incident, JoinedAt = e.At, Response = alert.Response is Response.Awaited ? new Response.Awaited(alert.Step, null) : alert.Response },
        (_, AlertEvent.Left e) when e.Step > alert.Step => Apart(Ask(Next(alert), e.Step, e.At, e.EscalatesAt)) with { SlowestAnswer = alert.SlowestAnswer, WaitingSince = alert.AskedAt < e.At ? alert.AskedAt : e.At },
        (_, AlertEvent.Left { EscalatesAt: { } until }) => Apart(Next(alert)) with { Response = new Response.Awaited(alert.Step, until) },
        (_, AlertEvent.Left) => Apart(Next(alert)) with { ShelvedUntil = null },
        // The clock of the answer stands still on a shelf: somebody looked at it, and decided.
        (_, AlertEvent.Shelved e) => Touched(alert, e.By, e.At, "shelved") with
        {
            ShelvedUntil = e.Until, SlowestAnswer = SlowestUntil(alert, e.At), WaitingSince = null, Round = alert.Round with { At = e.Until },
            Response = new Response.Awaited(alert.Step, alert.Incident is null ? e.Until : null),
        },
        (_, AlertEvent.Unshelved e) when e.Step > alert.Step => Ask(Next(alert), e.Step, e.At, e.EscalatesAt),
        (_, AlertEvent.Unshelved) => Next(alert) with { ShelvedUntil = null, Response = alert.Response is Response.Awaited ? new Response.Awaited(alert.Step, null) : alert.Response },
        (_, AlertEvent.Closed e) => Touched(alert, e.By, e.At, "closed") with
        {
            Closing = new Closing(e.By, e.At, e.Outcome) { ById = e.ById },
            Dispatch = alert.Dispatch is { LeftAt: null } sent ? sent with { LeftAt = e.At } : alert.Dispatch,
            Offer = null,
        },
        (_, AlertEvent.Reopened e) => Touched(alert, e.By, e.At, "reopened") with { Closing = null, HandedTo = e.By, Incident = null, IsApart = alert.IsApart || alert.Incident is not null },
        (_, AlertEvent.HelpAsked e) => Apart(Touched(AskOn(alert, e.Again, e.At), e.By, e.At, "help_asked") with { Priority = Priority.P1, Ladder = e.Ladder, Help = new HelpCall(e.By, e.At, e.ById) }),
        (_, AlertEvent.Declined { Again: { } again } e) => AskOn(Next(alert) with { Dispatch = null }, again, e.At),
        (_, AlertEvent.Declined) => Next(alert),
        (_, AlertEvent.HandedOver e) => Touched(alert, e.By, e.At, "handed_over") with { HandedTo = e.To, Offer = e.ReturnsAt is { } until ? new Offer(e.By, e.To, e.At, until) : null },
        (_, AlertEvent.Taken e) => Touched(alert, e.By, e.At, "taken"),
        (_, AlertEvent.NotTaken { Again: { } again } e) => AskOn(Next(alert), again, e.At),
        (_, AlertEvent.NotTaken) => Next(alert) with { HandedTo = alert.Offer?.By, Offer = null },
        (_, AlertEvent.Regraded e) when e.To < e.From =>
            Apart(Touched(Ask(alert, e.Step, e.At, e.EscalatesAt), e.By, e.At, "regraded") with { Priority = e.To, Ladder = e.Ladder }),
        (_, AlertEvent.Regraded e) => Touched(alert, e.By, e.At, "regraded") with { Priority = e.To, Ladder = e.Ladder },
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// Whether nobody is expected to hear a call that comes again: it was answered a while ago and nobody came, or its ladder has come
    /// to an end. Smoke that goes on is not a new call; smoke that had ended is.
    /// </summary>
    private static bool IsCallNobodyHears(Alert alert, DateTimeOffset now) => alert.Response switch
    {
        Response.Given given => alert.Priority == Priority.P1 && now - given.At >= CallsAgainAfter && alert.Dispatch?.ArrivedAt is null
            && (alert.Rule.IsMomentary || alert.ClearedAt is not null),
        Response.Awaited { EscalatesAt: null } => alert.Incident is null && alert.Ladder.Steps.Count > 0 && alert.ClearedAt is not null,
        _ => false,
    };

    /// <summary>Whether nobody is on the way if this person is not.</summary>
    private static bool IsTheOneWhoGoes(Alert alert, PersonId? id, string by) =>
        alert.Response is Response.Given && alert.Dispatch?.ArrivedAt is null && (alert.Dispatch is { } sent ? PersonId.IsSame(sent.ToId, sent.To, id, by) : IsHandledBy(alert, id, by));

    private static bool IsHandledBy(Alert alert, PersonId? id, string by) => alert.HandedTo is { } to
        ? PersonId.IsSame(PersonId.OfUser(to), to, id, by)
        : alert.Response is Response.Given given && PersonId.IsSame(given.ById, given.By, id, by);

    private static bool IsSame(HelpCall help, AlertCommand command, string by) => PersonId.IsSame(help.ById, help.By, command.ById, by);

    /// <summary>Whoever sends himself or herself is known as the one who acts is.</summary>
    private static AlertEvent.Dispatched Sent(AlertCommand.Dispatch c, DateTimeOffset now) =>
        new(now, c.By, c.To, c.Text) { ToId = c.ToId ?? (c.To == c.By ? c.ById : null) };

    /// <summary>Help at the door is urgent whatever it began as. Those who are told first know already: it goes to the ladder's next.</summary>
    private static AlertEvent.HelpAsked AskForHelp(Alert alert, AskHelp c, Ladder ladder, DateTimeOffset now) => alert.Priority == Priority.P1
        ? new(now, c.By, alert.Ladder, AskOn(alert, alert.Ladder, alert.Rung + 1, now), c.Text)
        : new(now, c.By, ladder, AskOn(alert, ladder, 1, now), c.Text);

    private static AskedAgain AskOn(Alert alert, Ladder ladder, int rung, DateTimeOffset now) => new(
        alert.Step + 1, alert.Step + 1 - rung,
        ladder.DeadlineAfter(rung, now - (rung < ladder.Steps.Count ? ladder.Steps[rung].After : TimeSpan.Zero), now));

    private static Alert AskOn(Alert alert, AskedAgain again, DateTimeOffset at) => Ask(alert, again.Step, at, again.EscalatesAt) with { Round = new Round(again.FirstStep, at, again.Step - again.FirstStep) };

    /// <summary>Whoever had it does not go: the ladder goes on. In an incident that is told as one.</summary>
    private static AskedAgain AskOthers(Alert alert, DateTimeOffset now) =>
        alert.Incident is null ? AskOn(alert, alert.Ladder, alert.Rung + 1, now) : new AskedAgain(alert.Step + 1, alert.Round.Step, null);

    private static string? WhyStop(Alert alert, DateTimeOffset now) =>
        alert.Priority == Priority.P1 ? null
        : alert.Ladder.StopsWhenCleared && alert.ClearedAt is not null ? "the condition is over"
        : alert.Ladder.StopsAfter is { } limit && now - alert.Round.At >= limit ? "the ladder ends here"
        : null;

    /// <summary>Whether leaving its incident asks people: its trouble is still there, nobody has answered, and it has somebody to tell.</summary>
    private static bool IsToBeTold(Alert alert) => alert is { ClearedAt: null, Response: Response.Awaited } && alert.Ladder.Steps.Count > 0;

    private static Alert Apart(Alert alert) => alert with { Incident = null, IsApart = true };

    private static Alert Next(Alert alert) => alert with { Version = alert.Version + 1 };

    /// <summary>Whatever the one does whom it was handed to, he or she is there and has it.</summary>
    private static Alert Touched(Alert alert, string by, DateTimeOffset at, string kind) =>
        Next(alert) with { Touch = new Touch(by, at, kind, alert.Version + 1), Offer = alert.Offer?.To == by ? null : alert.Offer };

    private static Alert Again(Alert alert, DateTimeOffset occurredAt, Detection.Evidence evidence) => Next(alert) with
    {
        Repeats = alert.Repeats + 1,
        RepeatedAt = occurredAt > alert.LastOccurredAt ? occurredAt : alert.RepeatedAt,
        Evidence = evidence,
        ClearedAt = null,
    };

    private static Alert Ask(Alert alert, int step, DateTimeOffset at, DateTimeOffset? escalatesAt) =>
        alert with { SlowestAnswer = Waited(alert, at), Round = new Round(step, at), Response = new Response.Awaited(step, escalatesAt), HandedTo = null, Offer = null, ShelvedUntil = null, WaitingSince = null };

    /// <summary>A round that ends without an answer was waited for as long; nobody is expected to answer a P3.</summary>
    private static TimeSpan? Waited(Alert alert, DateTimeOffset at) => alert is { Response: Response.Awaited, Priority: not Priority.P3 } ? SlowestUntil(alert, at) : alert.SlowestAnswer;

    /// <summary>
    /// What a shelved alert does when it is shelved no more, as an alarm of ISA-18.2 that comes back from its shelf: where its trouble is still there it is told
    /// as if it were new, because whoever was told before has had hours to forget it. In an incident it goes on waiting for that.
    /// </summary>
    private static AlertEvent.Unshelved Unshelved(Alert alert, string? by, string text, DateTimeOffset now) => IsToBeTold(alert) && alert.Incident is null
        ? new(now, by, alert.Step + 1, alert.Ladder.FirstDeadline(now), text)
        : new(now, by, 0, null, text);

    /// <summary>When an answer was given that an incident passes on: not before this alert was there and a part of it.</summary>
    private static DateTimeOffset Given(Alert alert, DateTimeOffset? at, DateTimeOffset now) =>
        at is not { } given || given > now ? now : (alert.JoinedAt ?? alert.RaisedAt) is var since && given < since ? since : given;

    private static TimeSpan SlowestUntil(Alert alert, DateTimeOffset at)
    {
        var waited = at - alert.AskedAt;
        return alert.SlowestAnswer is { } before && before > waited ? before : waited > TimeSpan.Zero ? waited : TimeSpan.Zero;
    }

    private static Accepted Happened(params AlertEvent[] events) => new(events);

    private static AlertEvent.Regraded Regraded(Alert alert, Regrade c, Ladder ladder, int step, DateTimeOffset? escalatesAt, DateTimeOffset now) =>
        new(now, c.By, alert.Priority, c.Priority, ladder, step, escalatesAt, c.Text);

    private static Accepted Escalate(Alert alert, string? why, DateTimeOffset now) => Happened(
        new AlertEvent.Escalated(now, alert.Step + 1, alert.Ladder.DeadlineAfter(alert.Rung + 1, alert.Round.At, now), why));
}
