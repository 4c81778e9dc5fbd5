using System.Globalization;
using System.IO.Compression;
using CsvHelper;

namespace SeniorIoT.Simulators.Replay;

/// <summary>A reading of a cumulative register, as a file tells it.</summary>
internal readonly record struct Reading(DateTimeOffset At, decimal TotalLitres);

/// <summary>Reads <c>household_id,measured_at,total_l</c>, in any row order; gzip when the name ends in <c>.gz</c>.</summary>
internal static class Readings
{
    private static readonly string[] Header = ["household_id", "measured_at", "total_l"];

    /// <summary>All readings of a household within [from, to], oldest first; of two at the same moment the later row counts.</summary>
    /// <exception cref="InvalidDataException">A column is missing, a cell cannot be read, or the household does not occur.</exception>
    public static IReadOnlyList<Reading> Read(string path, string household, DateTimeOffset? from, DateTimeOffset? to)
    {
        using var file = File.OpenRead(path);
        using Stream plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return Read(plain, household, from, to);
    }

    /// <inheritdoc cref="Read(string, string, DateTimeOffset?, DateTimeOffset?)"/>
    public static IReadOnlyList<Reading> Read(Stream text, string household, DateTimeOffset? from, DateTimeOffset? to)
    {
        try
        {
            return Read(CsvReader.Create(text, new CsvReaderOptions { TrackLineNumbers = true, PoolStrings = true }), household, from, to);
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException($"Not CSV: {e.Message}");
        }
    }

    private static IReadOnlyList<Reading> Read(CsvReader reader, string household, DateTimeOffset? from, DateTimeOffset? to)
    {
        using var csv = reader;
        csv.ReadHeader();
        if (Header.Except(csv.Headers).FirstOrDefault() is { } missing)
        {
            throw new InvalidDataException($"The header has no column {missing}; it must be {string.Join(',', Header)}.");
        }

        SortedDictionary<DateTimeOffset, decimal> readings = [];
        SortedSet<string> others = [];
        while (csv.Read())
        {
            var whose = csv.GetString("household_id");
            if (whose != household)
            {
                _ = others.Count < 5 && others.Add(whose);
                continue;
            }

            var at = Instant(csv);
            if (at >= (from ?? at) && at <= (to ?? at))
            {
                readings[at] = Litres(csv);
            }
        }

        return readings.Count > 0
            ? [.. readings.Select(pair => new Reading(pair.Key, pair.Value))]
            : throw new InvalidDataException($"No reading of household \"{household}\" in this time; the file has e.g. {string.Join(", ", others)}.");
    }

    private static DateTimeOffset Instant(CsvReader csv) =>
        DateTimeOffset.TryParse(csv.GetString("measured_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at.ToUniversalTime()
            : throw Bad(csv, "measured_at", "an ISO 8601 instant with offset");

    private static decimal Litres(CsvReader csv) =>
        decimal.TryParse(csv.GetString("total_l"), NumberStyles.Float, CultureInfo.InvariantCulture, out var litres) && litres >= 0
            ? litres
            : throw Bad(csv, "total_l", "a number of litres, 0 or more");

    private static InvalidDataException Bad(CsvReader csv, string column, string right) =>
        new($"Line {csv.LineNumber}: {column} \"{csv.GetString(column)}\" is not {right}.");
}
