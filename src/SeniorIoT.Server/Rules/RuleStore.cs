using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Rules;

/// <summary>One version of a place's rules as the registry keeps it.</summary>
/// <param name="Place">Whose.</param>
/// <param name="Version">1, 2, ….</param>
/// <param name="BasedOn">Name of the preset it was made from.</param>
/// <param name="Settings">The set; null when this version took the place's set away.</param>
/// <param name="Shadow">What runs beside it.</param>
/// <param name="At">When it was made.</param>
/// <param name="By">By whom.</param>
/// <param name="Note">Why.</param>
internal sealed record RuleRow(
    RulePlace Place, int Version, string BasedOn, RuleSettings? Settings, ShadowRules? Shadow, DateTimeOffset At, string By, string Note)
{
    /// <summary>What is in force while this is the latest version; null for nothing of its own.</summary>
    public PlacedRules? InForce => Settings is null ? null : new PlacedRules(Place, Settings, Shadow);
}

/// <summary>
/// The SQL of rules. Every method works inside the caller's transaction. Versions are only ever added; a household that is deleted
/// takes its own with it.
/// </summary>
internal static class RuleStore
{
    /// <summary>For the migrations of the registry.</summary>
    public const string Schema = """
        CREATE TABLE rule_versions(
            scope TEXT NOT NULL, area TEXT NOT NULL, version INTEGER NOT NULL, based_on TEXT NOT NULL, settings TEXT,
            shadow TEXT, shadow_run TEXT, shadow_since INTEGER, at INTEGER NOT NULL, user TEXT NOT NULL, note TEXT NOT NULL,
            household_id TEXT REFERENCES households ON DELETE CASCADE, PRIMARY KEY(scope, area, version)) STRICT, WITHOUT ROWID;
        CREATE INDEX rule_versions_by_household ON rule_versions(household_id) WHERE household_id IS NOT NULL;
        CREATE TRIGGER rule_versions_keep BEFORE UPDATE ON rule_versions BEGIN SELECT RAISE(ABORT, 'versions of rules are append-only'); END;

        """;

    private const string Select = """
        SELECT scope, area, version, based_on, settings, shadow, shadow_run, shadow_since, at, user, note FROM rule_versions AS v
        """;

    /// <summary>Adds a version.</summary>
    public static void Insert(SqliteConnection connection, RuleRow row) => connection.Run(
        """
        INSERT INTO rule_versions(scope, area, version, based_on, settings, shadow, shadow_run, shadow_since, at, user, note, household_id)
        VALUES(@scope, @area, @version, @based, @settings, @shadow, @run, @since, @at, @user, @note, @household)
        """,
        ("@scope", RulePlaces.WordOf(row.Place.Scope)), ("@area", row.Place.Area), ("@version", row.Version), ("@based", row.BasedOn),
        ("@settings", row.Settings is null ? null : JsonSerializer.Serialize(row.Settings)),
        ("@shadow", row.Shadow is null ? null : JsonSerializer.Serialize(row.Shadow.Settings)), ("@run", row.Shadow?.Run), ("@since", row.Shadow?.SinceAt),
        ("@at", row.At), ("@user", row.By), ("@note", row.Note), ("@household", row.Place.Scope == PlaceScope.Household ? row.Place.Area : null));

    /// <summary>The latest version of a place, also one that took its set away; null when it never had one.</summary>
    public static RuleRow? Latest(SqliteConnection connection, RulePlace place) => Versions(connection, place, long.MaxValue, 1).FirstOrDefault();

    /// <summary>Versions of a place below <paramref name="before"/>, newest first.</summary>
    public static List<RuleRow> Versions(SqliteConnection connection, RulePlace place, long before, int limit) => connection.Rows(
        $"{Select} WHERE scope = @scope AND area = @area AND version < @before ORDER BY version DESC LIMIT @limit",
        Read, ("@scope", RulePlaces.WordOf(place.Scope)), ("@area", place.Area), ("@before", before), ("@limit", limit));

    /// <summary>The latest version of every place, where it did not take the set away.</summary>
    public static List<RuleRow> Current(SqliteConnection connection) => connection.Rows(
        $"""
        {Select} WHERE settings IS NOT NULL AND version = (SELECT max(version) FROM rule_versions AS w WHERE w.scope = v.scope AND w.area = v.area)
        """,
        Read);

    private static RuleRow Read(SqliteDataReader row)
    {
        var place = RulePlaces.Parse(row.GetString(0), row.GetString(1))
            ?? throw new InvalidDataException($"rule_versions has a place '{row.GetString(0)} {row.GetString(1)}', which this program does not know.");
        return new RuleRow(
            place, row.GetInt32(2), row.GetString(3), Settings(row.TextOrNull(4)),
            Settings(row.TextOrNull(5)) is { } shadow ? new ShadowRules(row.GetString(6), row.Instant(7), shadow) : null,
            row.Instant(8), row.GetString(9), row.GetString(10));
    }

    // A set that was written before there were these rules has not asked for them.
    private static RuleSettings? Settings(string? json) =>
        json is null || JsonSerializer.Deserialize<RuleSettings>(json) is not { } settings ? null
        : json.Contains($"\"{nameof(RuleSettings.MoreWaterTimes)}\"", StringComparison.Ordinal) ? settings
        : settings with { Off = settings.Off.Union([Rule.Drip.Id, Rule.MoreWater.Id]) };
}
