using System.Buffers.Binary;
using System.Text;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>What the server answered to a CONNECT.</summary>
/// <param name="Reason">0: welcome. Else a reason code of MQTT 5.</param>
/// <param name="ReceiveMaximum">Messages that may wait for their PUBACK.</param>
internal readonly record struct Welcome(byte Reason, int ReceiveMaximum);

/// <summary>The few packets of MQTT 5 that a load generator needs, as bytes.</summary>
internal static class Packets
{
    public const byte Connack = 0x20, Puback = 0x40, Pingresp = 0xD0, Disconnect = 0xE0;

    /// <summary>From this reason code on a packet says no.</summary>
    public const byte RefusedFrom = 0x80;

    private const int ReceiveMaximumDefault = 65_535;

    public static ReadOnlySpan<byte> Pingreq => [0xC0, 0];

    /// <summary>A CONNECT with a clean start. Keep-alive in seconds; 0 for none.</summary>
    public static byte[] Connect(string clientId, string password, ushort keepAliveSeconds)
    {
        List<byte> body = [.. Text("MQTT"), 5, 0b1100_0010, (byte)(keepAliveSeconds >> 8), (byte)keepAliveSeconds, 0, .. Text(clientId), .. Text(clientId), .. Text(password)];
        return [0x10, .. Length(body.Count), .. body];
    }

    /// <summary>A QoS 1 PUBLISH up to and with everything but the payload; the packet id stands in its last three bytes, before a 0 for no properties.</summary>
    public static byte[] PublishHead(string topic, int payloadBytes)
    {
        var name = Text(topic);
        return [0x32, .. Length(name.Length + 3 + payloadBytes), .. name, 0, 0, 0];
    }

    /// <summary>Takes the next whole packet from the front; false when it is not all there.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> bytes, out byte type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        int length = 0, at = 1;
        for (var shift = 0; ; shift += 7, at++)
        {
            if (at >= bytes.Length) return false;
            length |= (bytes[at] & 0x7F) << shift;
            if ((bytes[at] & 0x80) == 0) break;
            if (shift == 21) throw new InvalidDataException("The server sent a packet whose length has more than four bytes.");
        }

        at++;
        if (bytes.Length < at + length) return false;
        type = (byte)(bytes[0] & 0xF0);
        body = bytes.Slice(at, length);
        bytes = bytes[(at + length)..];
        return true;
    }

    /// <summary>Reads a CONNACK.</summary>
    /// <exception cref="InvalidDataException">It is none of MQTT 5.</exception>
    public static Welcome ReadConnack(ReadOnlySpan<byte> body)
    {
        if (body.Length < 2) throw new InvalidDataException("The server's CONNACK is too short.");
        var welcome = new Welcome(body[1], ReceiveMaximumDefault);
        var at = 2;
        var end = body.Length > 2 ? ReadLength(body, ref at) + at : at;
        if (end > body.Length) throw new InvalidDataException("The properties of the server's CONNACK are longer than the packet.");
        while (at < end)
        {
            var property = body[at++];
            if (property == 0x21) welcome = welcome with { ReceiveMaximum = BinaryPrimitives.ReadUInt16BigEndian(body[at..]) };
            at += property switch
            {
                0x24 or 0x25 or 0x28 or 0x29 or 0x2A => 1,
                0x13 or 0x21 or 0x22 => 2,
                0x11 or 0x27 => 4,
                0x12 or 0x15 or 0x16 or 0x1A or 0x1C or 0x1F => 2 + BinaryPrimitives.ReadUInt16BigEndian(body[at..]),
                0x26 => Pair(body, at),
                _ => throw new InvalidDataException($"The server's CONNACK has a property {property:X2} that MQTT 5 does not allow there."),
            };
        }

        return welcome;
    }

    private static int Pair(ReadOnlySpan<byte> body, int at)
    {
        var name = 2 + BinaryPrimitives.ReadUInt16BigEndian(body[at..]);
        return name + 2 + BinaryPrimitives.ReadUInt16BigEndian(body[(at + name)..]);
    }

    private static int ReadLength(ReadOnlySpan<byte> bytes, ref int at)
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            length |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0) return length;
        }
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static List<byte> Length(int length)
    {
        List<byte> bytes = [];
        for (; length > 0x7F; length >>= 7) bytes.Add((byte)((length & 0x7F) | 0x80));
        return [.. bytes, (byte)length];
    }
}
