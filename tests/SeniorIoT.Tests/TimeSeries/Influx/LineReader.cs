using System.Globalization;
using System.Text;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>One point as line protocol says it.</summary>
/// <param name="Measurement">Its measurement.</param>
/// <param name="Tags">Tags, ordered by key.</param>
/// <param name="Fields">Fields in order: long, ulong, double, bool or string.</param>
/// <param name="At">Time; null where the line has none.</param>
internal sealed record Line(string Measurement, IReadOnlyList<(string Key, string Value)> Tags, IReadOnlyList<(string Key, object Value)> Fields, long? At);

/// <summary>Reads line protocol: written from the specification and held to its test corpus, so that our writer does not judge itself.</summary>
internal static class LineReader
{
    /// <exception cref="FormatException">It is no line protocol.</exception>
    public static List<Line> Read(string text)
    {
        var lines = new List<Line>();
        for (var at = 0; at < text.Length;)
        {
            while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n') at++;
            if (at == text.Length) break;
            if (text[at] == '#')
            {
                while (at < text.Length && text[at] != '\n') at++;
                continue;
            }

            lines.Add(One(text, ref at));
        }

        return lines;
    }

    private static Line One(string text, ref int at)
    {
        var measurement = Name(text, ref at, ", ", " ,", "measurement");
        var tags = new List<(string, string)>();
        while (Next(text, at) == ',')
        {
            at++;
            var key = Name(text, ref at, "= ,", "= ,", "tag key");
            Expect(text, ref at, '=');
            tags.Add((key, Name(text, ref at, ", =", ", =", "tag value")));
        }

        Expect(text, ref at, ' ');
        while (Next(text, at) == ' ') at++;
        var fields = new List<(string, object)>();
        do
        {
            if (fields.Count > 0) at++;
            var key = Name(text, ref at, "= ,", "= ,", "field key");
            Expect(text, ref at, '=');
            fields.Add((key, Value(text, ref at)));
        }
        while (Next(text, at) == ',');

        while (Next(text, at) == ' ') at++;
        long? time = null;
        if (at < text.Length && text[at] is not ('\n' or '\r'))
        {
            var end = at;
            while (end < text.Length && text[end] is not ('\n' or '\r' or ' ')) end++;
            time = long.Parse(text.AsSpan(at, end - at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            at = end;
        }

        while (Next(text, at) is ' ' or '\r') at++;
        if (at < text.Length && text[at] != '\n') throw new FormatException($"more after the time at {at}");
        return new Line(measurement, [.. tags.OrderBy(tag => tag.Item1, StringComparer.Ordinal)], fields, time);
    }

    private static string Name(string text, ref int at, string stops, string escaped, string what)
    {
        var name = new StringBuilder();
        for (; at < text.Length && !stops.Contains(text[at]) && text[at] != '\n'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length && escaped.Contains(text[at + 1])) at++;
            name.Append(text[at]);
        }

        return name.Length > 0 ? name.ToString() : throw new FormatException($"no {what} at {at}");
    }

    private static object Value(string text, ref int at)
    {
        if (Next(text, at) == '"') return Quoted(text, ref at);
        var end = at;
        while (end < text.Length && text[end] is not (',' or ' ' or '\n' or '\r')) end++;
        var word = text.AsSpan(at, end - at);
        at = end;
        return word switch
        {
            "t" or "T" or "true" or "True" or "TRUE" => true,
            "f" or "F" or "false" or "False" or "FALSE" => false,
            [.. var digits, 'i'] => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            [.. var digits, 'u'] => ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture),
            _ => double.Parse(word, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    private static string Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            var isEscape = text[at] == '\\' && Next(text, at + 1) is '"' or '\\' or 'n' or 'r' or 't';
            if (isEscape) at++;
            value.Append((isEscape, text[at]) switch { (true, 'n') => '\n', (true, 'r') => '\r', (true, 't') => '\t', (_, var sign) => sign });
        }

        Expect(text, ref at, '"');
        return value.ToString();
    }

    private static char Next(string text, int at) => at < text.Length ? text[at] : '\0';

    private static void Expect(string text, ref int at, char sign)
    {
        if (at >= text.Length || text[at] != sign) throw new FormatException($"no '{sign}' at {at}");
        at++;
    }
}
