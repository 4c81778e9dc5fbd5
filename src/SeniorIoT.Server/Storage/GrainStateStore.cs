using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Storage;

/// <summary>
/// States of device grains, on one SQLite file. Taking a state keeps it in memory; a checkpoint writes all that changed in one group
/// commit. That is sound because the journal keeps every message until the checkpoint after it: what a crash loses is folded again
/// from the journal. So a busy device costs one write a checkpoint, not one a message. Only immutable states may be taken. Thread-safe.
/// </summary>
internal sealed class GrainStateStore(SqliteFile file) : ICheckpointed, IAsyncDisposable
{
    /// <summary>Schema of <c>grains.db</c>.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        "CREATE TABLE states (name TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;",
    ];

    private const int FormatVersion = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneFlush = new(1, 1);
    private Dictionary<(string Name, string Key), Taken> _taken = [];
    private Dictionary<(string Name, string Key), Taken> _flushing = [];

    /// <summary>The newest state that was taken, on disk or not; null when there is none.</summary>
    /// <param name="name">Which kind of grain.</param>
    /// <param name="key">Which grain.</param>
    public T? Read<T>(string name, string key)
        where T : class
    {
        lock (_lock)
        {
            if (_taken.TryGetValue((name, key), out var taken) || _flushing.TryGetValue((name, key), out taken)) return (T)taken.State;
        }

        return file.Read(connection => connection.Rows(
            "SELECT doc FROM states WHERE name = @name AND key = @key",
            reader => JsonSerializer.Deserialize<Doc<T>>((byte[])reader.GetValue(0), Json)?.Value, ("@name", name), ("@key", key)).FirstOrDefault());
    }

    /// <summary>Takes a state in place of the one before. It is on disk after the next <see cref="FlushAsync"/>.</summary>
    public void Take<T>(string name, string key, T state)
        where T : class
    {
        lock (_lock) _taken[(name, key)] = new Taken(state, Writer<T>.Write);
    }

    /// <summary>Forgets every state of a kind of grain. One that is taken meanwhile may stay.</summary>
    public Task ForgetAsync(string name)
    {
        lock (_lock)
        {
            foreach (var id in _taken.Keys.Where(id => id.Name == name).ToList()) _taken.Remove(id);
        }

        return file.WriteAsync(connection => connection.Run("DELETE FROM states WHERE name = @name", ("@name", name)));
    }

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancel)
    {
        // One at a time: a second caller may return only when what the first one took is on disk as well.
        await _oneFlush.WaitAsync(cancel);
        try
        {
            lock (_lock)
            {
                if (_taken.Count == 0) return;
                (_flushing, _taken) = (_taken, []);
            }

            await file.WriteAsync(Write, cancel);
            lock (_lock) _flushing = [];
        }
        catch
        {
            lock (_lock)
            {
                foreach (var (id, state) in _flushing) _taken.TryAdd(id, state); // what was taken since is newer
                _flushing = [];
            }

            throw;
        }
        finally
        {
            _oneFlush.Release();
        }
    }

    /// <summary>Closes the file. What was not flushed is folded again from the journal.</summary>
    public ValueTask DisposeAsync()
    {
        _oneFlush.Dispose();
        return file.DisposeAsync();
    }

    private void Write(SqliteConnection connection)
    {
        using var upsert = new Statement(connection, "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?)");
        upsert.Bind(3, FormatVersion);
        foreach (var ((name, key), taken) in _flushing)
        {
            upsert.Bind(1, name);
            upsert.Bind(2, key);
            upsert.Bind(4, taken.Write(taken.State));
            upsert.Run();
        }
    }

    private readonly record struct Taken(object State, Func<object, byte[]> Write);

    private sealed record Doc<T>(T Value);

    // One delegate for each type, instead of one for each message.
    private static class Writer<T>
    {
        public static readonly Func<object, byte[]> Write = state => JsonSerializer.SerializeToUtf8Bytes(new Doc<T>((T)state), Json);
    }
}
