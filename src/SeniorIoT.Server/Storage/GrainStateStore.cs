using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace SeniorIoT.Server.Storage;

/// <summary>A grain's stored state: a value that is replaced whole, so that the store may keep the reference and write it later.</summary>
internal sealed record Stored<T>(T? Value)
    where T : class
{
    /// <summary>Nothing stored yet.</summary>
    public Stored()
        : this((T?)null)
    {
    }
}

/// <summary>
/// Orleans storage for device grains, on one SQLite file. Writing hands the state over in memory; a checkpoint writes all that
/// changed in one group commit. That is sound because the journal keeps every message until the checkpoint after it: what a
/// crash loses is folded again from the journal. So a busy device costs one write a checkpoint, not one a message.
/// Only immutable states may be stored (<see cref="Stored{T}"/>); state names must be unique per grain type.
/// </summary>
internal sealed class GrainStateStore(SqliteFile file) : IGrainStorage, ICheckpointed, IAsyncDisposable
{
    /// <summary>Schema of <c>grains.db</c>.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        "CREATE TABLE states (name TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;",
    ];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneFlush = new(1, 1);
    private Dictionary<(string Name, string Key), Dirty> _dirty = [];
    private Dictionary<(string Name, string Key), Dirty> _flushing = [];

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var id = (stateName, grainId.Key.ToString()!);
        lock (_lock)
        {
            if (_dirty.TryGetValue(id, out var dirty) || _flushing.TryGetValue(id, out dirty))
            {
                Fill(grainState, (T?)dirty.State, dirty.Version);
                return Task.CompletedTask;
            }
        }

        var row = file.Read(connection => connection.Rows(
            "SELECT version, doc FROM states WHERE name = @name AND key = @key",
            reader => (Version: reader.GetInt64(0), Doc: (byte[])reader.GetValue(1)), ("@name", stateName), ("@key", id.Item2)).FirstOrDefault());
        Fill(grainState, row.Doc is null ? default : JsonSerializer.Deserialize<T>(row.Doc, Json), row.Version);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = long.Parse(grainState.ETag ?? "0", CultureInfo.InvariantCulture) + 1;
        Hand(stateName, grainId, new Dirty(grainState.State, version, static state => JsonSerializer.SerializeToUtf8Bytes((T)state!, Json)));
        grainState.ETag = version.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Hand(stateName, grainId, new Dirty(null, 0, null));
        Fill(grainState, default, 0);
        return Task.CompletedTask;
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
                if (_dirty.Count == 0) return;
                (_flushing, _dirty) = (_dirty, []);
            }

            await file.WriteAsync(Write, cancel);
            lock (_lock) _flushing = [];
        }
        catch
        {
            lock (_lock)
            {
                foreach (var (id, dirty) in _flushing) _dirty.TryAdd(id, dirty); // what was written since is newer
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

    private void Write(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using var upsert = connection.Command("INSERT OR REPLACE INTO states VALUES (@name, @key, @version, @doc)",
            ("@name", ""), ("@key", ""), ("@version", 0L), ("@doc", Array.Empty<byte>()));
        foreach (var ((name, key), dirty) in _flushing)
        {
            if (dirty.Serialize is null)
            {
                connection.Run("DELETE FROM states WHERE name = @name AND key = @key", ("@name", name), ("@key", key));
                continue;
            }

            (upsert.Parameters[0].Value, upsert.Parameters[1].Value, upsert.Parameters[2].Value) = (name, key, dirty.Version);
            upsert.Parameters[3].Value = dirty.Serialize(dirty.State);
            upsert.ExecuteNonQuery();
        }
    }

    private void Hand(string stateName, GrainId grainId, Dirty dirty)
    {
        lock (_lock) _dirty[(stateName, grainId.Key.ToString()!)] = dirty;
    }

    private static void Fill<T>(IGrainState<T> grainState, T? state, long version)
    {
        grainState.RecordExists = state is not null;
        grainState.State = state ?? Activator.CreateInstance<T>();
        grainState.ETag = version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);
    }

    private sealed record Dirty(object? State, long Version, Func<object?, byte[]>? Serialize);
}
