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

    /// <summary>Decides what <paramref name="command"/> does at <paramref name="now"/>; changes nothing.</summary>
    /// <param name="alert">The newest alert of this household and rule; null when there never was one.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="ladder">Who is told when, for this priority.</param>
    /// <param name="now">The moment of the decision.</param>
    public static Decision Decide(Alert? alert, AlertCommand command, Ladder ladder, DateTimeOffset now) => (alert, command) switch
    {
        (null or { IsClosed: true }, Raise c) => Happened(new AlertEvent.Raised(c, now, ladder.FirstDeadline(now))),
        (null or { IsClosed: true }, Clear or Note { By: null } or Wake or Undelivered) => Nothing,
        (null, _) => new Rejected("There is no such alert."),
        ({ IsClosed: true }, Note c) => Happened(new AlertEvent.Noted(now, c.By, c.Text)),
        ({ Closing: { } end }, _) => new Rejected($"The alert was closed by {end.By} as '{end.Outcome}'."),

        (_, Raise c) => Happened(new AlertEvent.Repeated(now, c.OccurredAt, c.Evidence)),
        (_, Clear { IsDated: true } c) when c.At < alert.LastOccurredAt => Nothing,
        ({ ClearedAt: null }, Clear c) => Happened(new AlertEvent.Cleared(c.At, c.Text)),
        (_, Clear) => Nothing,
        (_, Note c) => Happened(new AlertEvent.Noted(now, c.By, c.Text)),

        ({ Response: Response.Awaited }, Acknowledge c) => Happened(new AlertEvent.Acknowledged(now, c.By, c.Text)),
        ({ Response: Response.Given given }, Acknowledge c) when given.By == c.By => Nothing,
        ({ Response: Response.Given given }, Acknowledge) => new Rejected($"{given.By} has already answered."),

        ({ Response: Response.Awaited }, AlertCommand.Dispatch c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), new AlertEvent.Dispatched(now, c.By, c.To, c.Text)),
        ({ Dispatch: { } sent }, AlertCommand.Dispatch c) when sent.To == c.To => Nothing,
        (_, AlertCommand.Dispatch c) => Happened(new AlertEvent.Dispatched(now, c.By, c.To, c.Text)),

        ({ Response: Response.Awaited }, Arrive c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), new AlertEvent.Arrived(now, c.By, c.Text)),
        ({ Dispatch.ArrivedAt: not null }, Arrive { Text: null or "" }) => Nothing,
        ({ Dispatch.ArrivedAt: not null }, Arrive c) => Happened(new AlertEvent.Noted(now, c.By, c.Text!)),
        (_, Arrive c) => Happened(new AlertEvent.Arrived(now, c.By, c.Text)),

        ({ Response: Response.Awaited }, Close c) =>
            Happened(new AlertEvent.Acknowledged(now, c.By, null), new AlertEvent.Closed(now, c.By, c.Outcome, c.Text)),
        (_, Close c) => Happened(new AlertEvent.Closed(now, c.By, c.Outcome, c.Text)),

        ({ Response: Response.Awaited { EscalatesAt: { } due } waiting }, Wake) when now >= due => Escalate(waiting.Step, null, ladder, alert, now),
        ({ Response: Response.Awaited { EscalatesAt: not null } waiting }, Undelivered c) when c.Step == waiting.Step
            && ladder.HasStepAfter(waiting.Step) => Escalate(waiting.Step, c.Text, ladder, alert, now),
        (_, Wake or Undelivered) => Nothing,
        _ => throw new UnreachableException(),
    };

    /// <summary>Applies one event. Throws <see cref="UnreachableException"/> for an event that cannot follow: then we are wrong.</summary>
    public static Alert Evolve(Alert? alert, AlertEvent happened) => (alert, happened) switch
    {
        (null or { IsClosed: true }, AlertEvent.Raised e) => new Alert(
            e.Command.Id, e.Command.Rule, e.Command.Rule.Priority, e.Command.Place, e.Command.Device, e.At, e.Command.OccurredAt,
            e.Command.Evidence, Repeats: 0, ClearedAt: null, new Response.Awaited(0, e.EscalatesAt), Dispatch: null, Closing: null, Version: 1),
        (null, _) or (_, AlertEvent.Raised) => throw new UnreachableException(),
        (_, AlertEvent.Repeated e) => Next(alert) with
        {
            Repeats = alert.Repeats + 1,
            RepeatedAt = e.OccurredAt > alert.LastOccurredAt ? e.OccurredAt : alert.RepeatedAt,
            Evidence = e.Evidence,
            ClearedAt = null,
        },
        (_, AlertEvent.Cleared e) => Next(alert) with { ClearedAt = e.At },
        (_, AlertEvent.Noted) => Next(alert),
        (_, AlertEvent.Acknowledged e) => Next(alert) with { Response = new Response.Given(alert.Step, e.By, e.At) },
        (_, AlertEvent.Dispatched e) => Next(alert) with { Dispatch = new Dispatch(e.To, e.At, null) },
        (_, AlertEvent.Arrived e) => Next(alert) with { Dispatch = (alert.Dispatch ?? new Dispatch(e.By, e.At, null)) with { ArrivedAt = e.At } },
        (_, AlertEvent.Escalated e) => Next(alert) with { Response = new Response.Awaited(e.Step, e.EscalatesAt) },
        (_, AlertEvent.Closed e) => Next(alert) with { Closing = new Closing(e.By, e.At, e.Outcome) },
        _ => throw new UnreachableException(),
    };

    private static Alert Next(Alert alert) => alert with { Version = alert.Version + 1 };

    private static Accepted Happened(params AlertEvent[] events) => new(events);

    private static Accepted Escalate(int step, string? why, Ladder ladder, Alert alert, DateTimeOffset now) =>
        Happened(new AlertEvent.Escalated(now, step + 1, ladder.DeadlineAfter(step + 1, alert.RaisedAt, now), why));
}
