using System.Globalization;
using System.IO.Compression;
using System.Text;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Backtest;

/// <summary>A file that holds nothing to test with; the message names the fault and the remedy.</summary>
internal sealed class ReadingsFileException(string message) : Exception(message);

/// <summary>A row that was left out.</summary>
/// <param name="Line">The line in the file, from 1.</param>
/// <param name="Column">Its heading.</param>
/// <param name="Problem">What is wrong, and what is expected.</param>
internal sealed record BadRow(long Line, string Column, string Problem);

/// <summary>
/// The readings of many homes: CSV with the header <c>household_id,measured_at,total_l</c>, rows in any order, cells quoted or not, packed with
/// gzip or not. Rows are read one by one; of each 16 bytes are kept.
/// </summary>
internal sealed class ReadingsFile
{
    /// <summary>Bad rows that are named; more are only counted.</summary>
    public const int BadRowsNamed = 20;

    private static readonly string[] Columns = ["household_id", "measured_at", "total_l"];

    // A reading this far beyond any register is a slip of the pen, and would overflow sums.
    private const double LitresMax = 1e12;
    private const int OffsetsSampled = 997;

    private readonly Dictionary<string, List<Reading>> _homes = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, TimeSpan Offset)> _offsets = [];

    private ReadingsFile()
    {
    }

    /// <summary>The readings of each household, in the order of the file.</summary>
    public IReadOnlyDictionary<string, List<Reading>> Homes => _homes;

    /// <summary>The first bad rows.</summary>
    public List<BadRow> BadRows { get; } = [];

    /// <summary>All bad rows.</summary>
    public long BadRowCount { get; private set; }

    /// <summary>Good rows.</summary>
    public long RowCount { get; private set; }

    /// <summary>Reads a file. Bad rows are left out and named.</summary>
    /// <exception cref="ReadingsFileException">It is not there, not readable, has another header or no good row.</exception>
    public static ReadingsFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using Stream bytes = IsPacked(file, path) ? new GZipStream(file, CompressionMode.Decompress) : file;
            using var text = new StreamReader(bytes, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
            return Read(text, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ReadingsFileException($"{path} cannot be read: {error.Message}");
        }
    }

    /// <summary>Reads rows from a text.</summary>
    public static ReadingsFile Read(TextReader text, string name)
    {
        var header = text.ReadLine() ?? throw new ReadingsFileException($"{name} is empty. The first line must be {string.Join(',', Columns)}.");
        if (!CellsOf(header).SequenceEqual(Columns))
            throw new ReadingsFileException($"{name}, line 1: the header is '{Shortened(header)}'; it must be {string.Join(',', Columns)}.");
        var read = new ReadingsFile();
        for (long line = 2; text.ReadLine() is { } row; line++)
            if (!string.IsNullOrWhiteSpace(row) && read.Add(row, line) is { } bad) read.Refuse(bad);
        if (read.RowCount == 0)
            throw new ReadingsFileException($"{name} has no good row.{(read.BadRows.Count > 0 ? $" The first: {Say(read.BadRows[0])}" : "")}");
        return read;
    }

    /// <summary>A bad row as a sentence.</summary>
    public static string Say(BadRow bad) => $"line {bad.Line}, {bad.Column}: {bad.Problem}";

    /// <summary>
    /// The clock by which these homes live, as their times tell it: a zone that has the offsets of the file at its moments. Times that are all
    /// in UTC tell nothing: null.
    /// </summary>
    public TimeZoneInfo? Zone()
    {
        if (_offsets.All(sample => sample.Offset == TimeSpan.Zero)) return null;
        var usual = _offsets.CountBy(sample => sample.Offset).MaxBy(pair => pair.Value).Key;
        return TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(zone => _offsets.TrueForAll(sample => zone.GetUtcOffset(sample.At) == sample.Offset))
            ?? TimeZoneInfo.CreateCustomTimeZone($"UTC{usual:c}", usual, null, null);
    }

    private BadRow? Add(string row, long line)
    {
        if (row.Contains('"'))
        {
            var quoted = CellsOf(row);
            return quoted.Count == Columns.Length ? Add(quoted[0], quoted[1], quoted[2], line) : WrongCount(quoted.Count, line);
        }

        Span<Range> cells = stackalloc Range[4];
        var text = row.AsSpan();
        var count = text.Split(cells, ',');
        return count == Columns.Length ? Add(text[cells[0]].Trim(), text[cells[1]].Trim(), text[cells[2]].Trim(), line) : WrongCount(count, line);
    }

    private static BadRow WrongCount(int count, long line) =>
        new(line, Columns[Math.Min(count, 2)], $"the row has {(count > 3 ? "more than 3" : count)} cells; 3 are expected. A cell with a comma in it must be in quotes.");

    private BadRow? Add(ReadOnlySpan<char> id, ReadOnlySpan<char> at, ReadOnlySpan<char> total, long line)
    {
        if (id.IsEmpty) return new(line, Columns[0], "is empty.");
        if (!TryReadTime(at, out var measuredAt)) return new(line, Columns[1], $"'{Shortened(at)}' is not an instant with offset such as 2026-01-02T03:04:05+08:00.");
        if (!double.TryParse(total, NumberStyles.Float, CultureInfo.InvariantCulture, out var litres) || litres is not (>= 0 and <= LitresMax))
            return new(line, Columns[2], $"'{Shortened(total)}' is not a number of litres, 0 or more.");
        if (!_homes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var readings)) _homes[id.ToString()] = readings = [];
        readings.Add(new(measuredAt.ToUniversalTime(), (long)Math.Round(litres * 1000)));
        if (RowCount++ % OffsetsSampled == 0) _offsets.Add((measuredAt, measuredAt.Offset));
        return null;
    }

    private void Refuse(BadRow bad)
    {
        BadRowCount++;
        if (BadRows.Count < BadRowsNamed) BadRows.Add(bad);
    }

    // The first bytes of gzip; a pipe cannot be looked at, so there the name must say it.
    private static bool IsPacked(FileStream file, string path)
    {
        if (!file.CanSeek) return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        Span<byte> first = stackalloc byte[2];
        var read = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && first is [0x1f, 0x8b];
    }

    /// <summary>The cells of a row of which some are in quotes: there commas are text, and two quotes stand for one.</summary>
    private static List<string> CellsOf(string row)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == '"' && isQuoted && i + 1 < row.Length && row[i + 1] == '"') cell.Append(row[i++]);
            else if (row[i] == '"') isQuoted = !isQuoted;
            else if (row[i] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else cell.Append(row[i]);
        }

        cells.Add(cell.ToString().Trim());
        return cells;
    }

    // Without an offset the instant would depend on the machine.
    private static bool TryReadTime(ReadOnlySpan<char> text, out DateTimeOffset at)
    {
        at = default;
        var hasOffset = text is [.., 'Z' or 'z'] || (text.Length >= 6 && text[^6] is '+' or '-' && text[^3] == ':') || (text.Length >= 20 && text[^5] is '+' or '-');
        return hasOffset && text.Length >= 17 && text[4] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out at) && at.Year is > 1970 and < 9000;
    }

    private static string Shortened(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}…";
}
