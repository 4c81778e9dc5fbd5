using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;

namespace SeniorIoT.Simulators.Conformance;

/// <summary>A line of the index of golden examples: what must become of a file. <c>Refused</c> and <c>Field</c> are null when it must be accepted.</summary>
internal sealed record Example(string File, string Topic, string? Refused, string? Field);

internal sealed record ExampleIndex(IReadOnlyList<Example> Examples);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExampleIndex))]
internal sealed partial class ExampleJson : JsonSerializerContext;

/// <summary><c>conformance</c>: what the platform would make of a payload, decided by the very codec it runs.</summary>
internal static class ConformanceCommand
{
    public static Command Create()
    {
        Option<string?> topic = new("--topic") { Description = "Topic the payload is published on." };
        Option<FileInfo> file = new("--file") { Description = "The payload; a name ending in .hex is read as hexadecimal bytes." };
        Option<DirectoryInfo> examples = new("--examples") { Description = "A folder with index.json, e.g. firmware-contracts/examples: checks every example." };
        file.AcceptExistingOnly();
        examples.AcceptExistingOnly();
        Command command = new("conformance", "Says whether a payload is accepted, and if not, which field is wrong and what would be right.") { topic, file, examples };
        command.SetAction(parsed => (parsed.GetValue(topic), parsed.GetValue(file), parsed.GetValue(examples)) switch
        {
            (null, null, { } folder) => CheckExamples(folder),
            ({ } name, { } payload, null) => Check(name, payload),
            _ => throw new UsageException("Give either --topic and --file, or --examples."),
        });
        return command;
    }

    /// <summary>What the platform would answer: null when it accepts.</summary>
    public static Refusal? Judge(string topic, byte[] payload, out DeviceMessage? message)
    {
        message = null;
        return !Topic.TryParse(topic, out var parsed, out var refusal) || !Codec.TryDecode(parsed, payload, out message, out refusal) ? refusal : null;
    }

    private static int Check(string topic, FileInfo file)
    {
        if (Judge(topic, Payload(file.FullName), out var message) is { } refusal)
        {
            Console.WriteLine($"refused: {Told(refusal)}");
            return 1;
        }

        Console.WriteLine($"accepted: {message!.GetType().Name}, {message.Envelope.UnknownFields} unknown fields left out");
        return 0;
    }

    private static int CheckExamples(DirectoryInfo folder)
    {
        var index = Path.Combine(folder.FullName, "index.json");
        if (!File.Exists(index))
        {
            throw new UsageException($"--examples {folder}: there is no index.json in it.");
        }

        var examples = JsonSerializer.Deserialize(File.ReadAllBytes(index), ExampleJson.Default.ExampleIndex)!.Examples;
        var wrong = 0;
        foreach (var example in examples)
        {
            var refusal = Judge(example.Topic, Payload(Path.Combine(folder.FullName, example.File)), out _);
            if ((refusal is null ? null : Code(refusal), refusal?.Field) != (example.Refused, example.Field))
            {
                wrong++;
                Console.WriteLine($"{example.File}: expected {(example.Refused is null ? "accepted" : $"{example.Refused} {example.Field}")}, got {(refusal is null ? "accepted" : Told(refusal))}");
            }
        }

        Console.WriteLine($"{examples.Count - wrong} of {examples.Count} examples as expected.");
        return wrong == 0 ? 0 : 1;
    }

    private static byte[] Payload(string path) => path.EndsWith(".hex", StringComparison.Ordinal)
        ? Convert.FromHexString(string.Concat(File.ReadAllText(path).Where(char.IsAsciiHexDigit)))
        : File.ReadAllBytes(path);

    private static string Told(Refusal refusal) => $"{Code(refusal)} {refusal.Reason}, {refusal.Field}: {refusal.Detail}";

    private static string Code(Refusal refusal) => $"0x{(int)refusal.Reason:x2}";
}
