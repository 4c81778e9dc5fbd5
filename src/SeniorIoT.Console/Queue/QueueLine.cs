using SeniorIoT.Api;

namespace SeniorIoT.Console.Queue;

/// <summary>One row of the queue: an alert by itself, an incident, or an alert that stands under its incident.</summary>
/// <param name="Id">Id of the alert or the incident.</param>
/// <param name="Alert">The alert; null for an incident's row.</param>
/// <param name="Incident">The incident; null for an alert's row.</param>
/// <param name="IsMember">Whether the alert stands under its incident.</param>
public readonly record struct QueueLine(string Id, Alert? Alert, IncidentFold? Incident, bool IsMember)
{
    /// <summary>An alert by itself, or under its incident.</summary>
    public static QueueLine Of(Alert alert, bool isMember = false) => new(alert.AlertId, alert, null, isMember);

    /// <summary>An incident.</summary>
    public static QueueLine Of(IncidentFold fold) => new(fold.Incident.IncidentId, null, fold, false);

    /// <summary><c>P1</c>, <c>P2</c> or <c>P3</c>; of an incident the most urgent inside.</summary>
    public string Priority => Alert?.Priority ?? Incident!.Priority;
}

/// <summary>An incident as its row shows it.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Priority">Of the most urgent open alert in it.</param>
/// <param name="Open">Open alerts in it.</param>
/// <param name="Unanswered">Of these, those that nobody has answered.</param>
/// <param name="IsOpened">Whether its alerts are shown under it.</param>
public sealed record IncidentFold(Incident Incident, string Priority, int Open, int Unanswered, bool IsOpened);
