using System.Globalization;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>What the scenario <c>timeseries</c> is asked for.</summary>
internal sealed record Arguments(string Store, string Shape, int Points, int Batch, int? Upload)
{
    public const string Help = """
          timeseries   append, size on disk and queries of a telemetry store
              --store embedded|influx    influx: the server of INFLUXD, else of PATH, else of artifacts/influxdb, started for this (default: embedded)
              --points N                 points in all, of meters that report for 10 days (default: 1000000)
              --shape district           instead: 1,000 meters for 30 days and 99,000 for the last 2, 21,888,000 points
              --batch N                  points an append (default: 10000)
              --upload N                 readings a meter sends at a time (default: a mix of 4 to 96)
        """;

    private const int FleetDays = 10;
    private static readonly int[] MixedSizes = [4, 8, 16, 24, 48, 96];

    public static bool TryParse(string[] args, out Arguments asked)
    {
        asked = new Arguments("embedded", "fleet", 1_000_000, 10_000, null);
        for (var i = 0; i < args.Length; i += 2)
        {
            var word = args.ElementAtOrDefault(i + 1) ?? "";
            var number = int.TryParse(word, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : (int?)null;
            Arguments? next = (args[i], word, number) switch
            {
                ("--store", "embedded" or "influx", _) => asked with { Store = word },
                ("--shape", "fleet" or "district", _) => asked with { Shape = word },
                ("--points", _, { } n) => asked with { Points = n },
                ("--batch", _, { } n) => asked with { Batch = n },
                ("--upload", _, { } n) => asked with { Upload = n },
                _ => null,
            };
            if (next is null)
            {
                Console.Error.WriteLine($"{args[i]} {word}: expected\n{Help}");
                return false;
            }

            asked = next;
        }

        return true;
    }

    /// <summary>The meters that send.</summary>
    public Uploads Fleet()
    {
        int[] sizes = Upload is { } size ? [size] : MixedSizes;
        if (Shape == "district") return new Uploads(100_000, 30, 1_000, sizes, seed: 1);
        var meters = Math.Max(1, Points / (FleetDays * 96));
        return new Uploads(meters, FleetDays, meters, sizes, seed: 1);
    }
}
