using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeniorIoT.DeviceProtocol;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class AcknowledgementTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_is_acknowledged_only_after_its_commit_and_holds_up_nothing_behind_it(bool isVersion5)
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1", isVersion5: isVersion5);
        using var hold = await host.HoldCommitsAsync();

        for (ushort id = 1; id <= 5; id++) await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
        await meter.PingAsync();
        Assert.Equal(WireClient.PingResp, (await meter.ReadAsync())!.Type);
        Assert.Empty(host.Grains.Keys("m1"));

        hold.Set();
        for (ushort id = 1; id <= 5; id++)
        {
            var ack = await meter.ReadAsync();
            Assert.Equal((WireClient.PubAck, id, 2), (ack!.Type, ack.PacketId, ack.Body.Length));
        }

        await Until(() => host.Grains.Keys("m1").Length == 5, "delivery");
        Assert.Equal(["m:a1", "m:a2", "m:a3", "m:a4", "m:a5"], host.Grains.Keys("m1"));
        Assert.Equal(5, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task A_connection_is_not_read_beyond_its_messages_in_flight()
    {
        await using var host = await IngestHost.StartAsync(options => options with { InFlightMax = 4 });
        using var meter = await host.ConnectAsync("m1");
        using var hold = await host.HoldCommitsAsync();
        for (ushort id = 1; id <= 10; id++) await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
        await Until(() => host.Journal.Length == 4, "the first four");
        await meter.PingAsync();
        Assert.Equal(4, host.Journal.Length);

        hold.Set();
        var answers = new List<WirePacket>();
        while (answers.Count < 11) answers.Add((await meter.ReadAsync())!);
        Assert.Equal(Enumerable.Range(1, 10), answers.Where(answer => answer.Type == WireClient.PubAck).Select(answer => (int)answer.PacketId));
        Assert.True(answers.FindIndex(answer => answer.Type == WireClient.PingResp) >= 6, "It was read while more than four waited.");
    }

    [Fact]
    public async Task Messages_without_acknowledgement_are_stored_too()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 0, qos: 0);
        await meter.PublishAsync(TelemetryOf("m1"), "{", 0, qos: 0);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a2"), 7);
        Assert.Equal(7, (await meter.ReadAsync())!.PacketId);
        await Until(() => host.Grains.Keys("m1").Length == 2, "delivery");
        Assert.Equal(["payload_format_invalid"], host.Quarantined.Select(entry => entry.Reason));
    }

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_closes_the_connection_and_heals_by_itself()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        await meter.ConnectAsync("m1", secret);
        await host.LimitFileAsync(pages: 1);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1") + new string(' ', 30_000), 1);

        var last = await meter.ReadAsync();
        Assert.Equal((WireClient.Disconnect, 0x89), (last!.Type, last.Body[0]));
        Assert.Null(await meter.ReadAsync());
        Assert.Equal(HealthStatus.Unhealthy, (await host.CheckHealthAsync()).Status);
        Assert.Equal(1, host.Counters.ShedTotals["commit_failed"]);
        Assert.Equal(0, host.Journal.Length);

        using (var early = await WireClient.OpenAsync(host.Port)) Assert.Equal(0x88, (await early.ConnectAsync("m1", secret))[1]);

        await host.LimitFileAsync(pages: 1000000);
        await host.Checkpoint.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Healthy, (await host.CheckHealthAsync()).Status);
        using var again = await WireClient.OpenAsync(host.Port);
        Assert.Equal(0, (await again.ConnectAsync("m1", secret))[1]);
        await again.PublishAsync(TelemetryOf("m1"), Water("a1"), 1, isDuplicate: true);
        Assert.Equal(WireClient.PubAck, (await again.ReadAsync())!.Type);
        Assert.Equal(1, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task A_press_passes_while_telemetry_waits_for_room()
    {
        await using var host = await IngestHost.StartAsync(options => options with { JournalLengthMax = 1 });
        host.Grains.Gate = new TaskCompletionSource();
        using var meter = await host.ConnectAsync("m1");
        using var button = await host.ConnectAsync("b1", DeviceKind.Sos);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        Assert.Equal(1, (await meter.ReadAsync())!.PacketId);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a2"), 2);

        await button.PublishAsync("senioriot/v1/sos/b1/event", Press("p1"), 1);
        Assert.Equal(1, (await button.ReadAsync())!.PacketId);
        Assert.Equal(2, host.Counters.StoredTotal);

        host.Grains.Gate.SetResult();
        await Until(() => host.Grains.Keys("b1").Length == 1 && host.Grains.Keys("m1").Length == 1, "delivery");
        await host.Checkpoint.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, (await meter.ReadAsync())!.PacketId);
    }
}
