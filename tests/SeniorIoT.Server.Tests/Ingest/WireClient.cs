using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Xunit;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>One MQTT packet as it stood on the wire.</summary>
internal sealed record WirePacket(byte FirstByte, byte[] Body)
{
    public int Type => FirstByte >> 4;

    public ushort PacketId => BinaryPrimitives.ReadUInt16BigEndian(Body);
}

/// <summary>A client that speaks MQTT byte by byte, so that tests see what is really sent, and can misbehave.</summary>
internal sealed class WireClient : IDisposable
{
    public const int ConnAck = 2, Publish = 3, PubAck = 4, SubAck = 9, PingResp = 13, Disconnect = 14;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Stream _stream;

    private WireClient(Socket socket, Stream stream, bool isVersion5) => (_socket, _stream, IsVersion5) = (socket, stream, isVersion5);

    public bool IsVersion5 { get; }

    public static async Task<WireClient> OpenAsync(int port, bool isVersion5 = true)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
        }
        catch (SocketException refusal) when (refusal.SocketErrorCode is SocketError.ConnectionReset)
        {
            // A server that resets what it has just accepted may do so before the client has seen that it was connected: a closed connection, as a moment later.
            return new WireClient(socket, Stream.Null, isVersion5);
        }

        return new WireClient(socket, new NetworkStream(socket), isVersion5);
    }

    /// <summary>Opens with TLS; the server must show <paramref name="server"/>.</summary>
    public static async Task<WireClient> OpenTlsAsync(
        int port, X509Certificate2 server, X509Certificate2? own = null, bool isVersion5 = true, SslProtocols protocols = SslProtocols.None)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = protocols,
            // Without a context the library would send a certificate only if it liked it.
            ClientCertificateContext = own is null ? null : SslStreamCertificateContext.Create(own, null, offline: true),
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == server.GetCertHashString(),
        });
        return new WireClient(socket, stream, isVersion5);
    }

    /// <summary>Sends CONNECT and returns the CONNACK body: flags, code, properties.</summary>
    public async Task<byte[]> ConnectAsync(string id, string? password, string? user = null, (string Topic, string Payload)? will = null, ushort keepAlive = 0,
        byte[]? properties = null)
    {
        var body = new List<byte>();
        Text(body, "MQTT");
        body.Add((byte)(IsVersion5 ? 5 : 4));
        body.Add((byte)((password is null ? 0b0000_0010 : 0b1100_0010) | (will is null ? 0 : 0b0000_1100)));
        body.AddRange([(byte)(keepAlive >> 8), (byte)keepAlive]);
        if (IsVersion5) body.AddRange([(byte)(properties?.Length ?? 0), .. properties ?? []]);
        Text(body, id);
        if (will is { } last)
        {
            if (IsVersion5) body.Add(0);
            Text(body, last.Topic);
            Text(body, last.Payload);
        }

        if (password is not null)
        {
            Text(body, user ?? id);
            Text(body, password);
        }

        await SendAsync(0x10, [.. body]);
        var answer = await ReadAsync() ?? throw new IOException("Closed without CONNACK.");
        Assert.Equal(ConnAck, answer.Type);
        return answer.Body;
    }

    public Task PublishAsync(string topic, string payload, ushort packetId, int qos = 1, bool isDuplicate = false) =>
        SendAsync((byte)(0x30 | (qos << 1) | (isDuplicate ? 8 : 0)), PublishBody(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), packetId, qos));

    public byte[] PublishBody(byte[] topic, byte[] payload, ushort packetId, int qos)
    {
        var body = new List<byte>();
        Bytes(body, topic);
        if (qos > 0) body.AddRange([(byte)(packetId >> 8), (byte)packetId]);
        if (IsVersion5) body.Add(0);
        body.AddRange(payload);
        return [.. body];
    }

    public async Task<byte> SubscribeAsync(string filter, byte qos = 1)
    {
        var body = new List<byte> { 0, 9 };
        if (IsVersion5) body.Add(0);
        Text(body, filter);
        body.Add(qos);
        await SendAsync(0x82, [.. body]);
        var answer = await ReadAsync();
        Assert.Equal(SubAck, answer!.Type);
        return answer.Body[^1];
    }

    /// <summary>Acknowledges what the server sent; a code other than 0 needs version 5.</summary>
    public Task AcknowledgeAsync(ushort packetId, byte code = 0) =>
        SendAsync(0x40, code == 0 ? [(byte)(packetId >> 8), (byte)packetId] : [(byte)(packetId >> 8), (byte)packetId, code]);

    public Task PingAsync() => SendAsync(0xC0, []);

    public async Task SendAsync(byte firstByte, byte[] body)
    {
        var packet = new List<byte>(body.Length + 5) { firstByte };
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        packet.AddRange(body);
        await _stream.WriteAsync(packet.ToArray());
    }

    public Task SendRawAsync(params byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>What comes next, whatever it is; empty when the server closed the connection.</summary>
    public async Task<byte[]> ReadRawAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var bytes = new byte[1024];
        try
        {
            return bytes[..await _stream.ReadAsync(bytes, limit.Token)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The next packet; null when the server closed the connection. Throws when neither happens in time: 20 s, or less.</summary>
    public async Task<WirePacket?> ReadAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60));
        try
        {
            var header = new byte[1];
            if (await _stream.ReadAtLeastAsync(header, 1, false, limit.Token) == 0) return null;
            var (length, shift, digit) = (0, 0, new byte[1]);
            do
            {
                await _stream.ReadExactlyAsync(digit, limit.Token);
                length |= (digit[0] & 0x7F) << shift;
                shift += 7;
            }
            while (digit[0] >= 0x80);
            var body = new byte[length];
            await _stream.ReadExactlyAsync(body, limit.Token);
            return new WirePacket(header[0], body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Breaks the connection as a power cut does: no DISCONNECT.</summary>
    public void Cut()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    private static void Text(List<byte> body, string text) => Bytes(body, Encoding.UTF8.GetBytes(text));

    private static void Bytes(List<byte> body, byte[] bytes)
    {
        body.AddRange([(byte)(bytes.Length >> 8), (byte)bytes.Length]);
        body.AddRange(bytes);
    }
}
