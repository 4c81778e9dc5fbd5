using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Storms;

/// <summary>JSON of incidents as stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Incident))]
internal sealed partial class IncidentJson : JsonSerializerContext;

/// <summary>An alert of an incident, as its grain is called.</summary>
internal readonly record struct MemberKey(string Key, string AlertId);

/// <summary>An alert that was raised, as far as storms ask.</summary>
internal readonly record struct RaisedAlert(string Key, Rule Rule, HouseholdId Household, DeviceId Device, string SubDistrict, DateTimeOffset RaisedAt);

/// <summary>
/// The incidents of <c>alerts.db</c>. A row is born with the first alert that is saved in it, whichever that is, and from then on it is
/// rung like every deadline; only its grain changes it.
/// </summary>
internal sealed class IncidentStore(AlertStore alerts)
{
    /// <summary>For the migrations of <c>alerts.db</c>; also what is held back (<see cref="HeldStore"/>) and who could not be heard (<see cref="Ears"/>).</summary>
    public const string Schema = """
        ALTER TABLE alerts ADD COLUMN incident_id TEXT;
        CREATE INDEX alerts_incident ON alerts (incident_id) WHERE incident_id IS NOT NULL;
        CREATE INDEX alerts_key ON alerts (key, n);
        CREATE INDEX alerts_answered ON alerts (answered_at) WHERE answered_at IS NOT NULL;
        CREATE INDEX timeline_at ON timeline (at);
        CREATE TABLE incidents (
          n INTEGER PRIMARY KEY AUTOINCREMENT, incident_id TEXT NOT NULL UNIQUE, committee TEXT NOT NULL, sub_district TEXT NOT NULL,
          opened_at INTEGER NOT NULL, answered_at INTEGER, ended_at INTEGER, due_at INTEGER, doc TEXT NOT NULL);
        CREATE INDEX incidents_due ON incidents (due_at) WHERE due_at IS NOT NULL;
        CREATE TABLE held (
          key TEXT PRIMARY KEY, held_by INTEGER NOT NULL, shelf_id INTEGER, household_id TEXT NOT NULL, device_id TEXT NOT NULL, rule TEXT NOT NULL, finding TEXT NOT NULL,
          times INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, cleared_at INTEGER, due_at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX held_due ON held (due_at);
        CREATE TABLE shelves (
          n INTEGER PRIMARY KEY AUTOINCREMENT, household_id TEXT NOT NULL, device_id TEXT, rule TEXT NOT NULL, by TEXT NOT NULL, reason TEXT NOT NULL,
          committee TEXT NOT NULL, sub_district TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT, held INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE deaf (subject TEXT NOT NULL, from_at INTEGER NOT NULL, until_at INTEGER, PRIMARY KEY (subject, from_at)) WITHOUT ROWID;
        CREATE TABLE hearing (subject TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;

        """;

    /// <summary>
    /// For the migrations: what is asked of thousands of members twice a minute stands in columns with an index, and shelves are brought to open alerts.
    /// <c>member_of</c>: the incident it is in now; <c>incident_id</c>: the one it was in last.
    /// </summary>
    public const string MembersSchema = """
        ALTER TABLE alerts ADD COLUMN member_of TEXT;
        ALTER TABLE alerts ADD COLUMN is_cleared INTEGER NOT NULL DEFAULT 0;
        UPDATE alerts SET member_of = doc ->> '$.incident', is_cleared = doc ->> '$.clearedAt' IS NOT NULL WHERE closed_at IS NULL;
        DROP INDEX alerts_incident;
        CREATE INDEX alerts_incident ON alerts (incident_id, household_id) WHERE incident_id IS NOT NULL;
        CREATE INDEX alerts_members ON alerts (member_of, household_id, is_cleared, answered_at) WHERE member_of IS NOT NULL AND closed_at IS NULL;
        CREATE INDEX alerts_open_rule ON alerts (rule, raised_at) WHERE closed_at IS NULL;
        CREATE INDEX incidents_open ON incidents (n) WHERE ended_at IS NULL;
        ALTER TABLE shelves ADD COLUMN apply_at INTEGER;
        CREATE INDEX shelves_apply ON shelves (apply_at) WHERE apply_at IS NOT NULL;
        CREATE INDEX shelves_on ON shelves (until_at) WHERE ended_at IS NULL;
        """;

    /// <summary>For the migrations: of open alerts only those in no incident are looked for by rule, again and again while a storm gathers.</summary>
    public const string LooseSchema = """
        DROP INDEX alerts_open_rule;
        CREATE INDEX alerts_loose ON alerts (rule, raised_at) WHERE closed_at IS NULL AND incident_id IS NULL AND priority > 1;
        """;

    private const string InIt = "member_of = @id AND closed_at IS NULL";

    private long _newest = alerts.File.Read(connection => connection.Scalar("SELECT seq FROM sqlite_sequence WHERE name = 'incidents'", 0L));

    /// <summary>An id that no incident has: <c>I0007</c>.</summary>
    public string NextId() => $"I{Interlocked.Increment(ref _newest):0000}";

    /// <summary>Sees to it, in the transaction that saves an alert in an incident, that the incident is there and is looked at soon, also when it was over meanwhile.</summary>
    public static void Keep(SqliteConnection connection, Incident incident, DateTimeOffset now) => connection.Run(
        """
        INSERT INTO incidents (n, incident_id, committee, sub_district, opened_at, due_at, doc) VALUES (@n, @id, @committee, @sub, @opened, @now, @doc)
        ON CONFLICT (incident_id) DO UPDATE SET due_at = min(coalesce(due_at, @now), @now)
        """,
        ("@n", long.Parse(incident.Id.AsSpan(1), CultureInfo.InvariantCulture)), ("@id", incident.Id), ("@committee", incident.Committee), ("@sub", incident.SubDistrict),
        ("@opened", incident.OpenedAt), ("@now", now), ("@doc", Write(incident)));

    /// <summary>Sees to it, in the transaction that moves an alert into an incident, that the incident looks at it soon, also when it was over meanwhile.</summary>
    public static void Ring(SqliteConnection connection, string id, DateTimeOffset now) => connection.Run(
        "UPDATE incidents SET due_at = min(coalesce(due_at, @now), @now) WHERE incident_id = @id", ("@id", id), ("@now", now));

    /// <summary>One incident; null when there is none.</summary>
    public Incident? Read(string id, string? area = null) => alerts.File.Read(connection => connection.Rows(
        $"SELECT doc FROM incidents WHERE incident_id = @id AND {AreaScope.Filter}", ReadIncident, ("@id", id), ("@area", area)).FirstOrDefault());

    /// <summary>Newest first, each with its number. <paramref name="isOpen"/> null: open or not.</summary>
    public List<(long N, Incident Incident)> List(bool? isOpen, string? area, long before, int limit) => alerts.File.Read(connection => connection.Rows(
        $"SELECT doc, n FROM incidents WHERE n < @before AND {AreaScope.Filter} AND (@open IS NULL OR (ended_at IS NULL) = @open) ORDER BY n DESC LIMIT @limit",
        row => (row.GetInt64(1), ReadIncident(row)), ("@before", before), ("@area", area), ("@open", isOpen is null ? null : isOpen.Value ? 1 : 0), ("@limit", limit)));

    /// <summary>Incidents to be looked at.</summary>
    public List<string> ReadDue(DateTimeOffset now, int limit) => alerts.File.Read(connection => connection.Rows(
        "SELECT incident_id FROM incidents WHERE due_at <= @now ORDER BY due_at LIMIT @limit", row => row.GetString(0), ("@now", now), ("@limit", limit)));

    /// <summary>
    /// Saves what happened with the notices it owes and what it came with, so that this acts once: all of it or nothing. Whoever asks for no answer any more
    /// takes back what was not sent. Throws when another writer was faster.
    /// </summary>
    public Task SaveAsync(Incident incident, IncidentEvent happened, IReadOnlyList<Notice> notices, Actor actor) => alerts.File.WriteAsync(connection =>
    {
        var changed = connection.Run(
            """
            UPDATE incidents SET answered_at = @answered, ended_at = @ended, doc = @doc WHERE incident_id = @id AND doc ->> '$.version' = @before
            """,
            ("@id", incident.Id), ("@before", incident.Version - 1), ("@answered", incident.AnsweredAt), ("@ended", incident.EndedAt), ("@doc", Write(incident)));
        if (changed != 1) throw new InvalidOperationException($"Incident {incident.Id} is not at version {incident.Version - 1} any more.");
        var line = IncidentView.LineOf(happened);
        connection.Run(
            "INSERT INTO timeline (alert_id, n, at, kind, by, text, origin) VALUES (@id, @n, @at, @kind, @by, @text, @origin)",
            ("@id", incident.Id), ("@n", incident.Version), ("@at", line.At), ("@kind", line.Kind), ("@by", line.By), ("@text", line.Text), ("@origin", line.By is null ? null : actor.From));
        if (happened is IncidentEvent.Merged or IncidentEvent.Ended or IncidentEvent.Closed && incident.HelpBy is null)
            NoticeStore.TakeBack(connection, new AlertId(incident.Id), incident.MergedInto is { } into ? $"not sent: part of incident {into}" : "not sent: the incident was over");
        foreach (var notice in notices) NoticeStore.Add(connection, notice);
        if (actor.Cause is { } cause) connection.Run("INSERT OR IGNORE INTO causes VALUES (@cause, @id, @at)", ("@cause", cause), ("@id", incident.Id), ("@at", line.At));
    });

    /// <summary>Sets when to look next, before looking: whoever comes into it meanwhile rings again, and a crash loses nothing.</summary>
    public Task SetDueAsync(string id, DateTimeOffset dueAt) => alerts.File.WriteAsync(connection => connection.Run(
        "UPDATE incidents SET due_at = @due WHERE incident_id = @id", ("@id", id), ("@due", dueAt)));

    /// <summary>There is nothing to look at any more, unless somebody rang since <see cref="SetDueAsync"/> set <paramref name="dueAt"/>.</summary>
    public Task EndDueAsync(string id, DateTimeOffset dueAt) => alerts.File.WriteAsync(connection => connection.Run(
        "UPDATE incidents SET due_at = NULL WHERE incident_id = @id AND due_at = @due", ("@id", id), ("@due", dueAt)));

    /// <summary>How many alerts and homes were ever in it, and in how many homes the trouble is still there.</summary>
    public IncidentCommand.Look Count(string id) => alerts.File.Read(connection => connection.Rows(
        $"""
        SELECT count(*), count(DISTINCT household_id), (SELECT count(DISTINCT household_id) FROM alerts WHERE {InIt} AND is_cleared = 0)
        FROM alerts WHERE incident_id = @id
        """,
        row => new IncidentCommand.Look(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), ("@id", id))[0]);

    /// <summary>How many of its alerts people were texted one by one, as far as is known: a text that was handed over, or is being.</summary>
    public int CountTexted(string id) => (int)alerts.File.Read(connection => connection.Scalar(
        $"""
        SELECT count(*) FROM alerts WHERE {InIt} AND EXISTS (
          SELECT 1 FROM notices n WHERE n.alert_id = alerts.alert_id AND channel = 'sms' AND is_information = 0 AND state IN (SELECT value FROM json_each(@states)))
        """, 0L, ("@id", id), ("@states", $"[{(int)NoticeState.Sending},{(int)NoticeState.Sent},{(int)NoticeState.Delivered}]")));

    /// <summary>
    /// Open alerts that are in it now; <paramref name="isUnanswered"/>: of these only those that nobody answered; <paramref name="until"/>: only those raised by then.
    /// </summary>
    public List<MemberKey> MembersOf(string id, bool isUnanswered = false, DateTimeOffset? until = null) => alerts.File.Read(connection => connection.Rows(
        $"SELECT key, alert_id FROM alerts WHERE {InIt} AND (NOT @unanswered OR answered_at IS NULL) AND (@until IS NULL OR raised_at <= @until) ORDER BY priority, raised_at",
        row => new MemberKey(row.GetString(0), row.GetString(1)), ("@id", id), ("@unanswered", isUnanswered), ("@until", until)));

    /// <summary>Open alerts that are in it now and that a person has answered.</summary>
    public List<MemberKey> MembersAnsweredBy(string id, string by) => alerts.File.Read(connection => connection.Rows(
        $"SELECT key, alert_id FROM alerts WHERE {InIt} AND answered_by = @by",
        row => new MemberKey(row.GetString(0), row.GetString(1)), ("@id", id), ("@by", by)));

    /// <summary>Alerts that were ever in it, the most urgent first, at most <paramref name="limit"/>.</summary>
    public List<Alert> ReadMembers(string id, int limit) => alerts.File.Read(connection => connection.Rows(
        "SELECT doc FROM alerts WHERE incident_id = @id ORDER BY closed_at IS NOT NULL, priority, raised_at LIMIT @limit", AlertStore.ReadAlert, ("@id", id), ("@limit", limit)));

    /// <summary>Alerts that were ever in it, each with its number, in the order in which they were raised, after a number.</summary>
    public List<(long N, Alert Alert)> ReadMembers(string id, long after, int limit) => alerts.File.Read(connection => connection.Rows(
        "SELECT doc, n FROM alerts WHERE incident_id = @id AND n > @after ORDER BY n LIMIT @limit",
        row => (row.GetInt64(1), AlertStore.ReadAlert(row)), ("@id", id), ("@after", after), ("@limit", limit)));

    /// <summary>Open alerts of a family raised since a moment that were never in an incident; of one committee and sub-district only, or, where these are empty, of all.</summary>
    public List<RaisedAlert> ReadLoose(string family, DateTimeOffset since, string committee = "", string subDistrict = "") => alerts.File.Read(connection => connection.Rows(
        """
        SELECT key, rule, household_id, device_id, sub_district, raised_at FROM alerts
        WHERE rule IN (SELECT value FROM json_each(@rules)) AND closed_at IS NULL AND raised_at >= @since AND priority > 1 AND incident_id IS NULL
          AND @committee IN ('', committee) AND @subDistrict IN ('', sub_district)
        """,
        ReadRaised, ("@since", since), ("@committee", committee), ("@subDistrict", subDistrict), ("@rules", "[" + string.Join(',', StormTable.RulesOf(family).Select(rule => $"\"{rule.Id}\"")) + "]")));

    /// <summary>All that was raised since a moment, but for what was in an incident that is over.</summary>
    public List<RaisedAlert> ReadRaised(DateTimeOffset since) => alerts.File.Read(connection => connection.Rows(
        """
        SELECT key, rule, household_id, device_id, sub_district, raised_at FROM alerts
        WHERE raised_at >= @since AND (incident_id IS NULL OR incident_id IN (SELECT incident_id FROM incidents WHERE ended_at IS NULL)) ORDER BY raised_at
        """,
        ReadRaised, ("@since", since)));

    private static RaisedAlert ReadRaised(SqliteDataReader row) =>
        new(row.GetString(0), Rule.Parse(row.GetString(1)), new HouseholdId(row.GetString(2)), new DeviceId(row.GetString(3)), row.GetString(4), row.Instant(5));

    private static string Write(Incident incident) => JsonSerializer.Serialize(incident, IncidentJson.Default.Incident);

    private static Incident ReadIncident(SqliteDataReader row) => JsonSerializer.Deserialize(row.GetString(0), IncidentJson.Default.Incident)!;
}
