using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Devices;

/// <summary>A smart water meter. Everything it does is in <see cref="WaterRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class WaterMeterGrain([PersistentState("water")] IPersistentState<Stored<WaterState>> state, DeviceDesk desk) : Grain, IWaterMeterGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Water, reports);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Water);
}

/// <summary>A smoke detector. Everything it does is in <see cref="SmokeRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class SmokeDetectorGrain([PersistentState("smoke")] IPersistentState<Stored<SmokeState>> state, DeviceDesk desk) : Grain, ISmokeDetectorGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Smoke, reports);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Smoke);
}

/// <summary>A one-button caller. Everything it does is in <see cref="ButtonRules"/> and <see cref="DeviceDesk"/>.</summary>
internal sealed class ButtonGrain([PersistentState("button")] IPersistentState<Stored<ButtonState>> state, DeviceDesk desk) : Grain, IButtonGrain
{
    public Task Receive(Report[] reports) => desk.ReceiveAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Button, reports);

    public Task<DateTimeOffset> Wake() => desk.WakeAsync(this.GetPrimaryKeyString(), state, DeviceKindRules.Button);
}
