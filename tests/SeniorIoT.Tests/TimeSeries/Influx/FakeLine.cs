using System.Globalization;
using System.Text;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>One line as the fake understands it, or why it does not. Written apart from the code under test, and stricter than it needs to be.</summary>
internal sealed record FakeLine(string Text, string Measurement, string Series, IReadOnlyDictionary<string, string> Fields, long? Time, string? Error)
{
    /// <summary>All lines of a body; empty ones and comments are none.</summary>
    public static IReadOnlyList<FakeLine> ParseAll(string body)
    {
        var lines = new List<FakeLine>();
        for (var at = 0; at < body.Length;)
        {
            var end = EndOfLine(body, at);
            var text = body[at..end].TrimEnd('\n');
            at = end + 1;
            if (text.Trim().Length > 0 && text[0] != '#') lines.Add(Parse(text));
        }

        return lines;
    }

    /// <summary>The type of a value: integer, float, boolean, string; null when it is no value.</summary>
    public static string? TypeOf(string value) => value switch
    {
        ['"', .., '"'] => "string",
        "t" or "T" or "true" or "True" or "TRUE" or "f" or "F" or "false" or "False" or "FALSE" => "boolean",
        [.., 'i'] => long.TryParse(value[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? "integer" : null,
        [.., 'u'] => ulong.TryParse(value[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "unsigned" : null,
        _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? "float" : null,
    };

    private static FakeLine Parse(string text)
    {
        var parts = Cut(text, ' ', quotes: false, count: 2);
        var key = Cut(parts[0], ',', quotes: false);
        if (key.Skip(1).Any(tag => Cut(tag, '=', quotes: false, count: 2) is not [{ Length: > 0 }, { Length: > 0 }])) return Wrong("missing tag value");
        if (parts.Length < 2) return Wrong("missing fields");
        if (key[0].Length == 0) return Wrong("missing measurement");
        var rest = Cut(parts[1], ' ', quotes: true);
        if (Unquoted(rest[0]) % 2 == 1) return Wrong("unbalanced quotes");
        if (rest.Length > 2) return Wrong("invalid field format");
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Cut(rest[0], ',', quotes: true))
        {
            if (Cut(field, '=', quotes: false, count: 2) is not [{ Length: > 0 } name, var value]) return Wrong("invalid field format");
            if (value.Length == 0) return Wrong("missing field value");
            if (TypeOf(value) is null) return Wrong(value[0] == '"' ? "unbalanced quotes" : "invalid number");
            fields[name] = value;
        }

        if (rest.Length < 2) return Right(null);
        return long.TryParse(rest[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time) ? Right(time) : Wrong("bad timestamp");

        FakeLine Wrong(string error) => new(text, "", "", new Dictionary<string, string>(), null, error);

        FakeLine Right(long? time) => new(text, key[0], string.Join(',', [key[0], .. key.Skip(1).Order(StringComparer.Ordinal)]), fields, time, null);
    }

    /// <summary>Cuts at a sign that is neither escaped nor, if quotes count, in a quoted value.</summary>
    private static string[] Cut(string text, char sign, bool quotes, int count = int.MaxValue)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length) part.Append(text[i++]).Append(text[i]);
            else if (text[i] == sign && !isQuoted && parts.Count < count - 1)
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                isQuoted ^= quotes && text[i] == '"';
                part.Append(text[i]);
            }
        }

        return [.. parts, part.ToString()];
    }

    private static int Unquoted(string text) => Enumerable.Range(0, text.Length).Count(i => text[i] == '"' && (i == 0 || text[i - 1] != '\\'));

    private static int EndOfLine(string body, int from)
    {
        var (isQuoted, inFields) = (false, false);
        for (var i = from; i < body.Length; i++)
        {
            if (body[i] == '\\') i++;
            else if (body[i] == ' ') inFields = true;
            else if (body[i] == '"' && inFields) isQuoted = !isQuoted;
            else if (body[i] == '\n' && !isQuoted) return i;
        }

        return body.Length;
    }
}
