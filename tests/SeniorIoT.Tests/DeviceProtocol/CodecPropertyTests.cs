using System.Text;
using CsCheck;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;

namespace SeniorIoT.Tests.DeviceProtocol;

public sealed class CodecPropertyTests
{

    /// <summary>Pieces that get a random text past the first few checks of a parser.</summary>
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "-", "0", "1e999", "-0", "1e-400", "12345.6789", " ", "\n", "\u0000", "中",
        "\"mid\":\"a\"", "\"boot\":1", "\"seq\":1", "\"ts\":\"2026-01-02T03:04:05Z\"", "\"ts\":1767323045000", "\"ts\":\"T+\"", "\"clock\":\"none\"",
        "\"age_s\":1e308", "\"hist\":true", "\"battery_pct\":88.5", "\"rssi_dbm\":-97", "\"fw\":\"\"", "\"status\":\"online\"", "\"online\":false",
        "\"water\":{", "\"smoke\":{", "\"sos\":{", "\"type\":\"press\"", "\"type\":\"alarm\"", "\"type\":\"leak\"", "\"button\":\"taxi\"",
        "\"total_l\":5", "\"resolution_l\":1", "\"samples\":[", "{\"ts\":1,\"total_l\":1}", "\"\\u0074s\":1", "\"\\udc00\":1",
    ];

    private static readonly (Topic Topic, byte[] Payload)[] Seeds =
    [
        .. from example in FirmwareContract.Examples
           where example.Field != "topic"
           select (TopicOf(example), example.Payload()),
    ];

    private static readonly string[] Fields =
    [
        .. Pieces.Where(piece => piece.Contains("\":", StringComparison.Ordinal) && piece[0] == '"' && piece[^1] is not ('{' or '[')),
        "\"water\":{\"total_l\":5,\"x\":[{}]}", "\"water\":{\"samples\":[{\"total_l\":1.5},{\"ts\":0,\"total_l\":0}]}", "\"water\":{\"type\":\"burst\"}",
        "\"smoke\":{\"type\":\"alarm\"}", "\"sos\":{\"type\":\"fall\",\"button\":7}", "\"sos\":null", "\"x\":{\"mid\":1}",
    ];

    private static readonly Gen<byte[]> Soup = Messages.OneOf(Pieces).Array[0, 30].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static readonly Gen<byte[]> Objects =
        Messages.OneOf(Fields).Array[0, 5].Select(fields => Encoding.UTF8.GetBytes($"{{{string.Join(",", fields)}}}"));

    private static readonly Gen<(Topic Topic, byte[] Payload)> Damaged = Gen.Select(
        Messages.OneOf(Seeds),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 10_000], Gen.Int[0, 40], Messages.OneOf(Pieces), Gen.Byte).Array[0, 4],
        (seed, mutations) => (seed.Topic, mutations.Aggregate(seed.Payload, Mutate)));

    [Fact]
    public void What_was_encoded_decodes_to_an_equal_message() =>
        Messages.Any.Sample(
            sent =>
            {
                Assert.True(Codec.TryDecode(Messages.TopicOf(sent), Codec.Encode(sent), out var received, out var refusal), refusal?.ToString());
                Assert.Equal(sent, received);
            },
            iter: 3_000);

    [Fact]
    public void Random_bytes_are_a_message_or_a_refusal_and_never_an_exception() =>
        Gen.Select(Messages.Topic, Gen.OneOf(Gen.Byte.Array[0, 200], Soup, Objects)).Sample(sent => Judge(sent.Item1, sent.Item2), iter: 20_000);

    [Fact]
    public void Damaged_examples_are_a_message_or_a_refusal_and_never_an_exception() =>
        Damaged.Sample(sent => Judge(sent.Topic, sent.Payload), iter: 20_000);

    private static void Judge(in Topic topic, byte[] payload)
    {
        var isMessage = Codec.TryDecode(topic, payload, out var message, out var refusal);
        Assert.Equal(isMessage, message is not null);
        Assert.NotEqual(isMessage, refusal is not null);
        if (refusal is not null)
        {
            Assert.NotEmpty(refusal.Field);
            Assert.EndsWith(".", refusal.Detail, StringComparison.Ordinal);
            return;
        }

        // Whatever is accepted, however odd it looked, has one meaning that survives being said again.
        Assert.True(Codec.TryDecode(topic, Codec.Encode(message!), out var again, out refusal), refusal?.ToString());
        Assert.Equal(FirmwareContract.MeaningOf(message!).Split("; fields left out")[0], FirmwareContract.MeaningOf(again));
    }

    private static Topic TopicOf(Example example) =>
        Topic.TryParse(example.Topic, out var topic, out var refusal) ? topic : throw new ArgumentException(refusal.Detail);

    private static byte[] Mutate(byte[] bytes, (int Kind, int At, int Length, string Piece, byte Value) mutation)
    {
        var at = bytes.Length == 0 ? 0 : mutation.At % bytes.Length;
        var end = Math.Min(bytes.Length, at + mutation.Length);
        return mutation.Kind switch
        {
            0 when bytes.Length > 0 => [.. bytes[..at], mutation.Value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], .. bytes[end..]],
            2 => [.. bytes[..end], .. bytes[at..]],
            _ => [.. bytes[..at], .. Encoding.UTF8.GetBytes(mutation.Piece), .. bytes[at..]],
        };
    }
}
