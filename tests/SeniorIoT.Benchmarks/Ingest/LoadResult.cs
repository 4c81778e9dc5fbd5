using System.Text.Json;

namespace SeniorIoT.Benchmarks.Ingest;

/// <summary>What <c>load --json</c> prints, as far as the table needs it.</summary>
internal sealed record LoadResult(
    int Connections, double Seconds, double PerSecond, long Published, long Acknowledged, long Refused, long InFlight, long SentAgain, LoadTimes? Puback, LoadCost? Server, LoadCost Generator, double OthersCores, LoadPresses? Sos)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static LoadResult Parse(string json) => JsonSerializer.Deserialize<LoadResult>(json, Web)!;
}

internal sealed record LoadTimes(double P50Ms, double P90Ms, double P99Ms, double MaxMs);

internal sealed record LoadCost(double? CpuUsPerMessage, double Cores, double RssMb, double RssPeakMb, double RssGrowthMb);

internal sealed record LoadPresses(long Published, long Seen, LoadTimes? Puback, LoadTimes? Alert);
