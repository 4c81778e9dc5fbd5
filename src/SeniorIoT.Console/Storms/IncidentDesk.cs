using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;

namespace SeniorIoT.Console.Storms;

/// <summary>What an operator does with an incident: shown at once, sent, and taken back with a plain sentence, where those of alerts are, when refused.</summary>
public sealed class IncidentDesk(ServerApi api, IncidentBoard incidents, AlertDesk desk, Session session, LinkState link)
{
    /// <summary>This person sees to it, with all that is in it.</summary>
    public Task<bool> AcknowledgeAsync(Incident incident, string? note = null) =>
        ActAsync(incident, "acknowledge", new(note), incident with { AnsweredAt = incident.AnsweredAt ?? link.Now, AnsweredBy = incident.AnsweredBy ?? Me, AsksAgainAt = null });

    /// <summary>It is over, with all that is in it.</summary>
    public Task<bool> CloseAsync(Incident incident, string outcome, string? note = null) =>
        ActAsync(incident, "close", new(note, Outcome: outcome), incident with { State = "ended", EndedAt = link.Now, Outcome = outcome });

    /// <summary>One home goes its own way: it is told by itself, and not taken in again.</summary>
    public Task<bool> TakeOutAsync(Incident incident, string alertId, string? note = null) => ActAsync(incident, "take-out", new(note, AlertId: alertId), incident);

    private string? Me => session.Current?.User;

    private async Task<bool> ActAsync(Incident incident, string verb, IncidentAction action, Incident hoped)
    {
        desk.PutAway();
        incidents.Hope(hoped);
        var path = $"incidents/{Uri.EscapeDataString(incident.IncidentId)}";
        var answer = await api.PostAsync($"{path}/{verb}?members=0", action with { Version = incident.Version }, ConsoleJson.Default.IncidentAction, ConsoleJson.Default.IncidentDetail);
        if (answer.Ok(out var done))
            incidents.Merge(done);
        incidents.GiveUp(incident.IncidentId);
        if (answer.Problem is not { } problem)
            return true;
        desk.Refuse(incident.IncidentId, problem, action.Note);
        if ((await api.GetAsync(path + "?members=0", ConsoleJson.Default.IncidentDetail)).Ok(out var now))
            incidents.Merge(now);
        return false;
    }
}
