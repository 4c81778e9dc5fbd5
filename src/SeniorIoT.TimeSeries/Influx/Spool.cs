using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>How much waits, and how it is with dead letters. Ids rise with every row.</summary>
internal sealed record SpoolDepth(long Rows, long Points, long Bytes, DateTimeOffset? OldestAt, long FirstId, long LastId)
{
    /// <summary>Bytes that would be sent. <see cref="Bytes"/> is what the file holds, dead letters too, and what is limited.</summary>
    public long BodyBytes { get; init; }

    public long DeadLetters { get; init; }

    public long NewestDeadLetter { get; init; }

    public long DroppedDeadLetters { get; init; }
}

/// <summary>Whether the last append found room; since when, and if not, why.</summary>
internal sealed record SpoolRoom(string? Problem, DateTimeOffset? Since);

/// <summary>
/// What waits to be written to InfluxDB, on disk: a queue in an SQLite file, bounded, and beside it the lines that the database refused for
/// ever. What was appended stays there until somebody says that it has left. Thread safe; one process may open a file at a time.
/// </summary>
internal sealed class Spool : IAsyncDisposable
{
    /// <summary>How many dead letters are kept. Of more the newest stay, and the dropped ones are counted.</summary>
    public const int DeadLettersMax = 10_000;

    private const int RetriedLinesMax = 1_000;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly SpoolFile _file;
    private volatile SpoolDepth _depth;
    private volatile SpoolRoom _room = new(null, null);
    private bool _isDisposed;

    /// <summary>Opens a file, or makes it; its folder must exist.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="bytesMax">How large it may become; then appends fail.</param>
    /// <param name="clock">Says when rows were appended.</param>
    /// <exception cref="IOException">The file cannot be opened, or a newer program wrote it.</exception>
    public Spool(string path, long bytesMax, TimeProvider clock)
    {
        (_path, BytesMax, _clock) = (path, bytesMax, clock);
        try
        {
            _file = new SpoolFile(path, bytesMax);
            try
            {
                _depth = Measure();
            }
            catch
            {
                _file.Dispose();
                throw;
            }
        }
        catch (Exception error) when (error is SqliteException or InvalidDataException)
        {
            throw new IOException(error is InvalidDataException ? error.Message : $"{path} cannot be opened: {error.Message} Free or mend the disk, or restore the file.", error);
        }
    }

    /// <summary>How large the file may become.</summary>
    public long BytesMax { get; }

    /// <summary>How much waits now. Cheap.</summary>
    public SpoolDepth Depth => _depth;

    /// <summary>Whether there was room for the last append. Cheap.</summary>
    public SpoolRoom Room => _room;

    /// <summary>Is called, on any thread, after something was appended.</summary>
    public Action? Appended { get; set; }

    /// <summary>Puts batches at the end of the queue, all of them or none. When the task completes they are on disk.</summary>
    /// <exception cref="IOException">There is no room, or the disk refuses. Nothing was written, and what was there before is untouched.</exception>
    public async Task AppendAsync(IReadOnlyList<LineBatch> batches, CancellationToken cancel)
    {
        if (batches.Count == 0) return;
        await UseAsync(() =>
        {
            var now = _clock.GetUtcNow();
            try
            {
                _file.Append(batches, now.ToUnixTimeMilliseconds());
            }
            catch (SqliteException error)
            {
                var problem = error.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL
                    ? $"The spool {_path} is full ({Megabytes(_depth.Bytes)} of {Megabytes(BytesMax)} MB used, or the disk is full): devices are not acknowledged and send again later. "
                        + "Bring InfluxDB back, free the disk, or raise influx-spool-mb; it goes on by itself."
                    : $"The spool {_path} cannot be written: {error.Message} Devices are not acknowledged and send again later. Mend the disk; it goes on by itself.";
                _room = new SpoolRoom(problem, _room.Problem is null ? now : _room.Since);
                throw new IOException(problem, error);
            }

            if (_room.Problem is not null) _room = new SpoolRoom(null, now);
            var depth = _depth;
            var lastId = _file.NewestId("q");
            _depth = depth with
            {
                Rows = depth.Rows + batches.Count,
                Points = depth.Points + batches.Sum(batch => (long)batch.Points),
                Bytes = _file.UsedBytes,
                BodyBytes = depth.BodyBytes + batches.Sum(batch => (long)batch.Gzip.Length),
                OldestAt = depth.OldestAt ?? now,
                FirstId = depth.Rows == 0 ? lastId - batches.Count + 1 : depth.FirstId,
                LastId = lastId,
            };
            return true;
        }, cancel);
        Appended?.Invoke();
    }

    /// <summary>
    /// The oldest rows that may be sent together: for one database, and within the limits; the first one whatever its size. They stay in the
    /// queue until <see cref="FinishAsync"/>. Empty when nothing waits.
    /// </summary>
    public Task<List<QueueRow>> ReadAsync(int rowsMax, int pointsMax, int bytesMax, CancellationToken cancel) =>
        UseAsync(() => Translated("read", () =>
        {
            var rows = _file.Read(rowsMax, pointsMax, bytesMax);
            // A person at the sqlite3 shell took them away.
            if (rows.Count == 0 && _depth.Rows > 0) _depth = Measure() with { DroppedDeadLetters = _depth.DroppedDeadLetters };
            return rows;
        }), cancel);

    /// <summary>Removes rows from the head of the queue, and in the same transaction keeps what was refused of them.</summary>
    /// <exception cref="IOException">The disk refuses; nothing changed.</exception>
    public Task FinishAsync(IReadOnlyList<QueueRow> rows, IReadOnlyList<Refusal> refusals, CancellationToken cancel) => UseAsync(() => Translated("written", () =>
    {
        var dropped = _file.Finish(rows[^1].Id, refusals, _clock.GetUtcNow().ToUnixTimeMilliseconds(), DeadLettersMax);
        var depth = _depth;
        var left = depth.Rows - rows.Count;
        if (left == 0) _file.Shrink();
        _depth = depth with
        {
            Rows = left,
            Points = depth.Points - rows.Sum(row => (long)row.Points),
            Bytes = left == 0 ? 0 : _file.UsedBytes,
            BodyBytes = depth.BodyBytes - rows.Sum(row => (long)row.Gzip.Length),
            OldestAt = left == 0 ? null : Oldest(),
            FirstId = rows[^1].Id + 1,
            DeadLetters = depth.DeadLetters + refusals.Count - dropped,
            NewestDeadLetter = refusals.Count == 0 ? depth.NewestDeadLetter : _file.NewestId("dead"),
            DroppedDeadLetters = depth.DroppedDeadLetters + dropped,
        };
        return true;
    }), cancel);

    /// <inheritdoc cref="ITimeSeriesStore.ReadDeadLetters"/>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<DeadLetter> ReadDeadLetters(long? beforeId, int limit) => Translated("read", () => SpoolFile.ReadDead(_path, beforeId ?? long.MaxValue, limit));

    /// <inheritdoc cref="ITimeSeriesStore.DiscardDeadLettersAsync"/>
    /// <exception cref="IOException">The disk refuses; nothing changed.</exception>
    public Task<int> DiscardDeadLettersAsync(long upToId, CancellationToken cancel) => UnburyAsync(upToId, isRetry: false, cancel);

    /// <summary>
    /// Puts dead letters up to an id back at the end of the queue, in the order in which they were refused. Those that say that a row was
    /// damaged have no line and stay.
    /// </summary>
    /// <exception cref="IOException">The disk refuses; nothing changed.</exception>
    public async Task<int> RetryDeadLettersAsync(long upToId, CancellationToken cancel)
    {
        var count = await UnburyAsync(upToId, isRetry: true, cancel);
        if (count > 0) Appended?.Invoke();
        return count;
    }

    /// <summary>Waits for what is running and closes the file. Later calls fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        if (!_isDisposed) _file.Dispose();
        _isDisposed = true;
        _turn.Release();
    }

    private Task<int> UnburyAsync(long upToId, bool isRetry, CancellationToken cancel) => UseAsync(() => Translated("written", () =>
    {
        var letters = _file.ReadDead(long.MaxValue, int.MaxValue);
        letters.RemoveAll(letter => letter.Id > upToId || (isRetry && letter.Line.Length == 0));
        if (letters.Count == 0) return 0;
        letters.Reverse();
        _file.Unbury(upToId, !isRetry, isRetry ? Batches(letters) : [], _clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (_depth.Rows == 0) _file.Shrink();
        _depth = Measure() with { DroppedDeadLetters = _depth.DroppedDeadLetters };
        return letters.Count;
    }), cancel);

    private static List<LineBatch> Batches(List<DeadLetter> letters)
    {
        var batches = new List<LineBatch>();
        for (int from = 0, to; from < letters.Count; from = to)
        {
            to = from + 1;
            while (to < letters.Count && to - from < RetriedLinesMax && letters[to].Database == letters[from].Database) to++;
            var lines = letters[from..to].ConvertAll(letter => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(letter.Line + "\n"));
            batches.Add(new LineBatch(letters[from].Database, lines.Sum(line => Lines.ValuesIn(line.Span)), Lines.Compress(lines)));
        }

        return batches;
    }

    private SpoolDepth Measure()
    {
        var rows = _file.Ask("SELECT count(*) FROM q");
        return new SpoolDepth(
            rows,
            _file.Ask("SELECT coalesce(sum(points), 0) FROM q"),
            rows == 0 ? 0 : _file.UsedBytes,
            rows == 0 ? null : Oldest(),
            rows == 0 ? _file.NewestId("q") + 1 : _file.Ask("SELECT min(id) FROM q"),
            _file.NewestId("q"))
        {
            BodyBytes = _file.Ask("SELECT coalesce(sum(length(body)), 0) FROM q"),
            DeadLetters = _file.Ask("SELECT count(*) FROM dead"),
            NewestDeadLetter = _file.NewestId("dead"),
        };
    }

    private DateTimeOffset Oldest() => DateTimeOffset.FromUnixTimeMilliseconds(_file.Ask("SELECT appended_at FROM q ORDER BY id LIMIT 1"));

    private async Task<T> UseAsync<T>(Func<T> work, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Translated<T>(string purpose, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException error)
        {
            throw new IOException($"{_path} cannot be {purpose}: {error.Message} Nothing was changed; free or mend the disk.", error);
        }
    }

    private static long Megabytes(long bytes) => (bytes + 999_999) / 1_000_000;
}
