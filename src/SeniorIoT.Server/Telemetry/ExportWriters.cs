using System.Globalization;
using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Turns rows into a file. A writer that failed is left as it is: only <see cref="CompleteAsync"/> writes the end of the file,
/// so what broke off never looks whole.
/// </summary>
internal interface IExportWriter
{
    /// <summary>Adds a row.</summary>
    ValueTask WriteAsync(ExportRow row, CancellationToken cancel);

    /// <summary>Writes what is left, and the end of the file.</summary>
    Task CompleteAsync(CancellationToken cancel);
}

/// <summary>
/// CSV, perhaps compressed. Readings have their moment in UTC, as devices tell it; steps begin by the district's clocks, with their offset, so that a
/// day is the day that people mean. Ids hold letters, digits, - and _ only: nothing to quote.
/// </summary>
internal sealed class CsvExportWriter : IExportWriter
{
    private const int BufferLength = 32 * 1024;

    private readonly StringBuilder _text = new(BufferLength + 256);
    private readonly Stream _output;
    private readonly bool _isRaw;
    private readonly TimeZoneInfo _zone;
    private readonly GZipStream? _gzip;

    public CsvExportWriter(Stream output, ExportOrder order, TimeZoneInfo zone)
    {
        (_isRaw, _zone) = (order.IsRaw, zone);
        _gzip = order.Format == "csv.gz" ? new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true) : null;
        _output = _gzip ?? output;
        _text.Append(_isRaw ? "household_id,measured_at,total_l,device_id\n" : "household_id,device_id,start,use_l\n");
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ExportRow row, CancellationToken cancel)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(row.AtMs);
        var litres = row.Millilitres / 1000m;
        if (_isRaw) _text.Append(CultureInfo.InvariantCulture, $"{row.Meter.HouseholdId},{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFZ},{litres:0.###},{row.Meter.DeviceId}\n");
        else _text.Append(CultureInfo.InvariantCulture, $"{row.Meter.HouseholdId},{row.Meter.DeviceId},{TimeZoneInfo.ConvertTime(at, _zone):yyyy-MM-ddTHH:mm:ss.FFFzzz},{litres:0.###}\n");
        if (_text.Length >= BufferLength) await FlushAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        if (_gzip is not null) await _gzip.DisposeAsync();
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        await _output.WriteAsync(Encoding.UTF8.GetBytes(_text.ToString()), cancel);
        _text.Clear();
    }
}

/// <summary>Parquet with typed columns, in groups of rows.</summary>
internal sealed class ParquetExportWriter : IExportWriter
{
    /// <summary>Rows of a group; so many wait in memory.</summary>
    public const int GroupRows = 50_000;

    private readonly List<ExportRow> _rows = new(GroupRows);
    private readonly DataField _household = new DataField<string>("household_id", false), _device = new DataField<string>("device_id", false);
    private readonly DataField _at, _litres;
    private readonly ParquetSchema _schema;
    private readonly Stream _output;
    private readonly bool _isRaw;
    private ParquetWriter? _writer;

    public ParquetExportWriter(Stream output, ExportOrder order)
    {
        (_output, _isRaw) = (output, order.IsRaw);
        _at = new DateTimeDataField(_isRaw ? "measured_at" : "start", DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Millis, false);
        _litres = _isRaw ? new DataField<double>("total_l", false) : new DataField<double>("use_l", true);
        _schema = _isRaw ? new ParquetSchema(_household, _at, _litres, _device) : new ParquetSchema(_household, _device, _at, _litres);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ExportRow row, CancellationToken cancel)
    {
        _rows.Add(row);
        if (_rows.Count == GroupRows) await FlushAsync(cancel);
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(CancellationToken cancel)
    {
        await FlushAsync(cancel);
        await _writer!.DisposeAsync();
    }

    private async ValueTask FlushAsync(CancellationToken cancel)
    {
        _writer ??= await ParquetWriter.CreateAsync(_schema, _output, cancellationToken: cancel);
        if (_rows.Count == 0) return;
        using var group = _writer.CreateRowGroup();
        foreach (var field in _schema.DataFields) await WriteAsync(group, field, cancel);
        group.CompleteValidate();
        _rows.Clear();
        await _output.FlushAsync(cancel);
    }

    private Task WriteAsync(ParquetRowGroupWriter group, DataField field, CancellationToken cancel) => field.Name switch
    {
        "household_id" => group.WriteAsync(field, [.. _rows.Select(row => row.Meter.HouseholdId)]),
        "device_id" => group.WriteAsync(field, [.. _rows.Select(row => row.Meter.DeviceId)]),
        "measured_at" or "start" => group.WriteAsync<DateTime>(
            field, _rows.Select(row => DateTimeOffset.FromUnixTimeMilliseconds(row.AtMs).UtcDateTime).ToArray().AsMemory(), cancellationToken: cancel),
        "total_l" => group.WriteAsync<double>(field, _rows.Select(row => row.Millilitres!.Value / 1000.0).ToArray().AsMemory(), cancellationToken: cancel),
        _ => group.WriteAsync<double>(field, _rows.Select(row => row.Millilitres / 1000.0).ToArray().AsMemory(), cancellationToken: cancel),
    };
}
