using System.Globalization;
using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class CodecTests
{
    private static readonly Topic Meter = new(DeviceKind.Water, "m", Channel.Telemetry);

    [Theory]
    [InlineData("12345", 12_345_000)]
    [InlineData("0.001", 1)]
    [InlineData("0.0005", 1)]
    [InlineData("0.0004", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("1.5e3", 1_500_000)]
    [InlineData("1000000000", 1_000_000_000_000)]
    public void A_total_is_kept_to_the_millilitre(string litres, long millilitres)
    {
        var payload = Encoding.UTF8.GetBytes($$$"""{"water":{"total_l":{{{litres}}}}}""");
        Assert.True(Codec.TryDecode(Meter, payload, out var message, out _));
        Assert.Equal(millilitres, Assert.IsType<DeviceMessage.Water>(message).Samples[0].TotalMillilitres);
    }

    [Theory]
    [InlineData(Codec.SamplesMax, true)]
    [InlineData(Codec.SamplesMax + 1, false)]
    public void A_batch_has_a_limit(int count, bool isTaken)
    {
        var samples = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""{"ts":"2026-01-02T03:04:05Z","total_l":{{12_345 + i}}}"""));
        var payload = Encoding.UTF8.GetBytes($$$"""{"water":{"samples":[{{{samples}}}]}}""");
        Assert.Equal(isTaken, Codec.TryDecode(Meter, payload, out _, out var refusal));
        Assert.Equal(isTaken ? null : "water.samples", refusal?.Field);
    }

    [Theory]
    [InlineData(3L, 7L, "a", "3/7")]
    [InlineData(3L, null, "a", "m:a")]
    [InlineData(null, 7L, "a", "m:a")]
    [InlineData(3L, null, null, null)]
    public void The_same_message_has_the_same_key(long? boot, long? seq, string? mid, string? key) =>
        Assert.Equal(key, new Envelope(mid, boot, seq, null, null, DeviceClock.Synced, false, null, null, null, 0).Key());

    [Fact]
    public void A_message_id_used_again_at_another_time_is_another_message() =>
        Assert.Equal("m:a@1767323045000", new Envelope("a", null, null, new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), null, DeviceClock.Synced, false, null, null, null, 0).Key());

    [Fact]
    public void Every_value_of_every_enum_has_its_word_on_the_wire()
    {
        Covers<DeviceClock>(Vocabulary.Clocks);
        Covers<WaterEventType>(Vocabulary.WaterEvents);
        Covers<SmokeEventType>(Vocabulary.SmokeEvents);
        Covers<ButtonEventType>(Vocabulary.ButtonEvents);
        Covers<ButtonFunction>(Vocabulary.Buttons);

        static void Covers<T>(Words words)
            where T : struct, Enum =>
            Assert.Equal(
                Enum.GetNames<T>(),
                Enumerable.Range(0, words.Count).Select(i => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(words[i]).Replace("_", "")));
    }

    [Fact]
    public void A_reading_costs_few_bytes_of_memory_to_decode()
    {
        var payload = FirmwareContract.Named("good/water-reading.json").Payload();
        for (var i = 0; i < 100; i++) Assert.True(Codec.TryDecode(Meter, payload, out _, out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = Codec.TryDecode(Meter, payload, out _, out _);
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1_000;

        // Envelope, message, one sample and the message id: nothing for names, words, numbers or paths.
        Assert.InRange(bytes, 1, 350);
    }
}
