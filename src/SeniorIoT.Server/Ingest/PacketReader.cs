using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace SeniorIoT.Server.Ingest;

/// <summary>Reads the body of a packet field by field. Whatever does not fit is a <see cref="PacketViolation"/>.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> body)
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(code => (byte)code), 0x7F]);

    private ReadOnlySpan<byte> _rest = body;

    /// <summary>Bytes that were not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>All that was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    /// <summary>A number of one to four bytes, as short as it can be written.</summary>
    public int Variable()
    {
        var value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            var digit = Byte();
            value |= (digit & 0x7F) << shift;
            if (digit >= 0x80) continue;
            if (digit == 0 && shift > 0) break;
            return value;
        }

        throw PacketViolation.Malformed("A variable length number is longer than it may be.");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length) throw PacketViolation.Malformed("The packet ends within a field.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Bytes with their length before them.</summary>
    public ReadOnlySpan<byte> Binary() => Take(UInt16());

    /// <summary>Text: well-formed UTF-8 without U+0000.</summary>
    public ReadOnlySpan<byte> Text(string field)
    {
        var text = Binary();
        if (!Utf8.IsValid(text) || text.Contains((byte)0)) throw PacketViolation.Malformed($"The {field} is not UTF-8, or contains U+0000.");
        return text;
    }

    /// <summary>A name: text without control characters, which the standard lets us refuse.</summary>
    public ReadOnlySpan<byte> Name(string field)
    {
        var name = Text(field);
        CheckName(name, field);
        return name;
    }

    public readonly void End()
    {
        if (_rest.Length > 0) throw PacketViolation.Malformed("The packet has bytes behind its end.");
    }

    private static void CheckName(ReadOnlySpan<byte> name, string field)
    {
        // U+0080 to U+009F stand as C2 80 to C2 9F.
        var isClean = !name.ContainsAny(Controls);
        for (var rest = name; isClean && rest.IndexOf((byte)0xC2) is >= 0 and var at; rest = rest[(at + 2)..]) isClean = rest[at + 1] > 0x9F;
        if (!isClean) throw PacketViolation.Malformed($"The {field} contains control characters.");
    }
}
