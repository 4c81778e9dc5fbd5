using System.Buffers;
using System.Buffers.Binary;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <content>What goes out: the packets of MQTTnet, our acknowledgements, and the last word.</content>
internal sealed partial class MqttChannel
{
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeafMax = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _owedLock = new();
    private readonly HashSet<string> _listening = [];
    private List<Arrival> _owed = [];
    private List<Arrival> _sending = [];
    private bool _hasOwed;
    private bool _isGone;
    private volatile bool _isWelcomed;
    private bool _mayExplain = true;
    private uint _clientBytesMax = uint.MaxValue;
    private ushort _serverKeepAlive;

    /// <summary>Whether the client subscribed to this command topic.</summary>
    public bool IsListening(string topic)
    {
        lock (_listening) return _listening.Contains(topic);
    }

    /// <summary>Notes a subscription, or its end.</summary>
    public void Listen(string topic, bool isListening)
    {
        lock (_listening) _ = isListening ? _listening.Add(topic) : _listening.Remove(topic);
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        switch (packet)
        {
            case MqttDisconnectPacket end:
                // MQTTnet says this from within the lock that every CONNECT needs; a client that does not read must not hold it.
                Close(end.ReasonCode);
                return;
            case MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } admitted:
                AdvertiseLimits(admitted);
                await SendPredecessorsWillAsync(cancellationToken);
                break;
            // Reasons in words only for those who want them, and have room for them.
            case MqttConnAckPacket refused when !_mayExplain:
                refused.ReasonString = null;
                break;
            case MqttSubAckPacket answer when !_mayExplain:
                answer.ReasonString = null;
                break;
        }

        await WriteAsync(packet, cancellationToken);
        if (packet is MqttConnAckPacket) _isWelcomed = true;
        if (packet is MqttSubAckPacket) Commands?.Send(this);
    }

    /// <summary>Called by MQTTnet when it is done with the connection; nothing is written after it.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await EndWritingAsync();
        await _writing.WaitAsync(cancellationToken);
        _isGone = true;
        _writing.Release();
    }

    /// <summary>Waits until nothing is being written. A client that does not read what we send must not keep its connection open by that: it is cut off.</summary>
    private async Task EndWritingAsync()
    {
        if (await _writing.WaitAsync(GoodbyeMax))
        {
            _writing.Release();
            return;
        }

        try
        {
            _connection.Abort();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile, which is all that was wanted.
        }
    }

    bool ISender.Settle(Arrival arrival, bool isOnDisk)
    {
        if (!isOnDisk)
        {
            _inFlight.Release();
            Close(MqttDisconnectReasonCode.ServerBusy);
            return false;
        }

        lock (_owedLock)
        {
            _owed.Add(arrival);
            if (_hasOwed) return false;
            return _hasOwed = true;
        }
    }

    void ISender.Flush() => _ = SendAcknowledgementsAsync();

    private async Task SendAcknowledgementsAsync()
    {
        await _writing.WaitAsync();
        var settled = 0;
        try
        {
            lock (_owedLock)
            {
                (_owed, _sending) = (_sending, _owed);
                _hasOwed = false;
            }

            settled = _sending.Count;
            if (_isGone) return;
            foreach (var arrival in _sending) Acknowledge(arrival);
            await FlushAsync(CancellationToken.None);
        }
        finally
        {
            _sending.Clear();
            _writing.Release();
            if (settled > 0) _inFlight.Release(settled);
        }
    }

    private void Acknowledge(Arrival arrival)
    {
        if (arrival.PacketId == 0) return;
        if (IsVersion5 && arrival is RefusedArrival refused)
        {
            Write(new MqttPubAckPacket
            {
                PacketIdentifier = arrival.PacketId,
                ReasonCode = refused.Reason switch
                {
                    QuarantineReason.NotAuthorized => MqttPubAckReasonCode.NotAuthorized,
                    QuarantineReason.TopicNameInvalid => MqttPubAckReasonCode.TopicNameInvalid,
                    _ => MqttPubAckReasonCode.PayloadFormatInvalid,
                },
                ReasonString = _mayExplain ? $"{refused.Field}: {refused.Detail}" : null,
            });
            return;
        }

        if (arrival is ShedArrival)
        {
            Write(new MqttPubAckPacket
            {
                PacketIdentifier = arrival.PacketId,
                ReasonCode = MqttPubAckReasonCode.QuotaExceeded,
                ReasonString = _mayExplain ? $"rate: more than {_options.DevicePerSecondMax:0} messages a second. Send them again later, in batches." : null,
            });
            return;
        }

        // Success needs no properties, and is the same four bytes in every version.
        var ack = _output.GetSpan(4);
        (ack[0], ack[1]) = (0x40, 2);
        BinaryPrimitives.WriteUInt16BigEndian(ack[2..], arrival.PacketId);
        _output.Advance(4);
        BytesSent += 4;
    }

    private void Write(MqttPacket packet)
    {
        var encoded = PacketFormatterAdapter.Encode(packet);
        // A packet longer than the client takes must be dropped as if it had been sent; only a command can be that long.
        if (encoded.Length <= _clientBytesMax)
        {
            _output.Write(encoded.Packet);
            foreach (var part in encoded.Payload) _output.Write(part.Span);
            BytesSent += encoded.Length;
        }

        PacketFormatterAdapter.Cleanup();
    }

    // Nothing may come before CONNACK.
    private Task SendDisconnectAsync(MqttDisconnectReasonCode reason, string? detail) => IsVersion5 && ClientId is not null && _isWelcomed
        ? WriteAsync(new MqttDisconnectPacket { ReasonCode = reason, ReasonString = _mayExplain ? detail : null }, CancellationToken.None)
        : Task.CompletedTask;

    private async Task WriteAsync(MqttPacket packet, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            if (_isGone) return;
            Write(packet);
            await FlushAsync(cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(byte[] packet, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            if (_isGone) return;
            _output.Write<byte>(packet);
            BytesSent += packet.Length;
            await FlushAsync(cancel);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Waits for a client that is slow to read, but not for ever: what it holds up is held in memory.</summary>
    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        var flush = _output.FlushAsync(cancel);
        if (flush.IsCompleted)
        {
            await flush;
            return;
        }

        using var deadline = _clock.CreateTimer(_ => GiveUp(), null, DeafMax, Timeout.InfiniteTimeSpan);
        await flush;
    }

    private void GiveUp()
    {
        _counters.RefusedConnection("not_reading");
        _connection.Abort(new ConnectionAbortedException("The client does not read."));
    }

    private void AdvertiseLimits(MqttConnAckPacket admitted)
    {
        admitted.ReceiveMaximum = _options.InFlightMax;
        admitted.MaximumPacketSize = (uint)_options.PacketBytesMax;
        admitted.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
        admitted.ServerKeepAlive = _serverKeepAlive;
        admitted.RetainAvailable = false;
        admitted.TopicAliasMaximum = 0;
        admitted.WildcardSubscriptionAvailable = false;
        admitted.SharedSubscriptionAvailable = false;
        admitted.SubscriptionIdentifiersAvailable = false;
    }
}
