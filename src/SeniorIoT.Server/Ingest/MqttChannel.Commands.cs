using System.Buffers;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <content>
/// Commands go down from here and not through MQTTnet: its session would drop the oldest when there are many, and would not tell who
/// acknowledged what.
/// </content>
internal sealed partial class MqttChannel
{
    private int _unacknowledgedMax = CommandWindow.SizeMax;
    private CommandWindow? _commandWindow;

    /// <summary>Hears of subscriptions and acknowledgements.</summary>
    public DeviceCommands? Commands { get; init; }

    /// <summary>What was sent and not acknowledged. Made for the first command, so that it costs nothing to those who get none.</summary>
    public CommandWindow CommandWindow
    {
        get
        {
            lock (_listening) return _commandWindow ??= new CommandWindow(_unacknowledgedMax);
        }
    }

    /// <summary>The command topics that the client subscribed to.</summary>
    public IReadOnlyList<string> Listening()
    {
        lock (_listening) return [.. _listening];
    }

    /// <summary>Sends a command; does nothing when the connection has ended. It is kept in <see cref="CommandWindow"/> until it is acknowledged.</summary>
    public Task SendCommandAsync(Topic topic, CommandRow command, DateTimeOffset now) => SendPacketAsync(
        new MqttPublishPacket
        {
            Topic = topic.ToString(),
            PacketIdentifier = CommandWindow.Add(command.CommandId),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Dup = command.Attempts > 1,
            // Version 3 has no place for it, and the encoder leaves it out there.
            MessageExpiryInterval = (uint)Math.Max(1, Math.Ceiling((command.ExpiresAt - now).TotalSeconds)),
            Payload = new ReadOnlySequence<byte>(CommandCodec.Encode(new CommandMessage(command.CommandId, command.OrderedAt, command.ExpiresAt, command.Command))),
        },
        CancellationToken.None);

    private void NoteReceiveMaximum(ushort receiveMaximum)
    {
        if (receiveMaximum > 0) _unacknowledgedMax = Math.Min((int)receiveMaximum, CommandWindow.SizeMax);
    }

    private void TakeAcknowledgement(MqttPubAckPacket acknowledgement) =>
        Commands?.Acknowledged(this, acknowledgement.PacketIdentifier, acknowledgement.ReasonCode >= MqttPubAckReasonCode.UnspecifiedError);
}
