using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>Times in ms; null when there were none.</summary>
internal sealed record Times(long Count, double P50Ms, double P90Ms, double P99Ms, double MaxMs)
{
    public static Times? Of(LatencyCounts counts) =>
        counts.Count == 0 ? null : new(counts.Count, counts.AtMs(0.5), counts.AtMs(0.9), counts.AtMs(0.99), counts.MaxMs);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {P50Ms:0.0} p90 {P90Ms:0.0} p99 {P99Ms:0.0} max {MaxMs:0.0} ms");
}

/// <summary>Presses beside a shape.</summary>
/// <param name="Published">Presses sent, warm-up and end included.</param>
/// <param name="Seen">Of these, alerts that the SignalR client saw.</param>
/// <param name="Puback">Press to PUBACK.</param>
/// <param name="Alert">Press to SignalR client.</param>
internal sealed record PressReport(long Published, long Seen, Times? Puback, Times? Alert);

/// <summary>What a process cost while it was measured.</summary>
/// <param name="CpuUsPerMessage">Microseconds of processor time for each message acknowledged meanwhile.</param>
/// <param name="Cores">Processor time by wall time.</param>
/// <param name="RssMb">Memory at the end.</param>
/// <param name="RssPeakMb">Memory at most since the process started.</param>
/// <param name="RssGrowthMb">Memory at the end less memory before the first connection.</param>
internal sealed record CostReport(double? CpuUsPerMessage, double Cores, double RssMb, double RssPeakMb, double RssGrowthMb);

/// <summary>What came out. Totals are of the whole run; published = acknowledged + refused + inFlight. <c>OthersCores</c>: what the rest of the machine did meanwhile.</summary>
internal sealed record ShapeReport(
    string Shape, int Connections, int Devices, int Window, double AskedPerSecond, double Seconds, double PerSecond,
    long Published, long Acknowledged, long Refused, long InFlight, long SentAgain, long Pings, long ConnectionsLost, long TurnedAway,
    Times? Puback, CostReport? Server, CostReport Generator, double OthersCores, PressReport? Sos, IReadOnlyDictionary<string, long> Reasons)
{
    /// <summary>Whether the run says anything about the shape.</summary>
    [JsonIgnore]
    public bool IsGood => Refused == 0 && TurnedAway == 0 && ConnectionsLost == 0 && InFlight == 0 && Sos is not { Seen: 0 };

    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Shape}: {Connections} connections, {Devices} devices, window {Window}, {(AskedPerSecond > 0 ? $"{AskedPerSecond:0}/s asked" : "closed loop")}: ");
        text.Append(CultureInfo.InvariantCulture, $"{PerSecond:0} msg/s acknowledged over {Seconds:0.0} s; ");
        if (Server is { } server)
        {
            text.Append(CultureInfo.InvariantCulture, $"server {Us(server)}{server.Cores:0.00} cores, RSS {server.RssMb:0} MB (peak {server.RssPeakMb:0}, grown {server.RssGrowthMb:0}{(Published == 0 ? $", {server.RssGrowthMb * 1_024 / Connections:0.0} KB a connection" : "")}); ");
        }

        text.Append(CultureInfo.InvariantCulture, $"generator {Us(Generator)}{Generator.Cores:0.00} cores, others {OthersCores:0.00}");
        if (Puback is { } puback) text.Append(CultureInfo.InvariantCulture, $"; PUBACK {puback}");
        text.Append(CultureInfo.InvariantCulture, $"; {Published} published = {Acknowledged} acknowledged + {Refused} refused + {InFlight} in flight; {SentAgain} sent again, {ConnectionsLost} connections lost, {TurnedAway} turned away");
        foreach (var (reason, count) in Reasons) text.Append(CultureInfo.InvariantCulture, $"; reason {reason}: {count}");
        if (Sos is { } sos)
        {
            text.AppendLine();
            text.Append(CultureInfo.InvariantCulture, $"  sos: {sos.Published} presses, {sos.Seen} seen; PUBACK {sos.Puback}; SignalR client {sos.Alert}");
        }

        return text.ToString();
    }

    private static string Us(CostReport cost) => cost.CpuUsPerMessage is { } us ? string.Create(CultureInfo.InvariantCulture, $"{us:0.00} us CPU/msg, ") : "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ShapeReport))]
internal sealed partial class ShapeJson : JsonSerializerContext;
