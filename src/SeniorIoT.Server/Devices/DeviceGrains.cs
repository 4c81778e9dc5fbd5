using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Devices;

// A device speaks every few minutes at most, and its state is read back in microseconds: a grain that is idle for a minute is not worth
// its two kilobytes a million times over.

/// <summary>A smart water meter. Everything it does is in <see cref="WaterRules"/> and <see cref="DeviceDesk"/>.</summary>
[CollectionAgeLimit(Minutes = 1)]
internal sealed class WaterMeterGrain(DeviceDesk desk) : Grain, IWaterMeterGrain
{
    private WaterState? _state;

    public async Task Receive(Report[] reports) => _state = await desk.ReceiveAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Water, reports);

    public async Task<DateTimeOffset> Wake()
    {
        (_state, var next) = await desk.WakeAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Water);
        return next;
    }

    public Task Relearn(Reading[] history)
    {
        _state = desk.Relearn(this.GetPrimaryKeyString(), _state, history);
        return Task.CompletedTask;
    }
}

/// <summary>A smoke detector. Everything it does is in <see cref="SmokeRules"/> and <see cref="DeviceDesk"/>.</summary>
[CollectionAgeLimit(Minutes = 1)]
internal sealed class SmokeDetectorGrain(DeviceDesk desk) : Grain, ISmokeDetectorGrain
{
    private SmokeState? _state;

    public async Task Receive(Report[] reports) => _state = await desk.ReceiveAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Smoke, reports);

    public async Task<DateTimeOffset> Wake()
    {
        (_state, var next) = await desk.WakeAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Smoke);
        return next;
    }
}

/// <summary>A one-button caller. Everything it does is in <see cref="ButtonRules"/> and <see cref="DeviceDesk"/>.</summary>
[CollectionAgeLimit(Minutes = 1)]
internal sealed class ButtonGrain(DeviceDesk desk) : Grain, IButtonGrain
{
    private ButtonState? _state;

    public async Task Receive(Report[] reports) => _state = await desk.ReceiveAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Button, reports);

    public async Task<DateTimeOffset> Wake()
    {
        (_state, var next) = await desk.WakeAsync(this.GetPrimaryKeyString(), _state, DeviceKindRules.Button);
        return next;
    }
}
