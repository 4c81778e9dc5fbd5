using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <content>What the client wants of us: its last will and its keep-alive.</content>
internal sealed partial class MqttChannel
{
    private MqttChannel? _predecessor;
    private LastWill? _will;

    /// <summary>
    /// The last will, once: whoever gets it must publish it. Null when there is none, or when it is void because the client said a proper goodbye.
    /// It is kept here because MQTTnet neither sends it when another connection takes over nor when DISCONNECT asks for it.
    /// </summary>
    public LastWill? TakeWill() => Interlocked.Exchange(ref _will, null);

    /// <summary>Takes the place of another connection of the same client, and ends that one.</summary>
    public void Succeed(MqttChannel predecessor)
    {
        _predecessor = predecessor;
        predecessor.Close(MqttDisconnectReasonCode.SessionTakenOver);
    }

    private void Note(MqttConnectPacket connect)
    {
        // Nothing is kept between connections: neither sessions nor retained messages.
        connect.CleanSession = true;
        DeclaredId = connect.ClientId;
        // Every connection is a client of its own to MQTTnet, and a take-over is ours (ConnectedDevices): MQTTnet 5.2 looks a client up by its name
        // when it cleans up after a connection, and may then end the one that has come in its place.
        connect.ClientId = _connection.ConnectionId;
        if (connect.WillFlag) _will = new LastWill(connect.WillTopic, connect.WillMessage ?? []);
        connect.WillFlag = false;
        NoteKeepAlive(connect);
        if (!IsVersion5) return;
        NoteReceiveMaximum(connect.ReceiveMaximum);
        _mayExplain = connect.RequestProblemInformation;
        if (connect.MaximumPacketSize > 0) _clientBytesMax = connect.MaximumPacketSize;
        // A reason text is the only acknowledgement that could be too long for a client.
        if (_clientBytesMax < 1024) _mayExplain = false;
    }

    /// <summary>
    /// No connection is silent for ever. Version 5 is told a keep-alive when it asks for none or for too long a one. An older client cannot be
    /// told, and a meter that sleeps for a day is right to ask for none: it gets the longest there is, 18 h and half as much again. By then
    /// its device counts as silent anyway.
    /// </summary>
    private void NoteKeepAlive(MqttConnectPacket connect)
    {
        var max = (ushort)Math.Clamp(_options.KeepAliveMax.TotalSeconds, 1, ushort.MaxValue);
        if (IsVersion5 && (connect.KeepAlivePeriod == 0 || connect.KeepAlivePeriod > max)) connect.KeepAlivePeriod = _serverKeepAlive = max;
        if (connect.KeepAlivePeriod == 0) connect.KeepAlivePeriod = ushort.MaxValue;
    }

    /// <summary>The device went and came: its will belongs before everything that the new connection will say.</summary>
    private async Task SendPredecessorsWillAsync(CancellationToken cancel)
    {
        if (_predecessor?.TakeWill() is { } will) await _publications.AcceptWillAsync(ClientId!, will, cancel);
        _predecessor = null;
    }
}

/// <summary>What a client wants to have said when its connection breaks.</summary>
/// <param name="Topic">A topic of its own.</param>
/// <param name="Payload">Not looked at before it is published.</param>
internal sealed record LastWill(string Topic, byte[] Payload);
