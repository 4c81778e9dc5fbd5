using System.Globalization;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Influx;

/// <summary>InfluxDB may be away: nothing is lost, nothing is written twice, and a call for help does not notice.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private const int Meters = 20, Minutes = 60;

    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("KILL_SEED") ?? $"{Environment.ProcessId}", CultureInfo.InvariantCulture);

    [Fact]
    public async Task An_hour_without_InfluxDB_and_a_kill_in_between_end_with_every_accepted_point_there_exactly_once()
    {
        output.WriteLine($"KILL_SEED={Seed}");
        var chance = new Random(Seed);
        await using var influx = new Influxd();
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await using var server = new InfluxServer(InfluxServer.On(influx.Url));
        await server.InitializeAsync();
        List<Enrolled> meters = [];
        for (var i = 0; i < Meters; i++) meters.Add(await server.Api.EnrolAsync("water", $"wm-{i}"));
        var button = await server.Api.EnrolAsync("sos", "sos-outage");
        var from = DateTimeOffset.FromUnixTimeSeconds(Payload.Now.AddHours(-1).ToUnixTimeSeconds() / 60 * 60);

        for (var minute = 0; minute < Minutes; minute++)
        {
            if (minute == 5) await influx.StopAsync();
            var sending = SendMinuteAsync(server, meters, from, minute);
            if (minute is 20 or 40)
            {
                await Wait.PauseAsync(TimeSpan.FromMilliseconds(chance.Next(40)));
                server.KillNow();
                await server.StartAsync();
            }

            await sending;
            if (minute == 30) await server.PublishAsync(button, "event", Payload.Press("p1", from.AddMinutes(minute)));
        }

        Assert.NotNull(await Wait.ForAsync("the press is an alert while InfluxDB is away", async () => (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault()));
        await server.WhenStoreAsync("what was accepted waits in the spool", store => store.GetProperty("waitingPoints").GetInt64() >= Meters * (Minutes - 5), 30);

        await influx.StartAsync();
        await server.WhenWrittenAsync();
        var expected = meters.SelectMany(meter => Enumerable.Range(0, Minutes).Select(minute => new StoredPoint(meter.Id, from.AddMinutes(minute).ToUnixTimeMilliseconds(), Millilitres(minute))));
        Assert.Equal(expected.Order(), (await InfluxServer.ReadAsync(influx)).Order());
        var counted = await influx.QueryAsync(InfluxServer.Database, "SELECT count(total_ml) FROM telemetry GROUP BY device");
        Assert.Equal(Enumerable.Repeat($"{Minutes}", Meters), counted.Select(row => row[1]));
        var presses = await influx.QueryAsync(InfluxServer.Database, "SELECT count(detail) FROM device_event WHERE device = 'sos-outage'");
        Assert.Equal("1", Assert.Single(presses)[1]);
    }

    private static Task SendMinuteAsync(InfluxServer server, List<Enrolled> meters, DateTimeOffset from, int minute) =>
        Task.WhenAll(meters.Select(meter => server.PublishAsync(meter, "telemetry", Payload.Reading($"r{minute}", from.AddMinutes(minute), Millilitres(minute) / 1000))));

    private static long Millilitres(int minute) => (1000 + minute) * 1000L;
}
