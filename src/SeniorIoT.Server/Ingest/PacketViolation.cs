using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>A packet that breaks the rules of MQTT, or asks for what is not offered. It ends the connection, with its code where the version has codes.</summary>
internal sealed class PacketViolation(string label, MqttDisconnectReasonCode reason, string detail) : Exception(detail)
{
    /// <summary>Under which it is counted.</summary>
    public string Label { get; } = label;

    /// <summary>What an admitted client of version 5 is told.</summary>
    public MqttDisconnectReasonCode Reason { get; } = reason;

    /// <summary>The CONNACK that refuses a CONNECT; empty when the connection ends without one.</summary>
    public byte[] ConnAck { get; init; } = [];

    /// <summary>Bytes that cannot be read as the packet that they claim to be.</summary>
    public static PacketViolation Malformed(string detail) => new("protocol", MqttDisconnectReasonCode.MalformedPacket, detail);

    /// <summary>A packet that can be read, but must not be sent, or not now.</summary>
    public static PacketViolation Protocol(string detail) => new("protocol", MqttDisconnectReasonCode.ProtocolError, detail);
}
