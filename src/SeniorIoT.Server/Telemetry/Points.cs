using SeniorIoT.Domain.Telemetry;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>From a report to what is kept of it for ever.</summary>
internal static class Points
{
    /// <summary>Adds the samples and the event of <paramref name="report"/>. The same report adds the same points.</summary>
    public static void Of(string device, Report report, List<Point> points, ref List<EventPoint>? events)
    {
        var at = report.MeasuredAt.ToUnixTimeMilliseconds();
        if (report.BatteryPercent is { } battery) points.Add(new(device, Metric.BatteryPercent, at, battery));
        if (report.RssiDbm is { } rssi) points.Add(new(device, Metric.RssiDbm, at, rssi));
        if (report.Body is ReportBody.Water water)
        {
            foreach (var reading in water.Readings)
                points.Add(new(device, Metric.TotalMillilitres, reading.At.ToUnixTimeMilliseconds(), reading.TotalMillilitres));
        }

        if (KindOf(report.Body) is { } kind) (events ??= []).Add(new(device, at, kind, $$"""{"key":"{{System.Text.Json.JsonEncodedText.Encode(report.Key)}}"}"""));
    }

    private static string? KindOf(ReportBody body) => body switch
    {
        ReportBody.WaterEvent e => "water." + Word(e.Kind),
        ReportBody.Smoke e => "smoke." + Word(e.Kind),
        ReportBody.Button e => $"sos.{Word(e.Kind)}.{Word(e.Use)}",
        ReportBody.FaultSeen e => "fault." + Word(e.Fault),
        ReportBody.Status { IsOnline: { } online } => online ? "status.online" : "status.offline",
        _ => null,
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
