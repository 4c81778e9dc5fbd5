using System.Buffers;
using System.Buffers.Binary;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <content>What goes out: the packets of MQTTnet, our acknowledgements, and the last word.</content>
internal sealed partial class MqttChannel
{
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly Lock _owedLock = new();
    private readonly HashSet<string> _listening = [];
    private List<Arrival> _owed = [];
    private List<Arrival> _sending = [];
    private bool _hasOwed;
    private bool _isGone;
    private bool _mayExplain = true;
    private uint _clientBytesMax = uint.MaxValue;

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
        if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } admitted) AdvertiseLimits(admitted);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_isGone) return;
            Write(packet);
            await _output.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }

        if (packet is MqttSubAckPacket) Commands?.Send(this);
    }

    /// <summary>Called by MQTTnet when it is done with the connection; nothing is written after it.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        // A client that does not read what we send must not keep a dead connection open.
        if (!await _writing.WaitAsync(GoodbyeMax, cancellationToken))
        {
            _connection.Abort();
            await _writing.WaitAsync(cancellationToken);
        }

        _isGone = true;
        _writing.Release();
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
            await _output.FlushAsync();
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

    private async Task SendDisconnectAsync(MqttDisconnectReasonCode reason, string? detail)
    {
        if (!IsVersion5 || ClientId is null) return;
        await SendPacketAsync(new MqttDisconnectPacket { ReasonCode = reason, ReasonString = detail }, CancellationToken.None);
    }

    private void Note(MqttConnectPacket connect)
    {
        // Nothing is kept between connections: neither sessions nor retained messages.
        connect.CleanSession = true;
        connect.WillRetain = false;
        if (!IsVersion5) return;
        NoteReceiveMaximum(connect.ReceiveMaximum);
        _mayExplain = connect.RequestProblemInformation;
        if (connect.MaximumPacketSize > 0) _clientBytesMax = connect.MaximumPacketSize;
        // A reason text is the only acknowledgement that could be too long for a client.
        if (_clientBytesMax < 1024) _mayExplain = false;
    }

    private void AdvertiseLimits(MqttConnAckPacket admitted)
    {
        admitted.ReceiveMaximum = _options.InFlightMax;
        admitted.MaximumPacketSize = (uint)_options.PacketBytesMax;
        admitted.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
        admitted.RetainAvailable = false;
        admitted.TopicAliasMaximum = 0;
        admitted.WildcardSubscriptionAvailable = false;
        admitted.SharedSubscriptionAvailable = false;
        admitted.SubscriptionIdentifiersAvailable = false;
    }
}
