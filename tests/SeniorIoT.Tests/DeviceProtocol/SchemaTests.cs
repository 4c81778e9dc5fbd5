using System.Text;
using System.Text.Json;
using CsCheck;
using NJsonSchema;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class SchemaTests
{
    private static readonly string Folder = Path.Combine(FirmwareContract.Root, "schemas");

    public static TheoryData<string> Judged() => new(FirmwareContract.Examples.Concat(FirmwareContract.Commands).Where(example => example.Schema is not null).Select(example => example.File));

    [Theory, MemberData(nameof(Judged))]
    public async Task A_schema_judges_an_example_as_the_index_says(string file)
    {
        var example = FirmwareContract.Named(file);
        var errors = (await Load(PathOf(example.Schema!))).Validate(Encoding.UTF8.GetString(example.Payload()));
        Assert.True(errors.Count == 0 == example.SchemaValid, $"{errors.Count} errors: {string.Join("; ", errors)}");
    }

    [Fact]
    public async Task Whatever_the_codec_writes_satisfies_its_schema()
    {
        var schemas = new Dictionary<string, JsonSchema>();
        foreach (var path in Directory.GetFiles(Folder)) schemas[Path.GetFileName(path)] = await Load(path);

        Messages.Any.Sample(
            sent =>
            {
                var errors = schemas[$"{NameOf(sent)}.schema.json"].Validate(Encoding.UTF8.GetString(Codec.Encode(sent)));
                Assert.True(errors.Count == 0, string.Join("; ", errors));
            },
            iter: 300);
    }

    [Fact]
    public async Task Every_schema_has_good_examples_and_its_own_name()
    {
        var names = Directory.GetFiles(Folder).Select(path => Path.GetFileName(path).Replace(".schema.json", "")).Order(StringComparer.Ordinal).ToArray();
        var shown = FirmwareContract.Examples.Concat(FirmwareContract.Commands).Where(example => example.Means is not null).Select(example => example.Schema!).Distinct();
        Assert.Equal(names, shown.Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            using var schema = JsonDocument.Parse(await File.ReadAllBytesAsync(PathOf(name), TestContext.Current.CancellationToken));
            Assert.Equal($"urn:senioriot:v1:{name}", schema.RootElement.GetProperty("$id").GetString());
        }
    }

    private static Task<JsonSchema> Load(string path) => JsonSchema.FromFileAsync(path, TestContext.Current.CancellationToken);

    private static string PathOf(string name) => Path.Combine(Folder, $"{name}.schema.json");

    private static string NameOf(DeviceMessage message) => message switch
    {
        DeviceMessage.Water { Samples: [{ MeasuredAt: null }] } => "water-telemetry",
        DeviceMessage.Water => "water-batch",
        DeviceMessage.Heartbeat => "heartbeat",
        DeviceMessage.WaterEvent => "water-event",
        DeviceMessage.SmokeEvent => "smoke-event",
        DeviceMessage.ButtonEvent => "sos-event",
        _ => "status",
    };
}
