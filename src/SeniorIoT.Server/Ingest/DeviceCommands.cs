using MQTTnet;
using MQTTnet.Protocol;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Sends a command down to a device. Only to one that is connected and listens on its command topic (or whose gateway does): commands for
/// sleeping devices are not kept yet, so the caller must be ready for <c>false</c> and try again when the device reports next.
/// </summary>
internal sealed class DeviceCommands(DeviceDirectory directory, ConnectedDevices connected, MqttEndpoint endpoint)
{
    /// <summary>
    /// Hands a payload to the device's session (QoS 1, constant time however many devices there are).
    /// True: it is on its way; not proof that the device received it. False: the device is unknown, away, or not listening.
    /// </summary>
    public async Task<bool> TrySendAsync(string deviceId, byte[] payload)
    {
        if (!directory.TryGet(deviceId, out var entry) || entry is not { Kind: { } kind, IsRetired: false }) return false;
        var topic = Topic.CommandOf(kind, deviceId).ToString();
        var listener = IsListening(deviceId, topic) ? deviceId : entry.GatewayId is { } gateway && IsListening(gateway, topic) ? gateway : null;
        if (listener is null || await endpoint.FindSessionAsync(listener) is not { } session) return false;
        return session.TryEnqueueApplicationMessage(
            new MqttApplicationMessage { Topic = topic, PayloadSegment = payload, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }, out _);
    }

    private bool IsListening(string clientId, string topic) => connected.TryGet(clientId, out var channel) && channel.IsListening(topic);
}
