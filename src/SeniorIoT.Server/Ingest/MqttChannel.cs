using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// One connection, seen by MQTTnet as a channel of packets. It keeps to the size limits before it holds a packet, checks every packet
/// against the rules, and takes every PUBLISH for itself: a PUBLISH goes to the journal and is acknowledged from here, after its
/// commit and in order, without holding up what comes behind it. MQTTnet gets what needs a session.
/// </summary>
internal sealed partial class MqttChannel : IMqttChannelAdapter, ISender
{
    // What MQTTnet gets in place of the packets it does not see. It answers nothing to an acknowledgement of a packet it never
    // sent, but counts it as a sign of life, without which it would take a device that only publishes for dead.
    // Four a second are enough for the shortest keep-alive there is, and spare the busy connections MQTTnet's part of the work.
    private static readonly MqttPubAckPacket SignOfLife = new();
    private static readonly TimeSpan SignOfLifeEvery = TimeSpan.FromMilliseconds(250);
    /// <summary>Key under which MQTTnet's session knows its channel.</summary>
    public const string SessionItem = "channel";

    private static readonly byte[] PingResponse = [0xD0, 0];

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly Publications _publications;
    private readonly IngestOptions _options;
    private readonly IngestCounters _counters;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _inFlight;
    private int _bytesMax;
    private int _version;
    private string _lastTopic = "";
    private long _lastSignOfLife;
    private volatile bool _isClosing;

    public MqttChannel(ConnectionContext connection, Publications publications, IngestOptions options, IngestCounters counters, TimeProvider clock)
    {
        (_connection, _publications, _options, _counters, _clock) = (connection, publications, options, counters, clock);
        (_input, _output) = (connection.Transport.Input, connection.Transport.Output);
        _inFlight = new SemaphoreSlim(options.InFlightMax);
        _bytesMax = options.StrangerPacketBytesMax;
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 64 * 1024));
    }

    /// <summary>The client id in its CONNECT: who it says it is.</summary>
    public string DeclaredId { get; private set; } = "";

    /// <summary>Who this is, once admitted; null before.</summary>
    public string? ClientId { get; private set; }

    /// <summary>How much it may send; set with its first message.</summary>
    public ClientRate? Rate { get; set; }

    /// <summary>Whether a refused message can be answered with a reason.</summary>
    public bool CanBeTold => IsVersion5;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public bool IsSecureConnection => _connection.Features.Get<ITlsHandshakeFeature>() is not null;

    public X509Certificate2? ClientCertificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>What was found out about the client's certificate; null when it showed none.</summary>
    public ShownCertificate? ShownCertificate => _connection.Features.Get<ShownCertificate>();

    public long BytesReceived { get; private set; }

    public long BytesSent { get; private set; }

    private bool IsVersion5 => _version == 5;

    /// <summary>From now on the client may send messages, and longer packets.</summary>
    public void Admit(string clientId)
    {
        ClientId = clientId;
        _bytesMax = _options.PacketBytesMax;
    }

    /// <summary>Ends the connection from outside; a version 5 client is told why. Returns at once.</summary>
    public void Close(MqttDisconnectReasonCode reason)
    {
        if (_isClosing) return;
        _isClosing = true;
        // A server that restarts says nothing about the device.
        if (reason == MqttDisconnectReasonCode.ServerShuttingDown) TakeWill();
        // The last word stands in the queue of writers before the end of reading lets MQTTnet finish the connection.
        _ = SendDisconnectAsync(reason, null);
        _ = EndWritingAsync();
        _input.CancelPendingRead();
    }

    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!_isClosing)
            {
                var read = await _input.ReadAsync(cancellationToken);
                if (read.IsCanceled) continue;
                var (packet, tooLarge) = await TakePacketsAsync(read.Buffer, cancellationToken);
                if (tooLarge is { } frame)
                {
                    if (await RefuseTooLargeAsync(frame, cancellationToken)) continue;
                    return null;
                }

                if (packet is not null && (packet != SignOfLife || IsSignOfLifeDue())) return packet;
                if (read.IsCompleted) return null;
            }
        }
        catch (PacketViolation violation)
        {
            await RefuseConnectionAsync(violation);
        }
        catch (Exception error) when (error is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The client is gone; nothing is owed to it.
        }

        return null;
    }

    /// <summary>Takes one of the places for messages that wait for their commit; settling gives it back.</summary>
    public Task WaitForPlaceAsync(CancellationToken cancel) => _inFlight.WaitAsync(cancel);

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void ResetStatistics() => (BytesReceived, BytesSent) = (0, 0);

    public void Dispose()
    {
        // Kestrel owns the connection and its pipes; MqttConnectionHandler disposes the rest.
    }

    /// <summary>Takes what is complete. Returns the first packet that MQTTnet must see, a sign of life after messages, or a packet that is too long.</summary>
    private async ValueTask<(MqttPacket? Packet, Frame? TooLarge)> TakePacketsAsync(ReadOnlySequence<byte> unread, CancellationToken cancel)
    {
        MqttPacket? packet = null;
        var examined = unread.End;
        try
        {
            while (!_isClosing && Frame.TryRead(unread, out var frame))
            {
                if (frame.TotalBytes > _bytesMax)
                {
                    examined = unread.Start;
                    return (null, frame);
                }

                if (unread.Length < frame.TotalBytes) break;
                var part = unread.Slice(0, frame.TotalBytes);
                unread = unread.Slice(frame.TotalBytes);
                BytesReceived += frame.TotalBytes;
                if (frame.Type == PacketRules.Publish && ClientId is not null)
                {
                    await AcceptAsync(frame, part, cancel);
                    packet = SignOfLife;
                    continue;
                }

                (packet, var answer) = Check(frame, part);
                // A client that does not read our answers gets no more of them; so this waits even when it is MQTTnet that will answer.
                await WriteAsync(answer, cancel);
                if (packet == SignOfLife) continue;
                if (packet is MqttPubAckPacket acknowledgement) TakeAcknowledgement(acknowledgement);
                examined = unread.Start;
                return (packet, null);
            }

            return (packet, null);
        }
        finally
        {
            _input.AdvanceTo(unread.Start, examined);
        }
    }

    private bool IsSignOfLifeDue()
    {
        if (_lastSignOfLife != 0 && Stopwatch.GetElapsedTime(_lastSignOfLife) < SignOfLifeEvery) return false;
        _lastSignOfLife = Stopwatch.GetTimestamp();
        return true;
    }

    private ValueTask AcceptAsync(in Frame frame, in ReadOnlySequence<byte> packet, CancellationToken cancel)
    {
        var message = PublishedMessage.Read(frame, packet, IsVersion5, _lastTopic);
        _lastTopic = message.Topic;
        return _publications.AcceptAsync(this, message.Topic, message.Payload, message.PacketId, cancel);
    }

    /// <summary>What MQTTnet is to see of a packet, and what we answer to it ourselves.</summary>
    private (MqttPacket Packet, byte[] Answer) Check(in Frame frame, in ReadOnlySequence<byte> packet)
    {
        var body = frame.Body(packet);
        if (_version == 0) _version = ConnectRules.Check(frame, body);
        else PacketRules.Check(frame, body, IsVersion5);
        switch (frame.Type)
        {
            case PacketRules.PingReq:
                return (SignOfLife, PingResponse);
            // QoS 2 is offered neither way, so nothing can be meant by these; the standard wants them answered all the same.
            case PacketRules.PubRec:
                return (SignOfLife, PacketRules.IsFailure(body) ? [] : [0x62, 2, body[0], body[1]]);
            case PacketRules.PubRel:
                return (SignOfLife, [0x70, 2, body[0], body[1]]);
            case PacketRules.PubComp:
                return (SignOfLife, []);
            case PacketRules.Disconnect when PacketRules.IsNormalEnd(body):
                TakeWill();
                break;
        }

        return (Decode(frame, body), []);
    }

    private MqttPacket Decode(in Frame frame, ArraySegment<byte> body)
    {
        try
        {
            var received = new ReceivedMqttPacket(frame.FirstByte, body, frame.TotalBytes);
            if (frame.Type == PacketRules.Connect) PacketFormatterAdapter.DetectProtocolVersion(received);
            var packet = PacketFormatterAdapter.Decode(received);
            if (packet is MqttConnectPacket connect) Note(connect);
            return packet;
        }
        catch (Exception error)
        {
            // What passed our rules should be readable. Should the decoder still throw, whatever it throws means a malformed packet.
            throw PacketViolation.Malformed(error.Message);
        }
    }

    private async Task RefuseConnectionAsync(PacketViolation violation)
    {
        _counters.RefusedConnection(violation.Label);
        // The message of a topic that cannot be is lost with its connection; somebody should see why.
        if (ClientId is not null && violation.Label == PublishedMessage.TopicLabel)
            await _publications.RefuseConnectionAsync(ClientId, QuarantineReason.TopicNameInvalid, "topic", violation.Message);
        if (ClientId is not null) await SendDisconnectAsync(violation.Reason, violation.Message);
        else if (violation.ConnAck.Length > 0) await WriteAsync(violation.ConnAck, CancellationToken.None);
    }
}
