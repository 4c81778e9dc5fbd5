using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>
/// A PUBLISH that was encoded once; what differs from message to message is written over it in place, at fixed width. Ids of devices are
/// a name and <see cref="NumberDigits"/> digits.
/// </summary>
internal sealed class Message
{
    /// <summary>Digits at the end of a device id.</summary>
    public const int NumberDigits = 7;

    private const int MidDigits = 12, TotalDigits = 6, PacketIdFromHeadEnd = 3;
    private const string TimeForm = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private readonly byte[] _bytes;
    private readonly int _packetId;
    private readonly int _number;
    private readonly int _mid;
    private readonly int _time;
    private readonly int _total;

    private Message(string topic, int numberAt, string payload)
    {
        var head = Packets.PublishHead(topic, payload.Length);
        _bytes = [.. head, .. Encoding.ASCII.GetBytes(payload)];
        _packetId = head.Length - PacketIdFromHeadEnd;
        _number = _packetId - topic.Length + numberAt;
        (_mid, _time, _total) = (At('m', MidDigits), At('t', TimeForm.Length), At('l', TotalDigits));

        int At(char mark, int count)
        {
            var index = payload.IndexOf(new string(mark, count), StringComparison.Ordinal);
            return index < 0 ? -1 : head.Length + index;
        }
    }

    /// <summary>Bytes of the whole packet.</summary>
    public int Length => _bytes.Length;

    /// <summary>A reading of a water meter. <paramref name="gatewayId"/> null: it speaks for itself.</summary>
    public static Message Reading(string? gatewayId, string name) =>
        Of(gatewayId, "water", name, "telemetry", $$$"""{"mid":"{{{Blank('m', MidDigits)}}}","ts":"{{{Blank('t', TimeForm.Length)}}}","water":{"total_l":{{{Blank('l', TotalDigits)}}},"resolution_l":1},"battery_pct":88,"rssi_dbm":-97}""");

    /// <summary>A press of an emergency button.</summary>
    public static Message Press(string? gatewayId, string name) =>
        Of(gatewayId, "sos", name, "event", $$$"""{"mid":"{{{Blank('m', MidDigits)}}}","ts":"{{{Blank('t', TimeForm.Length)}}}","sos":{"type":"press","button":"emergency"}}""");

    /// <summary>The id of a device: its name and number.</summary>
    public static string IdOf(string name, int number) => name + number.ToString("D" + NumberDigits);

    /// <summary>Writes one message.</summary>
    /// <param name="to">At least <see cref="Length"/> bytes.</param>
    /// <param name="packetId">Not 0.</param>
    /// <param name="isAgain">Sent before, on a connection that broke.</param>
    /// <param name="number">Of the device.</param>
    /// <param name="mid">Its own for every message of a device; the low 48 bits count.</param>
    /// <param name="atMs">When it was measured, in ms since 1970.</param>
    /// <param name="litres">The register, 100,000 to 999,999; nothing for a press.</param>
    public void WriteTo(Span<byte> to, ushort packetId, bool isAgain, int number, long mid, long atMs, int litres)
    {
        _bytes.CopyTo(to);
        if (isAgain) to[0] |= 0x08;
        BinaryPrimitives.WriteUInt16BigEndian(to[_packetId..], packetId);
        Decimal(to.Slice(_number, NumberDigits), number);
        for (var i = _mid + MidDigits - 1; i >= _mid; i--, mid >>= 4) to[i] = "0123456789abcdef"u8[(int)(mid & 15)];
        WriteTime(to[_time..], atMs);
        if (_total >= 0) Decimal(to.Slice(_total, TotalDigits), litres);
    }

    private static Message Of(string? gatewayId, string kind, string name, string channel, string payload)
    {
        var before = gatewayId is null ? $"senioriot/v1/{kind}/{name}" : $"senioriot/v1/gateway/{gatewayId}/{kind}/{name}";
        return new Message($"{before}{Blank('0', NumberDigits)}/{channel}", before.Length, payload);
    }

    private static string Blank(char mark, int count) => new(mark, count);

    private static void Decimal(Span<byte> to, int value)
    {
        for (var i = to.Length - 1; i >= 0; i--, value /= 10) to[i] = (byte)('0' + (value % 10));
    }

    private static void WriteTime(Span<byte> to, long atMs)
    {
        Span<byte> text = stackalloc byte[28];
        Utf8Formatter.TryFormat(DateTime.UnixEpoch.AddTicks(atMs * TimeSpan.TicksPerMillisecond), text, out _, 'O');
        // The round-trip form has seven digits of a second; three are ours.
        text[..(TimeForm.Length - 1)].CopyTo(to);
        to[TimeForm.Length - 1] = (byte)'Z';
    }
}
