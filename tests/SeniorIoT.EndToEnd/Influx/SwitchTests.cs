using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Influx;

/// <summary>A district that began with the embedded store moves to InfluxDB, with its history, as deploy/README.md says.</summary>
public sealed class SwitchTests(ITestOutputHelper output)
{
    private const int Days = 4, ADay = 24;

    [Fact]
    public async Task A_running_district_moves_to_InfluxDB_and_takes_its_whole_history_along()
    {
        await using var influx = new Influxd();
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await using var server = new InfluxServer();
        await server.InitializeAsync();
        List<Enrolled> meters = [];
        for (var i = 0; i < 5; i++) meters.Add(await server.Api.EnrolAsync("water", $"wm-{i}"));
        var from = Payload.Now.AddDays(-Days);
        for (var day = 0; day < Days - 1; day++) await SendDayAsync(server, meters, from, day);
        await server.WhenWrittenAsync();
        var before = await UseAsync(server, meters[0], from);

        // The long part, while the server runs on its files.
        await CopyAsync(server, influx);
        await SendDayAsync(server, meters, from, Days - 1);
        await server.WhenWrittenAsync();

        Assert.Equal(0, await server.StopAsync());
        server.Store = InfluxServer.On(influx.Url);
        await server.StartAsync();
        await server.PublishAsync(meters[0], "telemetry", Payload.Reading("new", Payload.Now, 100_000));
        await server.WhenWrittenAsync();
        // What came after the first copy: quick, and the check of all of it.
        await CopyAsync(server, influx);

        var expected = meters.SelectMany(meter => Enumerable.Range(0, Days * ADay).Select(hour => new StoredPoint(meter.Id, from.AddHours(hour).ToUnixTimeMilliseconds(), Litres(hour) * 1000)));
        var stored = await InfluxServer.ReadAsync(influx);
        Assert.Equal(expected.Order(), stored.Where(point => point.Value != 100_000_000).Order());
        Assert.Single(stored, point => point.Value == 100_000_000);
        Assert.Equal(before, await UseAsync(server, meters[0], from));
    }

    private async Task CopyAsync(ServerProcess server, Influxd influx)
    {
        string[] args = [await Repository.ServerAsync(), "copy-telemetry", "--data", server.DataFolder, "--to", "influx", "--influx-url", influx.Url, "--influx-database", InfluxServer.Database];
        var (code, text) = await Command.RunAsync("dotnet", args, TimeSpan.FromMinutes(2));
        output.WriteLine(text);
        Assert.Equal(0, code);
    }

    private static async Task SendDayAsync(InfluxServer server, List<Enrolled> meters, DateTimeOffset from, int day)
    {
        foreach (var meter in meters)
        {
            var readings = Enumerable.Range(day * ADay, ADay).Select(hour => (from.AddHours(hour), Litres(hour)));
            await server.PublishAsync(meter, "telemetry", Payload.Batch($"d{day}", readings));
        }
    }

    private static long Litres(int hour) => 1000 + (hour * 3);

    private static async Task<List<double?>> UseAsync(ServerProcess server, Enrolled meter, DateTimeOffset from)
    {
        var (since, until) = (from.AddHours(2), from.AddDays(2));
        var series = await server.Api.GetAsync<Series>(
            $"devices/{meter.Id}/series?metric=use_l&every=1h&from={Uri.EscapeDataString(since.ToString("O"))}&to={Uri.EscapeDataString(until.ToString("O"))}");
        return [.. series.Points.Select(point => point.Value)];
    }
}
