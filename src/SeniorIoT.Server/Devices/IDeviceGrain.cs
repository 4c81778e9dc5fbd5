using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// A meter, a detector or a button, keyed by device id. Holds what its rules need, lets <c>Domain</c> decide, and passes on
/// what the rules found. Receiving the same report again is harmless.
/// </summary>
internal interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes reports in the order they were journalled. When it completes, alerts they raise are on disk; samples and state are
    /// handed over for the next checkpoint. Throws when an effect could not be saved: deliver again.
    /// </summary>
    Task Receive([Immutable] Report[] reports);

    /// <summary>Rings the bell: the device judges whether it is silent. Returns when to ring again. Early, late or twice is harmless.</summary>
    Task<DateTimeOffset> Wake();
}

/// <summary>A smart water meter.</summary>
[Alias("water")]
internal interface IWaterMeterGrain : IDeviceGrain
{
    /// <summary>Learns anew what is usual in the home, from its stored readings. Tells nobody anything; twice is harmless.</summary>
    Task Relearn([Immutable] Reading[] history);
}

/// <summary>A smoke detector.</summary>
[Alias("smoke")]
internal interface ISmokeDetectorGrain : IDeviceGrain;

/// <summary>A one-button caller.</summary>
[Alias("button")]
internal interface IButtonGrain : IDeviceGrain;
