using CsCheck;
using SeniorIoT.DeviceProtocol;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class TopicTests
{
    [Fact]
    public void A_topic_reads_back_as_it_was_written() =>
        Messages.Topic.Sample(
            topic =>
            {
                Assert.True(Topic.TryParse(topic.ToString(), out var read, out var refusal), refusal?.ToString());
                Assert.Equal(topic, read);
            },
            iter: 2_000);

    [Fact]
    public void Any_text_is_a_topic_that_writes_itself_back_or_a_refusal() =>
        Gen.Select(Messages.Topic, Gen.Int[0, 200], Gen.Int[0, 5], Gen.String[Gen.Char["/+#\0 aA0_-中\ud800$"], 0, 4]).Sample(
            (topic, at, cut, insert) =>
            {
                var text = topic.ToString();
                at = Math.Min(at, text.Length);
                text = text[..at] + insert + text[Math.Min(text.Length, at + cut)..];
                if (Topic.TryParse(text, out var read, out var refusal)) Assert.Equal(text, read.ToString());
                else Assert.Equal((RefusalReason.TopicNameInvalid, "topic"), (refusal.Reason, refusal.Field));
            },
            iter: 20_000);

    [Theory]
    [InlineData(null, "empty")]
    [InlineData("senioriot/v2/water/m/telemetry", "Segment 2")]
    [InlineData("senioriot/v1/gas/m/telemetry", "Segment 3")]
    [InlineData("senioriot/v1/water/m m/telemetry", "Segment 4")]
    [InlineData("senioriot/v1/water/m/data", "Segment 5")]
    [InlineData("senioriot/v1/gateway/#/water/m/data", "Segment 4")]
    [InlineData("senioriot/v1/gateway/g/water/m/command", "Segment 7")]
    [InlineData("senioriot", "Segment 2")]
    public void A_refused_topic_is_told_which_segment_is_wrong(string? text, string expected)
    {
        Assert.False(Topic.TryParse(text, out _, out var refusal));
        Assert.Contains(expected, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_valid_topic_is_within_the_limit()
    {
        var id = new string('x', Topic.IdLengthMax);
        var longest = new Topic(DeviceKind.Water, id, Channel.Telemetry, id).ToString();
        Assert.True(longest.Length <= Topic.LengthMax);
        Assert.True(Topic.TryParse(longest, out _, out _));
    }

    [Fact]
    public void A_device_has_one_command_topic() => Assert.Equal("senioriot/v1/sos/b-1/command", Topic.CommandOf(DeviceKind.Sos, "b-1").ToString());
}
