using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>Packets to begin with.</summary>
internal sealed class PacketSeeds
{
    private PacketSeeds(IReadOnlyList<byte[]> daily, IReadOnlyList<byte[]> rare) => (Daily, Rare, All) = (daily, rare, [.. daily, .. rare]);

    /// <summary>What devices send once they are connected, the golden examples among it. It keeps a connection open.</summary>
    public IReadOnlyList<byte[]> Daily { get; }

    /// <summary>Every other type of packet, and Mosquitto's packet tests where a folder called <c>shared</c> has them. Most of it ends a connection.</summary>
    public IReadOnlyList<byte[]> Rare { get; }

    /// <summary>All of them.</summary>
    public IReadOnlyList<byte[]> All { get; }

    /// <summary>Those of a version, as a meter with this id sends them.</summary>
    public static PacketSeeds Of(bool isVersion5, string id)
    {
        byte[] properties = isVersion5 ? [0] : [], packetId = [0, 7];
        byte[] reason = isVersion5 ? [0, 0] : [];
        var own = Text($"senioriot/v1/water/{id}/telemetry");
        var command = Text($"senioriot/v1/water/{id}/command");
        List<byte[]> daily =
        [
            Packet(0x30, [.. own, .. properties, .. "{}"u8]),
            Packet(0x32, [.. own, .. packetId, .. properties, .. "{}"u8]),
            Packet(0x3A, [.. own, .. packetId, .. properties, .. "{}"u8]),
            Packet(0x82, [.. packetId, .. properties, .. command, 1]), Packet(0xA2, [.. packetId, .. properties, .. command]), Packet(0xC0, []),
        ];
        foreach (var (topic, payload) in GoldenExamples.All)
            daily.Add(Packet(0x32, [.. Text(topic.Replace("meter-0001", id, StringComparison.Ordinal)), .. packetId, .. properties, .. payload]));
        List<byte[]> rare =
        [
            Connect(isVersion5, id, "secret", hasWill: true), Packet(0x20, [0, 0, .. properties]), Packet(0x33, [.. own, .. packetId, .. properties, .. "{}"u8]),
            Packet(0x34, [.. own, .. packetId, .. properties, .. "{}"u8]), Packet(0x40, [.. packetId, .. reason]), Packet(0x50, [.. packetId, .. reason]),
            Packet(0x62, [.. packetId, .. reason]), Packet(0x70, [.. packetId, .. reason]), Packet(0x90, [.. packetId, .. properties, 1]),
            Packet(0xB0, [.. packetId, .. properties, 0]), Packet(0xD0, []), Packet(0xE0, reason), Packet(0xF0, reason), Packet(0x00, []),
        ];
        // Every property that may stand in a PUBLISH.
        byte[] many = [1, 1, 2, 0, 0, 0, 60, 0x23, 0, 1, 3, .. Text("json"), 8, .. Text("a/b"), 9, .. Text("c"), 0x26, .. Text("k"), .. Text("v"), 0x0B, 1];
        if (isVersion5) rare.Add(Packet(0x32, [.. own, .. packetId, (byte)many.Length, .. many, .. "{}"u8]));
        return new PacketSeeds(daily, [.. rare, .. Mosquittos]);
    }

    /// <summary>A CONNECT that is let in when id and password are right.</summary>
    public static byte[] Connect(bool isVersion5, string id, string password, bool hasWill = false)
    {
        byte[] properties = isVersion5 ? [0] : [];
        byte[] will = hasWill ? [.. properties, .. Text($"senioriot/v1/water/{id}/status"), .. Text("{\"status\":\"offline\"}")] : [];
        return Packet(0x10, [.. Text("MQTT"), (byte)(isVersion5 ? 5 : 4), (byte)(0xC2 | (hasWill ? 0x0C : 0)), 0, 60, .. properties, .. Text(id), .. will, .. Text(id), .. Text(password)]);
    }

    /// <summary>A packet with the length that belongs to it.</summary>
    public static byte[] Packet(byte first, byte[] body) => [first, .. Length(body.Length), .. body];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private static List<byte> Length(int length)
    {
        List<byte> digits = [];
        do digits.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
        while ((length >>= 7) > 0);
        return digits;
    }

    private static IReadOnlyList<byte[]> Mosquittos { get; } = ReadMosquittos();

    private static List<byte[]> ReadMosquittos([CallerFilePath] string here = "")
    {
        List<byte[]> packets = [];
        for (var folder = Directory.GetParent(here); folder is not null; folder = folder.Parent)
        {
            var tests = Path.Combine(folder.FullName, "shared/data/mqtt-malformed");
            if (!Directory.Exists(tests)) continue;
            foreach (var file in Directory.GetFiles(tests, "*.json", SearchOption.AllDirectories).Order())
            {
                using var json = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                Collect(json.RootElement, packets);
            }

            break;
        }

        return packets;
    }

    private static void Collect(JsonElement element, List<byte[]> packets)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in element.EnumerateArray()) Collect(one, packets);
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.TryGetProperty("type", out var type) && type.ValueEquals("send") && element.TryGetProperty("payload", out var payload)) packets.Add(Read(payload.GetString()!));
            foreach (var member in element.EnumerateObject()) Collect(member.Value, packets);
        }
    }

    /// <summary>Mosquitto's little language, as far as seeds need it: what is not understood is left out.</summary>
    private static byte[] Read(string text)
    {
        List<byte> bytes = [];
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word[0] == '\'') bytes.AddRange(Encoding.UTF8.GetBytes(word.Trim('\'')));
            else if (word.Length % 2 == 0 && word.All(char.IsAsciiHexDigit)) bytes.AddRange(Convert.FromHexString(word));
            else if (int.TryParse(word.AsSpan(1), CultureInfo.InvariantCulture, out var number)) bytes.AddRange(Number(word[0], number));
        }

        return [.. bytes];
    }

    private static List<byte> Number(char kind, int number) => kind switch
    {
        'r' or 'v' => Length(number),
        'L' => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number],
        'i' => [(byte)number],
        _ => [(byte)(number >> 8), (byte)number],
    };
}
