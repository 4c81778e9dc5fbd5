using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Access;

/// <summary>
/// Who did what, and who looked at whom: append-only. Details name fields, never their contents, so the audit outlives the
/// people it is about.
/// </summary>
internal sealed class AuditLog(SqliteFile file, TimeProvider clock)
{
    /// <summary>Who acts when no person does.</summary>
    public const string System = "system";

    /// <summary>Adds an entry inside the caller's transaction, so that no change goes without one.</summary>
    public static void Write(SqliteConnection connection, DateTimeOffset at, string user, string action, string subject, string? detail = null) =>
        connection.Run(
            "INSERT INTO audit(at, user, action, subject, detail) VALUES(@at, @user, @action, @subject, @detail)",
            ("@at", at), ("@user", user), ("@action", action), ("@subject", subject), ("@detail", detail));

    /// <summary>Adds an entry on its own; on disk when the task completes.</summary>
    public Task AddAsync(string user, string action, string subject, string? detail = null) =>
        file.WriteAsync(connection => Write(connection, clock.GetUtcNow(), user, action, subject, detail));

    /// <summary>Entries older than <paramref name="before"/> (an id), newest first, each with its id.</summary>
    public List<(long Id, AuditEntry Entry)> List(long before, string? user, string? subject, int limit) => file.Read(connection => connection.Rows(
        """
        SELECT id, at, user, action, subject, detail FROM audit
        WHERE id < @before AND (@user IS NULL OR user = @user) AND (@subject IS NULL OR subject = @subject)
        ORDER BY id DESC LIMIT @limit
        """,
        row => (row.GetInt64(0), new AuditEntry(row.Instant(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TextOrNull(5))),
        ("@before", before), ("@user", user), ("@subject", subject), ("@limit", limit)));
}
