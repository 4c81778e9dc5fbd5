using System.Text.Json;

namespace SeniorIoT.Server.Tests.Ingest.PacketTests;

/// <summary>One step: something to send, or something that should come.</summary>
internal sealed record PacketStep(string Type, byte[] Bytes);

/// <summary>One test of a file: what is sent in which version, what should come, and whether the connection should then be closed.</summary>
internal sealed record PacketTest(string File, string Group, string Name, int Version, bool IsConnectedFirst, bool IsClosed, PacketStep[] Steps)
{
    private const string Folder = "shared/data/mqtt-malformed";

    public override string ToString() => $"{File} | {Group} | {Name}";

    /// <summary>Mosquitto's packet tests, where a folder called <c>shared</c> lies beside the repository; null elsewhere.</summary>
    public static List<PacketTest>? ReadAll(string part)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Folder, part);
            if (Directory.Exists(path)) return [.. Directory.GetFiles(path, "*.json").Order(StringComparer.Ordinal).SelectMany(file => Read(part, file))];
        }

        return null;
    }

    private static IEnumerable<PacketTest> Read(string part, string path)
    {
        using var file = JsonDocument.Parse(System.IO.File.ReadAllBytes(path));
        foreach (var group in file.RootElement.EnumerateArray())
        {
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                yield return new PacketTest(
                    $"{part}/{Path.GetFileNameWithoutExtension(path)}", Words(group.GetProperty("group")), Words(test.GetProperty("name")),
                    Find("ver") is { } version ? version.GetInt32() : 4,
                    // In the tests of a client, "connack" says whether it was let in before; at a server that is a CONNECT before.
                    Find("connect") is not { ValueKind: JsonValueKind.False } && Find("connack") is not { ValueKind: JsonValueKind.False },
                    Find("expect_disconnect") is not { ValueKind: JsonValueKind.False },
                    [.. test.GetProperty("msgs").EnumerateArray().Select(Step)]);

                JsonElement? Find(string key) => test.TryGetProperty(key, out var value) || group.TryGetProperty(key, out value) ? value : null;
            }
        }
    }

    private static PacketStep Step(JsonElement step)
    {
        var type = step.GetProperty("type").GetString()!;
        return new PacketStep(type, type is "send" or "recv" ? PacketText.Parse(step.GetProperty("payload").GetString()!) : []);
    }

    private static string Words(JsonElement text) => string.Join(' ', text.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
