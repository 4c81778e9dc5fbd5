using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>The last will: a device's status, published when its connection ends without a proper goodbye.</summary>
public sealed class WillTests
{
    private const string Offline = """{"status":"offline"}""";

    [Theory]
    [InlineData(false, new byte[] { 0xE0, 0 }, false)]
    [InlineData(true, new byte[] { 0xE0, 0 }, false)]
    [InlineData(true, new byte[] { 0xE0, 1, 0x00 }, false)]
    [InlineData(true, new byte[] { 0xE0, 1, 0x04 }, true)]
    [InlineData(true, new byte[] { 0xE0, 2, 0x98, 0 }, true)]
    [InlineData(true, new byte[] { 0xC1, 0 }, true)]
    [InlineData(false, new byte[] { 0xC1, 0 }, true)]
    public async Task A_proper_goodbye_and_nothing_else_makes_it_void(bool isVersion5, byte[] last, bool isSent)
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await ConnectAsync(host, Offline, isVersion5);
        await meter.SendRawAsync(last);
        if (isSent) await Until(() => host.Grains.Reports("m1").Length == 1, "the will");
        else await Until(() => host.Counters.Connections == 0, "the end of the connection");
        Assert.Equal(isSent ? 1 : 0, host.Journal.Length + host.Grains.Reports("m1").Length > 0 ? 1 : 0);
        Assert.All(host.Grains.Reports("m1"), report => Assert.False(Assert.IsType<ReportBody.Status>(report.Body).IsOnline));
    }

    [Fact]
    public async Task A_device_that_is_silent_beyond_its_keep_alive_is_offline()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await ConnectAsync(host, Offline, isVersion5: false, keepAlive: 1);
        Assert.Null(await meter.ReadAsync());
        await Until(() => host.Grains.Reports("m1").Length == 1, "the will");
    }

    [Fact]
    public async Task After_a_take_over_the_device_is_offline_first_and_online_last()
    {
        await using var host = await IngestHost.StartAsync();
        using var first = await ConnectAsync(host, Offline);
        using var second = await ConnectAsync(host, Offline);
        await second.PublishAsync("senioriot/v1/water/m1/status", """{"status":"online"}""", 1);
        Assert.Equal(1, (await second.ReadAsync())!.PacketId);
        await Until(() => host.Grains.Reports("m1").Length == 2, "both");
        Assert.Equal([false, true], host.Grains.Reports("m1").Select(report => Assert.IsType<ReportBody.Status>(report.Body).IsOnline));
        await Until(() => host.Counters.Connections == 1, "the end of the first connection");
        Assert.Equal(2, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task One_that_is_no_message_goes_to_quarantine_when_it_is_sent()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await ConnectAsync(host, "gone");
        meter.Cut();
        await Until(() => host.Quarantined.Count == 1, "the quarantine");
        Assert.Equal(("payload_format_invalid", "gone"), (host.Quarantined[0].Reason, host.Quarantined[0].Payload));
    }

    [Fact]
    public async Task A_restart_of_the_server_says_nothing_about_devices()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await ConnectAsync(host, Offline);
        await host.StopAsync();
        Assert.Equal((0L, 0), (host.Counters.StoredTotal, host.Counters.ShedTotals.Count));
    }

    [Fact]
    public async Task A_gateway_may_leave_one_for_a_child()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("g1", kind: null);
        host.Enrol("m1", gatewayId: "g1");
        using var gateway = await WireClient.OpenAsync(host.Port);
        Assert.Equal(0, (await gateway.ConnectAsync("g1", secret, will: ("senioriot/v1/gateway/g1/water/m1/status", Offline)))[1]);
        gateway.Cut();
        await Until(() => host.Grains.Reports("m1").Length == 1, "the will");
    }

    private static async Task<WireClient> ConnectAsync(IngestHost host, string will, bool isVersion5 = true, ushort keepAlive = 0)
    {
        var secret = host.Enrol("m1");
        var client = await WireClient.OpenAsync(host.Port, isVersion5);
        Assert.Equal(0, (await client.ConnectAsync("m1", secret, will: ("senioriot/v1/water/m1/status", will), keepAlive: keepAlive))[1]);
        return client;
    }
}
