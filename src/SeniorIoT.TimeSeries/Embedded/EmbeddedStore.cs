namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>What a person may set about the embedded store.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>How many month files may be open at a time, 1 or more. The least recently used one is closed to open another.</summary>
    public int OpenMonthsMax { get; init; } = 16;

    /// <summary>
    /// How many bytes a month file may hold; null for no limit. At the limit appends fail as on a full disk, so that telemetry
    /// cannot take the last of a disk that alerts need too.
    /// </summary>
    public long? MonthBytesMax { get; init; }

    /// <summary>
    /// Opens what is there and changes nothing: no folder, file or table is made, and appends and retention are refused. The user
    /// must still be allowed to write in the folder of a running server, because SQLite shares its locks through a file there.
    /// </summary>
    public bool IsReadOnly { get; init; }
}

/// <summary>
/// Telemetry in SQLite files, one a month (<c>telemetry-YYYYMM.db</c>, UTC), with one compressed row per device, metric and UTC day.
/// Roll-ups are in files of the same kind, <c>hourly-YYYYMM.db</c> and <c>daily-YYYYMM.db</c>, by local day.
/// <para>
/// What is stored depends only on which points were written, never on their order, splitting, repetition or lateness: of two
/// values for the same device, metric and millisecond the greater stays. Times from 2000-01-01 to 2100-12-31 UTC are accepted.
/// </para>
/// <para>Thread safe; appends wait for each other, reads never wait for an append.</para>
/// <para>
/// Several processes of one machine may open a folder, to read and to write: SQLite's locks keep their transactions apart, and each
/// notices months that another made or deleted. An append waits up to ten seconds for that of another process and then
/// fails like a full disk, so whoever writes beside a running server appends at most some thousand points at a time. A
/// network file system does not keep such locks.
/// </para>
/// </summary>
public sealed partial class EmbeddedStore : ITimeSeriesStore
{
    private readonly MonthFiles _files, _hourly, _daily;
    private readonly TimeProvider _clock;
    private readonly bool _isReadOnly;
    private readonly SemaphoreSlim _writing = new(1);
    private volatile bool _isDisposed;
    private long _written;
    private volatile StoreStatus _status = new("embedded", StoreState.Ok, null, null);

    /// <summary>Opens a folder, creating it if needed. Files are opened when first used.</summary>
    /// <param name="folder">Holds the month files and nothing else of that name.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="clock">Says since when <see cref="Status"/> is what it is; null for the system's.</param>
    /// <exception cref="IOException">The folder cannot be made or read, or is missing and the store is read-only.</exception>
    public EmbeddedStore(string folder, EmbeddedStoreOptions? options = null, TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        options ??= new EmbeddedStoreOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.OpenMonthsMax, 1, nameof(options.OpenMonthsMax));
        _isReadOnly = options.IsReadOnly;
        _files = new MonthFiles(folder, "telemetry-", options, _clock);
        _hourly = new MonthFiles(folder, "hourly-", options, _clock);
        _daily = new MonthFiles(folder, "daily-", options, _clock);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A time lies outside 2000-01-01 to 2100-12-31; nothing was written.</exception>
    /// <exception cref="ArgumentException">A device or kind is empty; nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The store is read-only.</exception>
    public async Task AppendAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, CancellationToken cancel)
    {
        RequireWritable();
        var months = Split(points, events);
        await _writing.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            await Task.Run(() => Write(_files, months, cancel), CancellationToken.None);
            _written += points.Count;
            if (_status.State != StoreState.Ok) _status = new StoreStatus("embedded", StoreState.Ok, _clock.GetUtcNow(), null);
        }
        catch (IOException error)
        {
            var since = _status.State == StoreState.Full ? _status.Since : _clock.GetUtcNow();
            _status = new StoreStatus("embedded", StoreState.Full, since, $"{error.Message} Make room on the disk, or raise its limit; it goes on by itself.");
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Sample>> ReadAsync(string device, Metric metric, long fromMs, long toMs, CancellationToken cancel)
    {
        var samples = new List<Sample>();
        await ReadRangeAsync(_files, fromMs, toMs, (reader, firstDay, lastDay) =>
        {
            for (var day = firstDay; day <= lastDay; day++) reader.ReadChunk(new ChunkKey(day, device, metric), samples);
        }, cancel);
        // Whole days were read: cut off what the first and the last hold outside the range.
        samples.RemoveRange(0, samples.FindIndex(sample => sample.AtMs >= fromMs) is >= 0 and var kept ? kept : samples.Count);
        while (samples.Count > 0 && samples[^1].AtMs >= toMs) samples.RemoveAt(samples.Count - 1);
        return samples;
    }

    /// <inheritdoc/>
    public Task<Sample?> ReadLastBeforeAsync(string device, Metric metric, long beforeMs, TimeSpan lookBack, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lookBack, TimeSpan.Zero);
        // Floor, so that a look back of part of a millisecond never reaches further than asked for.
        var oldest = Calendar.Clamp((long)Int128.Max((Int128)beforeMs - lookBack.Ticks / TimeSpan.TicksPerMillisecond, long.MinValue));
        var newest = Calendar.Clamp(beforeMs) - 1;
        return RunAsync<Sample?>(() =>
        {
            if (newest < oldest) return null;
            int firstDay = Calendar.DayOf(oldest), lastDay = Calendar.DayOf(newest);
            foreach (var month in _files.Existing(Calendar.MonthOf(firstDay), Calendar.MonthOf(lastDay)).Reverse())
            {
                cancel.ThrowIfCancellationRequested();
                Sample? found = null;
                var start = Math.Max(firstDay, Calendar.FirstDayOf(month));
                _files.Read(month, reader =>
                {
                    for (var day = Math.Min(lastDay, Calendar.FirstDayOf(month + 1) - 1); day >= start && found is null; day--)
                        found = reader.ReadLastBefore(new ChunkKey(day, device, metric), beforeMs);
                });
                if (found is { } sample) return sample.AtMs >= oldest ? sample : null;
            }

            return null;
        });
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DaySummary>> ReadDaysAsync(string device, Metric metric, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var days = new List<DaySummary>();
        var (fromMs, toMs) = (Calendar.DayOf(from) * Calendar.DayMs, (Calendar.DayOf(to) + 1) * Calendar.DayMs);
        await ReadRangeAsync(_files, fromMs, toMs, (reader, firstDay, lastDay) =>
        {
            for (var day = firstDay; day <= lastDay; day++)
                if (reader.ReadDay(new ChunkKey(day, device, metric)) is { } summary) days.Add(summary);
        }, cancel);
        return days;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EventPoint>> ReadEventsAsync(string device, long fromMs, long toMs, CancellationToken cancel)
    {
        var events = new List<EventPoint>();
        await ReadRangeAsync(_files, fromMs, toMs, (reader, _, _) => reader.ReadEvents(device, fromMs, toMs, events), cancel);
        return events;
    }

    /// <inheritdoc/>
    public async Task<int> RetainAsync(Cutoffs cutoffs, CancellationToken cancel)
    {
        RequireWritable();
        await _writing.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var gone = 0;
            foreach (var (files, oldest) in ((MonthFiles, DateOnly)[])[(_files, cutoffs.Raw), (_hourly, cutoffs.Hourly), (_daily, cutoffs.Daily)])
            {
                foreach (var month in files.Existing(0, Calendar.MonthOf(oldest) - 1))
                {
                    cancel.ThrowIfCancellationRequested();
                    await files.DeleteAsync(month);
                    gone++;
                }
            }

            return gone;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public StoreStatus Status => _status with { WrittenPoints = Volatile.Read(ref _written) };

    /// <inheritdoc/>
    public IReadOnlyList<DeadLetter> ReadDeadLetters(long? beforeId, int limit) => [];

    /// <inheritdoc/>
    public Task<int> DiscardDeadLettersAsync(long upToId, CancellationToken cancel) => Task.FromResult(0);

    /// <inheritdoc/>
    public Task<int> RetryDeadLettersAsync(long upToId, CancellationToken cancel) => Task.FromResult(0);

    /// <summary>Waits for what is running, copies the write-ahead logs into their files and closes them. Later calls fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        try
        {
            if (_isDisposed) return;
            _isDisposed = true;
            foreach (var files in (MonthFiles[])[_files, _hourly, _daily]) await files.CloseAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private void RequireWritable()
    {
        if (_isReadOnly) throw new InvalidOperationException("This store was opened read-only. Open it without IsReadOnly to write.");
    }

    private static SortedDictionary<int, MonthBatch> Split(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events)
    {
        var months = new SortedDictionary<int, MonthBatch>();
        var (day, batch) = (-1, new MonthBatch());
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            PointChecks.Require(point, i);
            // Neighbours mostly share a day.
            if (Calendar.DayOf(point.AtMs) != day) batch = BatchOf(day = Calendar.DayOf(point.AtMs));
            ref var samples = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                batch.Chunks, new ChunkKey(day, point.Device, point.Metric), out _);
            (samples ??= []).Add(new Sample(point.AtMs, point.Value));
        }

        for (var i = 0; i < events.Count; i++)
        {
            PointChecks.Require(events[i], i);
            BatchOf(Calendar.DayOf(events[i].AtMs)).Events.Add(events[i]);
        }

        foreach (var samples in months.Values.SelectMany(month => month.Chunks.Values)) Chunk.Normalise(samples);
        return months;

        MonthBatch BatchOf(int day)
        {
            var month = Calendar.MonthOf(day);
            if (!months.TryGetValue(month, out var batch)) months.Add(month, batch = new MonthBatch());
            return batch;
        }
    }

    private static void Write(MonthFiles files, SortedDictionary<int, MonthBatch> months, CancellationToken cancel)
    {
        foreach (var (month, batch) in months)
        {
            cancel.ThrowIfCancellationRequested();
            files.Write(month, batch);
        }
    }

    private Task<bool> ReadRangeAsync(MonthFiles files, long fromMs, long toMs, Action<MonthReader, int, int> query, CancellationToken cancel) => RunAsync(() =>
    {
        (fromMs, toMs) = (Calendar.Clamp(fromMs), Calendar.Clamp(toMs));
        if (fromMs >= toMs) return false;
        int firstDay = Calendar.DayOf(fromMs), lastDay = Calendar.DayOf(toMs - 1);
        foreach (var month in files.Existing(Calendar.MonthOf(firstDay), Calendar.MonthOf(lastDay)))
        {
            cancel.ThrowIfCancellationRequested();
            files.Read(month, reader => query(reader, Math.Max(firstDay, Calendar.FirstDayOf(month)), Math.Min(lastDay, Calendar.FirstDayOf(month + 1) - 1)));
        }

        return true;
    });

    private Task<T> RunAsync<T>(Func<T> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Task.Run(read);
    }
}
