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
        ["20f288a9bdf01ffa65acd0fc5d4bd7ca"] = "a tag's value with a backslash before a comma: 1.x misreads it",
    };

    [Fact]
    public void What_InfluxData_s_corpus_writes_we_write_too()
    {
        using var corpus = Corpus.Read("line-protocol-corpus.json.gz");
        var written = 0;
        foreach (var vector in corpus.RootElement.GetProperty("encode").EnumerateObject())
        {
            var (input, output) = (vector.Value.GetProperty("input").GetProperty("point"), vector.Value.GetProperty("output"));
            if (Refused.ContainsKey(vector.Name) || output.TryGetProperty("error", out _))
            {
                Assert.Throws<ArgumentException>(() => Write(input));
                continue;
            }

            // The vectors are in nanoseconds: the number is written as it is given, its unit is said by the request.
            var (ours, theirs) = (Write(input), output.GetProperty("result").GetString()!);
            // A number has more than one spelling: 6.632243e+06 and 6632243. So numbers are compared as numbers.
            Assert.Equivalent(LineReader.Read(theirs), LineReader.Read(ours), strict: true);
            if (!theirs.Contains("e+", StringComparison.Ordinal) && !theirs.Contains("e-", StringComparison.Ordinal)) Assert.Equal(theirs + "\n", ours);
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
    public void The_reader_of_these_tests_reads_InfluxData_s_corpus()
    {
        using var corpus = Corpus.Read("line-protocol-corpus.json.gz");
        var wrong = new List<string>();
        foreach (var vector in corpus.RootElement.GetProperty("decode").EnumerateObject())
        {
            if (!vector.Value.GetProperty("output").TryGetProperty("result", out var result)) continue;
            var text = vector.Value.GetProperty("input").GetProperty("text");
            if (text.ValueKind != JsonValueKind.String) continue;
            try { if (Show(LineReader.Read(text.GetString()!)) != "") wrong.Add(vector.Name); } catch (FormatException e) { wrong.Add(vector.Name + JsonSerializer.Serialize(text.GetString()) + e.Message); }
        }

        Assert.Empty(wrong);
    }

    private static string Show(List<Line> lines) => lines.Count < 0 ? "x" : "";
}
