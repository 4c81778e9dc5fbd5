using Microsoft.Data.Sqlite;

namespace SeniorIoT.Server.Storage;

/// <summary>
/// The connection of a file's writer. It keeps its statements prepared, because preparing one takes about as long as running it. Used by one
/// thread, and by one statement at a time.
/// </summary>
internal sealed class WriterConnection(string connectionString) : SqliteConnection(connectionString)
{
    private const int KeptMax = 200; // a hundred are in use; statements put together from parts must not fill the memory

    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    /// <summary>The statement, prepared before or now; null when too many are kept.</summary>
    public SqliteCommand? Keep(string sql)
    {
        if (_kept.TryGetValue(sql, out var command)) return command;
        if (_kept.Count >= KeptMax) return null;
        command = CreateCommand();
        command.CommandText = sql;
        _kept.Add(sql, command);
        return command;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var command in _kept.Values) command.Dispose();
        _kept.Clear();
        base.Dispose(disposing);
    }
}
