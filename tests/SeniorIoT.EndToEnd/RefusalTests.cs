using System.Text;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>Whoever may not, or says what cannot be understood, is told so, written down and counted; a neighbour does not notice.</summary>
public sealed class RefusalTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private const int MegaByte = 1024 * 1024;

    [Theory]
    [InlineData("5", "CONNACK (134)")]
    [InlineData("311", "CONNACK (4)")]
    public async Task A_wrong_password_is_refused(string version, string answer)
    {
        var device = await server.Api.EnrolAsync("sos", "pw-" + version);
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, device with { Password = "wrong" }, "event", Payload.Press("p1", Payload.Now), version);
        Assert.NotEqual(0, code);
        Assert.Contains(answer, output);
        await AssertWrittenDownAsync(device.Id, "bad_credentials", "password");
        Assert.Empty(await server.Api.AlertsAsync(device.HouseholdId));
    }

    [Theory]
    [InlineData("5", "CONNACK (135)")]
    [InlineData("311", "CONNACK (5)")]
    public async Task A_device_that_was_never_enrolled_is_refused(string version, string answer)
    {
        var stranger = new Enrolled("sos", "stranger-" + version, "", "whatever");
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, stranger, "event", Payload.Press("p1", Payload.Now), version);
        Assert.NotEqual(0, code);
        Assert.Contains(answer, output);
        await AssertWrittenDownAsync(stranger.Id, "not_enrolled", "clientId");
    }

    [Fact]
    public async Task The_topic_of_another_device_is_refused()
    {
        var victim = await server.Api.EnrolAsync("sos", "victim");
        var liar = await server.Api.EnrolAsync("sos", "liar");
        var told = await Mosquitto.PublishAsync(server.MqttPort, liar.Id, liar.Password, victim.Topic("event"), Payload.Press("p1", Payload.Now));
        Assert.Contains("RC:135", told.Output);
        await AssertWrittenDownAsync(liar.Id, "not_authorized", "topic");

        // Version 3 has no words for it: it gets its PUBACK, so that it does not send the same for ever.
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, liar.Id, liar.Password, victim.Topic("event"), Payload.Press("p2", Payload.Now), "311");
        Assert.True(code == 0, output);
        Assert.Empty(await server.Api.AlertsAsync(victim.HouseholdId));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("311")]
    public async Task A_device_hears_its_own_commands_and_no_others(string version)
    {
        var device = await server.Api.EnrolAsync("sos", "ear-" + version);
        Assert.Contains("): 1", (await Mosquitto.SubscribeAsync(server.MqttPort, device, device.Topic("command"), version)).Output);
        foreach (var topic in new[] { "#", "senioriot/v1/sos/+/event", "senioriot/v1/sos/other/command" })
            Assert.Contains(version == "5" ? "): 135" : "): 128", (await Mosquitto.SubscribeAsync(server.MqttPort, device, topic, version)).Output);
    }

    [Fact]
    public async Task A_message_that_wants_an_answer_is_taken_like_any_other()
    {
        var device = await server.Api.EnrolAsync("sos", "asks");
        var (_, output) = await Mosquitto.RequestAsync(server.MqttPort, device, "event", Payload.Press("p1", Payload.Now));
        Assert.Contains("RC:0", output);
        await Wait.UntilAsync("the press is an alert", async () => (await server.Api.AlertsAsync(device.HouseholdId)).Count == 1);
    }

    [Theory]
    [InlineData("event", "{\"mid\":", "RC:153", "payload_format_invalid")]
    [InlineData("event", "{\"mid\":\"a\",\"water\":{\"type\":\"leak\"}}", "RC:153", "payload_format_invalid")]
    [InlineData("event", "\u00ff", "RC:153", "payload_format_invalid")]
    [InlineData("gossip", "{}", "RC:144", "topic_name_invalid")]
    public async Task What_cannot_be_understood_is_refused_with_the_field(string channel, string payload, string answer, string reason)
    {
        var device = await server.Api.EnrolAsync("sos", $"mumble-{channel}-{payload.Length}");
        Assert.Contains(answer, (await Mosquitto.PublishAsync(server.MqttPort, device, channel, payload)).Output);
        var entry = await AssertWrittenDownAsync(device.Id, reason, null);
        Assert.Equal(payload, entry.Payload);
        Assert.Equal(Encoding.UTF8.GetByteCount(payload), entry.PayloadBytes);
        Assert.NotEmpty(entry.Detail);

        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, device, channel, payload, "311");
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task A_payload_of_a_megabyte_is_refused_before_it_is_kept()
    {
        var device = await server.Api.EnrolAsync("water", "flood");
        using (var raw = await RawDevice.ConnectAsync(server.MqttPort, device, isVersion5: true))
        {
            await raw.SendMessageAsync(device.Topic("telemetry"), new byte[MegaByte]);
            var (type, body) = await raw.ReadAsync();
            Assert.Equal((RawDevice.Disconnect, 0x95), (type, body[0]));
        }

        Assert.True((await AssertWrittenDownAsync(device.Id, "packet_too_large", "payload")).PayloadBytes >= MegaByte);

        var path = Path.Combine(server.DataFolder, "megabyte");
        await File.WriteAllBytesAsync(path, new byte[MegaByte], TestContext.Current.CancellationToken);
        var old = await Mosquitto.PublishFileAsync(server.MqttPort, device, "telemetry", path, "311");
        Assert.Contains("received PUBACK", old.Output);
    }

    [Fact]
    public async Task A_neighbour_is_not_disturbed_by_any_of_it()
    {
        var neighbour = await server.Api.EnrolAsync("water", "neighbour");
        var pest = await server.Api.EnrolAsync("sos", "pest");
        var startedAt = Payload.Now.AddMinutes(-30);
        using var meter = await RawDevice.ConnectAsync(server.MqttPort, neighbour, isVersion5: true);
        for (var i = 0; i < 20; i++)
        {
            var disturbance = Disturb(pest, i);
            Assert.Equal(0, await meter.PublishAsync(neighbour.Topic("telemetry"), Payload.Reading($"r{i}", startedAt.AddMinutes(i), 100 + i)));
            await disturbance;
        }

        var from = Uri.EscapeDataString(startedAt.AddMinutes(-1).ToString("O"));
        await Wait.UntilAsync("all 20 readings are in the series", async () =>
            (await server.Api.GetAsync<Series>($"devices/{neighbour.Id}/series?metric=total_l&every=raw&from={from}")).Points.Count == 20);
        Assert.DoesNotContain(await server.Api.ListAsync<QuarantinedMessage>("quarantine?limit=200"), entry => entry.DeviceId == neighbour.Id);
    }

    private Task Disturb(Enrolled pest, int number) => (number % 5) switch
    {
        0 => Mosquitto.PublishAsync(server.MqttPort, pest with { Password = "wrong" }, "event", "{}"),
        1 => Mosquitto.PublishAsync(server.MqttPort, pest, "event", "not json"),
        2 => Mosquitto.PublishAsync(server.MqttPort, pest.Id, pest.Password, "senioriot/v1/water/neighbour/telemetry", Payload.Reading("lie", Payload.Now, 0)),
        3 => FloodAsync(pest),
        _ => Mosquitto.PublishAsync(server.MqttPort, new Enrolled("sos", "nobody", "", "x"), "event", "{}"),
    };

    private async Task FloodAsync(Enrolled pest)
    {
        using var raw = await RawDevice.ConnectAsync(server.MqttPort, pest, isVersion5: true);
        await raw.SendMessageAsync(pest.Topic("event"), new byte[MegaByte]);
        Assert.Equal(RawDevice.Disconnect, (await raw.ReadAsync()).Type);
    }

    /// <summary>In quarantine with its reason, and counted.</summary>
    private async Task<QuarantinedMessage> AssertWrittenDownAsync(string deviceId, string reason, string? field)
    {
        var entry = await Wait.ForAsync($"{deviceId} is in quarantine for {reason}", async () =>
            (await server.Api.ListAsync<QuarantinedMessage>("quarantine?limit=200")).FirstOrDefault(one => one.DeviceId == deviceId && one.Reason == reason));
        if (field is not null) Assert.Equal(field, entry.Field);
        await Wait.UntilAsync($"{reason} is counted", async () => (await server.Api.TextAsync("metrics")).Split('\n').Any(line =>
            line.StartsWith("senioriot_ingest_", StringComparison.Ordinal) && line.Contains($"reason=\"{reason}\"", StringComparison.Ordinal)));
        return entry;
    }
}
