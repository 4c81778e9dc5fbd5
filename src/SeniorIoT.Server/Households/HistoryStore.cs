using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>What happened in a household that was no alert: conditions over before they became known, tests, service calls.</summary>
internal sealed class HistoryStore(SqliteFile file)
{
    /// <summary>
    /// Adds a line; on disk when the task completes. The same household, time and kind again adds nothing, nor does a household
    /// that was deleted meanwhile.
    /// </summary>
    /// <param name="householdId">Where.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="kind">What, e.g. <c>smoke-test</c>.</param>
    /// <param name="note">In plain words.</param>
    /// <param name="cause">The message or alert it came from; null when there is none.</param>
    public Task AddAsync(string householdId, DateTimeOffset at, string kind, string note, string? cause) =>
        file.WriteAsync(connection => Add(connection, householdId, at, kind, note, cause));

    /// <summary>The same inside the caller's transaction.</summary>
    public static void Add(SqliteConnection connection, string householdId, DateTimeOffset at, string kind, string note, string? cause) => connection.Run(
        """
        INSERT INTO history(household_id, at, kind, note, cause)
        SELECT household_id, @at, @kind, @note, @cause FROM households WHERE household_id = @household
        ON CONFLICT DO NOTHING
        """,
        ("@household", householdId), ("@at", at), ("@kind", kind), ("@note", note), ("@cause", cause));

    /// <summary>Lines of a household after the one with key <paramref name="after"/> (see <see cref="KeyOf"/>), newest first.</summary>
    public List<HistoryEntry> List(string householdId, string after, int limit)
    {
        var parts = after.Split('|', 2);
        var isFirst = !long.TryParse(parts[0], out var at);
        return file.Read(connection => connection.Rows(
            """
            SELECT at, kind, note FROM history
            WHERE household_id = @household AND (@first OR (at, kind) < (@at, @kind))
            ORDER BY at DESC, kind DESC LIMIT @limit
            """,
            row => new HistoryEntry(row.Instant(0), row.GetString(1), row.GetString(2)),
            ("@household", householdId), ("@first", isFirst), ("@at", at), ("@kind", parts[^1]), ("@limit", limit)));
    }

    /// <summary>What a cursor keeps of a line.</summary>
    public static string KeyOf(HistoryEntry entry) =>
        entry.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + "|" + entry.Kind;
}
