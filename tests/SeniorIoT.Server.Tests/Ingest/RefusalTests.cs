using System.Text;
using SeniorIoT.Server.Ingest;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("senioriot/v1/water/m2/telemetry", "ok", 0x87, "not_authorized")]
    [InlineData("senioriot/v1/smoke/m1/event", "ok", 0x87, "not_authorized")]
    [InlineData("senioriot/v1/water/m1/command", "ok", 0x87, "not_authorized")]
    [InlineData("senioriot/v1/gateway/m1/water/m2/telemetry", "ok", 0x87, "not_authorized")]
    [InlineData("senioriot/v1/water/m1", "ok", 0x90, "topic_name_invalid")]
    [InlineData("senioriot/v1/water/m 1/telemetry", "ok", 0x90, "topic_name_invalid")]
    [InlineData("senioriot/v1/water/m1/telemetry", "{\"mid\":", 0x99, "payload_format_invalid")]
    [InlineData("senioriot/v1/water/m1/telemetry", "{\"water\":{\"total_l\":-1}}", 0x99, "payload_format_invalid")]
    public async Task A_message_is_refused_with_a_code_quarantined_and_counted(string topic, string payload, int code, string reason)
    {
        await using var host = await IngestHost.StartAsync();
        host.Enrol("m2");
        using var other = await host.ConnectAsync("m3");
        using var meter = await host.ConnectAsync("m1");
        await meter.PublishAsync(topic, payload == "ok" ? Water("a1") : payload, 11);
        var answer = await meter.ReadAsync();
        Assert.Equal((WireClient.PubAck, 11, code), (answer!.Type, answer.PacketId, answer.Body[2]));
        var entry = Assert.Single(host.Quarantined);
        Assert.Equal((reason, "m1", topic), (entry.Reason, entry.DeviceId, entry.Topic));
        Assert.EndsWith($"{entry.Field}: {entry.Detail}", Encoding.UTF8.GetString(answer.Body));
        Assert.Equal(1, host.Counters.QuarantinedTotals[reason]);

        // Nobody else is disturbed, nor this device itself.
        await meter.PublishAsync(TelemetryOf("m1"), Water("a2"), 12);
        await other.PublishAsync(TelemetryOf("m3"), Water("a3"), 13);
        Assert.Equal(12, (await meter.ReadAsync())!.PacketId);
        Assert.Equal(13, (await other.ReadAsync())!.PacketId);
        Assert.Equal(2, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task A_version_3_client_gets_its_acknowledgement_so_that_it_does_not_resend_for_ever()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1", isVersion5: false);
        await meter.PublishAsync(TelemetryOf("m1"), "nonsense", 5);
        var answer = await meter.ReadAsync();
        Assert.Equal((WireClient.PubAck, 5, 2), (answer!.Type, answer.PacketId, answer.Body.Length));
        Assert.Equal("nonsense", Assert.Single(host.Quarantined).Payload);
    }

    [Theory]
    [InlineData("senioriot/v1/water/#/telemetry", true, 0x81)]
    [InlineData("senioriot/v1/water/m\0/telemetry", true, 0x81)]
    [InlineData("senioriot/v1/water/m1/telemetr\uFFFF", true, 0x81)]
    [InlineData("", true, 0x82)]
    [InlineData("senioriot/v1/water/m\0/telemetry", false, null)]
    [InlineData("", false, null)]
    public async Task A_topic_that_cannot_be_ends_the_connection_and_is_recorded(string topic, bool isVersion5, int? code)
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1", isVersion5: isVersion5);
        // U+FFFF stands for a byte that is no UTF-8.
        byte[] bytes = topic.EndsWith('\uFFFF') ? [.. Encoding.UTF8.GetBytes(topic[..^1]), 0xC3] : Encoding.UTF8.GetBytes(topic);
        await meter.SendAsync(0x32, meter.PublishBody(bytes, [.. "{}"u8], 3, 1));
        if (code is not null) Assert.Equal((WireClient.Disconnect, code), await meter.ReadAsync() is { } last ? (last.Type, last.Body[0]) : default);
        Assert.Null(await meter.ReadAsync());
        var entry = Assert.Single(host.Quarantined);
        Assert.Equal(("topic_name_invalid", "m1", "topic"), (entry.Reason, entry.DeviceId, entry.Field));
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["topic_name"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_megabyte_is_refused_and_recorded_with_its_device_and_topic(bool isVersion5)
    {
        await using var host = await IngestHost.StartAsync();
        using var other = await host.ConnectAsync("m3");
        using var meter = await host.ConnectAsync("m1", isVersion5: isVersion5);
        await meter.PublishAsync(TelemetryOf("m1"), new string(' ', 1024 * 1024), 21);
        var answer = await meter.ReadAsync();
        if (isVersion5) Assert.Equal((WireClient.Disconnect, 0x95), (answer!.Type, answer.Body[0]));
        else Assert.Equal((WireClient.PubAck, 21), (answer!.Type, answer.PacketId));
        if (!isVersion5) await meter.PublishAsync(TelemetryOf("m1"), Water("a0"), 22);
        Assert.Equal(isVersion5 ? null : 22, (await meter.ReadAsync())?.PacketId);

        var entry = Assert.Single(host.Quarantined);
        Assert.Equal(("packet_too_large", "m1", TelemetryOf("m1"), ""), (entry.Reason, entry.DeviceId, entry.Topic, entry.Payload));
        Assert.InRange(entry.PayloadBytes, 1024 * 1024, 1024 * 1024 + 100);
        Assert.Equal(1, host.Counters.QuarantinedTotals["packet_too_large"]);
        await other.PublishAsync(TelemetryOf("m3"), Water("a1"), 1);
        Assert.Equal(1, (await other.ReadAsync())!.PacketId);
    }

    [Theory]
    [InlineData("stranger", "x", 0x87, 5, "not_enrolled")]
    [InlineData("m1", "wrong", 0x86, 4, "bad_credentials")]
    [InlineData("retired", null, 0x87, 5, "not_enrolled")]
    public async Task A_client_is_turned_away_with_a_code_counted_and_recorded_without_its_password(
        string id, string? password, int code5, int code3, string reason)
    {
        await using var host = await IngestHost.StartAsync();
        host.Enrol("m1");
        var secret = host.Enrol("retired", isRetired: true);
        for (var i = 0; i < RecordLimit.EachMax + 3; i++)
        {
            using var client = await WireClient.OpenAsync(host.Port, isVersion5: i % 2 == 0);
            Assert.Equal(i % 2 == 0 ? code5 : code3, (await client.ConnectAsync(id, password ?? secret))[1]);
            Assert.Null(await client.ReadAsync());
        }

        Assert.Equal(RecordLimit.EachMax + 3, host.Counters.RefusedConnectionTotals[reason]);
        Assert.Equal(RecordLimit.EachMax, host.Quarantined.Count);
        Assert.All(host.Quarantined, entry => Assert.Equal((reason, id, ""), (entry.Reason, entry.DeviceId, entry.Payload)));
        Assert.False(host.Connected.Is(id));
        Assert.Equal(0, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task Client_id_and_user_name_must_be_the_same_device()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        host.Enrol("m2");
        using var client = await WireClient.OpenAsync(host.Port);
        Assert.Equal(0x86, (await client.ConnectAsync("m2", secret, user: "m1"))[1]);
    }

    [Fact]
    public async Task A_device_retired_while_connected_is_refused_and_can_be_closed()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        host.Enrol("m1", isRetired: true);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        Assert.Equal(0x87, (await meter.ReadAsync())!.Body[2]);
        host.Connected.Close("m1");
        var last = await meter.ReadAsync();
        Assert.Equal((WireClient.Disconnect, 0x98), (last!.Type, last.Body[0]));
        Assert.Null(await meter.ReadAsync());
        await Until(() => !host.Connected.Is("m1"), "the end of the connection");
    }

    [Fact]
    public async Task QoS_2_ends_the_connection_with_its_code()
    {
        await using var host = await IngestHost.StartAsync();
        using var meter = await host.ConnectAsync("m1");
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1, qos: 2);
        var last = await meter.ReadAsync();
        Assert.Equal((WireClient.Disconnect, 0x9B), (last!.Type, last.Body[0]));
        Assert.Null(await meter.ReadAsync());
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["qos_not_supported"]);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F }, "packet_too_large")]
    [InlineData(new byte[] { 0x10, 0x81, 0x10 }, "packet_too_large")]
    [InlineData(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, "protocol")]
    [InlineData(new byte[] { 0x32, 0x04, 0, 0, 0, 1 }, "protocol")]
    [InlineData(new byte[] { 0x10, 0x02, 0, 9 }, "protocol")]
    [InlineData(new byte[] { 0x47, 0x45, 0x54, 0x20, 0x2F }, "protocol")]
    public async Task A_stranger_who_does_not_begin_with_a_proper_CONNECT_is_closed(byte[] bytes, string reason)
    {
        await using var host = await IngestHost.StartAsync();
        using var client = await WireClient.OpenAsync(host.Port);
        await client.SendRawAsync([.. bytes, .. new byte[80]]);
        Assert.Null(await client.ReadAsync());
        await Until(() => host.Counters.Connections == 0, "the end of the connection");
        Assert.Equal([new(reason, 1)], host.Counters.RefusedConnectionTotals);
    }

    [Fact]
    public async Task A_connection_without_CONNECT_is_closed_at_the_deadline_and_not_before()
    {
        await using var host = await IngestHost.StartAsync();
        using var silent = await WireClient.OpenAsync(host.Port);
        using var slow = await WireClient.OpenAsync(host.Port);
        await slow.SendRawAsync(0x10);
        using var meter = await host.ConnectAsync("m1");
        await Until(() => host.Counters.Connections == 3, "three connections");
        host.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(3, host.Counters.Connections);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await silent.ReadAsync());
        Assert.Null(await slow.ReadAsync());
        Assert.Equal(2, host.Counters.RefusedConnectionTotals["connect_timeout"]);
        await meter.PingAsync();
        Assert.Equal(WireClient.PingResp, (await meter.ReadAsync())!.Type);
    }

    [Fact]
    public async Task One_connection_too_many_is_closed_at_once()
    {
        await using var host = await IngestHost.StartAsync(options => options with { ConnectionsMax = 1 });
        using var meter = await host.ConnectAsync("m1");
        using var second = await WireClient.OpenAsync(host.Port);
        Assert.Null(await second.ReadAsync());
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["too_many"]);
    }

    [Fact]
    public async Task The_quarantine_keeps_the_newest()
    {
        await using var host = await IngestHost.StartAsync(options => options with { QuarantineLengthMax = 3 });
        using var meter = await host.ConnectAsync("m1");
        for (ushort id = 1; id <= 7; id++)
        {
            await meter.PublishAsync(TelemetryOf("m1"), "bad " + id, id);
            Assert.Equal(id, (await meter.ReadAsync())!.PacketId);
        }

        Assert.Equal(["bad 7", "bad 6", "bad 5"], host.Quarantined.Select(entry => entry.Payload));
        Assert.Equal(["bad 5"], host.Get<Quarantine>().Read(before: host.Quarantined[1].Id, 10).Select(entry => entry.Payload));
    }
}
