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
/// The readings of many homes: CSV with the header <c>household_id,measured_at,total_l</c>, rows in any order, packed when the name ends
/// in <c>.gz</c>. Rows are read one by one; of each 16 bytes are kept.
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
            using Stream bytes = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
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
        if (!header.Trim().Split(',').Select(column => column.Trim().Trim('"')).SequenceEqual(Columns))
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
        Span<Range> cells = stackalloc Range[4];
        var text = row.AsSpan();
        var count = text.Split(cells, ',');
        if (count != 3) return new(line, Columns[Math.Min(count, 2)], $"the row has {(count > 3 ? "more than 3" : count)} cells; 3 are expected.");
        var id = Cell(text[cells[0]]);
        if (id.IsEmpty) return new(line, Columns[0], "is empty.");
        var at = Cell(text[cells[1]]);
        if (!TryReadTime(at, out var measuredAt)) return new(line, Columns[1], $"'{Shortened(at)}' is not an instant with offset such as 2026-01-02T03:04:05+08:00.");
        var total = Cell(text[cells[2]]);
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

    private static ReadOnlySpan<char> Cell(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        return cell is ['"', .. var inside, '"'] ? inside : cell;
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
