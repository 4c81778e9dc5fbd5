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
    /// does not send the same again for ever, and may go on.
    /// </summary>
    /// <returns>True when the connection goes on.</returns>
    private async Task<bool> RefuseTooLargeAsync(Frame frame, CancellationToken cancel)
    {
        _counters.RefusedConnection("packet_too_large");
        if (ClientId is null) return false;
        var (topic, packetId) = frame.Type == PacketRules.Publish ? await ReadHeadAsync(frame, cancel) : ("", (ushort)0);
        var isRecorded = await _publications.RefuseTooLargeAsync(ClientId, topic, frame.TotalBytes, _options.PacketBytesMax);
        if (await DiscardAsync(frame.TotalBytes, cancel) is not { } left) return false;
        if (!IsVersion5 && isRecorded && packetId != 0)
        {
            await SendPacketAsync(new MQTTnet.Packets.MqttPubAckPacket { PacketIdentifier = packetId }, cancel);
            if (left == 0) return true;
        }

        await SendDisconnectAsync(MqttDisconnectReasonCode.PacketTooLarge, $"payload: longer than {_options.PacketBytesMax} bytes. Send smaller batches.");
        return false;
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

    /// <summary>Throws the packet away as it comes. How much of it is left, more than nothing when the limits were met; null when the client is gone.</summary>
    private async Task<long?> DiscardAsync(long bytes, CancellationToken cancel)
    {
        if (bytes > DiscardedBytesMax) return bytes;
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
                if (bytes > 0 && (read.IsCompleted || read.IsCanceled)) return null;
            }

            return 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return bytes;
        }
    }
}
