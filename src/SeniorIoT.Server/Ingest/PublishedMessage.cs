using System.Buffers;
using System.Text;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>A PUBLISH, read from the bytes as they lie in the pipe; the payload is the only copy.</summary>
/// <param name="Topic">The topic; the same string as before when the text is the same.</param>
/// <param name="Payload">The bytes of the message.</param>
/// <param name="PacketId">What to acknowledge; 0 for QoS 0.</param>
internal readonly record struct PublishedMessage(string Topic, byte[] Payload, ushort PacketId)
{
    /// <summary>The label of a <see cref="PacketViolation"/> by the topic.</summary>
    public const string TopicLabel = "topic_name";

    /// <summary>Checks and reads a PUBLISH.</summary>
    /// <param name="frame">Its fixed header.</param>
    /// <param name="unread">The whole packet, and perhaps more.</param>
    /// <param name="isVersion5">Whether it has properties.</param>
    /// <param name="lastTopic">The topic of the message before: a device seldom uses another, and what was checked needs no second look.</param>
    /// <exception cref="PacketViolation">It breaks a rule.</exception>
    public static PublishedMessage Read(in Frame frame, in ReadOnlySequence<byte> unread, bool isVersion5, string lastTopic)
    {
        var body = unread.Slice(frame.HeaderBytes, frame.BodyBytes);
        if (body.IsSingleSegment) return Read(frame, body.FirstSpan, isVersion5, lastTopic);
        var whole = ArrayPool<byte>.Shared.Rent(frame.BodyBytes);
        try
        {
            body.CopyTo(whole);
            return Read(frame, whole.AsSpan(0, frame.BodyBytes), isVersion5, lastTopic);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static PublishedMessage Read(in Frame frame, ReadOnlySpan<byte> body, bool isVersion5, string lastTopic)
    {
        var qos = frame.QualityOfService;
        if (qos == 3) throw PacketViolation.Malformed("There is no QoS 3.");
        if (qos == 0 && (frame.FirstByte & 8) != 0) throw PacketViolation.Malformed("A message with QoS 0 cannot be a duplicate.");
        var reader = new PacketReader(body);
        var topic = ReadTopic(ref reader, isVersion5, lastTopic);
        var packetId = qos == 0 ? (ushort)0 : PacketRules.ReadId(ref reader);
        var seen = isVersion5 ? PacketProperties.Read(ref reader, Bearers.Publish) : 0;
        if (PacketProperties.Has(seen, PacketProperties.SubscriptionId)) throw PacketViolation.Protocol("A client sends no subscription identifier.");
        if (PacketProperties.Has(seen, PacketProperties.TopicAlias))
            throw new PacketViolation("topic_alias", MqttDisconnectReasonCode.TopicAliasInvalid, "Topic aliases are not supported; send the topic.");
        if (topic.Length == 0) throw new PacketViolation(TopicLabel, MqttDisconnectReasonCode.ProtocolError, "The topic is empty.");
        if (qos == 2) throw new PacketViolation("qos_not_supported", MqttDisconnectReasonCode.QoSNotSupported, "Publish with QoS 0 or 1.");
        return new PublishedMessage(topic, reader.Rest.ToArray(), packetId);
    }

    private static string ReadTopic(scoped ref PacketReader reader, bool isVersion5, string lastTopic)
    {
        var ahead = reader;
        var bytes = ahead.Binary();
        // With an alias, version 5 may leave the topic empty; what that means is said further on.
        var isAbsent = isVersion5 && bytes.IsEmpty;
        if (isAbsent || Ascii.Equals(bytes, lastTopic))
        {
            reader = ahead;
            return isAbsent ? "" : lastTopic;
        }

        try
        {
            return Encoding.UTF8.GetString(PacketRules.ReadTopic(ref reader, "topic"));
        }
        catch (PacketViolation violation)
        {
            throw new PacketViolation(TopicLabel, violation.Reason, violation.Message);
        }
    }
}
