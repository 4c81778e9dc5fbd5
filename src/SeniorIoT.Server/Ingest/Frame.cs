using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace SeniorIoT.Server.Ingest;

/// <summary>The fixed header of an MQTT packet: all we need to know before we agree to hold the rest.</summary>
internal readonly record struct Frame(byte FirstByte, int HeaderBytes, int BodyBytes)
{
    public int Type => FirstByte >> 4;

    public int QualityOfService => (FirstByte >> 1) & 3;

    public int TotalBytes => HeaderBytes + BodyBytes;

    /// <summary>Reads the header. False when more bytes are needed.</summary>
    /// <exception cref="PacketViolation">The length field is longer than four bytes.</exception>
    public static bool TryRead(in ReadOnlySequence<byte> unread, out Frame frame)
    {
        frame = default;
        var reader = new SequenceReader<byte>(unread);
        if (!reader.TryRead(out var firstByte)) return false;
        var length = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            if (!reader.TryRead(out var digit)) return false;
            length |= (digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                frame = new Frame(firstByte, (int)reader.Consumed, length);
                return true;
            }
        }

        throw PacketViolation.Malformed("The remaining length takes more than four bytes.");
    }

    /// <summary>The body without copying where the pipe allows it.</summary>
    public ArraySegment<byte> Body(in ReadOnlySequence<byte> unread)
    {
        var body = unread.Slice(HeaderBytes, BodyBytes);
        return body.IsSingleSegment && MemoryMarshal.TryGetArray(body.First, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());
    }

    /// <summary>
    /// Topic and packet id at the beginning of a PUBLISH whose rest we do not want. False when more bytes are needed;
    /// a topic longer than <paramref name="topicBytesMax"/> is given up and reads as empty.
    /// </summary>
    public bool TryReadPublishHead(in ReadOnlySequence<byte> unread, int topicBytesMax, out string topic, out ushort packetId)
    {
        (topic, packetId) = ("", 0);
        var reader = new SequenceReader<byte>(unread);
        reader.Advance(Math.Min(HeaderBytes, reader.Remaining));
        if (!reader.TryReadBigEndian(out short length)) return false;
        var topicBytes = (ushort)length;
        if (topicBytes > topicBytesMax) return true;
        if (!reader.TryReadExact(topicBytes, out var text)) return false;
        short id = 0;
        if (QualityOfService > 0 && !reader.TryReadBigEndian(out id)) return false;
        (topic, packetId) = (Encoding.UTF8.GetString(text), (ushort)id);
        return true;
    }
}
