using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class ExampleTests
{
    public static TheoryData<string> Good() => new(FirmwareContract.Examples.Where(example => example.Means is not null).Select(example => example.File));

    public static TheoryData<string> Bad() => new(FirmwareContract.Examples.Where(example => example.Refused is not null).Select(example => example.File));

    [Theory, MemberData(nameof(Good))]
    public void A_good_example_means_what_the_index_says(string file)
    {
        var example = FirmwareContract.Named(file);
        Assert.True(Topic.TryParse(example.Topic, out var topic, out var refusal), refusal?.ToString());
        Assert.True(Codec.TryDecode(topic, example.Payload(), out var message, out refusal), refusal?.ToString());
        Assert.Equal(example.Means, FirmwareContract.MeaningOf(message));
    }

    [Theory, MemberData(nameof(Bad))]
    public void A_bad_example_is_refused_for_the_reason_and_field_that_the_index_says(string file)
    {
        var example = FirmwareContract.Named(file);
        if (Topic.TryParse(example.Topic, out var topic, out var refusal)) Assert.False(Codec.TryDecode(topic, example.Payload(), out _, out refusal));
        Assert.Equal((example.Refused, example.Field), ($"0x{(byte)refusal!.Reason:x2}", refusal.Field));
    }

    [Fact]
    public void Every_example_file_is_in_the_index_with_exactly_one_outcome()
    {
        var folder = Path.Combine(FirmwareContract.Root, "examples");
        var files = new[] { "good", "bad", "commands" }.SelectMany(sub => Directory.GetFiles(Path.Combine(folder, sub)))
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'));
        Assert.Equal(files.Order(StringComparer.Ordinal), FirmwareContract.Examples.Concat(FirmwareContract.Commands).Select(example => example.File).Order(StringComparer.Ordinal));
        Assert.All(FirmwareContract.Examples, example => Assert.Equal(example.File.StartsWith("good/", StringComparison.Ordinal), example.Means is not null));
        Assert.All(FirmwareContract.Examples, example => Assert.NotEqual(example.Means is null, example.Refused is null));
    }

    [Fact]
    public void Refusing_a_bad_example_never_repeats_what_was_sent()
    {
        // A refusal is logged and shown; an id, a name or a position typed into the wrong field must not get there with it.
        byte[] payload = """{"mid":"SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET-SECRET","water":{"total_l":1}}"""u8.ToArray();
        Assert.False(Codec.TryDecode(new(DeviceKind.Water, "m", Channel.Telemetry), payload, out _, out var inPayload));
        Assert.False(Topic.TryParse("senioriot/v1/water/SECRET SECRET/telemetry", out _, out var inTopic));
        Assert.DoesNotContain("SECRET", inPayload.ToString() + inTopic);
    }
}
