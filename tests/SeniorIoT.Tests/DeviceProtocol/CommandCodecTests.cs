using System.Text;
using CsCheck;
using NJsonSchema;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class CommandCodecTests
{
    private static readonly Gen<DeviceCommand> AnyCommand = Gen.OneOf(
        Gen.Const<DeviceCommand>(new DeviceCommand.Report()),
        Gen.Const<DeviceCommand>(new DeviceCommand.Test()),
        Gen.Int[DeviceCommand.IntervalSecondsMin, DeviceCommand.IntervalSecondsMax].Select(seconds => (DeviceCommand)new DeviceCommand.Interval(seconds)));

    private static readonly Gen<CommandMessage> AnyMessage = Gen.Select(
        Gen.String[Gen.Char["abcdefghjkmnpqrstuvwxyz23456789"], 1, CommandCodec.IdLengthMax], Gen.Long[1_500_000_000, 4_000_000_000], Gen.Int[60, 2_592_000], AnyCommand)
        .Select((id, at, seconds, command) => new CommandMessage(id, DateTimeOffset.FromUnixTimeSeconds(at), DateTimeOffset.FromUnixTimeSeconds(at + seconds), command));

    public static TheoryData<string> Examples() => new(FirmwareContract.Commands.Select(example => example.File));

    [Theory, MemberData(nameof(Examples))]
    public void A_device_reads_an_example_as_the_index_says(string file)
    {
        var example = FirmwareContract.Named(file);
        Assert.True(Topic.TryParse(example.Topic, out var topic, out _) && topic.Channel == Channel.Command);
        Assert.True(CommandCodec.TryDecode(example.Payload(), out var message, out var refusal), refusal?.ToString());
        Assert.Equal(example.Means, FirmwareContract.MeaningOf(message));
        if (message.Command is not DeviceCommand.Unknown) Assert.Contains(message.Command.Type, DeviceCommand.TypesFor(topic.Kind));
    }

    [Fact]
    public async Task What_is_sent_satisfies_the_schema_and_reads_as_it_was_meant()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(FirmwareContract.Root, "schemas", "command.schema.json"), TestContext.Current.CancellationToken);
        AnyMessage.Sample(
            sent =>
            {
                var payload = CommandCodec.Encode(sent);
                Assert.InRange(payload.Length, 1, CommandCodec.BytesMax);
                Assert.Empty(schema.Validate(Encoding.UTF8.GetString(payload)));
                Assert.True(CommandCodec.TryDecode(payload, out var read, out _));
                Assert.Equal(sent, read);
            },
            iter: 500);
    }

    [Fact]
    public void No_bytes_make_the_decoder_throw()
    {
        var seed = CommandCodec.Encode(new CommandMessage("c-1", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, new DeviceCommand.Interval(900)));
        Gen.Select(Gen.Int[0, seed.Length - 1], Gen.Byte, Gen.Int[0, seed.Length]).Sample(
            (at, value, length) =>
            {
                var bytes = seed[..length];
                if (at < length) bytes[at] = value;
                Assert.NotEqual(CommandCodec.TryDecode(bytes, out var message, out var refusal), refusal is not null);
                Assert.NotEqual(message is null, refusal is null);
            },
            iter: 20_000);
    }

    [Theory]
    [InlineData("""[]""", "payload")]
    [InlineData("""{"id":"c-1","id":"c-2"}""", "payload")]
    [InlineData("""{"ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":{"type":"report"}}""", "id")]
    [InlineData("""{"id":"\ud800","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":{"type":"report"}}""", "id")]
    [InlineData("""{"id":"c-1","ts":"yesterday","expires":"2026-01-09T03:04:05Z","command":{"type":"report"}}""", "ts")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","command":{"type":"report"}}""", "expires")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z"}""", "command")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":"report"}""", "command.type")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":{"type":"interval"}}""", "command.seconds")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":{"type":"interval","seconds":59}}""", "command.seconds")]
    [InlineData("""{"id":"c-1","ts":"2026-01-02T03:04:05Z","expires":"2026-01-09T03:04:05Z","command":{"type":"interval","seconds":86401}}""", "command.seconds")]
    public void What_cannot_be_a_command_is_refused_by_its_field(string payload, string field)
    {
        Assert.False(CommandCodec.TryDecode(Encoding.UTF8.GetBytes(payload), out _, out var refusal));
        Assert.Equal(field, refusal.Field);
    }
}
