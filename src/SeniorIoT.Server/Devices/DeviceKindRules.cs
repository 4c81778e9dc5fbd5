using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Devices;

/// <summary>The rules of one kind of device, as the desk uses them: the same shape whatever the kind.</summary>
/// <param name="Name">Under which states of this kind are kept: never rename one.</param>
/// <param name="Initial">State of a device that was never heard.</param>
/// <param name="Receive">What a report means.</param>
/// <param name="Wake">What passing time means, and when to ask again.</param>
/// <param name="StatusOf">What every device's state carries.</param>
/// <param name="RegisterOf">The newest register, of a device that has one.</param>
/// <param name="Fork">
/// The state with which a shadow begins: from the live state and what an earlier shadow had learnt, if there was one.
/// </param>
internal sealed record DeviceKindRules<TState>(
    string Name,
    TState Initial,
    Func<TState, Report, DeviceContext, DateTimeOffset, Judgement<TState>> Receive,
    Func<TState, DeviceContext, DateTimeOffset, (Judgement<TState> Judgement, DateTimeOffset NextWakeAt)> Wake,
    Func<TState, DeviceStatus> StatusOf,
    Func<TState, Reading?> RegisterOf,
    Func<TState, TState?, TState> Fork)
    where TState : class;

/// <summary>The rules of every kind.</summary>
internal static class DeviceKindRules
{
    public static DeviceKindRules<WaterState> Water { get; } = new(
        "water", WaterState.Initial, WaterRules.Receive, WaterRules.Wake, meter => meter.Status, meter => meter.Window.Count > 0 ? meter.Window.Last : null,
        (live, former) => live.LearntFrom(former));

    public static DeviceKindRules<SmokeState> Smoke { get; } = new(
        "smoke", SmokeState.Initial, SmokeRules.Receive, SmokeRules.Wake, detector => detector.Status, _ => null, (live, _) => live);

    public static DeviceKindRules<ButtonState> Button { get; } = new(
        "button", ButtonState.Initial, ButtonRules.Receive, ButtonRules.Wake, button => button.Status, _ => null, (live, _) => live);
}
