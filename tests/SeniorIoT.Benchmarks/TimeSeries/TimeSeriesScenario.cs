using System.Diagnostics;
using System.Globalization;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>What the embedded store costs: processor time and disk per point, and how long a chart of a day takes.</summary>
internal static class TimeSeriesScenario
{
    private const int Days = 10;
    private const int Queries = 5_000;
    private static readonly int[] MixedSizes = [4, 8, 16, 24, 48, 96];

    public static async Task<int> RunAsync(string[] args)
    {
        if (!TryParse(args, out var points, out var batchSize, out var uploadSize)) return 2;
        var meters = Math.Max(1, points / (Days * 96));
        var uploads = new Uploads(meters, Days, uploadSize is { } size ? [size] : MixedSizes, seed: 1).InOrderOfArrival().ToList();
        var sent = uploads.Sum(upload => upload.Length);
        var distinct = meters * Days * 96;
        Console.WriteLine($"{meters} meters, {Days} days, {distinct:N0} points in {uploads.Count:N0} uploads ({sent:N0} points with those sent twice), {batchSize:N0} points an append");

        var folder = Directory.CreateTempSubdirectory("senioriot-bench-").FullName;
        try
        {
            // First into a store that nobody measures, so that the compiler's time is not counted as the store's.
            await using (var warmUp = new EmbeddedStore(Path.Combine(folder, "warm-up"))) await AppendAsync(warmUp, [.. uploads.Take(uploads.Count / 5)], batchSize);
            await using (var store = new EmbeddedStore(folder)) Console.WriteLine(await AppendAsync(store, uploads, batchSize));
            var bytes = Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length);
            Console.WriteLine($"disk     {(double)bytes / distinct:F2} B/point ({bytes / 1e6:F1} MB)");
            await using var reopened = new EmbeddedStore(folder);
            await QueryAsync(reopened, meters);
            return await VerifyAsync(reopened, uploads, meters);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool TryParse(string[] args, out int points, out int batchSize, out int? uploadSize)
    {
        (points, batchSize, uploadSize) = (1_000_000, 10_000, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var isNumber = int.TryParse(args.ElementAtOrDefault(i + 1), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) && value > 0;
            if (isNumber && args[i] == "--points") points = value;
            else if (isNumber && args[i] == "--batch") batchSize = value;
            else if (isNumber && args[i] == "--upload") uploadSize = value;
            else
            {
                Console.Error.WriteLine($"{args[i]}: expected --points N, --batch N or --upload N, with N at least 1");
                return false;
            }
        }

        return true;
    }

    private static async Task<string> AppendAsync(EmbeddedStore store, List<Point[]> uploads, int batchSize)
    {
        var commits = new List<double>();
        var batch = new List<Point>();
        var (cpu, wall) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        for (var i = 0; i < uploads.Count; i++)
        {
            batch.AddRange(uploads[i]);
            if (batch.Count < batchSize && i < uploads.Count - 1) continue;
            var started = Stopwatch.GetTimestamp();
            await store.AppendAsync(batch, [], CancellationToken.None);
            commits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            batch.Clear();
        }

        var used = Environment.CpuUsage.TotalTime - cpu;
        var took = Stopwatch.GetElapsedTime(wall);
        var sent = uploads.Sum(upload => upload.Length);
        return $"append   {used.TotalMicroseconds / sent:F2} CPU us/point, {sent / took.TotalSeconds / 1_000:F0} k points/s, append p50 {At(commits, 0.5):F1} ms, p99 {At(commits, 0.99):F1} ms";
    }

    private static async Task QueryAsync(EmbeddedStore store, int meters)
    {
        var random = new Random(2);
        var took = new List<double>();
        // The first tenth is for the compiler and the cache.
        for (var i = -Queries / 10; i < Queries; i++)
        {
            var from = Uploads.StartMs + random.NextInt64((Days - 1) * 86_400_000L);
            var started = Stopwatch.GetTimestamp();
            await store.ReadAsync(Uploads.Device(random.Next(meters)), Metric.TotalMillilitres, from, from + 86_400_000, CancellationToken.None);
            if (i >= 0) took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine($"24 h     p50 {At(took, 0.5):F3} ms, p99 {At(took, 0.99):F3} ms (any meter, any day, warm)");
    }

    private static async Task<int> VerifyAsync(EmbeddedStore store, List<Point[]> uploads, int meters)
    {
        var expected = uploads.SelectMany(upload => upload).Distinct().Sum(point => point.Value);
        var actual = 0L;
        for (var m = 0; m < meters; m++)
            foreach (var day in await store.ReadDaysAsync(Uploads.Device(m), Metric.TotalMillilitres, new DateOnly(2026, 1, 1), new DateOnly(2026, 12, 31), CancellationToken.None))
                actual += day.Sum;
        Console.WriteLine($"checksum {(actual == expected ? "ok" : $"WRONG: {actual} instead of {expected}")}");
        return actual == expected ? 0 : 1;
    }

    private static double At(List<double> values, double quantile) => values.Order().ElementAt((int)((values.Count - 1) * quantile));
}
