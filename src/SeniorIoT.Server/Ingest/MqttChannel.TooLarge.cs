using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <content>A packet that is too long: its beginning tells whose it is, the rest is thrown away as it comes.</content>
internal sealed partial class MqttChannel
{
    private const int DiscardedBytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan DiscardingMax = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Records the refusal, then lets the client finish sending, within limits, so that it can read the answer: closing a socket
    /// with unread bytes would reset it and lose the answer. Version 5 gets DISCONNECT 0x95; version 3 its PUBACK, so that it
    /// does not send the same again for ever.
    /// </summary>
    private async Task RefuseTooLargeAsync(Frame frame, CancellationToken cancel)
    {
        _counters.RefusedConnection("packet_too_large");
        if (ClientId is null) return;
        var (topic, packetId) = frame.Type == Frame.PublishType ? await ReadHeadAsync(frame, cancel) : ("", (ushort)0);
        var isRecorded = await _publications.RefuseTooLargeAsync(ClientId, topic, frame.TotalBytes, _options.PacketBytesMax);
        if (!await TryDiscardAsync(frame.TotalBytes, cancel)) return;
        if (!IsVersion5 && isRecorded && packetId != 0)
            await SendPacketAsync(new MQTTnet.Packets.MqttPubAckPacket { PacketIdentifier = packetId }, cancel);
        await SendDisconnectAsync(MqttDisconnectReasonCode.PacketTooLarge, $"payload: longer than {_options.PacketBytesMax} bytes. Send smaller batches.");
    }

    private async Task<(string Topic, ushort PacketId)> ReadHeadAsync(Frame frame, CancellationToken cancel)
    {
        while (true)
        {
            var read = await _input.ReadAsync(cancel);
            var isComplete = frame.TryReadPublishHead(read.Buffer, DeviceProtocol.Topic.LengthMax, out var topic, out var packetId);
            _input.AdvanceTo(read.Buffer.Start, isComplete ? read.Buffer.Start : read.Buffer.End);
            if (isComplete || read.IsCompleted || read.IsCanceled) return (topic, packetId);
        }
    }

    /// <summary>True when the whole packet was thrown away and the client still listens.</summary>
    private async Task<bool> TryDiscardAsync(long bytes, CancellationToken cancel)
    {
        if (bytes > DiscardedBytesMax) return true;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(DiscardingMax);
        try
        {
            while (bytes > 0)
            {
                var read = await _input.ReadAsync(limit.Token);
                var part = Math.Min(bytes, read.Buffer.Length);
                bytes -= part;
                _input.AdvanceTo(read.Buffer.GetPosition(part));
                if (bytes > 0 && (read.IsCompleted || read.IsCanceled)) return false;
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return true;
        }
    }
}
