using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// What every device grain does with a report, whatever its kind: let the rules judge, tell what was found, hand over what is to be
/// kept, and only then take the new state. If either fails the state is the old one, so delivering again finds the same.
/// </summary>
internal sealed class DeviceDesk(
    DeviceDirectory devices, HouseholdDirectory households, DeviceLiveTable live, GrainStateStore states, TelemetryWriter telemetry, HistoryStore history,
    ServiceRequestStore services, RuleDirectory rulebook, ShadowDesk shadows, DetectionOptions detection, TimeZoneInfo zone, IGrainFactory grains, TimeProvider clock)
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

        // Telling comes first: a telemetry store that is full or slow must not hold back a call for help.
        if (findings is not null) await TellAsync(context, findings);
        if (shadow is not null) await shadows.ReceiveAsync(shadow, context, rules, before, findings ?? [], reports, now);
        if (points.Count > 0 || events is not null) await telemetry.AddAsync(points, events ?? [], CancellationToken.None);
        states.Take(rules.Name, id, state);
        Show(id, rules.StatusOf(state), rules.RegisterOf(state), reports);
        return state;
    }

    /// <summary>Lets time pass. Returns the state after it, and when to ask again.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async Task<(TState? State, DateTimeOffset Next)> WakeAsync<TState>(string id, TState? state, DeviceKindRules<TState> rules)
        where TState : class
    {
        var now = clock.GetUtcNow();
        if (ContextOf(id, out var shadow) is not { } context) return (state, now.AddDays(1));
        var known = state ?? Recall(id, rules);
        var (judgement, next) = rules.Wake(known, context, now);
        await TellAsync(context, judgement.Findings);
        if (shadow is not null) await shadows.WakeAsync(shadow, context, rules, known, judgement.Findings, now);
        if (!ReferenceEquals(judgement.State, known)) states.Take(rules.Name, id, judgement.State);
        Show(id, rules.StatusOf(judgement.State), rules.RegisterOf(judgement.State), []);
        return (judgement.State, next);
    }

    private TState Recall<TState>(string id, DeviceKindRules<TState> rules)
        where TState : class => states.Read<TState>(rules.Name, id) ?? rules.Initial;

    private async Task TellAsync(DeviceContext context, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0) return;
        var device = context.DeviceId;
        var household = new HouseholdId(devices.TryGet(device.Value, out var entry) ? entry.HouseholdId ?? "" : "");
        foreach (var finding in findings)
        {
            switch (finding)
            {
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

        IAlertGrain Alert(Rule rule) => grains.GetGrain<IAlertGrain>(AlertKey.Of(rule, household, device));
    }

    private DeviceContext? ContextOf(string id, out ShadowRules? shadow)
    {
        shadow = null;
        if (!devices.TryGet(id, out var device) || device.HouseholdId is null || !households.TryGet(device.HouseholdId, out var household)) return null;
        var away = household.Away is { } period ? new AwayPeriod(period.From, period.Until) : null;
        var enrolledAt = DateTimeOffset.UnixEpoch;
        foreach (var installed in household.Devices)
            if (installed.DeviceId == id) enrolledAt = installed.EnrolledAt;
        var inForce = rulebook.Book.InForce(household.HouseholdId, household.Committee, household.SubDistrict);
        shadow = inForce.Shadow;
        return new DeviceContext(new DeviceId(id), inForce.Settings, enrolledAt, detection.ExpectedInterval, away) { Zone = zone };
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
            status.BatteryPercent, status.RssiDbm, status.Has(Rule.Silent)));
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
