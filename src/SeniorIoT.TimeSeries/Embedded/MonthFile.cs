using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// One open month: a writer and a few idle readers. The writer opens first even if nobody will write: it makes the tables of a
/// file whose creation a crash cut short. A read-only file has no writer, and without tables it counts as empty. The store
/// sees to it that there is one write at a time.
/// </summary>
internal sealed class MonthFile(string path, EmbeddedStoreOptions options) : IDisposable
{
    private const int IdleReadersMax = 4;

    private readonly ConcurrentBag<(SqliteConnection Connection, MonthReader Reader)> _idle = [];
    private readonly MonthWriter? _writer = options.IsReadOnly ? null : new(path, options.MonthBytesMax);

    /// <summary>How many are using the file now, and when it was last taken; kept by <see cref="MonthFiles"/>.</summary>
    public int Users { get; set; }

    /// <inheritdoc cref="Users"/>
    public long LastTaken { get; set; }

    /// <summary>Which file on disk it is, after one was made if there was none.</summary>
    public ulong Identity { get; } = FileIdentity.Of(path);

    /// <inheritdoc cref="MonthWriter.Write"/>
    public void Write(MonthBatch batch) => (_writer ?? throw new InvalidOperationException($"{path} was opened read-only.")).Write(batch);

    /// <summary>Runs queries on a read-only connection of their own; a write in progress neither blocks them nor shows.</summary>
    public void Read(Action<MonthReader> queries)
    {
        if (!_idle.TryTake(out var taken))
        {
            if (OpenReader() is not { } opened) return;
            taken = opened;
        }

        var isSound = false;
        try
        {
            queries(taken.Reader);
            isSound = true;
        }
        finally
        {
            if (isSound && _idle.Count < IdleReadersMax) _idle.Add(taken);
            else Close(taken);
        }
    }

    /// <summary>Readers first, so that the writer is the last to leave and can empty the write-ahead log.</summary>
    public void Dispose()
    {
        while (_idle.TryTake(out var reader)) Close(reader);
        _writer?.Dispose();
    }

    /// <summary>Null for a file that has no tables yet.</summary>
    private (SqliteConnection Connection, MonthReader Reader)? OpenReader()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, MonthWriter.BusyTimeoutMs);
            // The writer has seen to the version; without one it is looked at here.
            if (_writer is null && !MonthWriter.HasTables(connection, path))
            {
                connection.Dispose();
                return null;
            }

            return (connection, new MonthReader(connection));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Close((SqliteConnection Connection, MonthReader Reader) reader)
    {
        reader.Reader.Dispose();
        reader.Connection.Dispose();
    }
}
