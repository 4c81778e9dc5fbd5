using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Server.Tests.Fuzz;

/// <summary>Spoilt golden examples, for as long as wanted: a message with one meaning, or a refusal; never an exception.</summary>
public sealed class CodecFuzzTests(ITestOutputHelper output)
{
    private const double ShareOfTopics = 0.2;

    private static readonly byte[][] Payloads = [.. GoldenExamples.All.Select(example => example.Payload)];
    private static readonly byte[][] Topics = [.. GoldenExamples.All.Select(example => Encoding.UTF8.GetBytes(example.Topic)).DistinctBy(Convert.ToHexString)];
    private static readonly Topic[] GoodTopics = [.. GoldenExamples.All.Select(example => Topic.TryParse(example.Topic, out var topic, out _) ? topic : (Topic?)null).OfType<Topic>().Distinct()];

    [Fact]
    public void A_spoilt_payload_is_a_message_with_one_meaning_or_a_refusal()
    {
        var messages = 0;
        var count = FuzzRun.ForTheTime(chance =>
        {
            var topic = GoodTopics[chance.Next(GoodTopics.Length)];
            var payload = Mutation.Spoil(Payloads[chance.Next(Payloads.Length)], chance, Payloads);
            try
            {
                if (Judge(topic, payload)) messages++;
            }
            catch (Exception error)
            {
                Assert.Fail($"FUZZ_SEED={FuzzRun.Seed}, {topic}, {FuzzRun.Print(payload)}\n{error}");
            }
        }, 1 - ShareOfTopics);
        output.WriteLine($"FUZZ_SEED={FuzzRun.Seed}: {count} payloads, {messages} of them still messages.");
    }

    [Fact]
    public void A_spoilt_topic_is_one_of_ours_to_the_letter_or_refused()
    {
        var count = FuzzRun.ForTheTime(chance =>
        {
            var text = Encoding.UTF8.GetString(Mutation.Spoil(Topics[chance.Next(Topics.Length)], chance, Topics));
            if (Topic.TryParse(text, out var topic, out var refusal)) Assert.Equal(text, topic.ToString());
            else Assert.False(string.IsNullOrEmpty(refusal.Detail), $"FUZZ_SEED={FuzzRun.Seed}: {text} was refused without a reason.");
        }, ShareOfTopics);
        output.WriteLine($"FUZZ_SEED={FuzzRun.Seed}: {count} topics.");
    }

    private static bool Judge(in Topic topic, byte[] payload)
    {
        if (!Codec.TryDecode(topic, payload, out var message, out var refusal))
        {
            Assert.NotEmpty(refusal.Field);
            Assert.NotEmpty(refusal.Detail);
            return false;
        }

        // Saying it again and hearing it again changes nothing any more.
        var said = Codec.Encode(message);
        Assert.True(Codec.TryDecode(topic, said, out var again, out refusal), refusal?.ToString());
        Assert.Equal(0, again.Envelope.UnknownFields);
        Assert.Equal(said, Codec.Encode(again));
        return true;
    }
}
