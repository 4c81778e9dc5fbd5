using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// Where the grain of a device is. Asking Orleans by interface looks the interface's attributes up again each time, which cost more than
/// the rules did; here it is asked once for each kind.
/// </summary>
internal sealed class DeviceAddresses
{
    private readonly IGrainFactory _grains;
    private readonly (GrainType Type, GrainInterfaceType Interface)[] _kinds;

    public DeviceAddresses(IGrainFactory grains)
    {
        _grains = grains;
        _kinds = new (GrainType, GrainInterfaceType)[Enum.GetValues<DeviceKind>().Length];
        _kinds[(int)DeviceKind.Water] = AddressOf(grains.GetGrain<IWaterMeterGrain>("-"));
        _kinds[(int)DeviceKind.Smoke] = AddressOf(grains.GetGrain<ISmokeDetectorGrain>("-"));
        _kinds[(int)DeviceKind.Sos] = AddressOf(grains.GetGrain<IButtonGrain>("-"));
    }

    /// <summary>The grain of a device; it need not be active.</summary>
    public IDeviceGrain Of(DeviceKind kind, string deviceId)
    {
        var (type, face) = _kinds[(int)kind];
        return (IDeviceGrain)_grains.GetGrain(GrainId.Create(type, deviceId), face);
    }

    private static (GrainType, GrainInterfaceType) AddressOf(IDeviceGrain grain) => (grain.GetGrainId().Type, ((GrainReference)grain).InterfaceType);
}
