using System.Globalization;
using System.Text.Json;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Tests.DeviceProtocol;

/// <summary>A line of <c>firmware-contracts/examples/index.json</c>.</summary>
internal sealed record Example(
    string File, string Topic, string? Schema = null, bool? SchemaValid = null, string? Means = null, string? Refused = null, string? Field = null)
{
    /// <summary>The payload; a <c>.hex</c> file holds bytes that an editor would not keep.</summary>
    public byte[] Payload()
    {
        var path = Path.Combine(FirmwareContract.Root, "examples", File);
        return File.EndsWith(".hex", StringComparison.Ordinal)
            ? Convert.FromHexString(string.Concat(System.IO.File.ReadAllText(path).Where(char.IsAsciiHexDigit)))
            : System.IO.File.ReadAllBytes(path);
    }
}

/// <summary>The files that firmware is built against, read as test data.</summary>
internal static class FirmwareContract
{
    private sealed record Index(Example[] Examples, Example[] Commands);

    public static string Root { get; } = Path.Combine(RepositoryRoot(), "firmware-contracts");

    private static readonly Index All = JsonSerializer.Deserialize<Index>(
        File.ReadAllText(Path.Combine(Root, "examples", "index.json")), JsonSerializerOptions.Web)!;

    /// <summary>What devices send.</summary>
    public static IReadOnlyList<Example> Examples => All.Examples;

    /// <summary>What is sent to devices.</summary>
    public static IReadOnlyList<Example> Commands => All.Commands;

    public static Example Named(string file) => Examples.Concat(Commands).Single(example => example.File == file);

    /// <summary>A command in the words of the index: what a device must read.</summary>
    public static string MeaningOf(CommandMessage message)
    {
        var what = message.Command switch
        {
            DeviceCommand.Unknown => "unknown",
            DeviceCommand.Interval interval => $"interval of {interval.Seconds} s",
            var known => known.Type,
        };
        return $"{what}; id {message.Id}; ordered at {Iso(message.OrderedAt)}; until {Iso(message.ExpiresAt)}";
    }

    /// <summary>A message in the words of the index: what the platform read.</summary>
    public static string MeaningOf(DeviceMessage message)
    {
        var e = message.Envelope;
        string?[] parts =
        [
            BodyOf(message),
            e.MeasuredAt is { } at ? $"at {Iso(at)}" : null,
            e.AgeSeconds is { } age ? $"{age} s old" : null,
            e.Clock == DeviceClock.Synced ? null : $"clock {e.Clock}",
            e.IsHistory ? "history" : null,
            e.Key() is { } key ? $"key {key}" : "no key",
            e.BatteryPercent is { } battery ? $"battery {battery} %" : null,
            e.RssiDbm is { } rssi ? $"signal {rssi} dBm" : null,
            e.Firmware is { } firmware ? $"firmware {firmware}" : null,
            e.UnknownFields > 0 ? $"fields left out: {e.UnknownFields}" : null,
        ];
        return string.Join("; ", parts.Where(part => part is not null));
    }

    private static string BodyOf(DeviceMessage message) => message switch
    {
        DeviceMessage.Water water => $"water {string.Join(", ", water.Samples.Select(SampleOf))} in steps of {water.ResolutionMillilitres / 1000m} L",
        DeviceMessage.Heartbeat => "heartbeat",
        DeviceMessage.WaterEvent e => $"water event {e.Type}",
        DeviceMessage.SmokeEvent e => $"smoke event {e.Type}",
        DeviceMessage.ButtonEvent e => $"button event {e.Type} of {e.Button}",
        DeviceMessage.Status { IsOnline: { } isOnline } => isOnline ? "status online" : "status offline",
        _ => "status unsaid",
    };

    private static string SampleOf(WaterSample sample) =>
        $"{sample.TotalMillilitres / 1000m} L{(sample.MeasuredAt is { } at ? $" at {Iso(at)}" : "")}";

    private static string Iso(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture).Replace("+00:00", "Z");

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SeniorIoT.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No SeniorIoT.sln above the tests.");
        return folder.FullName;
    }
}
