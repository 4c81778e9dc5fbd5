using System.Globalization;
using System.Runtime.InteropServices;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>One line of the table.</summary>
internal sealed record Row(string What, string Target, string Measured, string Command);

/// <summary>
/// The table of targets: what a message costs in processor time of the server, as the operating system counts it, how long a press takes beside
/// a flood, what a connection and a device hold in memory. Server and load generator share this machine.
/// </summary>
internal static class IngestScenario
{
    // A server that has just started compiles its way through the first half minute, at up to twice the cost.
    private const string WarmUp = "30";

    // The target of 25 µs was set on a machine where Mosquitto 2.0.11 took 10.1 µs for this shape.
    private const double MosquittoUsWhereSet = 10.1;
    private const double IdealRatio = 25 / MosquittoUsWhereSet;

    public static async Task<int> RunAsync(string[] args)
    {
        if (!IngestArguments.TryParse(args, out var asked)) return 2;
        Console.WriteLine($"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Trim()}; load generator on the same machine"
            + (asked.IsQuick ? "; --quick: shows that it works, not what it costs" : ""));
        Console.WriteLine("\n| what | target | measured here | command |\n|---|---|---|---|");
        foreach (var shape in IngestArguments.All.Where(asked.Shapes.Contains))
        {
            Console.Error.WriteLine($"{shape} …");
            using var server = await ServerUnderLoad.PrepareAsync();
            IReadOnlyList<Row> rows = shape switch
            {
                "devices" => await DevicesAsync(server, asked),
                "gateways" => [await GatewaysAsync(server, asked)],
                "paced" => [await PacedAsync(server, asked)],
                "idle" => [await IdleAsync(server, asked)],
                "sos" => await PressesAsync(server, asked),
                _ => await FleetAsync(server, asked),
            };
            foreach (var row in rows) Console.WriteLine($"| {row.What} | {row.Target} | {row.Measured} | `{row.Command}` |");
        }

        return 0;
    }

    private static async Task<IReadOnlyList<Row>> DevicesAsync(ServerUnderLoad server, IngestArguments asked)
    {
        string[] load = ["--shape", "devices", "--sos", "0", .. Span(asked, 20)];
        var result = await RunAsync(server, load);
        List<Row> rows = [Of("CPU of the server a durable QoS 1 message, 1,000 devices, one in flight each", "≤ 25 µs", $"{Us(result)}, {result.PerSecond:N0} msg/s, {Cores(result)}, PUBACK {Ms(result.Puback)}", load)];
        if (await server.MeasureReferenceAsync(load) is not { } reference) return rows;
        var ratio = result.Server!.CpuUsPerMessage / reference.Server!.CpuUsPerMessage;
        rows.Add(Of(
            "the same to Mosquitto, which keeps nothing: what this machine makes of it", $"≤ {IdealRatio:0.0} × Mosquitto (25 µs where it took {MosquittoUsWhereSet:0.0})",
            $"{ratio:0.00} × Mosquitto: it took {Us(reference)}, {reference.PerSecond:N0} msg/s", load));
        return rows;
    }

    private static async Task<Row> GatewaysAsync(ServerUnderLoad server, IngestArguments asked)
    {
        string[] load = ["--shape", "gateways", "--sos", "0", .. Span(asked, 20)];
        var result = await RunAsync(server, load);
        return Of("the same, 50 gateways with 100 meters each, written in batches", "–", $"{Us(result)}, {result.PerSecond:N0} msg/s, {Cores(result)}, PUBACK {Ms(result.Puback)}", load);
    }

    private static async Task<Row> PacedAsync(ServerUnderLoad server, IngestArguments asked)
    {
        string[] load = ["--shape", "paced", .. Span(asked, 20)];
        var result = await RunAsync(server, load);
        return Of("2,000 msg/s from 1,000 devices", "–", $"{Cores(result)}, {Us(result)}, PUBACK {Ms(result.Puback)}", load);
    }

    private static async Task<Row> IdleAsync(ServerUnderLoad server, IngestArguments asked)
    {
        var devices = asked.IsQuick ? 1_000 : 15_000;
        string[] load = ["--shape", "idle", "--devices", $"{devices}", .. Span(asked, 60)];
        var result = await RunAsync(server, load);
        return Of($"{devices:N0} idle connections, keep-alive 60 s", "–", $"{result.Server!.Cores:0.000} of a core, {result.Server!.RssGrowthMb * 1_024 / result.Connections:0.0} KB a connection, {result.Server!.RssMb:N0} MB in all", load);
    }

    private static async Task<IReadOnlyList<Row>> PressesAsync(ServerUnderLoad server, IngestArguments asked)
    {
        List<Row> rows = [];
        foreach (var (what, target, flood) in new (string, string, string[])[]
        {
            ("no telemetry", "–", ["--devices", "1", "--rate", "1"]),
            ("5,000 msg/s", "–", ["--rate", "5000"]),
            ("15,000 msg/s", "15,000 msg/s with p50 ≤ 5 ms, p99 ≤ 50 ms", ["--rate", "15000"]),
            ("as much telemetry as devices can send", "–", []),
        })
        {
            string[] load = ["--shape", "devices", .. flood, "--sos", "50", .. Span(asked, 20)];
            var result = await RunAsync(server, load, isRestart: true);
            rows.Add(Of($"press to SignalR client, 50 a second, beside {what}", target,
                $"{Ms(result.Sos?.Alert)} (PUBACK {Ms(result.Sos?.Puback)}), {result.Sos?.Seen:N0} of {result.Sos?.Published:N0} seen; {result.PerSecond:N0} msg/s, {Cores(result)}", load));
        }

        return rows;
    }

    private static async Task<IReadOnlyList<Row>> FleetAsync(ServerUnderLoad server, IngestArguments asked)
    {
        var fleet = await FleetScenario.RunAsync(server, asked.Devices);
        string[] load = ["--shape", "fleet", "--devices", $"{asked.Devices}"];
        return
        [
            Of($"memory of the server a device, {asked.Devices:N0} devices that report", "≤ 2.5 KB", $"{fleet.ActiveBytesEach / 1_024:0.00} KB after each reported once, {fleet.EnrolledBytesEach / 1_024:0.00} KB enrolled only; {fleet.FirstRoundUs:0.0} µs a first message", load),
            Of("restart in the middle of their second round, after kill -9", "wakes only who has something to be delivered again", $"ready after {fleet.Restart.TotalSeconds:0.0} s (first start {fleet.FirstStart.TotalSeconds:0.0} s), {fleet.AwokenAtRestart:N0} devices awake, {fleet.JournalAtRestart:N0} messages to deliver again", load),
            Of("every report of theirs is kept once", "all", $"{fleet.Load.Acknowledged:N0} acknowledged of {fleet.Load.Published:N0}, {fleet.Load.SentAgain:N0} sent again; {fleet.Checked - fleet.Wrong:N0} of {fleet.Checked:N0} devices looked at have all theirs; {fleet.Load.PerSecond:N0} msg/s, restart included", load),
        ];
    }

    private static async Task<LoadResult> RunAsync(ServerUnderLoad server, string[] load, bool isRestart = false)
    {
        if (isRestart) server.Kill();
        await server.StartAsync();
        return await server.MeasureAsync(load);
    }

    private static string[] Span(IngestArguments asked, int seconds) => asked.IsQuick ? ["--warm-up", "1", "--seconds", "3"] : ["--warm-up", WarmUp, "--seconds", $"{seconds}"];

    private static Row Of(string what, string target, string measured, string[] load) => new(what, target, measured, "load " + string.Join(' ', load));

    private static string Us(LoadResult result) => string.Create(CultureInfo.InvariantCulture, $"{result.Server!.CpuUsPerMessage:0.0} µs");

    private static string Cores(LoadResult result) => string.Create(CultureInfo.InvariantCulture, $"server {result.Server!.Cores:0.00} and generator {result.Generator.Cores:0.00} cores, others {result.OthersCores:0.00}");

    private static string Ms(LoadTimes? times) => times is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"p50 {times.P50Ms:0.0}, p90 {times.P90Ms:0.0}, p99 {times.P99Ms:0.0} ms");
}
