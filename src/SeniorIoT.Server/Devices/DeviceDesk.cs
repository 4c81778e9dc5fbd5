using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// What every device grain does with a report, whatever its kind: let the rules judge, tell what was found, hand over what is to be
/// kept, and only then take the new state. If either fails the state is the old one, so delivering again finds the same.
/// </summary>
internal sealed class DeviceDesk(
    DeviceDirectory devices, HouseholdDirectory households, DeviceLiveTable live, GrainStateStore states, TelemetryWriter telemetry, HistoryStore history,
    ServiceRequestStore services, OpenCalls calls, RuleDirectory rulebook, ShadowDesk shadows, Ears ears, DetectionOptions detection, TimeZoneInfo zone, IGrainFactory grains,
    TimeProvider clock)
{
    /// <summary>Takes reports in. Returns the state after them, which is handed over for the next checkpoint.</summary>
    /// <param name="id">The device.</param>
    /// <param name="state">Its state; null when the grain does not remember: then it is read.</param>
    /// <param name="rules">The rules of its kind.</param>
    /// <param name="reports">What it said, in order.</param>
    public async Task<TState?> ReceiveAsync<TState>(string id, TState? state, DeviceKindRules<TState> rules, Report[] reports)
        where TState : class
    {
        if (ContextOf(id, out var shadow) is not { } context) return state; // deleted since the message was journalled: nobody to care for
        id = context.DeviceId.Value; // the directory's own string: what is kept of a million devices shares it
        var now = clock.GetUtcNow();
        state ??= Recall(id, rules);
        var before = state;
        List<Finding>? findings = null;
        var points = new List<Point>(3 * reports.Length);
        List<EventPoint>? events = null;
        foreach (var report in reports)
        {
            var judgement = rules.Receive(state, report, context, now);
            state = judgement.State;
            if (judgement.Findings.Length > 0) (findings ??= []).AddRange(judgement.Findings);
            Points.Of(id, report, points, ref events);
        }

        // Before it is told: who decides about the whole home must see this device as it is now.
        Show(id, rules.StatusOf(state), rules.RegisterOf(state), reports);
        // Telling comes before keeping: a telemetry store that is full or slow must not hold back a call for help.
        if (findings is not null) await TellAsync(context, findings);
        if (shadow is not null) await shadows.ReceiveAsync(shadow, context, rules, before, findings ?? [], reports, now);
        await NoteUseAsync(context, state);
        if (points.Count > 0 || events is not null) await telemetry.AddAsync(points, events ?? [], CancellationToken.None);
        states.Take(rules.Name, id, state);
        return state;
    }

    /// <summary>Lets time pass. Returns the state after it, and when to ask again.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async Task<(TState? State, DateTimeOffset Next)> WakeAsync<TState>(string id, TState? state, DeviceKindRules<TState> rules)
        where TState : class
    {
        var now = clock.GetUtcNow();
        if (ContextOf(id, out var shadow) is not { } context) return (state, now.AddDays(1));
        id = context.DeviceId.Value;
        var known = state ?? Recall(id, rules);
        var (judgement, next) = rules.Wake(known, context, now);
        var status = rules.StatusOf(judgement.State);
        Show(id, status, rules.RegisterOf(judgement.State), []);
        await TellAsync(context, judgement.Findings);
        if (shadow is not null && await shadows.WakeAsync(shadow, context, rules, known, judgement.Findings, now) is var itsNext && itsNext < next) next = itsNext;
        if (!ReferenceEquals(judgement.State, known)) states.Take(rules.Name, id, judgement.State);
        if (judgement.Findings.Length > 0)
        {
            // No message in the journal would say this again: it is on disk before the deadline moves.
            await states.FlushAsync(CancellationToken.None);
            await live.FlushAsync(CancellationToken.None);
        }
        else if (status.Has(Rule.Silent))
        {
            // Once a day, whatever a crash or a change of the home's devices has left behind.
            await LookAtHomeAsync(HomeOf(context.DeviceId));
        }

        return (judgement.State, next);
    }

    /// <summary>Learns what is usual in a home anew. Returns the state after it.</summary>
    public WaterState? Relearn(string id, WaterState? state, Reading[] history)
    {
        if (ContextOf(id, out var shadow) is not { } context) return state;
        var known = state ?? Recall(id, DeviceKindRules.Water);
        var learnt = Relearning.Of(known, history, context);
        if (shadow is not null) shadows.Relearn(shadow, context, learnt, history);
        if (!ReferenceEquals(learnt, known)) states.Take(DeviceKindRules.Water.Name, id, learnt);
        return learnt;
    }

    private TState Recall<TState>(string id, DeviceKindRules<TState> rules)
        where TState : class => states.Read<TState>(rules.Name, id) ?? rules.Initial;

    private async Task TellAsync(DeviceContext context, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0) return;
        var device = context.DeviceId;
        var household = HomeOf(device);
        var isSilenceChanged = false;
        foreach (var finding in findings)
        {
            switch (finding)
            {
                // Told by the home, which knows of its other devices.
                case Finding.Raised raised when raised.Rule == Rule.Silent:
                case Finding.Cleared cleared when cleared.Rule == Rule.Silent:
                    isSilenceChanged = true;
                    break;
                case Finding.Raised raised when raised.Rule == Rule.NoWater:
                    await Alert(raised.Rule).Raise(WithSigns(raised, household, context), device, household);
                    break;
                case Finding.Raised raised:
                    await Alert(raised.Rule).Raise(raised, device, household);
                    break;
                case Finding.Cleared cleared:
                    await Alert(cleared.Rule).Handle(new AlertCommand.Clear(cleared.At, cleared.Note, cleared.IsDated));
                    break;
                case Finding.Noted noted:
                    await Alert(noted.Rule).Handle(new AlertCommand.Note(null, noted.Note, noted.Cause));
                    break;
                case Finding.OverBeforeKnown over:
                    await history.AddAsync(household.Value, over.UntilAt, "over-before-known", $"{over.Rule} from {over.FromAt:u} to {over.UntilAt:u}, known only afterwards", device.Value);
                    break;
                case Finding.Recorded recorded:
                    await history.AddAsync(household.Value, recorded.At, recorded.Kind, recorded.Note, device.Value);
                    break;
                case Finding.ServiceRequested service:
                    await services.AddAsync(household.Value, device.Value, service.Use.ToString().ToLowerInvariant(), service.At, service.Cause);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        if (isSilenceChanged) await LookAtHomeAsync(household);

        IAlertGrain Alert(Rule rule) => grains.GetGrain<IAlertGrain>(AlertKey.Of(rule, household, device));
    }

    private Task LookAtHomeAsync(HouseholdId household) => grains.GetGrain<IHomeGrain>(household.Value).Look();

    private HouseholdId HomeOf(DeviceId device) => new(devices.TryGet(device.Value, out var entry) ? entry.HouseholdId ?? "" : "");

    private Finding.Raised WithSigns(Finding.Raised raised, HouseholdId household, DeviceContext context)
    {
        if (!households.TryGet(household.Value, out var home) || HomeSigns.NoteFor(raised, HomeDevices.Of(home, live), context) is not { } note) return raised;
        return raised with { Evidence = raised.Evidence with { Note = raised.Evidence.Note is { } first ? $"{first} {note}" : note } };
    }

    /// <summary>Writes on the home's open calls for help that its meter shows somebody using water since. Costs a look into memory where there is no call.</summary>
    private async Task NoteUseAsync<TState>(DeviceContext context, TState state)
    {
        if (state is not WaterState meter) return;
        var household = HomeOf(context.DeviceId);
        foreach (var call in calls.Of(household))
        {
            if (WaterUse.NoteAfter(meter, call.Rule, call.Alert, call.CalledAt, context) is { } noted)
                await grains.GetGrain<IAlertGrain>(AlertKey.Of(noted.Rule, household, context.DeviceId)).Handle(new AlertCommand.Note(null, noted.Note, noted.Cause));
        }
    }

    /// <summary>What the rules must know of a device; null when it is not in a household any more.</summary>
    internal DeviceContext? ContextOf(string id, out ShadowRules? shadow)
    {
        shadow = null;
        if (!devices.TryGet(id, out var device) || device.HouseholdId is null || !households.TryGet(device.HouseholdId, out var household)) return null;
        var enrolledAt = DateTimeOffset.UnixEpoch;
        foreach (var installed in household.Devices)
            if (installed.DeviceId == id) enrolledAt = installed.EnrolledAt;
        var inForce = rulebook.Book.InForce(household.HouseholdId, household.Area);
        shadow = inForce.Shadow;
        return new DeviceContext(new DeviceId(device.DeviceId), inForce.Settings, enrolledAt, detection.ExpectedInterval, household.Absences.Around(clock.GetUtcNow(), zone)) { Zone = zone, DeafTimes = ears.TimesOf(device.GatewayId) };
    }

    private void Show(string id, DeviceStatus status, Reading? register, Report[] reports)
    {
        live.TryGet(id, out var before);
        var lastSeenAt = before.LastSeenAt;
        foreach (var report in reports)
        {
            if (lastSeenAt is null || report.ReceivedAt > lastSeenAt) lastSeenAt = report.ReceivedAt;
        }

        live.Update(id, new LiveDevice(
            lastSeenAt, status.LastMeasuredAt ?? before.LastMeasuredAt, register?.TotalMillilitres ?? before.TotalMillilitres,
            status.BatteryPercent, status.RssiDbm, status.Has(Rule.Silent))
        {
            HeardAt = status.LastReceivedAt,
            TestedAt = status.TestedAt,
        });
    }
}

/// <summary>Which rules are in force where no place has a set of its own (see <see cref="RuleDirectory"/>).</summary>
internal sealed class DetectionOptions
{
    /// <summary>Name of a preset: changning, jingan, zhenhai, longgang or adaptive.</summary>
    public string Preset { get; set; } = "changning";

    /// <summary>A device not heard for longer is silent.</summary>
    public TimeSpan ExpectedInterval { get; set; } = DeviceContext.UsualInterval;

    /// <summary>The rules of <see cref="Preset"/>.</summary>
    public RuleSettings Settings => RuleSettings.ByName(Preset) ?? throw new InvalidOperationException($"There is no preset '{Preset}'.");
}
