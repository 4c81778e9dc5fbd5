using System.Buffers;
using System.Globalization;
using System.Text;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Writes InfluxDB's line protocol as UTF-8: the part of it that 1.x, 2.x and 3 Core read alike. So there are no unsigned integers
/// (1.x refuses them), and a name that any of them would misread is refused here, before it can damage the lines beside it.
/// <para>The order is Begin, Tag…, Field…, End. After an exception half a line is in the output, which is then to be thrown away.</para>
/// </summary>
internal sealed class LineWriter(IBufferWriter<byte> output)
{
    private const string Remedy = "Choose another name.";

    /// <summary>What needs neither escape nor a second look: printable ASCII but for the signs that mean something.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "!$%&'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> InQuotes = SearchValues.Create("\"\\");

    private bool _hasFields;

    /// <summary>Why a text cannot be a measurement, a key or a tag's value, with the remedy; null when it can.</summary>
    public static string? Refusal(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty) return "is empty, and InfluxDB has no empty names. " + Remedy;
        if (!name.ContainsAnyExcept(Plain)) return null;
        if (name[^1] == '\\') return "ends in a backslash, which would escape what follows it. " + Remedy;
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsControl(name[i])) return "has a line break or another control character in it, which line protocol cannot carry. " + Remedy;
            // 1.x takes the two for one escape when it looks for the end of a line, and may then take the next line for a part of this one.
            if (name[i] == '\\' && name[i + 1] is ',' or ' ' or '=' or '"') return "has a backslash before a comma, a space, an equals sign or a quotation mark, which InfluxDB 1.x misreads. " + Remedy;
            if (!char.IsSurrogate(name[i])) continue;
            if (i + 1 == name.Length || !char.IsSurrogatePair(name[i], name[i + 1])) return "has half of a surrogate pair in it, which is not text. " + Remedy;
            i++;
        }

        return null;
    }

    /// <summary>Begins a line.</summary>
    /// <exception cref="ArgumentException">It cannot be a measurement: see <see cref="Refusal"/>; nor may it begin with <c>#</c>, which begins a comment.</exception>
    public LineWriter Begin(string measurement)
    {
        if (measurement.StartsWith('#')) throw new ArgumentException($"'{measurement}' begins with #, and the line would be a comment. {Remedy}", nameof(measurement));
        _hasFields = false;
        Name(measurement, nameof(measurement), escapesEquals: false);
        return this;
    }

    /// <summary>Adds a tag.</summary>
    /// <exception cref="ArgumentException">Key or value cannot be written: see <see cref="Refusal"/>; a key may not be <c>time</c> either.</exception>
    public LineWriter Tag(string key, string value)
    {
        if (_hasFields) throw new InvalidOperationException("Tags come before fields.");
        Put(',');
        Key(key);
        Put('=');
        Name(value, nameof(value), escapesEquals: true);
        return this;
    }

    /// <summary>Adds an integer.</summary>
    public LineWriter Field(string key, long value)
    {
        Next(key);
        var span = output.GetSpan(21);
        value.TryFormat(span, out var length, default, CultureInfo.InvariantCulture);
        span[length] = (byte)'i';
        output.Advance(length + 1);
        return this;
    }

    /// <summary>Adds a number with a fraction.</summary>
    /// <exception cref="ArgumentException">It is not a finite number, which InfluxDB does not keep.</exception>
    public LineWriter Field(string key, double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{key} is {value.ToString(CultureInfo.InvariantCulture)}, which InfluxDB does not keep. Leave the field out.", nameof(value));
        Next(key);
        var span = output.GetSpan(32);
        value.TryFormat(span, out var length, "R", CultureInfo.InvariantCulture);
        output.Advance(length);
        return this;
    }

    /// <summary>Adds a yes or no.</summary>
    public LineWriter Field(string key, bool value)
    {
        Next(key);
        output.Write(value ? "true"u8 : "false"u8);
        return this;
    }

    /// <summary>Adds a text, in which everything may occur, line breaks too. Half of a surrogate pair becomes U+FFFD.</summary>
    public LineWriter Field(string key, string value)
    {
        Next(key);
        Put('"');
        var rest = value.AsSpan();
        for (int special; (special = rest.IndexOfAny(InQuotes)) >= 0; rest = rest[(special + 1)..])
        {
            Text(rest[..special]);
            Put('\\');
            Put(rest[special]);
        }

        Text(rest);
        Put('"');
        return this;
    }

    /// <summary>Ends the line.</summary>
    /// <param name="at">When, in the unit that the request names.</param>
    public void End(long at)
    {
        if (!_hasFields) throw new InvalidOperationException("A line needs a field.");
        var span = output.GetSpan(22);
        span[0] = (byte)' ';
        at.TryFormat(span[1..], out var length, default, CultureInfo.InvariantCulture);
        span[length + 1] = (byte)'\n';
        output.Advance(length + 2);
    }

    private void Next(string key)
    {
        Put(_hasFields ? ',' : ' ');
        _hasFields = true;
        Key(key);
        Put('=');
    }

    private void Key(string key)
    {
        if (key == "time") throw new ArgumentException($"'time' is the name of the time itself. {Remedy}", nameof(key));
        Name(key, nameof(key), escapesEquals: true);
    }

    private void Name(string name, string parameter, bool escapesEquals)
    {
        if (!name.AsSpan().ContainsAnyExcept(Plain) && name.Length > 0)
        {
            Text(name);
            return;
        }

        if (Refusal(name) is { } why) throw new ArgumentException($"'{name}' {why}", parameter);
        var rest = name.AsSpan();
        for (int special; (special = escapesEquals ? rest.IndexOfAny(',', ' ', '=') : rest.IndexOfAny(',', ' ')) >= 0; rest = rest[(special + 1)..])
        {
            Text(rest[..special]);
            Put('\\');
            Put(rest[special]);
        }

        Text(rest);
    }

    private void Text(ReadOnlySpan<char> text)
    {
        if (text.Length > 0) Encoding.UTF8.GetBytes(text, output);
    }

    private void Put(char ascii)
    {
        output.GetSpan(1)[0] = (byte)ascii;
        output.Advance(1);
    }
}
