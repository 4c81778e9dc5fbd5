using System.Diagnostics;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>What a telemetry store costs: processor time and disk per point, and how long a chart takes.</summary>
internal static class TimeSeriesScenario
{
    private const int Queries = 2_000;
    private const long DayMs = 86_400_000;

    public static async Task<int> RunAsync(string[] args)
    {
        if (!Arguments.TryParse(args, out var asked)) return 2;
        var fleet = asked.Fleet();
        var uploads = fleet.InOrderOfArrival().ToList();
        var sent = uploads.Sum(upload => upload.Length);
        Console.WriteLine($"{asked.Store}: {fleet.Meters:N0} meters, {(fleet.Full < fleet.Meters ? $"{fleet.Full:N0} of them for {fleet.Days} days, the others for 2" : $"{fleet.Days} days")}, "
            + $"{fleet.Distinct:N0} points in {uploads.Count:N0} uploads ({sent:N0} points with those sent twice), {asked.Batch:N0} points an append");

        var folder = Directory.CreateTempSubdirectory("senioriot-bench-").FullName;
        try
        {
            await using var bench = await StoreBench.OpenAsync(asked.Store, folder);
            // First into a store that nobody measures, so that the compiler's time is not counted as the store's.
            await using (var warmUp = bench.OpenStore("warmup")) await AppendAsync(bench, warmUp, [.. uploads.Take(Math.Min(uploads.Count / 5, 40_000))], asked.Batch);
            await using (var store = bench.OpenStore("senioriot")) Console.WriteLine(await AppendAsync(bench, store, uploads, asked.Batch));
            await bench.SettleAsync();
            Console.WriteLine($"disk     {(double)bench.Bytes() / fleet.Distinct:F2} B/point ({bench.Bytes() / 1e6:F1} MB)");
            await using var reopened = bench.OpenStore("senioriot");
            await QueryAsync(reopened, fleet, "24 h", 1, Queries);
            await QueryAsync(reopened, fleet, $"{fleet.Days} d", fleet.Days, Queries / 10);
            await ReportAsync(bench, reopened, fleet);
            return await VerifyAsync(bench, reopened, fleet);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> AppendAsync(StoreBench bench, ITimeSeriesStore store, List<Point[]> uploads, int batchSize)
    {
        var commits = new List<double>();
        var batch = new List<Point>();
        var (cpu, serverCpu, wall) = (Environment.CpuUsage.TotalTime, bench.ServerCpu(), Stopwatch.GetTimestamp());
        for (var i = 0; i < uploads.Count; i++)
        {
            batch.AddRange(uploads[i]);
            if (batch.Count < batchSize && i < uploads.Count - 1) continue;
            var started = Stopwatch.GetTimestamp();
            await store.AppendAsync(batch, [], CancellationToken.None);
            commits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            batch.Clear();
        }

        await StoreBench.FlushAsync(store);
        var used = Environment.CpuUsage.TotalTime - cpu;
        var server = bench.ServerCpu() - serverCpu;
        var took = Stopwatch.GetElapsedTime(wall);
        var sent = uploads.Sum(upload => upload.Length);
        return $"append   {used.TotalMicroseconds / sent:F2} CPU us/point{(server > TimeSpan.Zero ? $" + {server.TotalMicroseconds / sent:F2} in the database" : "")}, "
            + $"{sent / took.TotalSeconds / 1_000:F0} k points/s, append p50 {At(commits, 0.5):F1} ms, p99 {At(commits, 0.99):F1} ms";
    }

    private static async Task QueryAsync(ITimeSeriesStore store, Uploads fleet, string name, int days, int queries)
    {
        var random = new Random(2);
        var took = new List<double>();
        // The first tenth is for the compiler and the cache.
        for (var i = -queries / 10; i < queries; i++)
        {
            var from = Uploads.StartMs + (days < fleet.Days ? random.NextInt64((fleet.Days - days) * DayMs) : 0);
            var started = Stopwatch.GetTimestamp();
            await store.ReadAsync(Uploads.Device(random.Next(fleet.Full)), Metric.TotalMillilitres, from, from + days * DayMs, CancellationToken.None);
            if (i >= 0) took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine($"{name,-8} p50 {At(took, 0.5):F3} ms, p99 {At(took, 0.99):F3} ms (samples of any meter{(days < fleet.Days ? ", any day" : "")}, warm)");
    }

    /// <summary>The hourly use of a whole district: what a report or a chart of all homes costs from raw samples.</summary>
    private static async Task ReportAsync(StoreBench bench, ITimeSeriesStore store, Uploads fleet)
    {
        var homes = Math.Min(1_000, fleet.Full);
        var (from, to) = (Uploads.StartMs, Uploads.StartMs + fleet.Days * DayMs);
        var edges = Edges.Hourly(from, to);
        var (cpu, serverCpu, wall, litres) = (Environment.CpuUsage.TotalTime, bench.ServerCpu(), Stopwatch.GetTimestamp(), 0L);
        for (var meter = 0; meter < homes; meter++)
        {
            var samples = await store.ReadAsync(Uploads.Device(meter), Metric.TotalMillilitres, from, to, CancellationToken.None);
            litres += Rollup.UsePerBucket(samples, edges).Sum(use => use ?? 0) / 1_000;
        }

        var used = Environment.CpuUsage.TotalTime - cpu;
        var server = bench.ServerCpu() - serverCpu;
        Console.WriteLine($"report   {homes:N0} meters x {fleet.Days} d to {edges.Length - 1} hours: {Stopwatch.GetElapsedTime(wall).TotalMilliseconds:F0} ms, "
            + $"{used.TotalMilliseconds:F0} ms CPU{(server > TimeSpan.Zero ? $" + {server.TotalMilliseconds:F0} in the database" : "")} ({litres:N0} L)");
    }

    private static async Task<int> VerifyAsync(StoreBench bench, ITimeSeriesStore store, Uploads fleet)
    {
        var (count, sum) = (0L, 0L);
        var (cpu, serverCpu) = (Environment.CpuUsage.TotalTime, bench.ServerCpu());
        var first = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(Uploads.StartMs).UtcDateTime);
        for (var day = first; day <= first.AddDays(fleet.Days); day = day.AddDays(1))
        {
            foreach (var tally in await store.ReadTalliesAsync(Metric.TotalMillilitres, day, CancellationToken.None))
            {
                count += tally.Count;
                sum = unchecked(sum + tally.Sum);
            }
        }

        var used = Environment.CpuUsage.TotalTime - cpu + (bench.ServerCpu() - serverCpu);
        var isRight = count == fleet.Distinct && sum == fleet.Sum;
        Console.WriteLine($"tallies  {used.TotalMilliseconds:F0} ms CPU for counts and sums of all meters and days");
        Console.WriteLine($"checksum {(isRight ? "ok" : $"WRONG: {count:N0} points and sum {sum} instead of {fleet.Distinct:N0} and {fleet.Sum}")}");
        return isRight ? 0 : 1;
    }

    private static double At(List<double> values, double quantile) => values.Order().ElementAt((int)((values.Count - 1) * quantile));
}
