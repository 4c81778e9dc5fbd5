using SeniorIoT.Api;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Alerts;

/// <summary>What an operator does with an alert: shown at once, sent, and taken back with a plain sentence when refused.</summary>
public sealed class AlertDesk(ServerApi api, AlertBoard board, Session session, LinkState link, Wording words)
{
    /// <summary>The last refusal nobody has put away yet: which alert or incident, and the server's sentence.</summary>
    public (string AlertId, string Sentence)? Failure { get; private set; }

    /// <summary>Raised when <see cref="Failure"/> changed.</summary>
    public event Action? Changed;

    public Task<bool> AcknowledgeAsync(Alert alert, string? note = null) =>
        ActAsync(alert, "acknowledge", new(note), alert with { WaitsFor = null, AnsweredAt = alert.AnsweredAt ?? link.Now, AnsweredBy = alert.AnsweredBy ?? Me, HandledBy = alert.HandledBy ?? Me });

    /// <param name="alert">Which.</param>
    /// <param name="to">Who is sent.</param>
    /// <param name="note">What else is said.</param>
    /// <param name="phone">The number of whoever is sent, which tells two of one name apart; null when it is not known.</param>
    public Task<bool> DispatchAsync(Alert alert, string to, string? note = null, string? phone = null) =>
        ActAsync(alert, "dispatch", new(note, To: to) { ToPhone = phone }, alert with { AnsweredAt = alert.AnsweredAt ?? link.Now, AnsweredBy = alert.AnsweredBy ?? Me, DispatchedAt = link.Now, DispatchedTo = to });

    public Task<bool> ArriveAsync(Alert alert, string? note = null) => ActAsync(alert, "arrive", new(note), alert with { ArrivedAt = link.Now });

    public Task<bool> NoteAsync(Alert alert, string note) => ActAsync(alert, "note", new(note), alert);

    public Task<bool> CloseAsync(Alert alert, string outcome, string? note = null) =>
        ActAsync(alert, "close", new(note, Outcome: outcome), alert with { State = "closed", ClosedAt = link.Now, ClosedBy = Me, Outcome = outcome });

    /// <summary>Somebody else sees to it from now on; to oneself: it is taken over.</summary>
    public Task<bool> HandOverAsync(Alert alert, string to, string? note = null) => ActAsync(alert, "hand-over", new(note, To: to), alert with { HandledBy = to, WaitsFor = to == Me ? null : to, HandedOverBy = Me });

    /// <summary>This person sees to it from now on.</summary>
    public Task<bool> TakeOverAsync(Alert alert, string? note = null) => Me is { } me ? HandOverAsync(alert, me, note) : Task.FromResult(false);

    /// <summary>It is more urgent than it seemed, or less; <paramref name="why"/> must be said.</summary>
    public Task<bool> RegradeAsync(Alert alert, string priority, string why) => ActAsync(alert, "regrade", new(why) { Priority = priority }, alert);

    /// <summary>It was closed too early.</summary>
    public Task<bool> ReopenAsync(Alert alert, string? note = null) => ActAsync(alert, "reopen", new(note), alert);

    /// <summary>Whether this person sees to it.</summary>
    public bool IsMine(Alert alert) => alert.HandledBy is { } by && by == Me && alert.WaitsFor is null;

    /// <summary>Whether it was handed to this person, who has not taken it yet.</summary>
    public bool WaitsForMe(Alert alert) => alert.WaitsFor is { } who && who == Me;

    /// <summary>Whether this person can answer it: nobody has, or it was handed to him or her.</summary>
    public bool IsToAnswer(Alert alert) => alert.State == "open" && (alert.AnsweredAt is null || WaitsForMe(alert));

    /// <summary>The person has read the refusal.</summary>
    public void PutAway() => Fail(null);

    /// <summary>Shows why something was not done, and who was faster, where that is why.</summary>
    public void Refuse(string id, Problem problem, string? note) => Fail((id, problem.Winner is { } winner ? Lost(winner, note) : problem.Say(words)));

    /// <summary>Who this person is; null before the login.</summary>
    public string? Me => session.Current?.User;

    private async Task<bool> ActAsync(Alert alert, string verb, AlertAction action, Alert hoped)
    {
        Fail(null);
        board.Hope(hoped);
        var path = $"alerts/{Uri.EscapeDataString(alert.AlertId)}";
        var answer = await api.PostAsync($"{path}/{verb}", action with { Version = alert.Version }, ConsoleJson.Default.AlertAction, ConsoleJson.Default.AlertDetail);
        if (answer.Ok(out var done))
            board.Merge(done);
        board.GiveUp(alert.AlertId);
        if (answer.Problem is not { } problem)
            return true;
        Refuse(alert.AlertId, problem, action.Note);
        if (problem.Status == Problem.Conflict && (await api.GetAsync(path, ConsoleJson.Default.AlertDetail)).Ok(out var now))
            board.Merge(now);
        return false;
    }

    private string Lost(Winner winner, string? note) =>
        words.Say("act.lostRace", winner.By, Times.Stamp(winner.At, link.Now), words.Name("timeline", winner.Kind)) + (note is null ? "" : words["act.noteKept"]);

    private void Fail((string, string)? failure)
    {
        if (Failure == failure)
            return;
        Failure = failure;
        Changed?.Invoke();
    }
}
