using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Storage;

/// <summary>
/// One SQLite file with one writer. Writes that arrive while a commit is running share the next commit (group commit), so a
/// caller waits for one fsync, not for a queue of them; with nobody else waiting there is no added delay. One writer also
/// means that SQLITE_BUSY cannot happen inside the process, where Microsoft.Data.Sqlite would answer it by sleeping.
/// </summary>
internal sealed class SqliteFile : IAsyncDisposable
{
    private const int QueueLengthMax = 10_000;
    private const int WritesPerCommitMax = 1_000;
    private const int ReadersKeptMax = 4; // more read at once seldom, and each keeps pages and statements in memory

    private readonly Channel<Write> _writes = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(QueueLengthMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly PreparedConnection _writer;
    private readonly Statement _begin;
    private readonly Statement _mark;
    private readonly Statement _undo;
    private readonly Statement _release;
    private readonly Statement _commit;
    private readonly string _readOnly;
    private readonly Stack<PreparedConnection> _readers = [];
    private bool _isClosed;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Opens or creates the file, and brings it to the newest schema.</summary>
    /// <param name="path">Path of the file; its folder must exist.</param>
    /// <param name="migrations">SQL scripts in order. Script n brings schema version n to n + 1; a published one never changes.</param>
    /// <param name="logPagesMax">Pages of 4 kB in the write-ahead log before a commit copies them into the file.</param>
    /// <exception cref="CannotStartException">The file was written by a newer version of the program.</exception>
    public SqliteFile(string path, IReadOnlyList<string> migrations, int logPagesMax = 1_000)
    {
        Path = path;
        _writer = new PreparedConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _writer.Open();
        try
        {
            Execute(_writer, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384; " + $"PRAGMA wal_autocheckpoint = {logPagesMax};");
            Migrate(migrations);
        }
        catch
        {
            // A migration that failed half-way has a transaction open; left to the garbage collector it would keep the file locked.
            _writer.Dispose();
            throw;
        }

        (_begin, _commit) = (new Statement(_writer, "BEGIN IMMEDIATE"), new Statement(_writer, "COMMIT"));
        (_mark, _undo, _release) = (new Statement(_writer, "SAVEPOINT one"), new Statement(_writer, "ROLLBACK TO one"), new Statement(_writer, "RELEASE one"));
        _readOnly = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
        _thread = new Thread(WriteLoop) { IsBackground = true, Name = "sqlite " + System.IO.Path.GetFileName(path) };
        _thread.Start();
    }

    /// <summary>Where the file is.</summary>
    public string Path { get; }

    /// <summary>
    /// Runs <paramref name="work"/> inside a transaction on the writer thread; when the task completes its effects are on disk.
    /// If it throws, its own effects are undone and the others of the group stay. A failed commit (disk full) fails every write of the group.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancel = default)
    {
        var write = new Write<T>(work);
        await _writes.Writer.WriteAsync(write, cancel);
        return await write.Done.Task;
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<SqliteConnection> work, CancellationToken cancel = default) =>
        WriteAsync(connection => { work(connection); return true; }, cancel);

    /// <summary>Runs a query on a read-only connection of its own; it sees what was committed before it began.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        var connection = TakeReader();
        try
        {
            return query(connection);
        }
        finally
        {
            GiveBack(connection);
        }
    }

    /// <summary>Finishes the writes that were accepted, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _stopped.Task;
        lock (_readers)
        {
            _isClosed = true;
            foreach (var reader in _readers) reader.Dispose();
            _readers.Clear();
        }

        foreach (var statement in (Statement[])[_begin, _mark, _undo, _release, _commit]) statement.Dispose();
        await _writer.DisposeAsync();
    }

    private PreparedConnection TakeReader()
    {
        lock (_readers)
        {
            // The one used last: its pages and statements are the warmest.
            if (_readers.TryPop(out var kept)) return kept;
        }

        var connection = new PreparedConnection(_readOnly);
        connection.Open();
        return connection;
    }

    private void GiveBack(PreparedConnection connection)
    {
        lock (_readers)
        {
            if (!_isClosed && _readers.Count < ReadersKeptMax)
            {
                _readers.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Migrate(IReadOnlyList<string> migrations)
    {
        using var command = _writer.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = (int)(long)command.ExecuteScalar()!;
        if (version > migrations.Count)
            throw new CannotStartException(
                $"{Path} has schema version {version}, this program knows {migrations.Count}. Start the newer program, or restore the backup made before the upgrade.");
        for (; version < migrations.Count; version++)
            Execute(_writer, $"BEGIN IMMEDIATE; {migrations[version]}; PRAGMA user_version = {version + 1}; COMMIT;");
    }

    private void WriteLoop()
    {
        try
        {
            var group = new List<Write>();
            while (_writes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                group.Clear();
                while (group.Count < WritesPerCommitMax && _writes.Reader.TryRead(out var write)) group.Add(write);
                Commit(group);
            }

            _stopped.SetResult();
        }
        catch (Exception error)
        {
            // Nothing in the loop may throw: Commit turns every failure into a failed write. If it does, nobody may wait for ever.
            _stopped.SetException(error);
            throw;
        }
    }

    private void Commit(List<Write> group)
    {
        try
        {
            _begin.Run();
            foreach (var write in group)
            {
                _mark.Run();
                if (!write.TryRun(_writer)) _undo.Run();
                _release.Run();
            }

            _commit.Run();
        }
        catch (SqliteException error)
        {
            try
            {
                Execute(_writer, "ROLLBACK");
            }
            catch (SqliteException)
            {
                // SQLite already rolled back by itself (disk full, I/O error): the state we want.
            }

            foreach (var write in group) write.Fail(error);
            return;
        }

        foreach (var write in group) write.Complete();
    }

    private abstract class Write
    {
        /// <summary>Runs the work; false when it threw. Never throws.</summary>
        public abstract bool TryRun(SqliteConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(Func<SqliteConnection, T> work) : Write
    {
        private T? _result;
        private Exception? _error;

        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override bool TryRun(SqliteConnection connection)
        {
            try
            {
                _result = work(connection);
                return true;
            }
            catch (Exception error)
            {
                // Handed to the caller who awaits; the rest of the group is not his business.
                _error = error;
                return false;
            }
        }

        public override void Complete()
        {
            if (_error is null) Done.SetResult(_result!);
            else Done.SetException(_error);
        }

        public override void Fail(Exception error) => Done.TrySetException(_error ?? error);
    }
}
