using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>What a device was promised with its PUBACK outlives the server.</summary>
public sealed class CrashTests(ServerProcess server, ITestOutputHelper output) : IClassFixture<ServerProcess>
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("KILL_ROUNDS") ?? "15", CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("KILL_SEED") ?? $"{Environment.ProcessId}", CultureInfo.InvariantCulture);

    private readonly Random _chance = new(Seed);

    [Fact]
    public async Task Killed_right_after_a_PUBACK_every_press_is_exactly_one_alert_with_its_notices()
    {
        output.WriteLine($"{Rounds} rounds, KILL_SEED={Seed}");
        List<Enrolled> buttons = [];
        for (var i = 0; i < Rounds * 2; i++) buttons.Add(await server.Api.EnrolAsync("sos", $"sos-{i}"));
        var meter = await server.Api.EnrolAsync("water", "wm-crash");
        var startedAt = Payload.Now.AddHours(-1);

        for (var round = 0; round < Rounds; round++)
        {
            var press = Payload.Press("p1", Payload.Now);
            await KillInTheMiddleAsync(buttons[2 * round], buttons[(2 * round) + 1], press, meter, round, startedAt);
            if (round % 3 == 2) await KillDuringReplayAsync();
            await server.StartAsync();
            await SendAgainAsync(buttons[(2 * round) + 1], press);
        }

        var alerts = await Wait.ForAsync("every press is an alert", async () =>
        {
            // The other test of this class has an alert on the same server.
            var all = (await server.Api.ListAsync<Alert>("alerts?rule=sos&limit=200")).Where(alert => buttons.Any(button => button.HouseholdId == alert.HouseholdId)).ToList();
            return all.Select(alert => alert.HouseholdId).Distinct().Count() == buttons.Count ? all : null;
        });
        Assert.Equal(buttons.Select(button => button.HouseholdId).Order(), alerts.Select(alert => alert.HouseholdId).Order());
        Assert.All(alerts, alert => Assert.Equal(("P1", "open", 0), (alert.Priority, alert.State, alert.Repeats)));
        foreach (var alert in alerts) AssertNotices(await server.Api.AlertAsync(alert.AlertId));

        var from = Uri.EscapeDataString(startedAt.AddMinutes(-1).ToString("O"));
        var expected = Enumerable.Range(0, Rounds).Select(round => 1000.0 + round).ToList();
        await Wait.UntilAsync("every reading is in the series, once", async () =>
            (await server.Api.GetAsync<Series>($"devices/{meter.Id}/series?metric=total_l&every=raw&from={from}")).Points.Select(point => point.Value!.Value).SequenceEqual(expected));
    }

    [Fact]
    public async Task Stopped_politely_it_ends_with_code_0_and_forgets_nothing()
    {
        var button = await server.Api.EnrolAsync("sos", "sos-polite");
        using (var device = await RawDevice.ConnectAsync(server.MqttPort, button))
        {
            Assert.Equal(0, await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now)));
            Assert.Equal(0, await server.StopAsync());
        }

        await server.StartAsync();
        var alert = await Wait.ForAsync("the press is an alert", async () => (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault());
        AssertNotices(await server.Api.AlertAsync(alert.AlertId));
    }

    /// <summary>A reading and a press are acknowledged; another press is on its way when the kill comes.</summary>
    private async Task KillInTheMiddleAsync(Enrolled acknowledged, Enrolled unsure, string press, Enrolled meter, int round, DateTimeOffset startedAt)
    {
        using var water = await RawDevice.ConnectAsync(server.MqttPort, meter);
        using var first = await RawDevice.ConnectAsync(server.MqttPort, acknowledged);
        using var second = await RawDevice.ConnectAsync(server.MqttPort, unsure);
        await water.PublishAsync(meter.Topic("telemetry"), Payload.Reading($"r{round}", startedAt.AddMinutes(round), 1000 + round));
        await first.PublishAsync(acknowledged.Topic("event"), press);
        await second.SendMessageAsync(unsure.Topic("event"), System.Text.Encoding.UTF8.GetBytes(press));
        var pause = round % 2 == 0 ? 0 : _chance.Next(30);
        if (pause > 0) await Wait.PauseAsync(TimeSpan.FromMilliseconds(pause));
        server.KillNow();
    }

    private async Task KillDuringReplayAsync()
    {
        await server.LaunchAsync();
        await Wait.PauseAsync(TimeSpan.FromMilliseconds(_chance.Next(300, 3000)));
        server.KillNow();
    }

    /// <summary>It never saw its PUBACK, so it does what QoS 1 asks: the same message once more.</summary>
    private async Task SendAgainAsync(Enrolled button, string press)
    {
        using var device = await RawDevice.ConnectAsync(server.MqttPort, button);
        Assert.Equal(0, await device.PublishAsync(button.Topic("event"), press));
    }

    private static void AssertNotices(AlertDetail alert)
    {
        var atOnce = alert.Notices.Where(notice => notice.Step == 0).Select(notice => notice.Role).Order();
        Assert.Equal(["committee_duty", "operator", "volunteer"], atOnce);
        Assert.All(alert.Notices.GroupBy(notice => (notice.Step, notice.Recipient)), same => Assert.Single(same));
        Assert.Single(alert.Timeline, entry => entry.Kind == "raised");
    }
}
