using Microsoft.Data.Sqlite;

namespace SeniorIoT.Server.Storage;

/// <summary>A moment at which somebody must look again at <paramref name="Subject"/>. It may be earlier than the truth, never later.</summary>
internal readonly record struct Deadline(string Subject, string Kind, DateTimeOffset DueAt);

/// <summary>
/// Deadlines as data, in whichever file <paramref name="file"/> is: losing every timer delays a look, it cannot cancel one.
/// Whoever changes a subject sets its deadline in the same transaction (the static methods).
/// </summary>
internal sealed class DeadlineTable(SqliteFile file)
{
    /// <summary>For the migrations of a file that has the table.</summary>
    public const string Schema = """
        CREATE TABLE deadlines(subject TEXT NOT NULL, kind TEXT NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY(subject, kind)) STRICT, WITHOUT ROWID;
        CREATE INDEX deadlines_by_due ON deadlines(due_at);
        """;

    /// <summary>Sets a deadline inside the caller's transaction, replacing the one of the same subject and kind.</summary>
    public static void Set(SqliteConnection connection, Deadline deadline) => connection.Run(
        "INSERT INTO deadlines(subject, kind, due_at) VALUES(@subject, @kind, @due) ON CONFLICT DO UPDATE SET due_at = excluded.due_at",
        ("@subject", deadline.Subject), ("@kind", deadline.Kind), ("@due", deadline.DueAt));

    /// <summary>As <see cref="Set"/>, but an earlier one stays: what is due already is not forgotten.</summary>
    public static void BringForward(SqliteConnection connection, Deadline deadline) => connection.Run(
        "INSERT INTO deadlines(subject, kind, due_at) VALUES(@subject, @kind, @due) ON CONFLICT DO UPDATE SET due_at = min(due_at, excluded.due_at)",
        ("@subject", deadline.Subject), ("@kind", deadline.Kind), ("@due", deadline.DueAt));

    /// <summary>Removes every deadline of a subject inside the caller's transaction.</summary>
    public static void RemoveAll(SqliteConnection connection, string subject) =>
        connection.Run("DELETE FROM deadlines WHERE subject = @subject", ("@subject", subject));

    /// <summary>What is due at <paramref name="now"/>, longest overdue first, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Deadline> Due(DateTimeOffset now, int limit) => file.Read(connection => connection.Rows(
        "SELECT subject, kind, due_at FROM deadlines WHERE due_at <= @now ORDER BY due_at LIMIT @limit",
        row => new Deadline(row.GetString(0), row.GetString(1), row.Instant(2)),
        ("@now", now), ("@limit", limit)));

    /// <summary>Sets many in one transaction; on disk when the task completes.</summary>
    public Task SetAsync(IReadOnlyCollection<Deadline> deadlines) => file.WriteAsync(connection =>
    {
        foreach (var deadline in deadlines) Set(connection, deadline);
    });

    /// <summary>Moves a deadline that exists, and does nothing when it was removed meanwhile (the device was deleted).</summary>
    public Task MoveAsync(IReadOnlyCollection<Deadline> deadlines) => file.WriteAsync(connection =>
    {
        foreach (var deadline in deadlines)
            connection.Run(
                "UPDATE deadlines SET due_at = @due WHERE subject = @subject AND kind = @kind",
                ("@subject", deadline.Subject), ("@kind", deadline.Kind), ("@due", deadline.DueAt));
    });

    /// <summary>Removes one; harmless when it is not there.</summary>
    public Task RemoveAsync(string subject, string kind) => file.WriteAsync(connection =>
        connection.Run("DELETE FROM deadlines WHERE subject = @subject AND kind = @kind", ("@subject", subject), ("@kind", kind)));
}
