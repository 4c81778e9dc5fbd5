using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

public sealed class LineWriterTests
{
    /// <summary>Vectors of the corpus that we refuse to write, each with the reason.</summary>
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["20f288a9"] = "a tag's value with a backslash before a comma, which 1.6.7 may misread: see RealInfluxTests",
        ["7c0c4a66"] = "a tag's value with a backslash before a space, which 1.6.7 may misread: see RealInfluxTests",
        ["9ce4e716"] = "a tag's value with a backslash before a space, which 1.6.7 may misread: see RealInfluxTests",
        ["b3db57d8"] = "a tag's value with a backslash before a space, which 1.6.7 may misread: see RealInfluxTests",
        ["f84fa178"] = "a tag's key with a backslash before an equals sign, which 1.6.7 may misread: see RealInfluxTests",
    };

    [Fact]
    public void What_InfluxData_s_corpus_writes_we_write_too()
    {
        using var corpus = Corpus.Read("line-protocol-corpus.json.gz");
        var written = 0;
        foreach (var vector in corpus.RootElement.GetProperty("encode").EnumerateObject())
        {
            var (input, output) = (vector.Value.GetProperty("input").GetProperty("point"), vector.Value.GetProperty("output"));
            if (Refused.ContainsKey(vector.Name[..8]) || output.TryGetProperty("error", out _))
            {
                Assert.Throws<ArgumentException>(() => Write(input));
                continue;
            }

            // The vectors are in nanoseconds: the number is written as it is given, its unit is said by the request.
            var (ours, theirs) = (Write(input), output.GetProperty("result").GetString()!);
            // A number has more than one spelling: 6.632243e+06 and 6632243. So numbers are compared as numbers.
            Assert.Equal(LineReader.Read(theirs).Select(Show), LineReader.Read(ours).Select(Show));
            // And a line break in a text is written as it is, because 1.x does not know the escape \n.
            if (!((string[])["e+", "e-", "\\n"]).Any(theirs.Contains)) Assert.Equal(theirs + "\n", ours);
            written++;
        }

        Assert.InRange(written, 100, 115);
    }

    private static string Write(JsonElement point)
    {
        var output = new ArrayBufferWriter<byte>();
        var line = new LineWriter(output).Begin(point.GetProperty("name").GetString()!);
        foreach (var tag in point.GetProperty("tags").EnumerateArray()) line.Tag(tag.GetProperty("key").GetString()!, tag.GetProperty("value").GetString()!);
        foreach (var field in point.GetProperty("fields").EnumerateArray())
        {
            var key = field.GetProperty("key").GetString()!;
            var value = field.GetProperty("value").EnumerateObject().Single();
            _ = value.Name switch
            {
                "int" => line.Field(key, value.Value.GetInt64()),
                "float" => line.Field(key, value.Value.GetDouble()),
                "bool" => line.Field(key, value.Value.GetBoolean()),
                "string" => line.Field(key, value.Value.GetString()!),
                _ => throw new NotSupportedException(value.Name),
            };
        }

        line.End(point.GetProperty("time").GetInt64());
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [Fact]
    public void The_reader_of_these_tests_understands_InfluxData_s_corpus()
    {
        using var corpus = Corpus.Read("line-protocol-corpus.json.gz");
        var read = 0;
        foreach (var vector in corpus.RootElement.GetProperty("decode").EnumerateObject())
        {
            if (!vector.Value.GetProperty("output").TryGetProperty("result", out var result)) continue;
            var input = vector.Value.GetProperty("input");
            // Texts that are not UTF-8 are given as bytes; we never write such.
            if (input.GetProperty("text").ValueKind != JsonValueKind.String) continue;
            var unit = input.GetProperty("precision").GetString() switch { "1ns" => 1, "1µs" => 1_000, "1ms" => 1_000_000, _ => 1_000_000_000 };
            var lines = LineReader.Read(input.GetProperty("text").GetString()!);
            Assert.Equal(
                result.EnumerateArray().Select(Show),
                lines.Select(line => Show(line with { At = line.At * unit ?? input.GetProperty("defaultTime").GetInt64() / unit * unit })));
            read++;
        }

        Assert.InRange(read, 350, 400);
    }

    private static string Show(JsonElement point) => Show(new Line(
        point.GetProperty("name").GetString()!,
        [.. point.GetProperty("tags").EnumerateArray().Select(tag => (tag.GetProperty("key").GetString()!, tag.GetProperty("value").GetString()!))],
        [.. point.GetProperty("fields").EnumerateArray().Select(field => (field.GetProperty("key").GetString()!, ValueOf(field.GetProperty("value"))))],
        point.GetProperty("time").GetInt64()));

    internal static string Show(Line line) => string.Join(
        '|', [line.Measurement, .. line.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}:{tag.Value}"),
            .. line.Fields.Select(field => $"{field.Key}:{field.Value.GetType().Name}:{(field.Value is 0.0 ? "0" : field.Value)}"), $"{line.At}"]);

    private static object ValueOf(JsonElement value) => value.EnumerateObject().Single() switch
    {
        { Name: "int" } one => one.Value.GetInt64(),
        { Name: "uint" } one => one.Value.GetUInt64(),
        { Name: "float" } one => one.Value.GetDouble(),
        { Name: "bool" } one => one.Value.GetBoolean(),
        { Name: "string" } one => one.Value.GetString()!,
        var other => throw new NotSupportedException(other.Name),
    };

    [Fact]
    public void Whatever_is_written_is_read_back() => AnyLines.Sample(lines =>
    {
        var read = LineReader.Read(Write(lines));
        Assert.Equal(lines.Select(Show), read.Select(Show));
    });

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("a\\", "ends in a backslash")]
    [InlineData("a\nb", "line break")]
    [InlineData("a\tb", "control character")]
    [InlineData("a\\ b", "backslash before")]
    [InlineData("a\\,b", "backslash before")]
    [InlineData("a\\=b", "backslash before")]
    [InlineData("half", "surrogate")]
    public void A_name_that_cannot_be_written_is_refused_with_the_reason_and_the_remedy(string name, string reason)
    {
        // An attribute cannot hold it.
        if (name == "half") name = "a\ud800b";
        var line = new LineWriter(new ArrayBufferWriter<byte>());
        Action[] places = [() => line.Begin(name), () => line.Begin("m").Tag(name, "v"), () => line.Begin("m").Tag("k", name), () => line.Begin("m").Field(name, 1)];
        Assert.All(places, place =>
        {
            var refused = Assert.Throws<ArgumentException>(place);
            Assert.Contains(reason, refused.Message);
            Assert.Contains("Choose another name.", refused.Message);
        });
    }

    [Fact]
    public void What_InfluxDB_would_drop_or_misunderstand_is_refused()
    {
        var line = new LineWriter(new ArrayBufferWriter<byte>());
        Assert.Throws<ArgumentException>(() => line.Begin("#comment"));
        Assert.Throws<ArgumentException>(() => line.Begin("m").Tag("time", "v"));
        Assert.Throws<ArgumentException>(() => line.Begin("m").Field("time", 1));
        foreach (var number in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
            Assert.Contains("Leave the field out.", Assert.Throws<ArgumentException>(() => line.Begin("m").Field("f", number)).Message);
        Assert.Throws<ArgumentException>(() => line.Begin("m").Field("a\\\"b", 1));
        Assert.Throws<InvalidOperationException>(() => line.Begin("m").End(0));
        Assert.Throws<InvalidOperationException>(() => line.Begin("m").Field("f", 1).Tag("k", "v"));
    }

    /// <summary>Signs that mean something, and some that do not.</summary>
    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.OneOf(',', ' ', '=', '\\', '"', '#', 'a', 'u', 'i', '\'', '水', '\u00a0', '\u2028').Array[1, 8].Select(signs => new string(signs)), Gen.String[1, 12]);

    /// <summary>Any text that can be a name.</summary>
    internal static readonly Gen<string> AnyName = AnyText.Where(text => LineWriter.Refusal(text) is null && text != "time");

    private static readonly Gen<object> AnyValue = Gen.OneOf<object>(
        Gen.Long.Select(value => (object)value), Gen.Double.Where(double.IsFinite).Select(value => (object)value), Gen.Bool.Select(value => (object)value),
        Gen.OneOf(AnyText, Gen.OneOf("", "\n", "a\nb c=1i 5\n", "\\", "\"")).Where(text => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text).Select(value => (object)value));

    /// <summary>Any lines that can be written: keys differ from each other, as they must.</summary>
    internal static readonly Gen<Line[]> AnyLines = Gen.Select(
        AnyName.Where(name => !name.StartsWith('#')), Gen.Select(AnyName, AnyName).Array[0, 3], Gen.Select(AnyName, AnyValue).Array[1, 4], Gen.Long[-9_223_372_036_854, 9_223_372_036_854],
        (measurement, tags, fields, at) => new Line(
            measurement, [.. tags.DistinctBy(tag => tag.Item1).OrderBy(tag => tag.Item1, StringComparer.Ordinal)],
            [.. fields.DistinctBy(field => field.Item1).Where(field => tags.All(tag => tag.Item1 != field.Item1)).DefaultIfEmpty(("only", 1L))], at)).Array[1, 4];

    /// <summary>Writes lines with the writer.</summary>
    internal static string Write(IEnumerable<Line> lines)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new LineWriter(output);
        foreach (var line in lines)
        {
            writer.Begin(line.Measurement);
            foreach (var (key, value) in line.Tags) writer.Tag(key, value);
            foreach (var (key, value) in line.Fields)
            {
                _ = value switch
                {
                    long number => writer.Field(key, number),
                    double number => writer.Field(key, number),
                    bool yes => writer.Field(key, yes),
                    _ => writer.Field(key, (string)value),
                };
            }

            writer.End(line.At!.Value);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
