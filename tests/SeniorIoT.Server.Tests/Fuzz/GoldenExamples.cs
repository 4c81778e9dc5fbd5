using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>The examples that firmware is built against, good and bad: topics and payloads to begin with.</summary>
internal static class GoldenExamples
{
    public static IReadOnlyList<(string Topic, byte[] Payload)> All { get; } = Read();

    private static List<(string Topic, byte[] Payload)> Read([CallerFilePath] string here = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(here)!, "../../../firmware-contracts/examples");
        using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "index.json")));
        return [.. index.RootElement.GetProperty("examples").EnumerateArray().Select(example => (example.GetProperty("topic").GetString()!, Payload(Path.Combine(folder, example.GetProperty("file").GetString()!))))];
    }

    private static byte[] Payload(string path) => path.EndsWith(".hex", StringComparison.Ordinal)
        ? Convert.FromHexString(string.Concat(File.ReadAllText(path).Where(char.IsAsciiHexDigit)))
        : File.ReadAllBytes(path);
}
