using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class JournalTests
{
    [Fact]
    public async Task After_a_crash_everything_acknowledged_is_delivered_again_in_order_and_before_anything_new()
    {
        string image;
        await using (var host = await IngestHost.StartAsync())
        {
            host.Grains.Failing["m2"] = true;
            using var first = await host.ConnectAsync("m1");
            using var second = await host.ConnectAsync("m2");
            for (ushort id = 1; id <= 20; id++)
            {
                await first.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
                await second.PublishAsync(TelemetryOf("m2"), Water("b" + id), id);
                await first.ReadAsync();
                await second.ReadAsync();
            }

            image = host.CrashImage();
        }

        var grains = new FakeGrains { Gate = new TaskCompletionSource() };
        await using var again = await IngestHost.StartAsync(folder: image, grains: grains);
        using var client = await again.ConnectAsync("m2");
        await client.PublishAsync(TelemetryOf("m2"), Water("new"), 1);
        Assert.Equal(1, (await client.ReadAsync())!.PacketId);
        Assert.Equal(41, again.Journal.Length);
        grains.Gate.SetResult();
        await Until(() => grains.Order.Count == 41, "delivery");
        Assert.Equal(Enumerable.Range(1, 20).Select(i => "m:a" + i), grains.Keys("m1"));
        Assert.Equal([.. Enumerable.Range(1, 20).Select(i => "m:b" + i), "m:new"], grains.Keys("m2"));
        Assert.All(grains.Reports("m1"), report => Assert.Equal(IngestHost.Start, report.ReceivedAt));

        await again.Checkpoint.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, again.Journal.Length);
        await using var third = await IngestHost.StartAsync(folder: again.CrashImage());
        Assert.Equal(0, third.Journal.Length);
    }

    [Fact]
    public async Task A_message_leaves_only_after_delivery_and_after_every_participant_flushed()
    {
        await using var host = await IngestHost.StartAsync();
        host.Grains.Failing["m2"] = true;
        using var first = await host.ConnectAsync("m1");
        using var second = await host.ConnectAsync("m2");
        for (ushort id = 1; id <= 3; id++)
        {
            await first.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
            await first.ReadAsync();
            await second.PublishAsync(TelemetryOf("m2"), Water("b" + id), id);
            await second.ReadAsync();
        }

        await Until(() => host.Grains.Keys("m1").Length == 3 && host.Counters.RetriesTotal > 0, "delivery");
        host.Participant.IsFailing = true;
        for (var turn = 1; turn <= 3; turn++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            await Until(() => host.Participant.Flushes == turn && host.Checkpoint.FailuresInRow == turn, "a failing checkpoint");
        }

        Assert.Equal(6, host.Journal.Length);
        Assert.Equal(HealthStatus.Unhealthy, (await host.CheckHealthAsync()).Status);

        host.Participant.IsFailing = false;
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await Until(() => host.Journal.Length == 3, "a checkpoint");
        Assert.Equal(TimeSpan.FromSeconds(4), host.Journal.OldestAge);

        host.Grains.Failing.Clear();
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await Until(() => host.Grains.Keys("m2").Length == 3, "delivery");
        await host.Checkpoint.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Journal.Length);
        Assert.Equal(TimeSpan.Zero, host.Journal.OldestAge);
    }

    [Fact]
    public async Task A_stop_delivers_and_empties_the_journal()
    {
        var grains = new FakeGrains();
        string image;
        await using (var host = await IngestHost.StartAsync(grains: grains))
        {
            using var meter = await host.ConnectAsync("m1");
            await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
            await meter.ReadAsync();
            await Until(() => grains.Keys("m1").Length == 1, "delivery");
            await host.StopAsync();
            Assert.Equal(0x8B, (await meter.ReadAsync())!.Body[0]);
            image = host.CrashImage();
        }

        await using var again = await IngestHost.StartAsync(folder: image);
        Assert.Equal(0, again.Journal.Length);
        Assert.Equal(["m:a1"], grains.Keys("m1"));
    }

    [Fact]
    public async Task A_row_that_is_not_understood_any_more_goes_to_quarantine_and_stops_nothing()
    {
        string image;
        await using (var host = await IngestHost.StartAsync())
        {
            host.Grains.Failing["m1"] = true;
            using var meter = await host.ConnectAsync("m1");
            for (ushort id = 1; id <= 3; id++)
            {
                await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
                await meter.ReadAsync();
            }

            await host.ExecuteAsync("UPDATE journal SET payload = x'7b' WHERE seq = 2");
            image = host.CrashImage();
        }

        await using var again = await IngestHost.StartAsync(folder: image);
        await Until(() => again.Grains.Keys("m1").Length == 2, "delivery");
        Assert.Equal(["m:a1", "m:a3"], again.Grains.Keys("m1"));
        var entry = Assert.Single(again.Quarantined);
        Assert.Equal(("undecodable", "m1", "{"), (entry.Reason, entry.DeviceId, entry.Payload));
        Assert.Equal(1, again.Counters.QuarantinedTotals["undecodable"]);
    }

    [Fact]
    public async Task A_device_whose_grain_fails_waits_at_the_door_when_too_much_of_it_waits_inside()
    {
        await using var host = await IngestHost.StartAsync(options => options with { FailingDeviceLengthMax = 2 });
        host.Grains.Failing["m1"] = true;
        using var meter = await host.ConnectAsync("m1");
        using var other = await host.ConnectAsync("m2");
        for (ushort id = 1; id <= 2; id++)
        {
            await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
            Assert.Equal(id, (await meter.ReadAsync())!.PacketId);
        }

        await Until(() => host.Counters.RetriesTotal > 0, "a failure");
        await meter.PublishAsync(TelemetryOf("m1"), Water("a3"), 3);
        await other.PublishAsync(TelemetryOf("m2"), Water("b1"), 1);
        Assert.Equal(1, (await other.ReadAsync())!.PacketId);
        Assert.Equal(3, host.Counters.StoredTotal);

        host.Grains.Failing.Clear();
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await Until(() => host.Grains.Keys("m1").Length >= 2, "delivery");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, (await meter.ReadAsync())!.PacketId);
    }
}
