using System.Globalization;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>What the fleet showed.</summary>
/// <param name="Load">Of the load generator.</param>
/// <param name="FirstStart">Until ready, with everybody enrolled.</param>
/// <param name="Restart">Until ready, after the kill.</param>
/// <param name="EnrolledBytesEach">Memory of the server by devices, before the first message.</param>
/// <param name="ActiveBytesEach">The same when each has reported once.</param>
/// <param name="FirstRoundUs">Processor time of the server a message until then.</param>
/// <param name="AwokenAtRestart">Devices that were awake when the server was ready again.</param>
/// <param name="JournalAtRestart">Messages that were in its journal then.</param>
/// <param name="Checked">Devices whose readings were counted in the end.</param>
/// <param name="Wrong">Of these, how many have not exactly one for each report.</param>
internal sealed record FleetResult(
    LoadResult Load, TimeSpan FirstStart, TimeSpan Restart, double EnrolledBytesEach, double ActiveBytesEach, double FirstRoundUs, double AwokenAtRestart, double JournalAtRestart,
    int Checked, int Wrong);

/// <summary>
/// A city of meters behind gateways, each reporting every quarter of an hour of its own time, as fast as the server takes it. In the middle of
/// the second round the server is killed and started again; in the end every device that is looked at must have every report once.
/// </summary>
internal static class FleetScenario
{
    private const int Rounds = 3, Children = 1_000, CheckedMax = 200;
    private static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(2), LookEvery = TimeSpan.FromSeconds(1);

    public static async Task<FleetResult> RunAsync(ServerUnderLoad server, int devices)
    {
        var files = Path.Combine(server.Folder, "import");
        string[] fleet = ["--shape", "fleet", "--devices", $"{devices}", "--children", $"{Math.Min(Children, devices / 10)}", "--rounds", $"{Rounds}", "--prefix", "fleet"];
        await server.LoadAsync([.. fleet, "--write-import", files]);
        string[] imports = [.. Directory.GetFiles(files).Order(StringComparer.Ordinal)];
        Console.Error.WriteLine($"fleet: enrolling {devices:N0} devices …");
        await server.ImportAsync(imports);

        var firstStart = await server.StartAsync();
        var enrolled = server.Cost();
        Console.Error.WriteLine($"fleet: ready after {firstStart.TotalSeconds:0.0} s with {enrolled.ResidentBytes >> 20} MB; reporting …");
        var (active, firstRoundUs, restart, awoken, journal) = (0L, 0.0, TimeSpan.Zero, 0.0, 0.0);
        var result = await server.LoadAsync([.. fleet, "--json", "--credentials", .. imports.Select(file => file + ".credentials")], async acknowledged =>
        {
            if (active == 0 && acknowledged >= devices)
            {
                // The first round woke every device; what it holds from then on is its price.
                var now = server.Cost();
                (active, firstRoundUs) = (now.ResidentBytes, (now.Cpu - enrolled.Cpu).TotalMicroseconds / acknowledged);
            }

            if (restart != TimeSpan.Zero || acknowledged < 1.5 * devices) return;
            server.Kill();
            restart = await server.StartAsync();
            awoken = await server.MetricAsync("orleans_catalog_activation_created_total", "watermeter");
            journal = await server.MetricAsync("senioriot_journal_depth");
            Console.Error.WriteLine($"fleet: killed after {acknowledged:N0} messages, ready again after {restart.TotalSeconds:0.0} s");
        });
        var (asked, wrong) = await CheckAsync(server, devices);
        return new(
            LoadResult.Parse(result), firstStart, restart, (double)enrolled.ResidentBytes / devices, (double)active / devices, firstRoundUs, awoken, journal, asked, wrong);
    }

    /// <summary>Asks for the readings of devices spread over the fleet, until all are there or time is over.</summary>
    private static async Task<(int Checked, int Wrong)> CheckAsync(ServerUnderLoad server, int devices)
    {
        var step = Math.Max(1, devices / CheckedMax);
        List<string> open = [.. Enumerable.Range(0, devices / step).Select(number => "fleet-w" + (number * step).ToString("D7", CultureInfo.InvariantCulture))];
        var asked = open.Count;
        var clock = TimeProvider.System;
        for (var started = clock.GetTimestamp(); open.Count > 0 && clock.GetElapsedTime(started) < SettleWithin; await Task.Delay(LookEvery, clock))
        {
            List<string> still = [];
            foreach (var device in open)
            {
                if (await server.ReadingsAsync(device) != Rounds) still.Add(device);
            }

            open = still;
        }

        return (asked, open.Count);
    }
}
