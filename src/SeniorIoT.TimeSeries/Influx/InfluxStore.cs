namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Telemetry in InfluxDB: 1.x (also before 1.8), 2.x with a mapping of databases to buckets, 3 Core. What is appended goes to a spool on disk
/// first and is forwarded from there, so a write is safe when its task completes, and can be read a little later.
/// <para>
/// One difference to the embedded store: of two values that disagree for the same device, metric and time (two details of one event) the
/// embedded store keeps the greater; here the greater stays within one call, but between calls the later. On 3 Core either may stay. Meters
/// do not send such values, and what is sent again is identical.
/// </para>
/// <para>Retention is the database's own: <see cref="RetainAsync"/> does nothing. Thread safe. One process may open a spool at a time.</para>
/// </summary>
public sealed partial class InfluxStore : IAsyncDisposable // ITimeSeriesStore
{
    private readonly InfluxOptions _options;
    private readonly InfluxClient _client;
    private readonly TimeProvider _clock;
    private volatile bool _isDisposed;

    public InfluxStore(InfluxOptions options, string spoolPath, HttpMessageHandler? handler = null, TimeProvider? clock = null)
    {
        _options = options;
        _clock = clock ?? TimeProvider.System;
        _client = new InfluxClient(options, handler, clock);
        _ = spoolPath;
    }

    private async Task SpoolAsync(IReadOnlyList<LineBatch> batches, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        foreach (var batch in batches) await _client.WriteAsync(batch.Database, batch.Gzip, cancel);
    }

    public Task AppendAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, CancellationToken cancel) =>
        SpoolAsync(PointLines.Of(points, events, _options), cancel);

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
