using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Ladders;

/// <summary>One version of a place's ladder for a priority.</summary>
/// <param name="Place">Whose; never a household.</param>
/// <param name="Priority">For which alerts.</param>
/// <param name="Version">1, 2, ….</param>
/// <param name="Ladder">The ladder; null when this version took it away.</param>
/// <param name="At">When it was made.</param>
/// <param name="By">By whom.</param>
/// <param name="Note">Why.</param>
internal sealed record LadderRow(RulePlace Place, Priority Priority, int Version, Ladder? Ladder, DateTimeOffset At, string By, string Note)
{
    /// <summary>What alerts name.</summary>
    public string Name => $"{RulePlaces.WordOf(Place.Scope)}:{Place.Title}/{Priority}-{Version}";
}

/// <summary>
/// The ladders of <c>registry.db</c>, versions only ever added, and the book that is in force, in memory for alert grains. Thread-safe.
/// </summary>
internal sealed class LadderStore
{
    /// <summary>For the migrations of the registry.</summary>
    public const string Schema = """
        CREATE TABLE ladder_versions(
            scope TEXT NOT NULL, area TEXT NOT NULL, priority INTEGER NOT NULL, version INTEGER NOT NULL, ladder TEXT,
            at INTEGER NOT NULL, user TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY(scope, area, priority, version)) STRICT, WITHOUT ROWID;
        CREATE TRIGGER ladder_versions_keep BEFORE UPDATE ON ladder_versions BEGIN SELECT RAISE(ABORT, 'versions of ladders are append-only'); END;

        """;

    private readonly SqliteFile _file;
    private volatile LadderBook _book;

    /// <summary>Reads what is in force from the registry's file.</summary>
    public LadderStore(SqliteFile file) => (_file, _book) = (file, file.Read(Load));

    /// <summary>What is in force now.</summary>
    public LadderBook Book => _book;

    /// <summary>Every ladder in force that a place has of its own.</summary>
    public IReadOnlyList<LadderRow> ReadCurrent() => _file.Read(Current);

    /// <summary>Versions of one ladder, newest first.</summary>
    public IReadOnlyList<LadderRow> ReadVersions(RulePlace place, Priority priority) => _file.Read(connection => Versions(connection, place, priority));

    /// <summary>
    /// Adds a version in one transaction with whatever <paramref name="alsoWrite"/> writes, unless <paramref name="refuse"/> has an answer for the latest version.
    /// In force for the next alert when the task completes.
    /// </summary>
    public async Task<T?> AddAsync<T>(RulePlace place, Priority priority, Func<LadderRow?, T?> refuse, Func<int, LadderRow> next, Action<SqliteConnection, LadderRow> alsoWrite)
        where T : class
    {
        var refused = await _file.WriteAsync(connection =>
        {
            var latest = Versions(connection, place, priority).FirstOrDefault();
            if (refuse(latest) is { } refusal) return refusal;
            var row = next((latest?.Version ?? 0) + 1);
            connection.Run(
                "INSERT INTO ladder_versions VALUES(@scope, @area, @priority, @version, @ladder, @at, @user, @note)",
                ("@scope", RulePlaces.WordOf(place.Scope)), ("@area", place.Area), ("@priority", (int)priority), ("@version", row.Version),
                ("@ladder", row.Ladder is null ? null : JsonSerializer.Serialize(row.Ladder)), ("@at", row.At), ("@user", row.By), ("@note", row.Note));
            alsoWrite(connection, row);
            return null;
        });
        _book = _file.Read(Load);
        return refused;
    }

    private static LadderBook Load(SqliteConnection connection) =>
        LadderBook.Of(Current(connection).Select(row => (row.Place, row.Priority, row.Ladder! with { Version = row.Name })));

    private static List<LadderRow> Current(SqliteConnection connection) => connection.Rows(
        """
        SELECT scope, area, priority, version, ladder, at, user, note FROM ladder_versions AS v
        WHERE ladder IS NOT NULL AND version = (SELECT max(version) FROM ladder_versions AS w WHERE (w.scope, w.area, w.priority) = (v.scope, v.area, v.priority))
        ORDER BY scope, area, priority
        """,
        Read);

    private static List<LadderRow> Versions(SqliteConnection connection, RulePlace place, Priority priority) => connection.Rows(
        """
        SELECT scope, area, priority, version, ladder, at, user, note FROM ladder_versions
        WHERE scope = @scope AND area = @area AND priority = @priority ORDER BY version DESC
        """,
        Read, ("@scope", RulePlaces.WordOf(place.Scope)), ("@area", place.Area), ("@priority", (int)priority));

    private static LadderRow Read(SqliteDataReader row) => new(
        RulePlaces.Parse(row.GetString(0), row.GetString(1)) ?? throw new InvalidDataException($"ladder_versions has a place '{row.GetString(0)}', which this program does not know."),
        (Priority)row.GetInt32(2), row.GetInt32(3), row.TextOrNull(4) is { } json ? JsonSerializer.Deserialize<Ladder>(json) : null,
        row.Instant(5), row.GetString(6), row.GetString(7));
}
