using System.Globalization;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// What a device was promised with its PUBACK outlives the server, whenever it is killed. <c>KILLS</c> says how often, <c>KILL_SEED</c>
/// draws the same lots again (the moments are real time, so a run is alike but not the same).
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int ServersSideBySide = 2, HomesAKill = 6, HomesMin = 60, HomesMax = 2_000;

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "100", CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("KILL_SEED") ?? $"{Environment.ProcessId}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_at_any_moment_again_and_again_every_call_is_one_alert_with_its_notices_and_every_reading_is_kept()
    {
        output.WriteLine($"KILLS={Kills} KILL_SEED={Seed}");
        // Two at once use both cores while one of them starts. They know nothing of each other.
        await Task.WhenAll(Enumerable.Range(0, ServersSideBySide).Select(i => StoryAsync((Kills + i) / ServersSideBySide, (Seed * ServersSideBySide) + i)));
    }

    [Fact]
    public async Task Stopped_politely_it_ends_with_code_0_and_forgets_nothing()
    {
        await using var server = new ServerProcess();
        await server.InitializeAsync();
        var button = await server.Api.EnrolAsync("sos", "sos-polite");
        using (var device = await RawDevice.ConnectAsync(server.MqttPort, button))
        {
            Assert.Equal(0, await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now)));
            Assert.Equal(0, await server.StopAsync());
        }

        await server.StartAsync();
        var alert = await Wait.ForAsync("the press is an alert", async () => (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault());
        Reconciliation.CheckNotices(await server.Api.AlertAsync(alert.AlertId));
    }

    private async Task StoryAsync(int kills, int seed)
    {
        await using var server = new ServerProcess();
        await server.InitializeAsync();
        var homes = await Homes.ImportAsync(server.Api, Math.Clamp(HomesAKill * kills, HomesMin, HomesMax));
        server.KillNow();

        var ledger = new Ledger();
        var fleet = new Fleet(server.MqttPort, homes, ledger, seed);
        var executioner = new Executioner(server, ledger, new Random(seed));
        fleet.Start();
        for (var kill = 0; kill < kills; kill++)
        {
            await executioner.KillOnceAsync();
            fleet.ThrowIfFailed();
        }

        ledger.Listen(_ => { });
        await server.StartAsync();
        await fleet.FinishAsync();
        output.WriteLine($"{kills} kills: {executioner.Summary}. {await new Reconciliation(server, ledger).CheckAsync()}.");
    }
}
