using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Alerts;

/// <summary>JSON of alerts as stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Alert))]
internal sealed partial class AlertJson : JsonSerializerContext;

/// <summary>Keeps alerts. Only an alert grain writes through it; routes and jobs read.</summary>
internal sealed class AlertStore(SqliteFile file) : IAsyncDisposable
{
    private long _newest = file.Read(connection => connection.Scalar("SELECT seq FROM sqlite_sequence WHERE name = 'alerts'", 0L));

    /// <summary>The file, for queries of this room.</summary>
    public SqliteFile File => file;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => file.DisposeAsync();

    /// <summary>An id that no alert has: <c>A0427</c>. Ids of raises that changed nothing are skipped.</summary>
    public AlertId NextId() => new($"A{Interlocked.Increment(ref _newest):0000}");

    /// <summary>The newest alert of a key; null when there never was one.</summary>
    public Alert? ReadNewest(string key) => file.Read(connection => connection.Rows(
        "SELECT doc FROM alerts WHERE key = @key ORDER BY n DESC LIMIT 1", ReadAlert, ("@key", key)).FirstOrDefault());

    /// <summary>The key of an alert's grain; null when there is no such alert.</summary>
    public string? ReadKey(string alertId) => file.Read(connection => connection.Scalar<string?>(
        "SELECT key FROM alerts WHERE alert_id = @id", null, ("@id", alertId)));

    /// <summary>Whether this occurrence already raised an alert, open or closed.</summary>
    public bool IsKnownCause(string cause) => file.Read(connection => connection.Scalar("SELECT 1 FROM causes WHERE cause = @cause", 0L, ("@cause", cause)) == 1);

    /// <summary>
    /// Saves an alert with what happened to it, the notices that owes, and the occurrence that caused it: all of it or nothing.
    /// Throws when another writer was faster; the caller must then forget what it knew.
    /// </summary>
    public Task SaveAsync(string key, Alert alert, IReadOnlyList<AlertEvent> events, IReadOnlyList<Notice> notices, string? cause, string? origin = null) => file.WriteAsync(connection =>
    {
        var first = alert.Version - events.Count;
        var changed = first == 0 ? Insert(connection, key, alert) : Update(connection, alert, first);
        if (changed != 1) throw new InvalidOperationException($"Alert {alert.Id} is not at version {first} any more.");
        for (var i = 0; i < events.Count; i++) AddToTimeline(connection, alert.Id, first + i + 1, events[i], origin, i == events.Count - 1 ? notices.Count : 0);
        foreach (var happened in events) TakeBack(connection, alert, happened);
        foreach (var notice in notices) NoticeStore.Add(connection, notice);
        foreach (var happened in events) KeepIncident(connection, alert, happened);
        if (events[^1] is AlertEvent.Closed closed && alert.Place.Household.Value != Proof.ProbeHome.HouseholdId && VisitRules.Of(alert) is { } visit)
            VisitStore.Add(connection, visit, new VisitPlace(alert.Place.Committee, alert.Place.SubDistrict), closed.At, closed.By);
        if (cause is not null)
            connection.Run("INSERT OR IGNORE INTO causes VALUES (@cause, @id, @at)", ("@cause", cause), ("@id", alert.Id.Value), ("@at", Timeline.LineOf(events[^1]).At));
    });

    /// <summary>The notices that an event of an alert owes to people, given who was told before.</summary>
    public IReadOnlyList<Notice> Owed(Alert next, AlertEvent happened, AlertSurroundings around, DateTimeOffset now)
    {
        var owed = NoticeRules.Owed(next, happened, around.RespondersOf(next.Place, now), around.Zone);
        return AnswerRules.Owed(next, happened, owed, happened is AlertEvent.Dispatched or AlertEvent.Arrived ? ReadTold(next.Id) : [], around.Zone);
    }

    /// <summary>Everybody who was told of an alert, by notices.</summary>
    private List<Told> ReadTold(AlertId id) => file.Read(connection => connection.Rows(
        "SELECT notice_id, step, recipient, phone, role, state, is_information, coalesce(answer, '') = 'cannot_come' FROM notices WHERE alert_id = @id AND channel = 'sms'",
        row => new Told(
            row.GetString(0), row.GetInt32(1), new Responder(row.GetString(2), row.GetString(3), row.GetString(4)), (NoticeState)row.GetInt32(5), row.GetInt64(6) == 1, row.GetInt64(7) == 1),
        ("@id", id.Value)));

    /// <summary>Keys of alerts whose next step is due, the most urgent first.</summary>
    public IReadOnlyList<string> ReadDue(DateTimeOffset now, int count) => file.Read(connection => connection.Rows(
        "SELECT key FROM alerts WHERE escalates_at <= @now ORDER BY priority, escalates_at LIMIT @count", row => row.GetString(0), ("@now", now), ("@count", count)));

    /// <summary>Writes an alert's next step where <see cref="ReadDue"/> looks for it, if it is not there.</summary>
    public Task MendDeadlineAsync(string alertId) => file.WriteAsync(connection =>
    {
        foreach (var alert in connection.Rows("SELECT doc FROM alerts WHERE alert_id = @id", ReadAlert, ("@id", alertId)))
            connection.Run("UPDATE alerts SET escalates_at = @due WHERE alert_id = @id AND escalates_at IS NOT @due", ("@due", alert.EscalatesAt), ("@id", alertId));
    });

    /// <summary>Reads the <c>doc</c> column, which must be the first.</summary>
    public static Alert ReadAlert(SqliteDataReader row) => JsonSerializer.Deserialize(row.GetString(0), AlertJson.Default.Alert)!;

    private static int Insert(SqliteConnection connection, string key, Alert alert) => connection.Run(
        """
        INSERT INTO alerts (n, alert_id, key, household_id, device_id, rule, priority, committee, sub_district, raised_at, asked_at, escalates_at, incident_id, member_of, doc)
        VALUES (@n, @id, @key, @household, @device, @rule, @priority, @committee, @subDistrict, @raised, @raised, @escalates, @incident, @incident, @doc)
        """,
        ("@n", NumberOf(alert.Id)), ("@id", alert.Id.Value), ("@key", key), ("@household", alert.Place.Household.Value), ("@device", alert.Device.Value), ("@rule", alert.Rule.Id),
        ("@priority", (int)alert.Priority), ("@committee", alert.Place.Committee), ("@subDistrict", alert.Place.SubDistrict),
        ("@raised", alert.RaisedAt), ("@escalates", alert.EscalatesAt), ("@incident", alert.Incident), ("@doc", JsonSerializer.Serialize(alert, AlertJson.Default.Alert)));

    private static int Update(SqliteConnection connection, Alert alert, int version) => connection.Run(
        """
        UPDATE alerts SET priority = @priority, asked_at = @asked, answered_at = @answered, answered_by = @by, arrived_at = @arrived, closed_at = @closed, outcome = @outcome, escalates_at = @escalates,
          incident_id = coalesce(@incident, incident_id), member_of = @incident, is_cleared = @cleared, doc = @doc
        WHERE alert_id = @id AND doc ->> '$.version' = @version
        """,
        ("@id", alert.Id.Value), ("@version", version), ("@priority", (int)alert.Priority), ("@asked", alert.AskedAt), ("@answered", (alert.Response as Response.Given)?.At), ("@by", (alert.Response as Response.Given)?.By), ("@arrived", alert.DoorAt ?? alert.Dispatch?.ArrivedAt),
        ("@closed", alert.Closing?.At), ("@outcome", alert.Closing?.Outcome), ("@escalates", alert.EscalatesAt), ("@incident", alert.Incident), ("@cleared", alert.ClearedAt is null ? 0 : 1),
        ("@doc", JsonSerializer.Serialize(alert, AlertJson.Default.Alert)));

    // The row's number is the id's, so that after a restart no id comes again, also when some were skipped.
    private static long NumberOf(AlertId id) => long.Parse(id.Value.AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>An alert that begins in an incident brings that along; one that joins or is shelved takes back what was not sent yet.</summary>
    private static void KeepIncident(SqliteConnection connection, Alert alert, AlertEvent happened)
    {
        if (happened is AlertEvent.Raised { Command.Incident: { } incident } raised) IncidentStore.Keep(connection, incident, raised.At);
        else if (happened is AlertEvent.Joined joined)
        {
            NoticeStore.TakeBack(connection, alert.Id, $"not sent: part of incident {joined.Incident}");
            IncidentStore.Ring(connection, joined.Incident, joined.At);
        }
        else if (happened is AlertEvent.Shelved shelved) NoticeStore.TakeBack(connection, alert.Id, $"not sent: shelved by {shelved.By}");
    }

    /// <summary>What was not sent yet and is not needed after an event never goes.</summary>
    private static void TakeBack(SqliteConnection connection, Alert alert, AlertEvent happened)
    {
        if (happened is AlertEvent.Acknowledged) NoticeStore.TakeBack(connection, alert.Id, NoticeStore.Answered, NoticeStore.AnsweredMeanwhile);
        else if (happened is AlertEvent.Stopped) NoticeStore.TakeBack(connection, alert.Id, NoticeStore.Ended);
        // That no text goes out is said by no text once they go again.
        else if (happened is AlertEvent.Cleared && alert.Rule == Rule.ProvidersDown) NoticeStore.TakeBack(connection, alert.Id, NoticeStore.Over);
    }

    private static void AddToTimeline(SqliteConnection connection, AlertId id, int n, AlertEvent happened, string? origin, int owed)
    {
        var line = Timeline.LineOf(happened);
        connection.Run(
            "INSERT INTO timeline (alert_id, n, at, kind, by, text, origin, owed) VALUES (@id, @n, @at, @kind, @by, @text, @origin, @owed)",
            ("@id", id.Value), ("@n", n), ("@at", line.At), ("@kind", line.Kind), ("@by", line.By), ("@text", line.Text), ("@origin", line.By is null ? null : origin), ("@owed", owed));
    }
}
