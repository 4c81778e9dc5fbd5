using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class ConnectionTests
{
    [Fact]
    public async Task The_limits_are_told_at_the_door()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        var answer = await meter.ConnectAsync("m1", secret);
        var properties = new Dictionary<byte, uint>();
        for (var i = 3; i < answer.Length;)
        {
            var (id, width) = (answer[i], answer[i] is 0x27 or 0x11 ? 4 : answer[i] is 0x21 or 0x22 or 0x13 ? 2 : 1);
            properties[id] = answer.AsSpan(i + 1, width).ToArray().Aggregate(0u, (value, part) => (value << 8) | part);
            i += 1 + width;
        }

        Assert.Equal(0, answer[0]);
        Assert.Equal(32u, properties[0x21]);
        Assert.Equal(1u, properties[0x24]);
        Assert.Equal(0u, properties[0x25]);
        Assert.Equal(65536u, properties[0x27]);
        Assert.Equal(0u, properties.GetValueOrDefault<byte, uint>(0x22));
        Assert.Equal((0u, 0u, 0u), (properties[0x28], properties[0x29], properties[0x2A]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_second_connection_of_a_device_takes_over(bool isVersion5)
    {
        await using var host = await IngestHost.StartAsync();
        var changes = new List<(string, bool)>();
        host.Connected.Changed += (id, isHere) => { lock (changes) changes.Add((id, isHere)); };
        var secret = host.Enrol("m1");
        using var first = await WireClient.OpenAsync(host.Port, isVersion5);
        await first.ConnectAsync("m1", secret);
        using var second = await WireClient.OpenAsync(host.Port, isVersion5);
        Assert.Equal(0, (await second.ConnectAsync("m1", secret))[0] & 1);
        if (isVersion5) Assert.Equal((WireClient.Disconnect, 0x8E), await first.ReadAsync() is { } last ? (last.Type, last.Body[0]) : default);
        Assert.Null(await first.ReadAsync());
        await Until(() => host.Counters.Connections == 1, "the end of the first connection");
        Assert.True(host.Connected.Is("m1"));
        await second.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        Assert.Equal(1, (await second.ReadAsync())!.PacketId);

        second.Cut();
        await Until(() => !host.Connected.Is("m1"), "the end of the second connection");
        lock (changes) Assert.Equal([("m1", true), ("m1", true), ("m1", false)], changes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task However_connections_of_a_device_break_and_follow_each_other_the_last_one_lives(bool breaks)
    {
        await using var host = await IngestHost.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (number, _) =>
        {
            var id = $"m{number}";
            var meter = await host.ConnectAsync(id);
            for (var i = 0; i < 150; i++)
            {
                var previous = meter;
                if (breaks) previous.Cut();
                meter = await host.ConnectAsync(id);
                Assert.Equal(1, await meter.SubscribeAsync($"senioriot/v1/water/{id}/command"));
                previous.Dispose();
            }

            meter.Dispose();
        });
        await Until(() => host.Counters.Connections == 0 && host.Connected.Count == 0, "the end of all connections");
    }

    [Fact]
    public async Task Of_many_connections_of_a_device_at_once_one_is_left()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        var meters = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => WireClient.OpenAsync(host.Port)));
        await Task.WhenAll(meters.Select(meter => meter.ConnectAsync("m1", secret)));
        await Until(() => host.Counters.Connections == 1, "the end of all but one");
        Assert.True(host.Connected.Is("m1"));
        foreach (var meter in meters) meter.Dispose();
        await Until(() => host.Connected.Count == 0, "the end of the last");
    }

    [Fact]
    public async Task A_device_may_listen_to_its_own_commands_and_nothing_else()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        using var other = await host.ConnectAsync("m2");
        Assert.Equal(1, await meter.SubscribeAsync("senioriot/v1/water/m1/command"));
        foreach (var filter in new[] { "senioriot/v1/water/m1/command", "#", "senioriot/v1/water/+/command", "senioriot/v1/water/m2/telemetry" })
            Assert.Equal(0x87, await other.SubscribeAsync(filter));
    }

    [Fact]
    public async Task A_gateway_speaks_for_its_children_only()
    {
        await using var host = await IngestHost.StartAsync();
        using var gateway = await host.ConnectAsync("g1", kind: null);
        host.Enrol("m1", gatewayId: "g1");
        host.Enrol("m2", gatewayId: "g2");
        await gateway.PublishAsync("senioriot/v1/gateway/g1/water/m1/telemetry", Water("a1"), 1);
        await gateway.PublishAsync("senioriot/v1/gateway/g1/water/m2/telemetry", Water("a2"), 2);
        await gateway.PublishAsync("senioriot/v1/gateway/g2/water/m2/telemetry", Water("a3"), 3);
        await gateway.PublishAsync("senioriot/v1/water/m1/telemetry", Water("a4"), 4);
        var codes = new List<int>();
        for (var i = 0; i < 4; i++) codes.Add(await gateway.ReadAsync() is { Body: { Length: > 2 } body } ? body[2] : 0);
        Assert.Equal([0, 0x87, 0x87, 0x87], codes);
        await Until(() => host.Grains.Keys("m1").Length == 1, "delivery");
    }

    [Fact]
    public async Task A_last_will_is_a_status_message()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        await meter.ConnectAsync("m1", secret, will: ("senioriot/v1/water/m1/status", """{"online":false}"""));
        meter.Cut();
        await Until(() => host.Grains.Reports("m1").Length == 1, "the will");
        Assert.IsType<ReportBody.Status>(host.Grains.Reports("m1")[0].Body);
    }

    [Fact]
    public async Task A_device_that_only_publishes_is_alive()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        await meter.ConnectAsync("m1", secret, keepAlive: 1);
        using var silent = await WireClient.OpenAsync(host.Port);
        var other = host.Enrol("m2");
        await silent.ConnectAsync("m2", other, keepAlive: 1);
        var end = silent.ReadAsync();
        for (ushort id = 1; !end.IsCompleted; id++)
        {
            await meter.PublishAsync(TelemetryOf("m1"), Water("a" + id), id);
            Assert.Equal(id, (await meter.ReadAsync())!.PacketId);
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        Assert.Equal(0x8D, (await end)!.Body[0]);
        Assert.True(host.Connected.Is("m1"));
    }
}
