using System.Buffers.Text;
using System.IO.Compression;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// What must be known of line protocol to take a batch apart: where lines end (a quoted value may hold a line break), their times, and how many
/// values they hold. Lines keep their <c>\n</c>.
/// </summary>
internal static class Lines
{
    /// <summary>The lines of a text, in order. A last line without its <c>\n</c> counts.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> text)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!text.IsEmpty)
        {
            var length = Scan(text.Span, out _, out _);
            lines.Add(text[..length]);
            text = text[length..];
        }

        return lines;
    }

    /// <summary>How many values a line holds; 1 for a line that is none, because whoever wrote it meant a value.</summary>
    public static int ValuesIn(ReadOnlySpan<byte> line)
    {
        Scan(line, out var values, out _);
        return Math.Max(1, values);
    }

    /// <summary>The time of a line, in the unit in which it was written; null when it has none.</summary>
    public static long? TimeOf(ReadOnlySpan<byte> line)
    {
        Scan(line, out _, out var time);
        var digits = line[time..].TrimEnd((byte)'\n');
        return Utf8Parser.TryParse(digits, out long value, out var read) && read == digits.Length ? value : null;
    }

    /// <summary>One gzip member that holds the lines.</summary>
    public static byte[] Compress(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            foreach (var line in lines) gzip.Write(line.Span);
        return packed.ToArray();
    }

    /// <summary>What was compressed.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static byte[] Expand(byte[] gzip)
    {
        using var packed = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        using var text = new MemoryStream();
        packed.CopyTo(text);
        return text.ToArray();
    }

    /// <summary>Whether <see cref="Expand"/> succeeds.</summary>
    public static bool IsSound(byte[] gzip)
    {
        try
        {
            return Expand(gzip).Length > 0;
        }
        catch (InvalidDataException)
        {
            return false; // That is the question.
        }
    }

    /// <summary>Reads one line: <c>measurement,tag=value field=value,field="text" time</c>. Quotes mean something in fields only.</summary>
    /// <returns>Its length with the <c>\n</c>.</returns>
    private static int Scan(ReadOnlySpan<byte> text, out int values, out int time)
    {
        var (part, isQuoted) = (0, false);
        (values, time) = (0, text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'\\' when part < 2 && i + 1 < text.Length && text[i + 1] != '\n':
                    i++;
                    break;
                case (byte)'"' when part == 1:
                    isQuoted = !isQuoted;
                    break;
                case (byte)',' when part == 1 && !isQuoted:
                    values++;
                    break;
                case (byte)' ' when !isQuoted && part < 2:
                    if (++part == 1) values = 1;
                    else time = i + 1;
                    break;
                case (byte)'\n' when !isQuoted:
                    if (part < 2) time = i;
                    return i + 1;
            }
        }

        if (part < 2) time = text.Length;
        return text.Length;
    }
}
