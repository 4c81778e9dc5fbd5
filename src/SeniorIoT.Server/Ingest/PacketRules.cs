using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// What a packet of a client must look like. MQTTnet's decoder believes what it reads; so nothing reaches it that did not
/// pass here (or <see cref="ConnectRules"/>, or <see cref="PublishedMessage"/>).
/// </summary>
internal static class PacketRules
{
    public const int Connect = 1, Publish = 3, PubAck = 4, PubRec = 5, PubRel = 6, PubComp = 7, Subscribe = 8, Unsubscribe = 10, PingReq = 12, Disconnect = 14;

    private const int ConnAck = 2, SubAck = 9, UnsubAck = 11, PingResp = 13, Auth = 15;

    private static readonly byte[] ReasonsOfReceipt = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
    private static readonly byte[] ReasonsOfRelease = [0x00, 0x92];
    private static readonly byte[] ReasonsToGo = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];

    /// <summary>Checks any packet of an admitted client but CONNECT and PUBLISH.</summary>
    /// <exception cref="PacketViolation">It breaks a rule.</exception>
    public static void Check(in Frame frame, ReadOnlySpan<byte> body, bool isVersion5)
    {
        if (frame.Type == 0) throw PacketViolation.Protocol("There is no packet type 0.");
        if ((frame.FirstByte & 15) != (frame.Type is PubRel or Subscribe or Unsubscribe ? 2 : 0)) throw PacketViolation.Malformed("The flags of the fixed header are wrong.");
        var reader = new PacketReader(body);
        switch (frame.Type)
        {
            case Connect: throw PacketViolation.Protocol("A connection begins with CONNECT once.");
            case PubAck or PubRec: CheckAcknowledgement(ref reader, isVersion5, ReasonsOfReceipt); break;
            case PubRel or PubComp: CheckAcknowledgement(ref reader, isVersion5, ReasonsOfRelease); break;
            case Subscribe: CheckSubscribe(ref reader, isVersion5); break;
            case Unsubscribe: CheckUnsubscribe(ref reader, isVersion5); break;
            case Disconnect: CheckDisconnect(ref reader, isVersion5); break;
            case ConnAck or SubAck or UnsubAck or PingResp: throw PacketViolation.Protocol("Only a server sends this packet.");
            case Auth: throw PacketViolation.Protocol("No extended authentication was agreed upon.");
        }

        reader.End();
    }

    /// <summary>Whether a DISCONNECT that passed <see cref="Check"/> means that all is well, so that the last will is void.</summary>
    public static bool IsNormalEnd(ReadOnlySpan<byte> body) => body.IsEmpty || body[0] == 0;

    /// <summary>Whether an acknowledgement that passed <see cref="Check"/> says that the message was refused.</summary>
    public static bool IsFailure(ReadOnlySpan<byte> body) => body.Length > 2 && body[2] >= 0x80;

    /// <summary>A packet id, which is never 0.</summary>
    public static ushort ReadId(scoped ref PacketReader reader) =>
        reader.UInt16() is not 0 and var id ? id : throw PacketViolation.Protocol("A packet id of 0 is not allowed.");

    /// <summary>A topic that a message is published on.</summary>
    public static ReadOnlySpan<byte> ReadTopic(scoped ref PacketReader reader, string field)
    {
        var topic = reader.Name(field);
        if (topic.IsEmpty) throw PacketViolation.Protocol($"The {field} is empty.");
        return topic.ContainsAny((byte)'#', (byte)'+') ? throw PacketViolation.Malformed($"The {field} contains a wildcard.") : topic;
    }

    private static void CheckAcknowledgement(scoped ref PacketReader reader, bool isVersion5, byte[] reasons)
    {
        ReadId(ref reader);
        if (!isVersion5 || reader.Left == 0) return;
        var reason = reader.Byte();
        if (reader.Left > 0) PacketProperties.Read(ref reader, Bearers.Acknowledgement);
        if (!reasons.Contains(reason)) throw PacketViolation.Protocol($"Reason 0x{reason:X2} does not belong to this packet.");
    }

    private static void CheckSubscribe(scoped ref PacketReader reader, bool isVersion5)
    {
        ReadId(ref reader);
        if (isVersion5 && PacketProperties.Has(PacketProperties.Read(ref reader, Bearers.Subscribe), PacketProperties.SubscriptionId))
            throw new PacketViolation("subscription_id", MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported, "Subscription identifiers are not supported.");
        do
        {
            CheckFilter(reader.Name("topic filter"));
            var options = reader.Byte();
            if ((options & 3) == 3 || options >= (isVersion5 ? 0x40 : 4)) throw PacketViolation.Malformed("The options of a subscription are wrong.");
            if ((options & 0x30) == 0x30) throw PacketViolation.Protocol("The retain handling of a subscription is wrong.");
        }
        while (reader.Left > 0);
    }

    private static void CheckUnsubscribe(scoped ref PacketReader reader, bool isVersion5)
    {
        ReadId(ref reader);
        if (isVersion5) PacketProperties.Read(ref reader, Bearers.Unsubscribe);
        do CheckFilter(reader.Name("topic filter"));
        while (reader.Left > 0);
    }

    private static void CheckDisconnect(scoped ref PacketReader reader, bool isVersion5)
    {
        if (!isVersion5 || reader.Left == 0) return;
        var reason = reader.Byte();
        if (reader.Left > 0) PacketProperties.Read(ref reader, Bearers.Disconnect);
        if (!ReasonsToGo.Contains(reason)) throw PacketViolation.Protocol($"Reason 0x{reason:X2} is not for a client.");
    }

    /// <summary>A wildcard fills a whole level, and # is the last of them.</summary>
    private static void CheckFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty) throw PacketViolation.Malformed("A topic filter is empty.");
        for (var rest = filter; rest.IndexOfAny((byte)'#', (byte)'+') is >= 0 and var at; rest = rest[(at + 1)..])
        {
            var place = filter.Length - rest.Length + at;
            var begins = place == 0 || filter[place - 1] == '/';
            var ends = place + 1 == filter.Length || (filter[place] == '+' && filter[place + 1] == '/');
            if (!begins || !ends) throw PacketViolation.Malformed("A wildcard stands in the wrong place of a topic filter.");
        }
    }
}
