using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>Nobody used water for 12 hours, as a meter tells it: in one batch, with a hole, late, twice, out of turn.</summary>
public sealed class NoWaterStoryTests(ServerProcess server) : IClassFixture<ServerProcess>
{
    private const long Register = 12_345;

    [Theory]
    [InlineData("hourly", 13, 0, 13.0)]
    [InlineData("hole", 13, 0, 13.0)]
    [InlineData("late", 18, 5, 13.0)]
    [InlineData("twice", 13, 0, 13.0)]
    [InlineData("shuffled", 13, 0, 13.0)]
    [InlineData("one-by-one-shuffled", 13, 0, 13.0)]
    [InlineData("halves-the-wrong-way-round", 13, 0, 13.0)]
    public async Task A_constant_register_is_one_alert_for_the_hours_it_covers(string variant, int fromHoursAgo, int untilHoursAgo, double coveredHours)
    {
        var meter = await server.Api.EnrolAsync("water", "wm-" + variant);
        var now = Payload.Now;
        var readings = Hourly(now, fromHoursAgo, untilHoursAgo);
        var messages = Messages(variant, readings).ToList();
        foreach (var (message, number) in messages.Select((message, number) => (message, number)))
        {
            // Both versions of the protocol, turn and turn about.
            var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, meter, "telemetry", message, number % 2 == 0 ? "5" : "311");
            Assert.True(code == 0, output);
        }

        var alert = Assert.Single(await AlertsAfterEverythingAsync(meter, 1));
        Assert.Equal(("no-water", "P2", "open", null), (alert.Rule, alert.Priority, alert.State, alert.ClearedAt));
        Assert.Equal(coveredHours, alert.Evidence.CoveredHours!.Value, 0.01);
        Assert.Equal(readings[^1].At, alert.Evidence.UntilAt!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal(readings[0].At, alert.Evidence.FromAt!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal((0.0, 10.0), (alert.Evidence.UsedLitres, alert.Evidence.LimitLitres));
        Assert.Contains(alert.Evidence.Readings, reading => reading.TotalLitres == Register);
        Assert.StartsWith("changning", alert.Evidence.RuleVersion);
    }

    [Fact]
    public async Task Twelve_hours_of_which_only_eight_are_covered_are_no_alert()
    {
        var meter = await server.Api.EnrolAsync("water", "wm-eight");
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, meter, "telemetry", Payload.Batch("b1", Hourly(Payload.Now, 13, 5)));
        Assert.True(code == 0, output);
        Assert.Empty(await AlertsAfterEverythingAsync(meter, 0));
    }

    [Fact]
    public async Task A_home_that_uses_water_is_no_alert_and_its_series_shows_the_use()
    {
        var meter = await server.Api.EnrolAsync("water", "wm-lively");
        var readings = Hourly(Payload.Now, 13, 0).Select((reading, hour) => (reading.At, reading.Litres + (hour * 7))).ToList();
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, meter, "telemetry", Payload.Batch("b1", readings));
        Assert.True(code == 0, output);
        Assert.Empty(await AlertsAfterEverythingAsync(meter, 0));

        var from = Uri.EscapeDataString(readings[0].At.AddMinutes(-1).ToString("O"));
        var series = await Wait.ForAsync("the readings are in the series", async () =>
            await server.Api.GetAsync<Series>($"devices/{meter.Id}/series?metric=total_l&every=raw&from={from}") is { Points.Count: > 0 } found ? found : null);
        Assert.Equal(readings.Select(reading => (double)reading.Item2), series.Points.Select(point => point.Value!.Value));
    }

    [Fact]
    public async Task Water_that_runs_again_clears_the_condition_but_the_alert_still_waits_for_a_person()
    {
        var meter = await server.Api.EnrolAsync("water", "wm-again");
        var now = Payload.Now;
        await Mosquitto.PublishAsync(server.MqttPort, meter, "telemetry", Payload.Batch("b1", Hourly(now.AddMinutes(-1), 13, 0)));
        Assert.Single(await AlertsAfterEverythingAsync(meter, 1));

        await Mosquitto.PublishAsync(server.MqttPort, meter, "telemetry", Payload.Reading("b2", now, Register + 12));
        var alert = await Wait.ForAsync("the condition is cleared", async () => (await server.Api.AlertsAsync(meter.HouseholdId)).Find(one => one.ClearedAt is not null));
        Assert.Equal(("open", null), (alert.State, alert.AnsweredAt));
    }

    private static IEnumerable<string> Messages(string variant, List<(DateTimeOffset At, long Litres)> readings)
    {
        var shuffled = readings.ToArray();
        new Random(4711).Shuffle(shuffled);
        return variant switch
        {
            "hole" => [Payload.Batch("b1", [.. readings[..4], .. readings[8..]])],
            "twice" => [Payload.Batch("b1", readings), Payload.Batch("b1", readings), Payload.Batch("b2", readings)],
            "shuffled" => [Payload.Batch("b1", shuffled)],
            "one-by-one-shuffled" => shuffled.Select((reading, number) => Payload.Reading($"r{number}", reading.At, reading.Litres)),
            "halves-the-wrong-way-round" => [Payload.Batch("b2", readings[7..]), Payload.Batch("b1", readings[..7])],
            _ => [Payload.Batch("b1", readings)],
        };
    }

    private static List<(DateTimeOffset At, long Litres)> Hourly(DateTimeOffset now, int fromHoursAgo, int untilHoursAgo) =>
        [.. Enumerable.Range(0, fromHoursAgo - untilHoursAgo + 1).Select(hour => (now.AddHours(hour - fromHoursAgo), Register))];

    /// <summary>
    /// The household's alerts, one at least when <paramref name="atLeast"/> says so, when all that was sent before has had its effect: a
    /// device's messages are taken in order, and the last is a heartbeat.
    /// </summary>
    private async Task<List<Alert>> AlertsAfterEverythingAsync(Enrolled device, int atLeast)
    {
        var (code, output) = await Mosquitto.PublishAsync(server.MqttPort, device, "telemetry", Payload.Heartbeat("last", Payload.Now));
        Assert.True(code == 0, output);
        await Wait.UntilAsync("the heartbeat was taken", async () => (await server.Api.GetAsync<Device>("devices/" + device.Id)).BatteryPercent == 91);
        await Wait.UntilAsync("there is an alert", async () => (await server.Api.AlertsAsync(device.HouseholdId)).Count >= atLeast);
        // What left the journal has had all its effects.
        await Wait.UntilAsync("the journal is empty", async () => (await server.Api.TextAsync("metrics")).Split('\n').Any(line => line.StartsWith("senioriot_journal_depth", StringComparison.Ordinal) && line.Split(' ')[1] == "0"));
        return await server.Api.AlertsAsync(device.HouseholdId);
    }
}
