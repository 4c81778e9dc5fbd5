using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// One connection, seen by MQTTnet as a channel of packets. It keeps to the size limits before it holds a packet, and takes every
/// PUBLISH for itself: a PUBLISH goes to the journal and is acknowledged from here, after its commit and in order, without
/// holding up what comes behind it. MQTTnet gets everything else.
/// </summary>
internal sealed partial class MqttChannel : IMqttChannelAdapter, ISender
{
    // What MQTTnet gets in place of the messages it does not see. It answers nothing to an acknowledgement of a packet it never
    // sent, but counts it as a sign of life, without which it would take a device that only publishes for dead.
    // Four a second are enough for the shortest keep-alive there is, and spare the busy connections MQTTnet's part of the work.
    private static readonly MqttPubAckPacket SignOfLife = new();
    private static readonly TimeSpan SignOfLifeEvery = TimeSpan.FromMilliseconds(250);

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly Publications _publications;
    private readonly IngestOptions _options;
    private readonly IngestCounters _counters;
    private readonly SemaphoreSlim _inFlight;
    private int _bytesMax;
    private long _lastSignOfLife;
    private volatile bool _isClosing;

    public MqttChannel(ConnectionContext connection, Publications publications, IngestOptions options, IngestCounters counters)
    {
        (_connection, _publications, _options, _counters) = (connection, publications, options, counters);
        (_input, _output) = (connection.Transport.Input, connection.Transport.Output);
        _inFlight = new SemaphoreSlim(options.InFlightMax);
        _bytesMax = options.StrangerPacketBytesMax;
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 64 * 1024));
    }

    /// <summary>Who this is, once admitted; null before.</summary>
    public string? ClientId { get; private set; }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public bool IsSecureConnection => _connection.Features.Get<ITlsHandshakeFeature>() is not null;

    public X509Certificate2? ClientCertificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>What was found out about the client's certificate; null when it showed none.</summary>
    public ShownCertificate? ShownCertificate => _connection.Features.Get<ShownCertificate>();

    public long BytesReceived { get; private set; }

    public long BytesSent { get; private set; }

    private bool IsVersion5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

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
        // The last word stands in the queue of writers before the end of reading lets MQTTnet finish the connection.
        _ = SendDisconnectAsync(reason, null);
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
        catch (MqttProtocolViolationException violation)
        {
            await RefuseConnectionAsync("protocol", MqttDisconnectReasonCode.MalformedPacket, violation.Message);
        }
        catch (RefusedConnectionException refused)
        {
            await RefuseConnectionAsync(refused.Label, refused.Reason, refused.Message);
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
                packet = Decode(frame, unread);
                unread = unread.Slice(frame.TotalBytes);
                BytesReceived += frame.TotalBytes;
                if (packet is not MqttPublishPacket publish)
                {
                    if (packet is MqttPubAckPacket acknowledgement) TakeAcknowledgement(acknowledgement);
                    examined = unread.Start;
                    return (packet, null);
                }

                await AcceptAsync(publish, cancel);
                packet = SignOfLife;
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

    private MqttPacket Decode(in Frame frame, in ReadOnlySequence<byte> unread)
    {
        if (ClientId is null && frame.Type != Frame.ConnectType) throw new MqttProtocolViolationException("The first packet must be CONNECT.");
        try
        {
            var received = new ReceivedMqttPacket(frame.FirstByte, frame.Body(unread), frame.TotalBytes);
            if (PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.Unknown) PacketFormatterAdapter.DetectProtocolVersion(received);
            var packet = PacketFormatterAdapter.Decode(received);
            if (packet is MqttConnectPacket connect) Note(connect);
            return packet;
        }
        catch (Exception error) when (error is not MqttProtocolViolationException)
        {
            // Hostile bytes make the decoder throw many things; each means that the packet is malformed.
            throw new MqttProtocolViolationException(error.Message);
        }
    }

    private async ValueTask AcceptAsync(MqttPublishPacket publish, CancellationToken cancel)
    {
        Check(publish);
        await _publications.AcceptAsync(this, publish, cancel);
    }

    private static void Check(MqttPublishPacket publish)
    {
        if (publish.QualityOfServiceLevel > MqttQualityOfServiceLevel.AtLeastOnce)
            throw new RefusedConnectionException("qos_not_supported", MqttDisconnectReasonCode.QoSNotSupported, "Publish with QoS 0 or 1.");
        if (publish.TopicAlias != 0)
            throw new RefusedConnectionException("topic_alias", MqttDisconnectReasonCode.TopicAliasInvalid, "Topic aliases are not supported; send the topic.");
        if (publish is { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce, PacketIdentifier: 0 })
            throw new RefusedConnectionException("protocol", MqttDisconnectReasonCode.ProtocolError, "A packet id of 0 is not allowed.");
    }

    private async Task RefuseConnectionAsync(string label, MqttDisconnectReasonCode reason, string detail)
    {
        _counters.RefusedConnection(label);
        await SendDisconnectAsync(reason, detail);
    }

    /// <summary>Ends the connection with a code.</summary>
    private sealed class RefusedConnectionException(string label, MqttDisconnectReasonCode reason, string detail) : Exception(detail)
    {
        public string Label { get; } = label;

        public MqttDisconnectReasonCode Reason { get; } = reason;
    }
}
