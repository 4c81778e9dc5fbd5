using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Rules;

/// <summary>What a set in force and its shadow found in the homes where both run. Nobody is told by it; it is there to be compared.</summary>
internal sealed class ShadowStore(SqliteFile file)
{
    /// <summary>For the migrations of the registry. A household that is deleted takes its findings with it.</summary>
    public const string Schema = """
        CREATE TABLE shadow_findings(
            run TEXT NOT NULL, is_shadow INTEGER NOT NULL, cause TEXT NOT NULL, household_id TEXT NOT NULL REFERENCES households ON DELETE CASCADE,
            device_id TEXT NOT NULL, rule TEXT NOT NULL, at INTEGER NOT NULL, cleared_at INTEGER, is_known_late INTEGER NOT NULL, evidence TEXT NOT NULL,
            PRIMARY KEY(run, is_shadow, cause)) STRICT, WITHOUT ROWID;
        CREATE INDEX shadow_findings_by_time ON shadow_findings(run, at);
        CREATE INDEX shadow_findings_by_household ON shadow_findings(household_id);
        CREATE INDEX shadow_findings_lasting ON shadow_findings(device_id, rule, run, is_shadow) WHERE cleared_at IS NULL;

        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>
    /// Writes down what both found; on disk when the task completes. The same findings again add nothing, nor does a condition that is told again because it
    /// lasts: it is still one finding.
    /// </summary>
    /// <param name="household">Where.</param>
    /// <param name="device">By which device.</param>
    /// <param name="run">See <see cref="ShadowRules.Run"/>.</param>
    /// <param name="live">What the set in force found.</param>
    /// <param name="shadow">What its shadow found.</param>
    public async Task AddAsync(string household, DeviceId device, string run, IReadOnlyList<Finding> live, IReadOnlyList<Finding> shadow)
    {
        if (!live.Any(IsCompared) && !shadow.Any(IsCompared)) return;
        await file.WriteAsync(connection =>
        {
            foreach (var finding in live.Where(IsCompared)) Add(connection, household, device, run, isShadow: false, finding);
            foreach (var finding in shadow.Where(IsCompared)) Add(connection, household, device, run, isShadow: true, finding);
        });
    }

    /// <summary>Findings of some runs that became true in <c>[from, to)</c>.</summary>
    public List<ComparableFinding> Read(IEnumerable<string> runs, DateTimeOffset from, DateTimeOffset to) => file.Read(connection => connection.Rows(
        """
        SELECT household_id, device_id, rule, is_shadow, at, cleared_at, is_known_late, evidence FROM shadow_findings
        WHERE run IN (SELECT value FROM json_each(@runs)) AND at >= @from AND at < @to
        """,
        row => new ComparableFinding(
            new(row.GetString(0)), new(row.GetString(1)), Rule.Parse(row.GetString(2)), row.GetBoolean(3), row.Instant(4), row.InstantOrNull(5), row.GetBoolean(6),
            JsonSerializer.Deserialize<Evidence>(row.GetString(7), Json)!),
        ("@runs", JsonSerializer.Serialize(runs)), ("@from", from), ("@to", to)));

    /// <summary>Forgets what became true before <paramref name="before"/>. Returns how many findings.</summary>
    public Task<int> ForgetAsync(DateTimeOffset before) => file.WriteAsync(connection => connection.Run("DELETE FROM shadow_findings WHERE at < @before", ("@before", before)));

    // A call for help and silence do not depend on any number of a set: they would only agree.
    private static bool IsCompared(Finding finding) => finding switch
    {
        Finding.Raised raised => IsCompared(raised.Rule) && !raised.IsToldAgain,
        Finding.Cleared cleared => IsCompared(cleared.Rule),
        Finding.OverBeforeKnown over => IsCompared(over.Rule),
        _ => false,
    };

    private static bool IsCompared(Rule rule) => rule.Priority != Priority.P1 && rule != Rule.Silent && rule != Rule.HomeSilent;

    private static void Add(SqliteConnection connection, string household, DeviceId device, string run, bool isShadow, Finding finding)
    {
        switch (finding)
        {
            case Finding.Raised raised:
                Insert(raised.Rule, raised.Cause, raised.At, null, raised.Evidence with { Readings = null });
                break;
            case Finding.OverBeforeKnown over:
                Insert(over.Rule, $"{device}/{over.Rule}/{over.FromAt.ToUnixTimeMilliseconds()}/over", over.FromAt, over.UntilAt, new Evidence(FromAt: over.FromAt, UntilAt: over.UntilAt));
                break;
            case Finding.Cleared cleared:
                connection.Run(
                    """
                    UPDATE shadow_findings SET cleared_at = max(at, @at)
                    WHERE device_id = @device AND rule = @rule AND run = @run AND is_shadow = @shadow AND cleared_at IS NULL AND at <= @at
                    """,
                    ("@at", cleared.At), ("@device", device.Value), ("@rule", cleared.Rule.Id), ("@run", run), ("@shadow", isShadow));
                break;
        }

        void Insert(Rule rule, string cause, DateTimeOffset at, DateTimeOffset? clearedAt, Evidence evidence) => connection.Run(
            """
            INSERT INTO shadow_findings(run, is_shadow, cause, household_id, device_id, rule, at, cleared_at, is_known_late, evidence)
            SELECT @run, @shadow, @cause, household_id, @device, @rule, @at, @cleared, @late, @evidence FROM households WHERE household_id = @household
            ON CONFLICT DO NOTHING
            """,
            ("@run", run), ("@shadow", isShadow), ("@cause", cause), ("@household", household), ("@device", device.Value), ("@rule", rule.Id), ("@at", at),
            ("@cleared", clearedAt), ("@late", clearedAt is not null), ("@evidence", JsonSerializer.Serialize(evidence, Json)));
    }
}
