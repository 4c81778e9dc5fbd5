using System.Text;
using MQTTnet.Protocol;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>What a CONNECT must look like, whoever sends it. Whether its sender may come in is asked of <see cref="Admission"/>, later.</summary>
internal static class ConnectRules
{
    private const byte Reserved = 1, WillFlag = 4, WillQos = 0x18, WillRetain = 0x20, PasswordFlag = 0x40, UserNameFlag = 0x80;

    /// <summary>Checks a CONNECT. Returns its protocol level: 3, 4 (3.1.1) or 5.</summary>
    /// <exception cref="PacketViolation">It breaks a rule, with the CONNACK to answer.</exception>
    public static int Check(in Frame frame, ReadOnlySpan<byte> body)
    {
        if (frame.FirstByte != 0x10) throw PacketViolation.Malformed("The first packet must be CONNECT.");
        var reader = new PacketReader(body);
        var level = ReadLevel(ref reader);
        try
        {
            CheckRest(ref reader, level);
            return level;
        }
        catch (PacketViolation violation) when (level == 5 && violation.ConnAck.Length == 0)
        {
            // Version 5 says in its CONNACK what is wrong; for the earlier ones there is no code that would fit.
            throw new PacketViolation(violation.Label, violation.Reason, violation.Message) { ConnAck = Answer(5, (byte)violation.Reason) };
        }
    }

    private static int ReadLevel(scoped ref PacketReader reader)
    {
        var name = reader.Binary();
        int level = reader.Byte();
        if (name.SequenceEqual("MQIsdp"u8) ? level == 3 : name.SequenceEqual("MQTT"u8) && level is 4 or 5) return level;
        // Who does not even name the protocol is not answered in it.
        if (!name.SequenceEqual("MQIsdp"u8) && !name.SequenceEqual("MQTT"u8)) throw PacketViolation.Malformed("The protocol is not MQTT.");
        throw new PacketViolation("version", MqttDisconnectReasonCode.ProtocolError, "Speak MQTT 5, 3.1.1 or 3.1.")
        {
            ConnAck = level > 5 ? Answer(5, 0x84) : Answer(4, 0x01),
        };
    }

    private static void CheckRest(scoped ref PacketReader reader, int level)
    {
        var flags = reader.Byte();
        CheckFlags(flags, level);
        reader.UInt16();
        var seen = level == 5 ? PacketProperties.Read(ref reader, Bearers.Connect) : 0;
        var id = reader.Name("client id");
        var willTopic = default(ReadOnlySpan<byte>);
        if ((flags & WillFlag) != 0)
        {
            if (level == 5) PacketProperties.Read(ref reader, Bearers.Will);
            willTopic = PacketRules.ReadTopic(ref reader, "topic of the will");
            reader.Binary();
        }

        if ((flags & UserNameFlag) != 0) reader.Name("user name");
        if ((flags & PasswordFlag) != 0) reader.Binary();
        reader.End();
        if (PacketProperties.Has(seen, PacketProperties.AuthenticationMethod)) throw Refuse(level, "authentication_method", 0x8C, 5, "Extended authentication is not supported.");
        if (PacketProperties.Has(seen, PacketProperties.AuthenticationData)) throw PacketViolation.Protocol("There is authentication data without a method.");
        if (id.IsEmpty) throw Refuse(level, "client_id", 0x85, 2, "The client id must be the device id; it is empty.");
        if (!willTopic.IsEmpty && !IsOwn(id, willTopic)) throw Refuse(level, "foreign_will", 0x87, 5, "The will is for a topic of another client.");
    }

    private static void CheckFlags(byte flags, int level)
    {
        if ((flags & Reserved) != 0) throw PacketViolation.Malformed("The reserved flag of CONNECT is set.");
        var qos = (flags & WillQos) >> 3;
        if (qos == 3 || ((flags & WillFlag) == 0 && (flags & (WillQos | WillRetain)) != 0)) throw PacketViolation.Malformed("The flags of the will contradict each other.");
        if (level < 5 && (flags & (UserNameFlag | PasswordFlag)) == PasswordFlag) throw PacketViolation.Malformed("There is a password without a user name.");
        // Version 5 wants these refused; an older client cannot be told, and gets what there is.
        if (level == 5 && qos == 2) throw Refuse(level, "qos_not_supported", 0x9B, 5, "Set the will with QoS 0 or 1.");
        if (level == 5 && (flags & WillRetain) != 0) throw Refuse(level, "retain_not_supported", 0x9A, 5, "Set the will without retain.");
    }

    /// <summary>Whether a will names its own client, or a child that it speaks for. The registry is not asked: nobody has logged in yet.</summary>
    private static bool IsOwn(ReadOnlySpan<byte> id, ReadOnlySpan<byte> willTopic) =>
        Topic.TryParse(Encoding.UTF8.GetString(willTopic), out var topic, out _)
        && topic.Channel != Channel.Command
        && (topic.GatewayId ?? topic.DeviceId) == Encoding.UTF8.GetString(id);

    private static PacketViolation Refuse(int level, string label, byte code5, byte code3, string detail) =>
        new(label, (MqttDisconnectReasonCode)code5, detail) { ConnAck = Answer(level, level == 5 ? code5 : code3) };

    private static byte[] Answer(int level, byte code) => level == 5 ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code];
}
