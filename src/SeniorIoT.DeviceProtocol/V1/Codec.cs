using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace SeniorIoT.DeviceProtocol.V1;

/// <summary>Bytes to messages and back, version 1 of the contract. Pure; decoding does not throw on any input.</summary>
public static class Codec
{
    /// <summary>Most samples in one batch. The size of a packet is limited at the door, where bytes arrive, and not here.</summary>
    public const int SamplesMax = 5_000;

    /// <summary>Highest register, in litres. A total above this is a fault of the device, not water.</summary>
    public const long TotalLitresMax = 1_000_000_000;

    /// <summary>What <c>resolution_l</c> means when it is absent: one litre.</summary>
    public const long ResolutionMillilitresDefault = 1_000;

    /// <summary>Deepest nesting of objects and arrays that is read.</summary>
    public const int DepthMax = 16;

    /// <summary>
    /// Decodes the payload published on <paramref name="topic"/>. In an event only the event itself must be right: any other
    /// field that cannot be read is left out and counted. Elsewhere a known field that cannot be read refuses the message.
    /// </summary>
    /// <returns>False when the payload is refused; <paramref name="refusal"/> then names the field and the remedy.</returns>
    public static bool TryDecode(
        in Topic topic,
        ReadOnlySpan<byte> payload,
        [NotNullWhen(true)] out DeviceMessage? message,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        (message, refusal) = (null, Inadmissible(topic, payload));
        if (refusal is not null) return false;

        var reader = new PayloadReader(topic, payload);
        try
        {
            return reader.TryRead(out message, out refusal);
        }
        catch (JsonException e)
        {
            var place = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            refusal = Unreadable($"Not valid JSON at {place}; send exactly one JSON object, nested at most {DepthMax} deep, and nothing after it.");
            return false;
        }
    }

    /// <summary>
    /// Encodes a message as a device would send it; decoding gives an equal message, <see cref="Envelope.UnknownFields"/> apart.
    /// Ranges are not checked, so that a simulator can send what a broken device would.
    /// </summary>
    /// <exception cref="ArgumentException"><see cref="Envelope.AgeSeconds"/> is not a finite number: JSON cannot say it.</exception>
    public static byte[] Encode(DeviceMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true })) PayloadWriter.Write(json, message);
        return buffer.WrittenSpan.ToArray();
    }

    private static Refusal? Inadmissible(in Topic topic, ReadOnlySpan<byte> payload) =>
        topic.Channel == Channel.Command ? new(RefusalReason.NotAuthorized, "topic", "Commands go down to devices; publish on telemetry, event or status.")
        : payload.IsEmpty ? Unreadable("The payload is empty; send one JSON object, at least {}.")
        : !Utf8.IsValid(payload) ? Unreadable("The payload is not valid UTF-8; send JSON in UTF-8.")
        : null;

    private static Refusal Unreadable(string detail) => new(RefusalReason.PayloadFormatInvalid, "payload", detail);
}
