using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
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

    private const string InIt = "incident_id = @id AND closed_at IS NULL AND doc ->> '$.incident' = @id";

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

    /// <summary>Saves what happened with the notices it owes: all of it or nothing. Throws when another writer was faster.</summary>
    public Task SaveAsync(Incident incident, IncidentEvent happened, IReadOnlyList<Notice> notices, string? origin) => alerts.File.WriteAsync(connection =>
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
            ("@id", incident.Id), ("@n", incident.Version), ("@at", line.At), ("@kind", line.Kind), ("@by", line.By), ("@text", line.Text), ("@origin", origin));
        foreach (var notice in notices) NoticeStore.Add(connection, notice);
    });

    /// <summary>Sets when to look next. Null: never, unless an alert is saved in it after all. <paramref name="lookedAt"/>: an earlier wish that came since then stays.</summary>
    public Task SetDueAsync(string id, DateTimeOffset? dueAt, DateTimeOffset lookedAt) => alerts.File.WriteAsync(connection => connection.Run(
        "UPDATE incidents SET due_at = @due WHERE incident_id = @id AND (due_at IS NULL OR due_at <= @looked)", ("@id", id), ("@due", dueAt), ("@looked", lookedAt)));

    /// <summary>How many alerts and homes were ever in it, and in how many homes the trouble is still there.</summary>
    public IncidentCommand.Look Count(string id) => alerts.File.Read(connection => connection.Rows(
        $"""
        SELECT count(*), count(DISTINCT household_id), count(DISTINCT CASE WHEN {InIt} AND doc ->> '$.clearedAt' IS NULL THEN household_id END)
        FROM alerts WHERE incident_id = @id
        """,
        row => new IncidentCommand.Look(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)), ("@id", id))[0]);

    /// <summary>Open alerts that are in it now; <paramref name="isUnanswered"/>: of these only those that nobody answered.</summary>
    public List<MemberKey> MembersOf(string id, bool isUnanswered) => alerts.File.Read(connection => connection.Rows(
        $"SELECT key, alert_id FROM alerts WHERE {InIt} AND (NOT @unanswered OR answered_at IS NULL) ORDER BY priority, raised_at",
        row => new MemberKey(row.GetString(0), row.GetString(1)), ("@id", id), ("@unanswered", isUnanswered)));

    /// <summary>Alerts that were ever in it, the most urgent first, at most <paramref name="limit"/>.</summary>
    public List<Alert> ReadMembers(string id, int limit) => alerts.File.Read(connection => connection.Rows(
        "SELECT doc FROM alerts WHERE incident_id = @id ORDER BY closed_at IS NOT NULL, priority, raised_at LIMIT @limit", AlertStore.ReadAlert, ("@id", id), ("@limit", limit)));

    /// <summary>Open alerts of a family raised since a moment that are in no incident; of one committee and sub-district only, or, where these are empty, of all.</summary>
    public List<(string Key, Alert Alert)> ReadLoose(string family, DateTimeOffset since, string committee = "", string subDistrict = "") => alerts.File.Read(connection => connection.Rows(
        """
        SELECT doc, key FROM alerts
        WHERE closed_at IS NULL AND priority > 1 AND raised_at >= @since AND incident_id IS NULL AND rule IN (SELECT value FROM json_each(@rules))
          AND @committee IN ('', committee) AND @subDistrict IN ('', sub_district)
        """,
        row => (row.GetString(1), AlertStore.ReadAlert(row)),
        ("@since", since), ("@committee", committee), ("@subDistrict", subDistrict), ("@rules", "[" + string.Join(',', StormTable.RulesOf(family).Select(rule => $"\"{rule.Id}\"")) + "]")));

    private static string Write(Incident incident) => JsonSerializer.Serialize(incident, IncidentJson.Default.Incident);

    private static Incident ReadIncident(SqliteDataReader row) => JsonSerializer.Deserialize(row.GetString(0), IncidentJson.Default.Incident)!;
}
