using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Alerts;

/// <summary>What an alert says back: where it stands after the command, and the sentence to show when it was refused.</summary>
internal sealed record AlertAnswer(Alert? Alert, string? Rejected);

/// <summary>
/// The alerts of one household and rule, keyed by <see cref="AlertKey"/>: at most one of them is open, and a duplicate has
/// nowhere to be created. Four moves: decide, save, tell, answer.
/// </summary>
internal interface IAlertGrain : IGrainWithStringKey
{
    /// <summary>A device's rule found something. The same cause raises at most one alert, for ever.</summary>
    Task Raise([Immutable] Finding.Raised found, DeviceId device, HouseholdId household);

    /// <summary>Anything else than raising, by a device or by time, for whichever alert is open.</summary>
    Task<AlertAnswer> Handle([Immutable] AlertCommand command);

    /// <summary>A person acts on the alert he or she sees. Refused when that one is closed and another has begun since.</summary>
    Task<AlertAnswer> Act(AlertId id, [Immutable] AlertCommand command);
}

/// <inheritdoc cref="IAlertGrain"/>
internal sealed class AlertGrain(AlertStore store, AlertSurroundings around, AlertFeed feed, OpenCalls calls, OutboxBell outbox, AlertCounters counters, TimeProvider clock) : Grain, IAlertGrain
{
    private Alert? _alert;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _alert = store.ReadNewest(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task Raise(Finding.Raised found, DeviceId device, HouseholdId household)
    {
        if (store.IsKnownCause(found.Cause)) return;
        var id = _alert is { IsClosed: false } ? _alert.Id : store.NextId();
        var place = found.Rule.Scope == RuleScope.System ? Place.System : around.PlaceOf(household);
        await Do(new AlertCommand.Raise(id, found.Rule, place, device, found.At, found.Cause, found.Evidence), found.Cause);
    }

    public async Task<AlertAnswer> Handle(AlertCommand command)
    {
        var cause = (command as AlertCommand.Note)?.Cause;
        return cause is not null && store.IsKnownCause(cause) ? new AlertAnswer(_alert, null) : Answer(await Do(command, cause));
    }

    public async Task<AlertAnswer> Act(AlertId id, AlertCommand command) =>
        _alert?.Id == id ? Answer(await Do(command, null)) : new AlertAnswer(_alert, $"Alert {id} was closed, and another has begun since.");

    private async Task<Decision> Do(AlertCommand command, string? cause)
    {
        var priority = (command as AlertCommand.Raise)?.Rule.Priority ?? _alert?.Priority ?? Priority.P3;
        var ladder = Ladder.For(priority);
        var decision = AlertRules.Decide(_alert, command, ladder, clock.GetUtcNow());
        if (decision is not Decision.Accepted { Events.Count: > 0 } accepted) return decision;

        var next = _alert;
        var notices = new List<Notice>();
        foreach (var happened in accepted.Events)
        {
            next = AlertRules.Evolve(next, happened);
            notices.AddRange(NoticeRules.Owed(next, happened, ladder, around.RespondersOf(next.Place), around.Zone));
        }

        try
        {
            await store.SaveAsync(this.GetPrimaryKeyString(), next!, accepted.Events, notices, cause);
        }
        catch
        {
            // Memory must never run ahead of the store: the next call reads again.
            DeactivateOnIdle();
            throw;
        }

        _alert = next;
        calls.Show(next!);
        foreach (var happened in accepted.Events) counters.Count(next!, happened);
        foreach (var notice in notices) counters.Count(notice);
        if (notices.Count > 0) outbox.Ring();
        feed.Publish(next!);
        return decision;
    }

    private AlertAnswer Answer(Decision decision) => new(_alert, (decision as Decision.Rejected)?.Reason);
}
