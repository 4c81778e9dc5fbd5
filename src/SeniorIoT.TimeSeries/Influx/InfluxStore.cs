namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Telemetry in InfluxDB: 1.x, 2.x with a mapping of databases to buckets, 3 Core. What is appended goes to a spool on disk first and is
/// forwarded from there, so it is safe when the task completes, and can be read a little later.
/// <para>
/// One difference to the embedded store: of two values that disagree for the same device, metric and time (two details of one event) the
/// embedded store keeps the greater; here the greater stays within one call, but between calls the later. On 3 Core either may stay. Meters
/// do not send such values, and what is sent again is identical.
/// </para>
/// <para>
/// Retention is the database's own: <see cref="RetainAsync"/> does nothing. A device or kind that line protocol cannot carry (line breaks, a
/// backslash at the end) is refused as an argument. Thread safe. One process may open a spool at a time.
/// </para>
/// </summary>
public sealed partial class InfluxStore : ITimeSeriesStore
{
    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary>How many times longer a question about all devices may take than one about a single device: for 100,000 of them 1.6.7 thinks for half a minute.</summary>
    private const int FleetPatience = 60;

    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _fleetPatience;
    private readonly InfluxClient _client;
    private readonly Spool _spool;
    private readonly Forwarder _forwarder;
    private volatile bool _isDisposed;

    /// <summary>Opens the spool, or makes it, and begins to forward what is in it. Does not wait for InfluxDB, which may be away.</summary>
    /// <param name="options">Where InfluxDB is; without <see cref="InfluxOptions.Errors"/>. The three databases have to exist (3 Core makes them).</param>
    /// <param name="spoolPath">File of the spool; its folder must exist.</param>
    /// <param name="handler">The way to the server, for tests; it stays the caller's. Null for one of its own.</param>
    /// <param name="clock">Measures waits; null for the system's.</param>
    /// <exception cref="ArgumentException">The options have errors; it names them.</exception>
    /// <exception cref="IOException">The spool cannot be opened.</exception>
    public InfluxStore(InfluxOptions options, string spoolPath, HttpMessageHandler? handler = null, TimeProvider? clock = null)
    {
        (_options, _clock, _fleetPatience) = (options, clock ?? TimeProvider.System, options.Timeout * FleetPatience);
        _client = new InfluxClient(options, handler, _clock);
        try
        {
            _spool = new Spool(spoolPath, options.SpoolMegabytesMax * BytesPerMegabyte, _clock);
        }
        catch
        {
            _client.Dispose();
            throw;
        }

        _forwarder = new Forwarder(_spool, _client.WriteAsync, options, _clock);
        _forwarder.Start();
    }

    /// <inheritdoc cref="ITimeSeriesStore.AppendAsync"/>
    /// <exception cref="IOException">The spool is full or the disk refuses; nothing was taken.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time lies outside 2000-01-01 to 2100-12-31; nothing was taken.</exception>
    /// <exception cref="ArgumentException">A device or kind is empty, or cannot be written as a tag; nothing was taken.</exception>
    public Task AppendAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, CancellationToken cancel) =>
        SpoolAsync(PointLines.Of(points, events, _options), cancel);

    /// <summary>Waits until everything that was appended before the call is in InfluxDB or among the dead letters, however long that takes.</summary>
    public Task FlushAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _forwarder.WhenEmptyAsync(cancel);
    }

    /// <summary>Asks InfluxDB for a sign of life.</summary>
    /// <returns>The version it says it is; null when it does not say.</returns>
    /// <exception cref="IOException">It does not answer, or not to us; the message says why and the remedy.</exception>
    public Task<string?> PingAsync(CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _client.PingAsync(cancel);
    }

    /// <summary>Does nothing: the databases' own retention deletes.</summary>
    public Task<int> RetainAsync(Cutoffs cutoffs, CancellationToken cancel) => Task.FromResult(0);

    /// <inheritdoc cref="ITimeSeriesStore.Status"/>
    public StoreStatus Status => _forwarder.Status;

    /// <inheritdoc cref="ITimeSeriesStore.ReadDeadLetters"/>
    /// <exception cref="IOException">The spool cannot be read.</exception>
    public IReadOnlyList<DeadLetter> ReadDeadLetters(long? beforeId, int limit) => _forwarder.ReadDeadLetters(beforeId, limit);

    /// <inheritdoc cref="ITimeSeriesStore.DiscardDeadLettersAsync"/>
    /// <exception cref="IOException">The disk refuses; nothing changed.</exception>
    public Task<int> DiscardDeadLettersAsync(long upToId, CancellationToken cancel) => _forwarder.DiscardDeadLettersAsync(upToId, cancel);

    /// <inheritdoc cref="ITimeSeriesStore.RetryDeadLettersAsync"/>
    /// <exception cref="IOException">The disk refuses; nothing changed.</exception>
    public Task<int> RetryDeadLettersAsync(long upToId, CancellationToken cancel) => _forwarder.RetryDeadLettersAsync(upToId, cancel);

    /// <summary>Stops forwarding within a second and closes the spool. What waits there is sent after the next start. Later calls fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _forwarder.DisposeAsync();
        await _spool.DisposeAsync();
        _client.Dispose();
    }

    private async Task SpoolAsync(IReadOnlyList<LineBatch> batches, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancel.ThrowIfCancellationRequested();
        await _spool.AppendAsync(batches, cancel);
    }
}
