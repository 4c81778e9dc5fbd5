using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>The points and events of one append that fall into one month.</summary>
internal sealed class MonthBatch
{
    public Dictionary<ChunkKey, List<Sample>> Chunks { get; } = [];

    public List<EventPoint> Events { get; } = [];

    /// <summary>Whether a chunk takes the place of what was stored, instead of being united with it.</summary>
    public bool Replaces { get; init; }
}

/// <summary>Writes batches into one month file, each in one transaction. Not thread safe: the store has one writer at a time.</summary>
internal sealed class MonthWriter : IDisposable
{
    public const int BusyTimeoutMs = 10_000;

    private const int SchemaVersion = 1;

    // min and max are NULL while they equal first_value and last_value, as in every day of a register that only rises:
    // eight bytes a day less. Times are milliseconds within the day.
    private const string Schema = """
        CREATE TABLE chunk (
            day INTEGER NOT NULL, device TEXT NOT NULL, metric INTEGER NOT NULL,
            n INTEGER NOT NULL, first_ms INTEGER NOT NULL, first_value INTEGER NOT NULL, last_ms INTEGER NOT NULL, last_value INTEGER NOT NULL,
            min INTEGER, max INTEGER, sum INTEGER NOT NULL, codec INTEGER NOT NULL, samples BLOB,
            PRIMARY KEY (day, device, metric)) WITHOUT ROWID, STRICT;
        CREATE TABLE event (
            device TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
            PRIMARY KEY (device, at_ms, kind)) WITHOUT ROWID, STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly MonthReader _stored;
    private readonly Statement _begin, _commit, _rollback, _putChunk, _putEvent;
    private readonly List<Sample> _old = [], _merged = [];

    public MonthWriter(string path, long? bytesMax)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute($"PRAGMA busy_timeout = {BusyTimeoutMs}; PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                + "PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -16384;");
            if (bytesMax is { } max) Execute($"PRAGMA max_page_count = {Math.Max(1, max / 4096)};");
            Migrate(path);
            _stored = new MonthReader(_connection);
            _begin = new Statement(_connection, "BEGIN IMMEDIATE");
            _commit = new Statement(_connection, "COMMIT");
            _rollback = new Statement(_connection, "ROLLBACK");
            _putChunk = new Statement(_connection, "REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
            // Of two details for one event the greater wins, so that arrival order cannot matter.
            _putEvent = new Statement(_connection,
                "INSERT INTO event VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET detail = excluded.detail WHERE excluded.detail > detail");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Writes the whole batch or, when it throws, nothing of it. On return it is on disk.</summary>
    public void Write(MonthBatch batch)
    {
        _begin.Run();
        try
        {
            foreach (var key in batch.Chunks.Keys.Order()) WriteChunk(key, batch.Chunks[key], batch.Replaces);
            foreach (var happened in batch.Events) WriteEvent(happened);
            _commit.Run();
        }
        catch
        {
            // After some errors, disk full among them, SQLite has rolled back by itself.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Run();
            throw;
        }
    }

    /// <summary>Closes the file. If no other connection is open, its write-ahead log is first copied into it.</summary>
    public void Dispose()
    {
        _stored.Dispose();
        foreach (var statement in (Statement[])[_begin, _commit, _rollback, _putChunk, _putEvent]) statement.Dispose();
        _connection.Dispose();
    }

    private void WriteChunk(ChunkKey key, List<Sample> added, bool replaces)
    {
        _old.Clear();
        if (!replaces) _stored.ReadChunk(key, _old);
        if (!Chunk.Merge(CollectionsMarshal.AsSpan(_old), CollectionsMarshal.AsSpan(added), _merged)) return;

        var samples = CollectionsMarshal.AsSpan(_merged);
        var buffer = ArrayPool<byte>.Shared.Rent(samples.Length * ChunkCodec.BytesPerSampleMax);
        var codec = ChunkCodec.Encode(samples, buffer, out var length);
        var summary = Chunk.Summarise(key.Day, samples);
        var midnight = key.Day * Calendar.DayMs;
        _putChunk.Bind(1, key.Day);
        _putChunk.Bind(2, key.Device);
        _putChunk.Bind(3, (long)key.Metric);
        _putChunk.Bind(4, summary.Count);
        _putChunk.Bind(5, summary.First.AtMs - midnight);
        _putChunk.Bind(6, summary.First.Value);
        _putChunk.Bind(7, summary.Last.AtMs - midnight);
        _putChunk.Bind(8, summary.Last.Value);
        if (summary.Min == summary.First.Value) _putChunk.BindNull(9);
        else _putChunk.Bind(9, summary.Min);
        if (summary.Max == summary.Last.Value) _putChunk.BindNull(10);
        else _putChunk.Bind(10, summary.Max);
        _putChunk.Bind(11, summary.Sum);
        _putChunk.Bind(12, codec);
        _putChunk.Bind(13, buffer.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(buffer);
        _putChunk.Run();
    }

    private void WriteEvent(EventPoint happened)
    {
        _putEvent.Bind(1, happened.Device);
        _putEvent.Bind(2, happened.AtMs);
        _putEvent.Bind(3, happened.Kind);
        _putEvent.Bind(4, happened.Detail);
        _putEvent.Run();
    }

    /// <summary>Whether the file has its tables; false when it was made but not yet filled.</summary>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public static bool HasTables(SqliteConnection connection, string path)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = (long)command.ExecuteScalar()!;
        if (version > SchemaVersion)
            throw new InvalidDataException($"{path} has schema version {version}, this program knows {SchemaVersion}. Start the newer program, or restore a backup.");
        return version > 0;
    }

    private void Migrate(string path)
    {
        if (HasTables(_connection, path)) return;
        // Another process may be making the same tables: look again once it cannot.
        Execute("BEGIN IMMEDIATE");
        if (!HasTables(_connection, path)) Execute($"{Schema} PRAGMA user_version = {SchemaVersion};");
        Execute("COMMIT");
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
