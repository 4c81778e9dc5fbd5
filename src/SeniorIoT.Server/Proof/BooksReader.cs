using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Proof;

/// <summary>Reads the books out of the files. The journal's calls are read first, so that none can be newer than the alerts it is compared with.</summary>
internal sealed class BooksReader(
    CallRecord record, AlertStore alerts, AlertSurroundings around, RetentionOptions retention, Func<bool> areReceiptsExpected, TimeProvider clock)
{
    private const int CausesPerQuery = 500, MissingMax = 1_000;
    private const string OfTheTime = "household_id <> '@probe' AND ((raised_at >= @from AND raised_at < @to) OR closed_at IS NULL)";

    /// <summary>Reads calls and alerts of <c>[from, to)</c>, and every alert that is open.</summary>
    public Books Read(DateTimeOffset from, DateTimeOffset to)
    {
        // Causes are forgotten in time; a call older than that cannot be compared with anything.
        var known = clock.GetUtcNow().AddDays(1 - retention.CauseDays);
        var calls = record.Read(from > known ? from : known, to);
        return alerts.File.Read(connection =>
        {
            using var snapshot = connection.BeginTransaction(deferred: true);
            var (missing, orphans) = Missing(connection, from, to);
            return new Books(from, to, WithAlerts(connection, calls), ReadAlerts(connection, from, to, known), ReadLoose(connection, from, to), missing, orphans, areReceiptsExpected());
        });
    }

    private static List<CallFact> WithAlerts(SqliteConnection connection, List<CallFact> calls)
    {
        var known = new Dictionary<string, AlertId>(StringComparer.Ordinal);
        foreach (var some in calls.Chunk(CausesPerQuery))
            foreach (var (cause, alert) in connection.Rows(
                "SELECT cause, alert_id FROM causes WHERE cause IN (SELECT value FROM json_each(@causes))",
                row => (row.GetString(0), new AlertId(row.GetString(1))), ("@causes", JsonSerializer.Serialize(some.Select(call => call.Cause)))))
                known[cause] = alert;
        return [.. calls.Select(call => known.TryGetValue(call.Cause, out var alert) ? call with { Alert = alert } : call)];
    }

    private List<AlertFact> ReadAlerts(SqliteConnection connection, DateTimeOffset from, DateTimeOffset to, DateTimeOffset known)
    {
        (string, object?)[] time = [("@from", from), ("@to", to)];
        var caused = connection.Rows("SELECT DISTINCT alert_id FROM causes", row => row.GetString(0)).ToHashSet(StringComparer.Ordinal);
        var notices = connection.Rows(
            $"SELECT {NoticeColumns}, alert_id FROM notices WHERE alert_id IN (SELECT alert_id FROM alerts WHERE {OfTheTime})",
            row => (Alert: row.GetString(10), Notice: ReadNotice(row)), time).ToLookup(row => row.Alert, row => row.Notice);
        // The cause of an answer by text is text/{id of the text}/{case}.
        var textless = connection.Rows(
            "SELECT DISTINCT alert_id FROM causes WHERE cause >= 'text/' AND cause < 'text0' AND substr(cause, 6, instr(substr(cause, 6), '/') - 1) NOT IN (SELECT message_id FROM inbound_texts)",
            row => row.GetString(0)).ToHashSet(StringComparer.Ordinal);
        var somebody = new Dictionary<Place, bool>();
        return connection.Rows(
            $"""
            SELECT doc, escalates_at, (SELECT count(*) FROM timeline t WHERE t.alert_id = alerts.alert_id), (SELECT CASE WHEN count(*) = count(owed) THEN sum(owed) END FROM timeline t WHERE t.alert_id = alerts.alert_id),
              EXISTS (SELECT 1 FROM visits WHERE visit_id = 'V-' || alert_id) FROM alerts WHERE {OfTheTime} ORDER BY n
            """,
            row =>
            {
                var alert = AlertStore.ReadAlert(row);
                return new AlertFact(alert, row.InstantOrNull(1), row.GetInt32(2), caused.Contains(alert.Id.Value) || alert.RaisedAt < known, HasSomebody(alert), [.. notices[alert.Id.Value]])
                {
                    Owed = (int?)row.IntegerOrNull(3),
                    HasVisit = row.GetBoolean(4),
                    HasTexts = !textless.Contains(alert.Id.Value),
                };
            },
            time);

        bool HasSomebody(Alert alert)
        {
            if (alert.IsClosed) return false; // nobody asks
            if (!somebody.TryGetValue(alert.Place, out var has))
                has = somebody[alert.Place] = around.RespondersOf(alert.Place, clock.GetUtcNow()).Any(person => PhoneNumber.ToE164(person.Phone) is not null);
            return has;
        }
    }

    private static List<NoticeFact> ReadLoose(SqliteConnection connection, DateTimeOffset from, DateTimeOffset to) => connection.Rows(
        $"SELECT {NoticeColumns} FROM notices WHERE (alert_id = '' OR alert_id IN (SELECT incident_id FROM incidents WHERE answered_at IS NULL AND ended_at IS NULL)) AND owed_at >= @from AND owed_at < @to", ReadNotice, ("@from", from), ("@to", to));

    private static (int Missing, IReadOnlyList<AlertId> Orphans) Missing(SqliteConnection connection, DateTimeOffset from, DateTimeOffset to)
    {
        var numbers = connection.Rows("SELECT n FROM alerts WHERE raised_at >= @from AND raised_at < @to ORDER BY n", row => row.GetInt64(0), ("@from", from), ("@to", to));
        var (missing, orphans) = (0L, new List<AlertId>());
        foreach (var (before, after) in numbers.Zip(numbers.Skip(1)))
        {
            missing += after - before - 1;
            for (var n = before + 1; n < after && n <= before + MissingMax; n++)
            {
                var id = new AlertId($"A{n:0000}");
                if (connection.Has("SELECT 1 FROM timeline WHERE alert_id = @id UNION ALL SELECT 1 FROM notices WHERE alert_id = @id LIMIT 1", ("@id", id.Value))) orphans.Add(id);
            }
        }

        return ((int)missing, orphans);
    }

    private const string NoticeColumns = "notice_id, step, channel, state, owed_at, sent_at, receipt_at, next_attempt_at, is_information, EXISTS (SELECT 1 FROM attempts t WHERE t.notice_id = notices.notice_id)";

    private static NoticeFact ReadNotice(SqliteDataReader row) => new(
        row.GetString(0), row.GetInt32(1), row.GetString(2) == "console" ? NoticeChannel.Console : NoticeChannel.Sms, (NoticeState)row.GetInt32(3), row.Instant(4),
        row.InstantOrNull(5), row.InstantOrNull(6), row.InstantOrNull(7), row.GetBoolean(8)) { HasAttempt = row.GetBoolean(9) };
}
