using System.Diagnostics.CodeAnalysis;

namespace SeniorIoT.DeviceProtocol;

/// <summary>The last segment of a topic.</summary>
public enum Channel
{
    /// <summary>Measurements and heartbeats, upwards.</summary>
    Telemetry,

    /// <summary>Something happened, upwards.</summary>
    Event,

    /// <summary>Connection status, upwards; also the last will.</summary>
    Status,

    /// <summary>Commands, downwards; a device may subscribe to its own only.</summary>
    Command,
}

/// <summary>
/// A topic of version 1. Built and parsed only here:
/// <c>senioriot/v1/{kind}/{deviceId}/{channel}</c>, or <c>senioriot/v1/gateway/{gatewayId}/{kind}/{deviceId}/{channel}</c>.
/// </summary>
/// <param name="Kind">Kind of the device that measured.</param>
/// <param name="DeviceId">The device that measured, <c>[A-Za-z0-9_-]{1,64}</c>.</param>
/// <param name="Channel">What sort of message.</param>
/// <param name="GatewayId">The gateway that speaks for the device; null when the device speaks for itself.</param>
public readonly record struct Topic(DeviceKind Kind, string DeviceId, Channel Channel, string? GatewayId = null)
{
    /// <summary>Parses a topic. Does not throw; on failure <paramref name="refusal"/> names the segment and the remedy.</summary>
    public static bool TryParse(string? text, out Topic topic, [NotNullWhen(false)] out Refusal? refusal) =>
        throw new NotImplementedException();
}
