using SeniorIoT.Server.Visits;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;

namespace SeniorIoT.Server.Alerts;

/// <summary>
/// <c>alerts.db</c>: alerts, their causes and timeline, and the notices they owe, in one file so that one transaction holds all
/// of them. A column stands beside <c>doc</c> only where a query needs it.
/// </summary>
internal static class AlertSchema
{
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE alerts (
          n INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL UNIQUE, key TEXT NOT NULL, household_id TEXT NOT NULL, device_id TEXT NOT NULL,
          rule TEXT NOT NULL, priority INTEGER NOT NULL, committee TEXT NOT NULL, sub_district TEXT NOT NULL,
          raised_at INTEGER NOT NULL, answered_at INTEGER, arrived_at INTEGER, closed_at INTEGER, outcome TEXT, escalates_at INTEGER, doc TEXT NOT NULL);
        CREATE UNIQUE INDEX one_open_alert_per_key ON alerts (key) WHERE closed_at IS NULL;
        CREATE INDEX alerts_open ON alerts (priority, raised_at) WHERE closed_at IS NULL;
        CREATE INDEX alerts_raised ON alerts (raised_at);
        CREATE INDEX alerts_household ON alerts (household_id, raised_at);
        CREATE INDEX alerts_due ON alerts (escalates_at) WHERE escalates_at IS NOT NULL;
        CREATE TABLE causes (cause TEXT PRIMARY KEY, alert_id TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE timeline (alert_id TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, by TEXT, text TEXT NOT NULL,
          PRIMARY KEY (alert_id, n)) WITHOUT ROWID;
        CREATE TABLE notices (
          notice_id TEXT PRIMARY KEY, alert_id TEXT NOT NULL, step INTEGER NOT NULL, channel TEXT NOT NULL, role TEXT NOT NULL, recipient TEXT NOT NULL,
          phone TEXT NOT NULL, text TEXT NOT NULL, state INTEGER NOT NULL, detail TEXT, owed_at INTEGER NOT NULL, sent_at INTEGER, receipt_at INTEGER,
          attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, provider_id TEXT);
        CREATE INDEX notices_alert ON notices (alert_id, step);
        CREATE INDEX notices_due ON notices (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX notices_provider ON notices (provider_id) WHERE provider_id IS NOT NULL;
        CREATE TABLE digests (day TEXT PRIMARY KEY, text TEXT NOT NULL, written_at INTEGER NOT NULL);
        """,
        // asked_at: since when people are asked for the answer that answered_at gives.
        """
        ALTER TABLE alerts ADD COLUMN asked_at INTEGER;
        UPDATE alerts SET asked_at = raised_at;
        ALTER TABLE timeline ADD COLUMN origin TEXT;
        ALTER TABLE notices ADD COLUMN is_information INTEGER NOT NULL DEFAULT 0;
        """,
        Duty.TextRecords.AlertIndex,
        VisitStore.Schema,
        AttemptStore.Schema,
        ProofStore.Migration,
        Answers.InboundStore.Schema,
        Storms.IncidentStore.Schema,
        Storms.IncidentStore.MembersSchema,
        ProviderStore.Schema,
        Storms.LoadQueries.Schema,
        VisitStore.People,
        Storms.IncidentStore.LooseSchema,
        VisitStore.Helpers,
        // owed: how many notices were written together with this line, so that one that is lost is missed.
        "ALTER TABLE timeline ADD COLUMN owed INTEGER;",
    ];
}
