using System.Buffers;
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
    /// <summary>Longest device or gateway id, in characters.</summary>
    public const int IdLengthMax = 64;

    /// <summary>Longest topic that can be valid: the gateway form with two ids of full length, rounded up.</summary>
    public const int LengthMax = 192;

    private static readonly Words Kinds = new("water", "smoke", "sos");
    private static readonly Words Channels = new("telemetry", "event", "status", "command");

    /// <summary>The command topic of a device: the only one that it may subscribe to.</summary>
    public static Topic CommandOf(DeviceKind kind, string deviceId) => new(kind, deviceId, Channel.Command);

    /// <summary>The segment for a kind: <c>water</c>, <c>smoke</c> or <c>sos</c>.</summary>
    public static string SegmentOf(DeviceKind kind) => Kinds[(int)kind];

    /// <summary>The segment for a channel: <c>telemetry</c>, <c>event</c>, <c>status</c> or <c>command</c>.</summary>
    public static string SegmentOf(Channel channel) => Channels[(int)channel];

    /// <summary>The kind a segment stands for; false when it is none. Case matters.</summary>
    public static bool TryParseKind(ReadOnlySpan<char> segment, out DeviceKind kind)
    {
        var index = Kinds.Find(segment);
        kind = (DeviceKind)index;
        return index >= 0;
    }

    /// <summary>Whether <paramref name="text"/> can be the id of a device or a gateway: <c>[A-Za-z0-9_-]{1,64}</c>.</summary>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length is > 0 and <= IdLengthMax && !text.ContainsAnyExcept(IdCharacters);

    /// <summary>Parses a topic. Does not throw; on failure <paramref name="refusal"/> names the segment and the remedy.</summary>
    public static bool TryParse(string? text, out Topic topic, [NotNullWhen(false)] out Refusal? refusal)
    {
        topic = default;
        if (string.IsNullOrEmpty(text) || text.Length > LengthMax)
        {
            refusal = Refuse($"The topic is empty or longer than {LengthMax} characters; publish on {Form}.");
            return false;
        }

        Span<Range> segments = stackalloc Range[8];
        var span = text.AsSpan();
        segments = segments[..span.Split(segments, '/')];
        refusal = Check(span, segments, out var kind, out var channel);
        if (refusal is not null) return false;

        var gatewayId = segments.Length == 7 ? text[segments[3]] : null;
        topic = new(kind, text[segments[^2]], channel, gatewayId);
        return true;
    }

    /// <summary>The topic as it stands on the wire. Meaningful only for ids that satisfy <see cref="IsId"/>.</summary>
    public override string ToString() => GatewayId is null
        ? $"senioriot/v1/{SegmentOf(Kind)}/{DeviceId}/{SegmentOf(Channel)}"
        : $"senioriot/v1/gateway/{GatewayId}/{SegmentOf(Kind)}/{DeviceId}/{SegmentOf(Channel)}";

    private const string Form = "senioriot/v1/{kind}/{deviceId}/{channel}, or senioriot/v1/gateway/{gatewayId}/{kind}/{deviceId}/{channel}";

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    private static Refusal? Check(ReadOnlySpan<char> text, ReadOnlySpan<Range> segments, out DeviceKind kind, out Channel channel)
    {
        kind = default;
        channel = default;
        var byGateway = segments.Length > 2 && text[segments[2]] is "gateway";
        if (text[segments[0]] is not "senioriot") return Segment(0, "must be senioriot");
        if (segments.Length < 2 || text[segments[1]] is not "v1") return Segment(1, "must be v1, the only version there is");
        if (segments.Length != (byGateway ? 7 : 5)) return Refuse($"The topic has the wrong number of segments; publish on {Form}.");
        if (byGateway && !IsId(text[segments[3]])) return Segment(3, $"must be a gateway id: {IdRule}");

        var next = byGateway ? 4 : 2;
        if (!TryParseKind(text[segments[next]], out kind)) return Segment(next, $"must be one of {Kinds}");
        if (!IsId(text[segments[next + 1]])) return Segment(next + 1, $"must be a device id: {IdRule}");

        var index = Channels.Find(text[segments[next + 2]]);
        channel = (Channel)index;
        if (index < 0) return Segment(next + 2, $"must be one of {Channels}");
        return byGateway && channel == Channel.Command ? Segment(next + 2, "cannot be command: commands go to the device's own topic") : null;
    }

    private const string IdRule = "1 to 64 of A-Z, a-z, 0-9, _ and -";

    private static Refusal Segment(int index, string rule) => Refuse($"Segment {index + 1} of the topic {rule}; the form is {Form}.");

    private static Refusal Refuse(string detail) => new(RefusalReason.TopicNameInvalid, "topic", detail);
}
