namespace SeniorIoT.Server.Ingest;

/// <summary>What devices publish, on its way from a connection to the journal.</summary>
internal sealed class Publications(Intake intake, Rates rates, Journal journal, IngestCounters counters, TimeProvider clock)
{
    /// <summary>Judges a PUBLISH and hands it to the journal, which will tell <paramref name="channel"/>. Waits while the connection has too many
    /// messages in flight, or the journal is full.</summary>
    public ValueTask AcceptAsync(MqttChannel channel, string topic, byte[] payload, ushort packetId, CancellationToken cancel) =>
        AppendAsync(intake.Judge(channel.ClientId!, topic, payload, Now(), channel, packetId), channel, cancel);

    /// <summary>Takes the last will of a client whose connection broke. Nobody is left to hear of a failure, so it is counted.</summary>
    public ValueTask AcceptWillAsync(string clientId, LastWill will, CancellationToken cancel) =>
        AppendAsync(intake.Judge(clientId, will.Topic, will.Payload, Now(), null, 0), null, cancel);

    /// <summary>Records a packet that was too long to be read. True when the record is on disk.</summary>
    public Task<bool> RefuseTooLargeAsync(string clientId, string topic, int bytes, int bytesMax) => journal.WriteAsync(waiter =>
        new RefusedArrival(
            Now(), clientId, topic, QuarantineReason.PacketTooLarge, "payload",
            $"The packet has {bytes} bytes, the limit is {bytesMax}. Send smaller batches.", [])
        {
            PayloadBytes = bytes,
            Sender = waiter,
        });

    /// <summary>Records a connection that was refused. True when the record is on disk.</summary>
    public Task<bool> RefuseConnectionAsync(string clientId, QuarantineReason reason, string field, string detail) => journal.WriteAsync(waiter =>
        new RefusedArrival(Now(), clientId, "", reason, field, detail, []) { Sender = waiter });

    private async ValueTask AppendAsync(Arrival arrival, MqttChannel? channel, CancellationToken cancel)
    {
        try
        {
            if (channel is not null) await channel.WaitForPlaceAsync(cancel);
            if (arrival is AcceptedMessage message)
            {
                if (channel is not null && !await rates.PassAsync(channel.Rate ??= rates.Of(channel.ClientId!), message.Topic.Channel, channel.CanBeTold && message.PacketId != 0, cancel))
                    arrival = new ShedArrival(message.ReceivedAt) { Sender = channel, PacketId = message.PacketId };
                else
                    await journal.WaitForRoomAsync(message, cancel);
            }

            if (!journal.TryAppend(arrival)) counters.Shed("stopping", 1);
        }
        catch (OperationCanceledException)
        {
            // The connection ended while its message waited for a place; a QoS 1 client sends again.
            counters.Shed("disconnected", 1);
            throw;
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
