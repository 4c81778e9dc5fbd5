using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Storms;

/// <summary>
/// What an alert grain asks before a finding becomes an alert: is it shelved, does it flap, is it one of many? A call for help passes
/// before any of these is looked at, and so does anything about an alert that is urgent now.
/// </summary>
internal sealed class RaiseGate(HeldStore held, StormDesk storms, HistoryStore history, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Ends the cause of a finding that was held back and is let go: it is held no more.</summary>
    private const char LetGo = '+';

    /// <summary>
    /// Whether a finding is held back. Then it is written down and counted when the task completes, and comes again by itself when the
    /// reason is over and its trouble is not.
    /// </summary>
    public async Task<bool> HoldsAsync(string key, Alert? alert, Finding.Raised found, DeviceId device, HouseholdId household)
    {
        if (found.Rule.Priority == Priority.P1 || alert is { IsClosed: false, Priority: Priority.P1 } || found.Cause.EndsWith(LetGo)) return false;
        var now = clock.GetUtcNow();
        if (held.Covering(household, found.Rule, device, now) is { } shelf)
        {
            await history.AddAsync(household.Value, found.At, "shelved", $"{found.Rule}: shelved by {shelf.By}, nobody was told.", found.Cause);
            await held.HoldAsync(key, HeldBy.Shelf, shelf, found, device, household, now, shelf.UntilAt);
            return true;
        }

        if (FlapRules.LimitOf(found.Rule) is not { } limit || !IsFlapping(key, limit, now)) return false;
        // First told, then held: after a crash in between it is told again under the same cause, which changes nothing.
        var evidence = new Evidence(LastHeardAt: now, Note: $"{found.Rule} came and went {limit.Times} times or more within {limit.Within.TotalHours:0.##} h. It is gathered here until it is quiet for {limit.QuietFor.TotalHours:0.##} h.");
        await grains.GetGrain<IAlertGrain>(AlertKey.Of(Rule.Flapping, household, device))
            .Raise(new(Rule.Flapping, found.At, $"{found.Cause}/{Rule.Flapping}", evidence), device, household);
        await held.HoldAsync(key, HeldBy.Flapping, null, found, device, household, now, now + limit.QuietFor);
        return true;
    }

    /// <summary>The incident that a new alert begins in; null: none.</summary>
    public Incident? IncidentOf(string key, Rule rule, Place place, DeviceId device, AlertId alert) =>
        StormTable.FamilyOf(rule) is null ? null : storms.Admit(key, rule, place, device, alert);

    /// <summary>The trouble of a key is over, held back or not.</summary>
    public Task ClearAsync(string key, AlertCommand command) => command is AlertCommand.Clear over ? held.ClearAsync(key, over.At) : Task.CompletedTask;

    /// <summary>Lets go what is due: what is over is forgotten, what is still there becomes an alert. Repeating it is harmless.</summary>
    public async Task LetGoAsync(HeldFinding due, DateTimeOffset now)
    {
        if (due.By == HeldBy.Shelf && held.Covering(due.Household, due.Finding.Rule, due.Device, now) is { } another)
        {
            await held.MoveAsync(due, another.UntilAt);
            return;
        }

        if (due.ClearedAt is null) await grains.GetGrain<IAlertGrain>(due.Key).Raise(due.Finding with { Cause = due.Finding.Cause + LetGo }, due.Device, due.Household);
        if (due.By == HeldBy.Flapping && !held.HasOtherFlapping(due.Device, due.Key))
            await grains.GetGrain<IAlertGrain>(AlertKey.Of(Rule.Flapping, due.Household, due.Device)).Handle(new AlertCommand.Clear(now, "It has been quiet since."));
        await held.ForgetAsync(due);
    }

    private bool IsFlapping(string key, FlapLimit limit, DateTimeOffset now)
    {
        if (held.IsHeld(key) == HeldBy.Flapping) return true;
        var (raises, ends) = held.CountSince(key, now - limit.Within);
        return raises >= limit.Times && ends >= limit.Times;
    }
}
