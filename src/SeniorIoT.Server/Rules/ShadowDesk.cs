using SeniorIoT.Domain;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Rules;

/// <summary>
/// Lets a second set of rules judge what the first one judged, and writes down what each found, so that they can be compared before anybody is told by the second.
/// It begins from the live state: two sets that are the same find the same. Only homes whose place has a shadow come here.
/// </summary>
internal sealed class ShadowDesk(DeviceDirectory devices, RuleDirectory rulebook, GrainStateStore states, ShadowStore store)
{
    /// <summary>Judges reports by the second set. The same reports again are harmless.</summary>
    /// <param name="shadow">The second set.</param>
    /// <param name="context">The device, with the first set.</param>
    /// <param name="rules">The rules of its kind.</param>
    /// <param name="live">Its state before the reports.</param>
    /// <param name="found">What the first set found in them.</param>
    /// <param name="reports">The reports.</param>
    /// <param name="now">The moment of the decision.</param>
    public async Task ReceiveAsync<TState>(
        ShadowRules shadow, DeviceContext context, DeviceKindRules<TState> rules, TState live, IReadOnlyList<Finding> found, Report[] reports, DateTimeOffset now)
        where TState : class
    {
        var state = Recall(shadow, context.DeviceId, rules, live);
        context = context with { Settings = shadow.Settings };
        List<Finding> findings = [];
        foreach (var report in reports)
        {
            var judgement = rules.Receive(state, report, context, now);
            state = judgement.State;
            findings.AddRange(judgement.Findings);
        }

        await KeepAsync(shadow, context.DeviceId, rules, state, found, findings);
    }

    /// <summary>Lets time pass for the second set, and says when to ask again. Asking twice is harmless.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    public async Task<DateTimeOffset> WakeAsync<TState>(
        ShadowRules shadow, DeviceContext context, DeviceKindRules<TState> rules, TState live, IReadOnlyList<Finding> found, DateTimeOffset now)
        where TState : class
    {
        var (judgement, next) = rules.Wake(Recall(shadow, context.DeviceId, rules, live), context with { Settings = shadow.Settings }, now);
        await KeepAsync(shadow, context.DeviceId, rules, judgement.State, found, judgement.Findings);
        return next;
    }

    /// <summary>The state of a meter under the second set; null when it has none yet, and then begins from the live one.</summary>
    public WaterState? ReadWater(ShadowRules shadow, string deviceId) =>
        states.Read<Kept<WaterState>>(StateNameOf(DeviceKindRules.Water.Name), deviceId) is { } kept && kept.Run == shadow.Run ? kept.State : null;

    /// <summary>Learns anew what the second set needs to know of a home, so that a set tried out today judges by the last weeks tomorrow.</summary>
    /// <param name="shadow">The second set.</param>
    /// <param name="context">The meter, with the first set.</param>
    /// <param name="live">Its live state.</param>
    /// <param name="history">Stored readings.</param>
    public void Relearn(ShadowRules shadow, DeviceContext context, WaterState live, IReadOnlyList<Reading> history)
    {
        var state = Recall(shadow, context.DeviceId, DeviceKindRules.Water, live);
        var learnt = Relearning.Of(state, history, context with { Settings = shadow.Settings });
        states.Take(StateNameOf(DeviceKindRules.Water.Name), context.DeviceId.Value, new Kept<WaterState>(shadow.Run, learnt));
    }

    /// <summary>Forgets findings that became true before <paramref name="before"/>, and the states once no place has a shadow any more.</summary>
    public async Task ForgetAsync(DateTimeOffset before)
    {
        await store.ForgetAsync(before);
        if (rulebook.Book.HasShadow) return;
        foreach (var kind in (string[])[DeviceKindRules.Water.Name, DeviceKindRules.Smoke.Name, DeviceKindRules.Button.Name]) await states.ForgetAsync(StateNameOf(kind));
    }

    // Under this name states of shadows are on disk: never rename it.
    private static string StateNameOf(string kind) => kind + "-shadow";

    private TState Recall<TState>(ShadowRules shadow, DeviceId device, DeviceKindRules<TState> rules, TState live)
        where TState : class
    {
        var kept = states.Read<Kept<TState>>(StateNameOf(rules.Name), device.Value);
        return kept?.Run == shadow.Run ? kept.State : rules.Fork(live, kept?.State);
    }

    private async Task KeepAsync<TState>(
        ShadowRules shadow, DeviceId device, DeviceKindRules<TState> rules, TState state, IReadOnlyList<Finding> live, IReadOnlyList<Finding> findings)
        where TState : class
    {
        if (devices.TryGet(device.Value, out var entry) && entry.HouseholdId is { } household)
            await store.AddAsync(household, device, shadow.Run, live, findings);
        states.Take(StateNameOf(rules.Name), device.Value, new Kept<TState>(shadow.Run, state));
    }

    /// <summary>A shadow's state, and in which run it was made: that of another run is no longer true.</summary>
    private sealed record Kept<TState>(string Run, TState State);
}
