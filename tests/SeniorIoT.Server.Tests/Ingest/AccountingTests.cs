using CsCheck;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class AccountingTests
{
    private enum Sent
    {
        Good,
        GoodUnacknowledged,
        Repeated,
        BadPayload,
        ForeignTopic,
        BadTopic,
    }

    private static readonly Gen<(Sent[][] Devices, bool IsDiskFullAfter)[]> Rounds =
        Gen.Select(Gen.Enum<Sent>().Array[0, 40].Array[3], Gen.Bool).Array[1, 4];

    [Fact]
    public Task Whatever_is_sent_is_stored_or_quarantined_or_shed_and_what_is_stored_is_delivered_in_order() =>
        Rounds.SampleAsync(async rounds =>
        {
            await using var host = await IngestHost.StartAsync();
            var devices = new Device[3];
            for (var i = 0; i < devices.Length; i++) devices[i] = new Device(host, "d" + i, isVersion5: i != 1);
            var shed = 0;
            foreach (var (sent, isDiskFullAfter) in rounds)
            {
                await Task.WhenAll(devices.Select((device, i) => device.SendAsync(sent[i])));
                if (!isDiskFullAfter) continue;
                shed++;
                await devices[0].LoseOneToAFullDiskAsync();
            }

            foreach (var device in devices) await device.CloseAsync();
            await Until(() => host.Grains.Order.Count == devices.Sum(device => device.Stored.Count), "delivery");
            Assert.Equal(devices.Sum(device => device.Stored.Count), host.Counters.StoredTotal);
            Assert.Equal(devices.Sum(device => device.Quarantined), host.Counters.QuarantinedTotals.Values.Sum());
            Assert.Equal(devices.Sum(device => device.Quarantined), host.Quarantined.Count);
            Assert.Equal(shed, host.Counters.ShedTotals.Values.Sum());
            foreach (var device in devices) Assert.Equal(device.Stored, host.Grains.Keys(device.Id));
        }, iter: 15, threads: 1);

    /// <summary>The model of one device: what it sent, and what must have become of it.</summary>
    private sealed class Device(IngestHost host, string id, bool isVersion5)
    {
        private readonly string _secret = host.Enrol(id);
        private WireClient? _client;
        private int _mid;

        public string Id => id;

        public List<string> Stored { get; } = [];

        public int Quarantined { get; private set; }

        public async Task SendAsync(Sent[] messages)
        {
            var client = await ConnectAsync();
            var owed = new List<(ushort PacketId, int Code)>();
            for (ushort packet = 1; packet <= messages.Length; packet++)
            {
                var kind = messages[packet - 1];
                if (kind != Sent.Repeated) _mid++;
                var (topic, payload, code) = kind switch
                {
                    Sent.BadPayload => (TelemetryOf(id), "{", 0x99),
                    Sent.ForeignTopic => (TelemetryOf("other"), Water("a" + _mid), 0x87),
                    Sent.BadTopic => (id + "/telemetry", Water("a" + _mid), 0x90),
                    _ => (TelemetryOf(id), Water("a" + _mid), 0),
                };
                if (code == 0) Stored.Add("m:a" + _mid);
                else Quarantined++;
                if (kind != Sent.GoodUnacknowledged) owed.Add((packet, isVersion5 ? code : 0));
                await client.PublishAsync(topic, payload, packet, kind == Sent.GoodUnacknowledged ? 0 : 1, isDuplicate: kind == Sent.Repeated);
            }

            foreach (var expected in owed)
            {
                var ack = await client.ReadAsync();
                Assert.Equal(expected, (ack!.PacketId, ack.Body.Length > 2 ? ack.Body[2] : 0));
            }
        }

        public async Task LoseOneToAFullDiskAsync()
        {
            var client = await ConnectAsync();
            await host.LimitFileAsync(1);
            await client.PublishAsync(TelemetryOf(id), Water("lost") + new string(' ', 60_000), 1);
            while (await client.ReadAsync() is { } packet) Assert.NotEqual(WireClient.PubAck, packet.Type);
            client.Dispose();
            _client = null;
            await host.LimitFileAsync(1_000_000);
            await host.Checkpoint.RunOnceAsync(TestContext.Current.CancellationToken);
        }

        public async Task CloseAsync()
        {
            if (_client is null) return;
            // The answer to a ping proves that everything before it was read; in a full pipeline some may still wait for their commit.
            await _client.PingAsync();
            Assert.Equal(WireClient.PingResp, (await _client.ReadAsync())!.Type);
            _client.Dispose();
        }

        private async Task<WireClient> ConnectAsync()
        {
            if (_client is not null) return _client;
            _client = await WireClient.OpenAsync(host.Port, isVersion5);
            Assert.Equal(0, (await _client.ConnectAsync(id, _secret))[1]);
            return _client;
        }
    }
}
