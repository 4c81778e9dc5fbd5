using Microsoft.Data.Sqlite;

namespace SeniorIoT.Server.Storage;

/// <summary>
/// A connection that keeps its statements prepared, because preparing one takes about as long as running it. Used by one thread at a time.
/// </summary>
internal sealed class PreparedConnection(string connectionString) : SqliteConnection(connectionString)
{
    private const int KeptMax = 200; // a hundred are in use; statements put together from parts must not fill the memory

    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    /// <summary>The statement, prepared before or now. Nobody else has it until it is given back, also if the same is asked for meanwhile.</summary>
    public SqliteCommand Take(string sql)
    {
        if (_kept.Remove(sql, out var kept))
        {
            kept.Transaction = Transaction; // a snapshot may have begun or ended since
            return kept;
        }

        var command = CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>Keeps a statement for whoever asks next; its results must have been read.</summary>
    public void GiveBack(SqliteCommand command)
    {
        if (_kept.Count >= KeptMax || !_kept.TryAdd(command.CommandText, command)) command.Dispose();
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
