using SeniorIoT.Api;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Alerts;

/// <summary>What an operator does with an alert: shown at once, sent, and taken back with a plain sentence when refused.</summary>
public sealed class AlertDesk(ServerApi api, AlertBoard board, Session session, LinkState link, Wording words)
{
    /// <summary>The last refusal nobody has put away yet: which alert, and the server's sentence.</summary>
    public (string AlertId, string Sentence)? Failure { get; private set; }

    /// <summary>Raised when <see cref="Failure"/> changed.</summary>
    public event Action? Changed;

    public Task<bool> AcknowledgeAsync(Alert alert, string? note = null) =>
        ActAsync(alert, "acknowledge", new(note), alert with { AnsweredAt = alert.AnsweredAt ?? link.Now, AnsweredBy = alert.AnsweredBy ?? Me });

    public Task<bool> DispatchAsync(Alert alert, string to, string? note = null) =>
        ActAsync(alert, "dispatch", new(note, To: to), alert with { DispatchedAt = link.Now, DispatchedTo = to });

    public Task<bool> ArriveAsync(Alert alert, string? note = null) => ActAsync(alert, "arrive", new(note), alert with { ArrivedAt = link.Now });

    public Task<bool> NoteAsync(Alert alert, string note) => ActAsync(alert, "note", new(note), alert);

    public Task<bool> CloseAsync(Alert alert, string outcome, string? note = null) =>
        ActAsync(alert, "close", new(note, Outcome: outcome), alert with { State = "closed", ClosedAt = link.Now, ClosedBy = Me, Outcome = outcome });

    /// <summary>The person has read the refusal.</summary>
    public void PutAway() => Fail(null);

    private string? Me => session.Current?.User;

    private async Task<bool> ActAsync(Alert alert, string verb, AlertAction action, Alert hoped)
    {
        Fail(null);
        board.Hope(hoped);
        var path = $"alerts/{Uri.EscapeDataString(alert.AlertId)}";
        var answer = await api.PostAsync($"{path}/{verb}", action, ConsoleJson.Default.AlertAction, ConsoleJson.Default.AlertDetail);
        if (answer.Ok(out var done))
            board.Merge(done);
        board.GiveUp(alert.AlertId);
        if (answer.Problem is not { } problem)
            return true;
        Fail((alert.AlertId, problem.Say(words)));
        if (problem.Status == Problem.Conflict && (await api.GetAsync(path, ConsoleJson.Default.AlertDetail)).Ok(out var now))
            board.Merge(now);
        return false;
    }

    private void Fail((string, string)? failure)
    {
        if (Failure == failure)
            return;
        Failure = failure;
        Changed?.Invoke();
    }
}
