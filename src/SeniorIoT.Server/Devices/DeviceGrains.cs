using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Devices;

/// <summary>A smart water meter. Everything it does is in <see cref="WaterRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class WaterMeterGrain([PersistentState("water")] IPersistentState<Stored<WaterState>> state, DeviceDesk desk) : Grain, IWaterMeterGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, WaterState.Initial, reports, WaterRules.Receive, water => water.Status);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, WaterState.Initial, WaterRules.Wake, water => water.Status);
}

/// <summary>A smoke detector. Everything it does is in <see cref="SmokeRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class SmokeDetectorGrain([PersistentState("smoke")] IPersistentState<Stored<SmokeState>> state, DeviceDesk desk) : Grain, ISmokeDetectorGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, SmokeState.Initial, reports, SmokeRules.Receive, smoke => smoke.Status);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, SmokeState.Initial, SmokeRules.Wake, smoke => smoke.Status);
}

/// <summary>A one-button caller. Everything it does is in <see cref="ButtonRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class ButtonGrain([PersistentState("button")] IPersistentState<Stored<ButtonState>> state, DeviceDesk desk) : Grain, IButtonGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, ButtonState.Initial, reports, ButtonRules.Receive, button => button.Status);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, ButtonState.Initial, ButtonRules.Wake, button => button.Status);
}
