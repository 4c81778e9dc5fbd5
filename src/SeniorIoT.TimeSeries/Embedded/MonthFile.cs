using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// One open month: a writer and a few idle readers. The writer opens first even if nobody will write: it makes the tables of a
/// file whose creation a crash cut short. The store sees to it that there is one write at a time.
/// </summary>
internal sealed class MonthFile(string path, long? bytesMax) : IDisposable
{
    private const int IdleReadersMax = 4;

    private readonly ConcurrentBag<(SqliteConnection Connection, MonthReader Reader)> _idle = [];
    private readonly MonthWriter _writer = new(path, bytesMax);

    /// <summary>How many are using the file now, and when it was last taken; kept by <see cref="MonthFiles"/>.</summary>
    public int Users { get; set; }

    /// <inheritdoc cref="Users"/>
    public long LastTaken { get; set; }

    /// <inheritdoc cref="MonthWriter.Write"/>
    public void Write(MonthBatch batch) => _writer.Write(batch);

    /// <summary>Runs queries on a read-only connection of their own; a write in progress neither blocks them nor shows.</summary>
    public void Read(Action<MonthReader> queries)
    {
        if (!_idle.TryTake(out var taken)) taken = OpenReader();
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
        _writer.Dispose();
    }

    private (SqliteConnection Connection, MonthReader Reader) OpenReader()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            SQLitePCL.raw.sqlite3_busy_timeout(connection.Handle, MonthWriter.BusyTimeoutMs);
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
