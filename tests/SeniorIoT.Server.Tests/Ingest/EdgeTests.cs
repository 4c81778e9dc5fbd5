using System.Buffers;
using System.Text;
using SeniorIoT.Server.Ingest;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>Limits between a client and the server that are not about single packets.</summary>
public sealed class EdgeTests
{
    [Theory]
    [InlineData(0, 1200)]
    [InlineData(5000, 1200)]
    [InlineData(1200, 0)]
    [InlineData(60, 0)]
    public async Task A_keep_alive_that_is_missing_or_too_long_is_replaced_and_told(ushort asked, int told)
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        Assert.Equal(told, ServerKeepAlive(await meter.ConnectAsync("m1", secret, keepAlive: asked)));
    }

    [Fact]
    public async Task The_keep_alive_that_was_told_is_enforced_and_an_older_client_that_wants_none_is_left_alone()
    {
        await using var host = await IngestHost.StartAsync(options => options with { KeepAliveMax = TimeSpan.FromSeconds(1) });
        using var sleeper = await host.ConnectAsync("m2", isVersion5: false);
        using var meter = await host.ConnectAsync("m1");
        Assert.Equal((WireClient.Disconnect, 0x8D), await meter.ReadAsync() is { } last ? (last.Type, last.Body[0]) : default);
        Assert.Null(await meter.ReadAsync());
        await sleeper.PingAsync();
        Assert.Equal(WireClient.PingResp, (await sleeper.ReadAsync())!.Type);
    }

    [Fact]
    public async Task What_was_in_flight_when_another_connection_took_over_is_recorded_all_the_same()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var first = await WireClient.OpenAsync(host.Port);
        await first.ConnectAsync("m1", secret);
        var release = await host.HoldCommitsAsync();
        await first.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        await first.PingAsync();
        Assert.Equal(WireClient.PingResp, (await first.ReadAsync())!.Type);
        using var second = await WireClient.OpenAsync(host.Port);
        await second.ConnectAsync("m1", secret);
        Assert.Equal((WireClient.Disconnect, 0x8E), await first.ReadAsync() is { } last ? (last.Type, last.Body[0]) : default);
        release.Set();
        await Until(() => host.Grains.Keys("m1").Length == 1, "delivery");
        await second.PublishAsync(TelemetryOf("m1"), Water("a1"), 1, isDuplicate: true);
        Assert.Equal(1, (await second.ReadAsync())!.PacketId);
        Assert.Equal((true, 1), (host.Connected.Is("m1"), host.Connected.Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_does_not_read_is_not_read_from_holds_up_nobody_when_it_is_replaced_and_is_cut_off_after_a_minute(bool isReplaced)
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        using var deaf = await WireClient.OpenAsync(host.Port);
        await deaf.ConnectAsync("m1", secret);
        var sent = 0L;
        var flooding = FloodAsync(deaf, count => Interlocked.Add(ref sent, count));
        await StandsStillAsync(() => Interlocked.Read(ref sent));
        // Buffers of the system are in it too, in both directions; without a limit it would go on as long as the test.
        Assert.InRange(Interlocked.Read(ref sent), 1, 64 * 1024 * 1024);

        using var second = isReplaced ? await WireClient.OpenAsync(host.Port) : null;
        if (second is not null) Assert.Equal(0, (await second.ConnectAsync("m1", secret))[1]);
        using var other = await host.ConnectAsync("m2");
        await Until(() =>
        {
            if (!isReplaced) host.Clock.Advance(TimeSpan.FromMinutes(1));
            return flooding.IsCompleted;
        }, "the end of the flood");
        await Assert.ThrowsAsync<IOException>(() => flooding);
        await Until(() => host.Counters.Connections == (isReplaced ? 2 : 1), "the end of the deaf connection");
        Assert.Equal(isReplaced ? 0 : 1, host.Counters.RefusedConnectionTotals.GetValueOrDefault("not_reading"));
    }

    [Fact]
    public void The_usual_message_costs_its_payload_and_nothing_else()
    {
        var topic = TelemetryOf("m1");
        byte[] body = [0, (byte)topic.Length, .. Encoding.UTF8.GetBytes(topic), 0, 7, 0, .. new byte[100]];
        var packet = new ReadOnlySequence<byte>([0x32, (byte)(0x80 | body.Length), 1, .. body]);
        Assert.True(Frame.TryRead(packet, out var frame));
        var message = PublishedMessage.Read(frame, packet, true, "");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) message = PublishedMessage.Read(frame, packet, true, message.Topic);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 100, 128);
        Assert.Equal((topic, 100, 7), (message.Topic, message.Payload.Length, message.PacketId));
    }

    private static int ServerKeepAlive(byte[] connAck)
    {
        for (var i = 3; i < connAck.Length; i += 1 + (connAck[i] is 0x27 or 0x11 ? 4 : connAck[i] is 0x21 or 0x22 or 0x13 ? 2 : 1))
            if (connAck[i] == 0x13) return (connAck[i + 1] << 8) | connAck[i + 2];
        return 0;
    }

    /// <summary>Asks for answers, of ours and of MQTTnet's, without end.</summary>
    private static async Task FloodAsync(WireClient client, Action<int> count)
    {
        var filter = Encoding.UTF8.GetBytes("senioriot/v1/water/m1/command");
        var questions = (byte[])[0xC0, 0, 0x82, (byte)(6 + filter.Length), 0, 9, 0, 0, (byte)filter.Length, .. filter, 1];
        var flood = Enumerable.Repeat(questions, 1000).SelectMany(bytes => bytes).ToArray();
        while (true)
        {
            await client.SendRawAsync(flood);
            count(flood.Length);
        }
    }

    private static async Task StandsStillAsync(Func<long> count)
    {
        for (var (still, last) = (0, -1L); still < 40; still = count() == last ? still + 1 : 0)
        {
            last = count();
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }
    }
}
