using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storms;

namespace SeniorIoT.Server.Alerts;

/// <summary>What an alert says back: where it stands after the command, and the sentence to show when it was refused.</summary>
/// <param name="Alert">The alert; null when there never was one.</param>
/// <param name="Rejected">Why it was refused; null when it was done.</param>
/// <param name="Winner">What another person did who was faster, where that is why.</param>
[Immutable]
internal sealed record AlertAnswer(Alert? Alert, string? Rejected, Touch? Winner = null);

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

    /// <summary>
    /// A person acts on the alert he or she sees. Refused when that one is closed and another has begun since, and when somebody else
    /// acted who was not seen.
    /// </summary>
    Task<AlertAnswer> Act(AlertId id, [Immutable] AlertCommand command, [Immutable] Actor actor);
}

/// <inheritdoc cref="IAlertGrain"/>
internal sealed class AlertGrain(AlertStore store, AlertSurroundings around, RaiseGate gate, AlertFeed feed, OpenCalls calls, OutboxBell outbox, AlertCounters counters, TimeProvider clock) : Grain, IAlertGrain
{
    private Alert? _alert;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _alert = store.ReadNewest(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task Raise(Finding.Raised found, DeviceId device, HouseholdId household)
    {
        var key = this.GetPrimaryKeyString();
        if (store.IsKnownCause(found.Cause) || await gate.HoldsAsync(key, _alert, found, device, household)) return;
        var place = found.Rule.Scope == RuleScope.System ? Place.System : around.PlaceOf(household);
        var isNew = _alert is not { IsClosed: false };
        var id = isNew ? store.NextId() : _alert!.Id;
        var incident = isNew ? gate.IncidentOf(key, found.Rule, place, device, id) : null;
        await Do(new AlertCommand.Raise(id, found.Rule, place, device, found.At, found.Cause, found.Evidence) { Incident = incident }, found.Cause);
    }

    public async Task<AlertAnswer> Handle(AlertCommand command)
    {
        await gate.ClearAsync(this.GetPrimaryKeyString(), command);
        var cause = (command as AlertCommand.Note)?.Cause;
        return cause is not null && store.IsKnownCause(cause) ? new AlertAnswer(_alert, null) : Answer(await Do(command, cause));
    }

    public async Task<AlertAnswer> Act(AlertId id, AlertCommand command, Actor actor)
    {
        if (actor.Cause is not null && store.IsKnownCause(actor.Cause)) return new AlertAnswer(_alert, null);
        if (_alert is null || _alert.Id != id) return new AlertAnswer(_alert, $"Alert {id} was closed, and another has begun since.", _alert?.Touch);
        return Answer(AlertRules.Conflict(_alert, command, actor.Name, actor.Seen) ?? await Do(command with { ById = actor.Id }, actor.Cause, actor.From));
    }

    private async Task<Decision> Do(AlertCommand command, string? cause, string? from = null)
    {
        var ladder = command switch
        {
            AlertCommand.Raise raise => around.LadderOf(raise.Place, raise.Rule.Priority),
            AlertCommand.Regrade regrade when _alert is not null => around.LadderOf(_alert.Place, regrade.Priority),
            AlertCommand.AskHelp when _alert is not null => around.LadderOf(_alert.Place, Priority.P1),
            _ => Ladder.For(Priority.P3), // others go on with the alert's own
        };
        var now = clock.GetUtcNow();
        var decision = AlertRules.Decide(_alert, command, ladder, now);
        if (decision is not Decision.Accepted { Events.Count: > 0 } accepted) return decision;

        var next = _alert;
        var notices = new List<Notice>();
        foreach (var happened in accepted.Events)
        {
            next = AlertRules.Evolve(next, happened);
            notices.AddRange(store.Owed(next, happened, around, now));
        }

        try
        {
            await store.SaveAsync(this.GetPrimaryKeyString(), next!, accepted.Events, notices, cause, from);
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

    private AlertAnswer Answer(Decision decision) => new(_alert, (decision as Decision.Rejected)?.Reason, (decision as Decision.Rejected)?.Winner);
}
