using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Notices;

/// <summary>A request of a provider that was answered and is still to be worked off.</summary>
internal sealed record Callback(long Id, string Kind, string Body, int Tries);

/// <summary>
/// What a provider told us and wants answered at once: kept on disk, answered, then worked off. What cannot be worked off stays, and health
/// says so.
/// </summary>
internal sealed class CallbackStore(SqliteFile file)
{
    /// <summary>So often it is tried; then a person must look.</summary>
    public const int TriesMax = 5;

    private const int TakenMax = 100;

    /// <summary>Keeps a request; it is on disk when the task completes.</summary>
    public Task KeepAsync(string kind, string body, DateTimeOffset now) => file.WriteAsync(connection =>
        connection.Run("INSERT INTO callbacks (kind, body, at) VALUES (@kind, @body, @now)", ("@kind", kind), ("@body", body), ("@now", now)));

    /// <summary>What is to be worked off, the oldest first.</summary>
    public IReadOnlyList<Callback> Read() => file.Read(connection => connection.Rows(
        "SELECT id, kind, body, tries FROM callbacks WHERE tries < @max ORDER BY id LIMIT @count", row => new Callback(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3)),
        ("@max", TriesMax), ("@count", TakenMax)));

    /// <summary>It was worked off.</summary>
    public Task RemoveAsync(long id) => file.WriteAsync(connection => connection.Run("DELETE FROM callbacks WHERE id = @id", ("@id", id)));

    /// <summary>It could not be.</summary>
    public Task FailAsync(long id, string problem) => file.WriteAsync(connection =>
        connection.Run("UPDATE callbacks SET tries = tries + 1, problem = @problem WHERE id = @id", ("@id", id), ("@problem", problem)));

    /// <summary>How many were given up.</summary>
    public int CountBroken() => file.Read(connection => (int)connection.Scalar("SELECT count(*) FROM callbacks WHERE tries >= @max", 0L, ("@max", TriesMax)));
}
