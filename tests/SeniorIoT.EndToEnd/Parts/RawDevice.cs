using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>
/// A device that speaks MQTT straight onto a socket: it knows the very moment a PUBACK arrives, and may do what a good client library
/// refuses to do. No keep-alive.
/// </summary>
internal sealed class RawDevice : IDisposable
{
    public const int ConnAck = 2, PubAck = 4, Disconnect = 14;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly bool _isVersion5;
    private NetworkStream _stream = null!;
    private ushort _lastId;

    private RawDevice(bool isVersion5) => _isVersion5 = isVersion5;

    /// <summary>Connects and is admitted; throws when it is not.</summary>
    public static async Task<RawDevice> ConnectAsync(int port, Enrolled device, bool isVersion5 = false)
    {
        var raw = new RawDevice(isVersion5);
        try
        {
            await raw._socket.ConnectAsync(IPAddress.Loopback, port);
            raw._stream = new NetworkStream(raw._socket);
            byte[] properties = isVersion5 ? [0] : [];
            await raw.SendAsync(0x10, [.. Text("MQTT"), (byte)(isVersion5 ? 5 : 4), 0b1100_0010, 0, 0, .. properties, .. Text(device.Id), .. Text(device.Id), .. Text(device.Password)]);
            var (type, body) = await raw.ReadAsync();
            return type == ConnAck && body[1] == 0 ? raw : throw new IOException($"Not admitted: packet {type}, code {body[1]}.");
        }
        catch
        {
            raw.Dispose();
            throw;
        }
    }

    /// <summary>Sends a QoS 1 message without waiting; returns its packet id.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="payload">Message.</param>
    /// <param name="isRepeat">Sets DUP.</param>
    public async Task<ushort> SendMessageAsync(string topic, ReadOnlyMemory<byte> payload, bool isRepeat = false)
    {
        var id = ++_lastId;
        byte[] properties = _isVersion5 ? [0] : [];
        await SendAsync((byte)(isRepeat ? 0x3A : 0x32), [.. Text(topic), (byte)(id >> 8), (byte)id, .. properties, .. payload.Span]);
        return id;
    }

    /// <summary>Sends a QoS 1 message and waits for its PUBACK.</summary>
    /// <returns>The reason code; 0 for version 3.</returns>
    public async Task<int> PublishAsync(string topic, string payload)
    {
        var id = await SendMessageAsync(topic, Encoding.UTF8.GetBytes(payload));
        var (acknowledged, code) = await ReadPubAckAsync();
        return acknowledged == id ? code : throw new IOException($"Expected the PUBACK of {id}, got that of {acknowledged}.");
    }

    /// <summary>Waits for the next PUBACK: packet id and reason code, 0 for version 3. Throws when anything else comes.</summary>
    public async Task<(ushort Id, int Code)> ReadPubAckAsync()
    {
        var (type, body) = await ReadAsync();
        return type == PubAck ? (BinaryPrimitives.ReadUInt16BigEndian(body), body.Length > 2 ? body[2] : 0) : throw new IOException($"Expected a PUBACK, got packet {type}.");
    }

    /// <summary>The next packet: type and body. Throws <see cref="IOException"/> when the server closed.</summary>
    public async Task<(int Type, byte[] Body)> ReadAsync()
    {
        using var limit = new CancellationTokenSource(AnswerWithin);
        var one = new byte[1];
        await _stream.ReadExactlyAsync(one, limit.Token);
        var type = one[0] >> 4;
        int length = 0, shift = 0;
        do
        {
            await _stream.ReadExactlyAsync(one, limit.Token);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while ((one[0] & 0x80) != 0);
        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, limit.Token);
        return (type, body);
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(byte head, byte[] body)
    {
        List<byte> packet = [head];
        var rest = body.Length;
        do
        {
            packet.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);
        packet.AddRange(body);
        await _stream.WriteAsync(packet.ToArray());
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
