using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using CsvHelper;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace SeniorIoT.Server.Households;

/// <summary>One row as the spreadsheet numbers it, from 1. Cells are trimmed, empty ones are empty texts.</summary>
internal sealed record SpreadsheetRow(int Number, IReadOnlyList<string> Cells);

/// <summary>A file that is no spreadsheet we can read; the message says what to do.</summary>
internal sealed class SpreadsheetException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Rows of a CSV, XLSX or XLS file. CSV may be UTF-8, UTF-16 with a mark, or GB18030, which is what Excel writes on a Chinese
/// Windows; separated by commas, semicolons or tabs. Of a workbook the first sheet is read.
/// </summary>
internal static class Spreadsheet
{
    /// <summary>Most bytes taken.</summary>
    public const int BytesMax = 20_000_000;

    private const int RowsMax = 100_000;
    private const long UnpackedBytesMax = 400_000_000;
    private const int RecordBytesMax = 100_000;

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        54936, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>Rows that are not empty.</summary>
    /// <exception cref="SpreadsheetException">It cannot be read, or is too large.</exception>
    public static IReadOnlyList<SpreadsheetRow> Read(byte[] file)
    {
        if (file.Length > BytesMax) throw new SpreadsheetException($"The file has more than {BytesMax / 1_000_000} MB. Split it.");
        var rows = new List<SpreadsheetRow>();
        foreach (var row in IsWorkbook(file) ? ReadWorkbook(file) : ReadCsv(Decode(file)))
        {
            if (row.Cells.All(cell => cell.Length == 0)) continue;
            if (rows.Count > RowsMax) throw new SpreadsheetException($"The file has more than {RowsMax} rows. Split it.");
            rows.Add(row);
        }

        return rows;
    }

    private static bool IsWorkbook(ReadOnlySpan<byte> file) => file.StartsWith("PK\x03\x04"u8) || file.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]);

    private static List<SpreadsheetRow> ReadWorkbook(byte[] file)
    {
        // For the code pages of old XLS files.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            if (file[0] == 'P') RefuseBomb(file);
            using var reader = ExcelReaderFactory.CreateReader(new MemoryStream(file));
            var rows = new List<SpreadsheetRow>();
            for (var number = 1; reader.Read(); number++)
                rows.Add(new SpreadsheetRow(number, [.. Enumerable.Range(0, reader.FieldCount).Select(i => Text(reader.GetValue(i)))]));
            return rows;
        }
        catch (Exception error) when (error is ExcelReaderException or InvalidDataException or XmlException or EndOfStreamException)
        {
            throw new SpreadsheetException("The workbook is damaged or locked with a password. Save it again as .xlsx without a password, or as CSV.", error);
        }
    }

    private static void RefuseBomb(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        if (zip.Entries.Sum(entry => entry.Length) > UnpackedBytesMax) throw new SpreadsheetException("The workbook is too large when unpacked. Split it.");
    }

    private static string Text(object? cell) => cell switch
    {
        null => "",
        // A number such as a phone or a year has no fraction and no exponent in a person's eyes.
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => ((long)number).ToString(CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString()!.Trim(),
    };

    private static List<SpreadsheetRow> ReadCsv(string text)
    {
        var firstLine = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? end : text.Length);
        var options = new CsvReaderOptions
        {
            Separator = firstLine.Contains(',') ? ',' : firstLine.Contains('\t') ? '\t' : ';',
            HasHeader = false,
            SkipEmptyLines = false,
            MalformedData = CsvMalformedDataHandling.Throw,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            MaxRecordSize = RecordBytesMax,
            IncludeValuesInExceptions = false,
        };
        var rows = new List<SpreadsheetRow>();
        try
        {
            using var reader = CsvReader.FromText(text, options);
            while (reader.Read())
                rows.Add(new SpreadsheetRow(rows.Count + 1, [.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetString(i).Trim())]));
            return rows;
        }
        catch (Exception error) when (error is CsvFormatException or InvalidDataException)
        {
            throw new SpreadsheetException(
                $"Row {rows.Count + 1} is not CSV: a quotation mark is open or out of place, or the row is longer than {RecordBytesMax} bytes.", error);
        }
    }

    private static string Decode(byte[] file)
    {
        ReadOnlySpan<byte> bytes = file;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        try
        {
            return Gb18030.GetString(bytes);
        }
        catch (DecoderFallbackException error)
        {
            throw new SpreadsheetException("The file is neither UTF-8 nor GB18030 text. Save it as \"CSV UTF-8\" or as .xlsx.", error);
        }
    }
}
