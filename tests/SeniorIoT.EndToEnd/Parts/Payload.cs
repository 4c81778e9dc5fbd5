using System.Globalization;
using System.Text.Json;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>Messages as a device's firmware writes them: by hand from the contract, not through our own codec.</summary>
internal static class Payload
{
    /// <summary>One reading of a water meter.</summary>
    public static string Reading(string mid, DateTimeOffset at, long litres) =>
        JsonSerializer.Serialize(new { mid, ts = Text(at), clock = "synced", water = new { total_l = litres, resolution_l = 1 } });

    /// <summary>Several readings in one message.</summary>
    public static string Batch(string mid, IEnumerable<(DateTimeOffset At, long Litres)> readings) => JsonSerializer.Serialize(new
    {
        mid,
        clock = "synced",
        water = new { resolution_l = 1, samples = readings.Select(reading => new { ts = Text(reading.At), total_l = reading.Litres }) },
    });

    /// <summary>The emergency button was pressed.</summary>
    public static string Press(string mid, DateTimeOffset at) =>
        JsonSerializer.Serialize(new { mid, ts = Text(at), sos = new { type = "press", button = "emergency" } });

    /// <summary>An event with an identity of any sort, e.g. <c>"boot":1,"seq":7</c>, and a body, e.g. <c>"smoke":{"type":"alarm"}</c>.</summary>
    public static string Event(string identity, DateTimeOffset at, string body) => $$"""{{{identity}},"ts":"{{Text(at)}}",{{body}}}""";

    /// <summary>Proof of life.</summary>
    public static string Heartbeat(string mid, DateTimeOffset at) => JsonSerializer.Serialize(new { mid, ts = Text(at), battery_pct = 91 });

    /// <summary>Now, by the machine's clock: these tests run against a process that reads it too.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
