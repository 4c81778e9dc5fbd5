using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Answers;

/// <summary>A text that came in. <paramref name="DoneAt"/> is null until it was worked off.</summary>
internal sealed record KeptText(string MessageId, string From, string Text, DateTimeOffset? DoneAt, string? Reply);

/// <summary>Somebody whose number was told of an alert, or of an incident.</summary>
internal sealed record ToldPerson(string AlertId, string Name, bool IsOpen);

/// <summary>Texts that came in and what was answered to notices, in <c>alerts.db</c>: kept before anything is done about them, for ever findable.</summary>
internal sealed class InboundStore(AlertStore alerts)
{
    /// <summary>So often a text is tried that cannot be worked off; then it is listed as failed.</summary>
    public const int TriesMax = 5;

    private const int TextMax = 2000;

    /// <summary>Tables of this store.</summary>
    public const string Schema = """
        CREATE TABLE inbound_texts (
          n INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, sender TEXT, text TEXT NOT NULL, received_at INTEGER NOT NULL,
          tries INTEGER NOT NULL DEFAULT 0, alert_id TEXT, alert_ids TEXT NOT NULL DEFAULT '', fate TEXT, reply TEXT, done_at INTEGER);
        CREATE INDEX inbound_texts_waiting ON inbound_texts (n) WHERE done_at IS NULL;
        CREATE INDEX inbound_texts_phone ON inbound_texts (phone, received_at);
        ALTER TABLE notices ADD COLUMN answer TEXT;
        """;

    /// <summary>Keeps a text, once; it is on disk when the task completes. The same id again: as it was kept.</summary>
    public Task<KeptText> KeepAsync(string messageId, string from, string text, DateTimeOffset now) => alerts.File.WriteAsync(connection =>
    {
        connection.Run(
            "INSERT OR IGNORE INTO inbound_texts (message_id, phone, text, received_at) VALUES (@id, @phone, @text, @now)",
            ("@id", messageId), ("@phone", PhoneNumber.ToE164(from) ?? Cut(from)), ("@text", Cut(text)), ("@now", now));
        return connection.Rows("SELECT message_id, phone, text, done_at, reply FROM inbound_texts WHERE message_id = @id", ReadKept, ("@id", messageId))[0];
    });

    /// <summary>Texts that were kept but not worked off, the oldest first: after a crash, or while the disk was full.</summary>
    public IReadOnlyList<KeptText> Waiting(DateTimeOffset before) => alerts.File.Read(connection => connection.Rows(
        "SELECT message_id, phone, text, done_at, reply FROM inbound_texts WHERE done_at IS NULL AND received_at < @before ORDER BY n LIMIT 100", ReadKept, ("@before", before)));

    /// <summary>Counts a failure; the last one ends it.</summary>
    public Task FailAsync(string messageId, DateTimeOffset now) => alerts.File.WriteAsync(connection =>
    {
        connection.Run("UPDATE inbound_texts SET tries = tries + 1 WHERE message_id = @id", ("@id", messageId));
        connection.Run("UPDATE inbound_texts SET fate = 'failed', done_at = @now WHERE message_id = @id AND tries >= @max", ("@id", messageId), ("@now", now), ("@max", TriesMax));
    });

    /// <summary>Writes what became of a text, with the notice that answers it where the provider cannot: in one write.</summary>
    public Task FinishAsync(string messageId, IReadOnlyList<Heard> heard, string? sender, string? reply, Domain.Notices.Notice? owed, DateTimeOffset now) => alerts.File.WriteAsync(connection =>
    {
        var codes = heard.Where(one => one.Fate is ReplyFate.Acted or ReplyFate.Closed or ReplyFate.NoAnswer).Select(one => one.Code).OfType<string>().ToList();
        var fate = heard.Any(one => one.Fate == ReplyFate.Acted) ? ReplyFate.Acted : heard[0].Fate;
        connection.Run(
            "UPDATE inbound_texts SET sender = @sender, alert_id = @alert, alert_ids = @alerts, fate = @fate, reply = @reply, done_at = @now WHERE message_id = @id",
            ("@sender", sender), ("@alert", codes.FirstOrDefault()), ("@alerts", string.Join(' ', codes)), ("@fate", AnswerWords.Id(fate)), ("@reply", reply), ("@now", now), ("@id", messageId));
        if (owed is not null && !connection.Has("SELECT 1 FROM notices WHERE notice_id = @id", ("@id", owed.Id))) NoticeStore.Add(connection, owed);
    });

    /// <summary>How often a number was answered since a moment.</summary>
    public int CountAnswered(string phone, DateTimeOffset since) => (int)alerts.File.Read(connection => connection.Scalar(
        "SELECT count(*) FROM inbound_texts WHERE phone = @phone AND reply IS NOT NULL AND received_at >= @since", 0L, ("@phone", phone), ("@since", since)));

    /// <summary>
    /// The alerts and incidents a number was told of: all that are open, and whichever of <paramref name="codes"/>. Whoever was told of an incident is
    /// not asked about the alerts in it one by one any more, unless he or she names one.
    /// </summary>
    public IReadOnlyList<ToldPerson> ToldTo(string number, IReadOnlyList<string> codes) => alerts.File.Read(connection =>
    {
        // Numbers are kept as they were written; the last digits narrow the search down.
        const string Theirs = " WHERE n.channel <> 'console' AND replace(replace(n.phone, ' ', ''), '-', '') LIKE '%' || @end AND";
        const string Alerts = "SELECT n.alert_id, n.recipient, n.phone, a.closed_at IS NULL, a.member_of FROM alerts a JOIN notices n USING (alert_id)" + Theirs;
        // What is merged is open as long as the larger one is; so is a call for help from there.
        const string Open = "i.ended_at IS NULL OR i.doc ->> '$.helpBy' IS NOT NULL";
        const string IsOpen = $"coalesce({Open} OR i.doc ->> '$.mergedInto' IN (SELECT i.incident_id FROM incidents i WHERE {Open} OR i.doc ->> '$.mergedInto' IN (SELECT i.incident_id FROM incidents i WHERE {Open})), 0)";
        const string Incidents = $"SELECT n.alert_id, n.recipient, n.phone, {IsOpen}, i.doc ->> '$.mergedInto' FROM incidents i JOIN notices n ON n.alert_id = i.incident_id" + Theirs;
        var end = ("@end", (object?)number[^4..]);
        var open = Own([.. connection.Rows($"{Incidents} {IsOpen} ORDER BY i.n DESC", ReadTold, end), .. connection.Rows(Alerts + " a.closed_at IS NULL ORDER BY a.n DESC", ReadTold, end)]);
        var ids = open.Select(row => row.Person.AlertId).ToHashSet();
        var rows = open.Where(row => row.Incident is null || !ids.Contains(row.Incident)).ToList();
        foreach (var code in codes) rows.AddRange(Own(connection.Rows((Domain.Storms.Incident.IsCode(code) ? Incidents : Alerts) + " n.alert_id = @code", ReadTold, end, ("@code", code))));
        return rows.Select(row => row.Person).DistinctBy(person => person.AlertId).ToList();

        List<(ToldPerson Person, string Phone, string? Incident)> Own(List<(ToldPerson Person, string Phone, string? Incident)> found) =>
            [.. found.Where(row => PhoneNumber.ToE164(row.Phone) == number)];
    });

    /// <summary>Writes on the notices what this number answered.</summary>
    public Task AnsweredAsync(string alertId, string number, Answer answer) => alerts.File.WriteAsync(connection =>
    {
        var told = connection.Rows("SELECT notice_id, phone FROM notices WHERE alert_id = @id AND channel <> 'console'", row => (Id: row.GetString(0), Phone: row.GetString(1)), ("@id", alertId));
        foreach (var notice in told.Where(notice => (PhoneNumber.ToE164(notice.Phone) ?? notice.Phone) == number))
            connection.Run("UPDATE notices SET answer = @answer WHERE notice_id = @id", ("@answer", AnswerWords.Id(answer)), ("@id", notice.Id));
    });

    /// <summary>Whether everybody whom a step could reach has said that they cannot come.</summary>
    public bool IsStepDeclined(string alertId, int step) => alerts.File.Read(connection => connection.Scalar(
        """
        SELECT coalesce(sum(answer = @declined) > 0 AND sum(coalesce(answer, '') <> @declined AND state NOT IN (@failed, @undelivered)) = 0, 0)
        FROM notices WHERE alert_id = @id AND step = @step AND channel <> 'console' AND is_information = 0
        """, 0L,
        ("@declined", AnswerWords.Id(Answer.CannotCome)), ("@failed", (int)NoticeState.Failed), ("@undelivered", (int)NoticeState.Undelivered), ("@id", alertId), ("@step", step)) == 1);

    /// <summary>What came in, newest first, for an area (null: the whole district, with what belongs to no alert).</summary>
    public Page<InboundText> List(Area? area, long before, int limit)
    {
        var rows = alerts.File.Read(connection => connection.Rows(
            $"""
            SELECT n, received_at, phone, sender, text, alert_ids, coalesce(fate, 'waiting'), reply FROM inbound_texts
            WHERE n < @before AND (@area IS NULL OR alert_id IN (
              SELECT alert_id FROM alerts WHERE {AreaScope.Filter} UNION ALL SELECT incident_id FROM incidents WHERE {AreaScope.Filter}))
            ORDER BY n DESC LIMIT @limit
            """,
            row => new InboundText(
                row.GetInt64(0).ToString(CultureInfo.InvariantCulture), row.Instant(1), row.GetString(2), row.TextOrNull(3), row.GetString(4),
                row.GetString(5).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.GetString(6), row.TextOrNull(7)),
            ("@before", before), ("@area", area), ("@limit", limit + 1)));
        return PageRequest.Cut(rows, limit, row => row.InboundId, row => row);
    }

    private static KeptText ReadKept(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.InstantOrNull(3), row.TextOrNull(4));

    private static (ToldPerson Person, string Phone, string? Incident) ReadTold(SqliteDataReader row) =>
        (new(row.GetString(0), row.GetString(1), row.GetInt64(3) == 1), row.GetString(2), row.TextOrNull(4));

    private static string Cut(string text) => text.Length > TextMax ? text[..TextMax] : text;
}
