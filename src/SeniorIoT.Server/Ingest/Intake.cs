using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// The judgement at the door: whose topic, and is the payload a message of the contract? Bytes stop here; behind it there are
/// only reports. Has no side effect but the count of unknown fields.
/// </summary>
internal sealed class Intake(DeviceDirectory directory, IngestCounters counters)
{
    /// <summary>Judges one PUBLISH of an admitted client.</summary>
    public Arrival Judge(string clientId, string topicText, byte[] payload, DateTimeOffset receivedAt, ISender? sender, ushort packetId)
    {
        if (!Topic.TryParse(topicText, out var topic, out var refusal)) return Refuse(clientId, refusal);
        if (!IsOwn(clientId, topic, out refusal)) return Refuse(clientId, refusal);
        if (!Codec.TryDecode(topic, payload, out var message, out refusal)) return Refuse(topic.DeviceId, refusal);
        if (message.Envelope.UnknownFields > 0) counters.UnknownFields(message.Envelope.UnknownFields);
        return new AcceptedMessage(topic, Reports.From(message, receivedAt, payload), payload) { Sender = sender, PacketId = packetId };

        RefusedArrival Refuse(string deviceId, Refusal why) =>
            new(receivedAt, deviceId, topicText, why.Reason.ToQuarantine(), why.Field, why.Detail, payload) { Sender = sender, PacketId = packetId };
    }

    /// <summary>Whether a client may subscribe to a filter: only to its own command topic, or, as a gateway, to those of its children.</summary>
    public bool MaySubscribe(string clientId, string filter) =>
        Topic.TryParse(filter, out var topic, out _)
        && topic is { Channel: Channel.Command, GatewayId: null }
        && directory.TryGet(topic.DeviceId, out var entry)
        && !entry.IsRetired
        && entry.Kind == topic.Kind
        && (entry.DeviceId == clientId || entry.GatewayId == clientId);

    private bool IsOwn(string clientId, in Topic topic, out Refusal refusal)
    {
        refusal = null!;
        if (topic.Channel == Channel.Command)
            refusal = NotAuthorized("The command channel is for messages to the device. Publish on telemetry, event or status.");
        else if ((topic.GatewayId ?? topic.DeviceId) != clientId)
            refusal = NotAuthorized("This topic belongs to another client. Publish under the id that was used to connect.");
        else if (!directory.TryGet(topic.DeviceId, out var entry) || entry.IsRetired)
            refusal = NotAuthorized("The device is not enrolled. Enrol it before it sends.");
        else if (entry.Kind != topic.Kind)
            refusal = NotAuthorized("The device is enrolled as another kind. Use the kind it was enrolled with.");
        else if (topic.GatewayId is { } gateway && entry.GatewayId != gateway)
            refusal = NotAuthorized("The device is not a child of this gateway. Enrol it with this gatewayId first.");
        return refusal is null;
    }

    private static Refusal NotAuthorized(string detail) => new(RefusalReason.NotAuthorized, "topic", detail);
}
