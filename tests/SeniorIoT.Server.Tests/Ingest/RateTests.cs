using CsCheck;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Ingest;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class RateTests
{
    /// <summary>What a token bucket is by definition: a count that grows with time up to its depth.</summary>
    [Fact]
    public void The_bucket_of_one_number_behaves_as_a_bucket_that_is_counted() =>
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 40], Gen.Int[0, 300].Array[0, 200]).Sample((perSecond, burst, pauses) =>
        {
            var clock = new FakeTimeProvider();
            var bucket = new TokenBucket(perSecond, burst, clock);
            var perToken = clock.TimestampFrequency / perSecond;
            // Counted in ticks, as whole numbers: a token is perToken of them.
            var (level, depth) = ((long)perToken * burst, (long)perToken * burst);
            foreach (var pause in pauses)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                level = Math.Min(depth, level + pause * (clock.TimestampFrequency / 1000));
                Assert.Equal(level == depth, bucket.IsFull);
                Assert.Equal(level >= perToken, bucket.TryTake());
                if (level >= perToken) level -= perToken;
            }
        });

    [Fact]
    public void Reservations_are_spread_at_the_rate_after_the_burst()
    {
        var clock = new FakeTimeProvider();
        var bucket = new TokenBucket(10, 3, clock);
        var waits = Enumerable.Range(0, 6).Select(_ => bucket.Reserve().TotalMilliseconds).ToArray();
        Assert.Equal([0, 0, 0, 100, 200, 300], waits);
        clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.False(bucket.TryTake());
        clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(bucket.TryTake());
    }

    [Fact]
    public async Task A_version_5_device_beyond_its_share_is_told_so_and_nothing_of_it_is_stored()
    {
        await using var host = await IngestHost.StartAsync(options => options with { DevicePerSecondMax = 1, DeviceBurst = TimeSpan.FromSeconds(3) });
        using var meter = await host.ConnectAsync("m1");
        for (ushort id = 1; id <= 5; id++) await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
        var codes = new List<(int, int)>();
        for (var i = 0; i < 5; i++)
        {
            var ack = await meter.ReadAsync();
            codes.Add((ack!.PacketId, ack.Body.Length > 2 ? ack.Body[2] : 0));
        }

        Assert.Equal([(1, 0), (2, 0), (3, 0), (4, 0x97), (5, 0x97)], codes);
        Assert.Equal((3, 2), (host.Counters.StoredTotal, host.Counters.ShedTotals["too_fast"]));
        Assert.Empty(host.Quarantined);

        // Connecting again does not fill the bucket; time does.
        using var again = await host.ConnectAsync("m1");
        await again.PublishAsync(TelemetryOf("m1"), Water("a6"), 6);
        Assert.Equal(0x97, (await again.ReadAsync())!.Body[2]);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await again.PublishAsync(TelemetryOf("m1"), Water("a7"), 7);
        Assert.Equal(2, (await again.ReadAsync())!.Body.Length);
    }

    [Fact]
    public async Task A_version_3_device_beyond_its_share_is_read_from_more_slowly_and_loses_nothing()
    {
        await using var host = await IngestHost.StartAsync(options => options with { DevicePerSecondMax = 1, DeviceBurst = TimeSpan.FromSeconds(2) });
        using var meter = await host.ConnectAsync("m1", isVersion5: false);
        for (ushort id = 1; id <= 4; id++) await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
        Assert.Equal(1, (await meter.ReadAsync())!.PacketId);
        Assert.Equal(2, (await meter.ReadAsync())!.PacketId);
        for (ushort id = 3; id <= 4; id++)
        {
            var answer = meter.ReadAsync();
            while (!answer.IsCompleted)
            {
                // The one driver of this clock: it goes on until the server's wait, whenever that was begun, is over.
                host.Clock.Advance(TimeSpan.FromMilliseconds(250));
                await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken));
            }

            Assert.Equal(id, (await answer)!.PacketId);
        }

        Assert.Equal(4, host.Counters.StoredTotal);
        Assert.Empty(host.Counters.ShedTotals);
    }

    [Fact]
    public async Task A_press_does_not_wait_for_the_share_of_telemetry()
    {
        await using var host = await IngestHost.StartAsync(options => options with { TelemetryPerSecondMax = 0.001, DevicePerSecondMax = 1, DeviceBurst = TimeSpan.FromSeconds(1) });
        using var button = await host.ConnectAsync("b1", DeviceKind.Sos);
        await button.PublishAsync("senioriot/v1/sos/b1/telemetry", """{"mid":"h1"}""", 1);
        Assert.Equal(2, (await button.ReadAsync())!.Body.Length);
        await button.PublishAsync("senioriot/v1/sos/b1/telemetry", """{"mid":"h2"}""", 2);
        Assert.Equal(0x97, (await button.ReadAsync())!.Body[2]);
        await button.PublishAsync("senioriot/v1/sos/b1/event", Press("p1"), 3);
        Assert.Equal((3, 2), ((await button.ReadAsync())!.PacketId, (int)host.Counters.StoredTotal));
    }

    [Fact]
    public async Task Clients_that_went_long_ago_are_forgotten()
    {
        await using var host = await IngestHost.StartAsync();
        var rates = host.Get<Rates>();
        for (var i = 0; i < 5_000; i++)
        {
            Assert.True(await rates.PassAsync(rates.Of("m" + i), Channel.Telemetry, true, TestContext.Current.CancellationToken));
            host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(rates.Count, 1, 1_000);
    }
}
