using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>One row of the queue: points of one append for one database.</summary>
internal sealed record QueueRow(long Id, string Database, int Points, byte[] Gzip);

/// <summary>A line that the database will never take, and its words.</summary>
internal sealed record Refusal(string Database, string Line, string Error);

/// <summary>
/// The tables of the spool. Every method is one transaction: it happens whole, durably, or not at all. Not thread safe: <see cref="Spool"/> has one
/// user at a time. Failures are <see cref="SqliteException"/>.
/// </summary>
internal sealed class SpoolFile : IDisposable
{
    private const int SchemaVersion = 1, PageBytes = 4096, BusyTimeoutMs = 10_000;
    private const int FreePagesMax = 256;

    // Times are Unix milliseconds; body is gzip of line protocol, ready to be sent. For a person at the sqlite3 shell.
    private const string Schema = """
        CREATE TABLE q (
            id INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT NOT NULL, appended_at INTEGER NOT NULL, points INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE TABLE dead (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, database TEXT NOT NULL, line TEXT NOT NULL, error TEXT NOT NULL) STRICT;
        """;

    private readonly SqliteConnection _connection;
    private readonly List<Statement> _statements = [];
    private readonly Statement _begin, _commit, _rollback, _limit, _noLimit, _vacuum, _pages, _freePages;
    private readonly Statement _append, _read, _remove, _bury, _unbury;

    /// <param name="path">Where the file is, or will be.</param>
    /// <param name="bytesMax">How large appends may make it.</param>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public SpoolFile(string path, long bytesMax)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute($"PRAGMA page_size = {PageBytes}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                + $"PRAGMA journal_size_limit = 4194304; PRAGMA busy_timeout = {BusyTimeoutMs};");
            Migrate(path);
            _begin = Prepare("BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
            // SQLite never sets the limit below the present size, so it is set anew after the file has shrunk.
            _limit = Prepare($"PRAGMA max_page_count = {Math.Max(16, bytesMax / PageBytes)}");
            _noLimit = Prepare("PRAGMA max_page_count = 4294967294");
            _vacuum = Prepare("PRAGMA incremental_vacuum");
            _pages = Prepare("PRAGMA page_count");
            _freePages = Prepare("PRAGMA freelist_count");
            _append = Prepare("INSERT INTO q (database, appended_at, points, body) VALUES (?, ?, ?, ?)");
            _read = Prepare("SELECT id, database, points, body FROM q ORDER BY id");
            _remove = Prepare("DELETE FROM q WHERE id <= ?");
            _bury = Prepare("INSERT INTO dead (at, database, line, error) VALUES (?, ?, ?, ?)");
            _unbury = Prepare("DELETE FROM dead WHERE id <= ? AND (? OR line <> '')");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes of pages that hold something.</summary>
    public long UsedBytes => (One(_pages) - One(_freePages)) * PageBytes;

    /// <summary>Id of the newest row there ever was in a table; 0 when there was none.</summary>
    public long NewestId(string table) => Ask($"SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0)");

    /// <summary>One number out of the tables.</summary>
    public long Ask(string sql)
    {
        using var statement = new Statement(_connection, sql);
        return One(statement);
    }

    /// <summary>Adds rows at the end of the queue, within the limit of the file.</summary>
    public void Append(IReadOnlyList<LineBatch> batches, long atMs)
    {
        One(_limit);
        InTransaction(() => Insert(batches, atMs));
    }

    /// <summary>The oldest rows, as long as they are for one database and within the limits; the first one whatever its size.</summary>
    public List<QueueRow> Read(int rowsMax, int pointsMax, int bytesMax)
    {
        var rows = new List<QueueRow>();
        try
        {
            for (long points = 0, bytes = 0; rows.Count < rowsMax && _read.Step();)
            {
                var database = _read.Text(1);
                (points, bytes) = (points + _read.Long(2), bytes + _read.Bytes(3).Length);
                if (rows.Count > 0 && (database != rows[0].Database || points > pointsMax || bytes > bytesMax)) break;
                rows.Add(new QueueRow(_read.Long(0), database, (int)_read.Long(2), _read.Bytes(3).ToArray()));
            }
        }
        finally
        {
            _read.Reset();
        }

        return rows;
    }

    /// <summary>
    /// Removes rows from the head of the queue and keeps what was refused of them. Dead letters may exceed the limit of the file: a full
    /// queue could not be worked off otherwise. Their number has a limit of its own.
    /// </summary>
    /// <returns>How many of the oldest dead letters were dropped to stay within <paramref name="deadMax"/>.</returns>
    public int Finish(long upToId, IReadOnlyList<Refusal> refusals, long atMs, int deadMax)
    {
        var dropped = 0;
        if (refusals.Count > 0) One(_noLimit);
        InTransaction(() =>
        {
            _remove.Bind(1, upToId);
            _remove.Run();
            if (refusals.Count == 0) return;
            foreach (var refusal in refusals)
            {
                _bury.Bind(1, atMs);
                _bury.Bind(2, refusal.Database);
                _bury.Bind(3, refusal.Line);
                _bury.Bind(4, refusal.Error);
                _bury.Run();
            }

            dropped = (int)Math.Max(0, Ask("SELECT count(*) FROM dead") - deadMax);
            if (dropped > 0) Execute($"DELETE FROM dead WHERE id IN (SELECT id FROM dead ORDER BY id LIMIT {dropped})");
        });
        return dropped;
    }

    /// <summary>Dead letters with ids below <paramref name="beforeId"/>, newest first.</summary>
    public List<DeadLetter> ReadDead(long beforeId, int limit) => ReadDead(_connection, beforeId, limit);

    /// <summary>The same on a connection of its own: waits for nobody.</summary>
    public static List<DeadLetter> ReadDead(string path, long beforeId, int limit)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutMs);
        return ReadDead(connection, beforeId, limit);
    }

    /// <summary>Removes dead letters up to an id, those without a line only if asked to, and appends what becomes of them.</summary>
    public void Unbury(long upToId, bool alsoEmpty, IReadOnlyList<LineBatch> batches, long atMs)
    {
        One(_noLimit);
        InTransaction(() =>
        {
            _unbury.Bind(1, upToId);
            _unbury.Bind(2, alsoEmpty ? 1 : 0);
            _unbury.Run();
            Insert(batches, atMs);
        });
    }

    /// <summary>Gives the space of removed rows back to the disk if it is worth the writing.</summary>
    public void Shrink()
    {
        if (One(_freePages) > FreePagesMax) _vacuum.Run();
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private void Insert(IReadOnlyList<LineBatch> batches, long atMs)
    {
        foreach (var batch in batches)
        {
            _append.Bind(1, batch.Database);
            _append.Bind(2, atMs);
            _append.Bind(3, batch.Points);
            _append.Bind(4, batch.Gzip);
            _append.Run();
        }
    }

    private static List<DeadLetter> ReadDead(SqliteConnection connection, long beforeId, int limit)
    {
        using var read = new Statement(connection, "SELECT id, at, database, line, error FROM dead WHERE id < ? ORDER BY id DESC LIMIT ?");
        read.Bind(1, beforeId);
        read.Bind(2, limit);
        var letters = new List<DeadLetter>();
        while (read.Step())
            letters.Add(new DeadLetter(read.Long(0), DateTimeOffset.FromUnixTimeMilliseconds(read.Long(1)), read.Text(2), read.Text(3), read.Text(4)));
        return letters;
    }

    private void InTransaction(Action work)
    {
        _begin.Run();
        try
        {
            work();
            _commit.Run();
        }
        catch
        {
            // After some errors, disk full among them, SQLite has rolled back by itself.
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Run();
            throw;
        }
    }

    private void Migrate(string path)
    {
        var version = Ask("PRAGMA user_version");
        if (version > SchemaVersion)
            throw new InvalidDataException($"{path} has schema version {version}, this program knows {SchemaVersion}. Start the newer program, or restore a backup.");
        if (version == 0) Execute($"BEGIN IMMEDIATE; {Schema} PRAGMA user_version = {SchemaVersion}; COMMIT;");
    }

    private static long One(Statement statement)
    {
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(_connection, sql);
        _statements.Add(statement);
        return statement;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
