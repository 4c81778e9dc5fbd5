using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Notice = SeniorIoT.Api.Notice;

namespace SeniorIoT.Server.Notices;

/// <summary>A notice the outbox is about to send.</summary>
internal sealed record OwedNotice(string NoticeId, string AlertId, int Step, int Priority, string Phone, string Text, int Attempts);

/// <summary>The notices of <c>alerts.db</c>: born with their alert (see <c>AlertStore</c>), moved on here.</summary>
internal sealed class NoticeStore(SqliteFile file)
{
    /// <summary>What a notice says that was not needed any more.</summary>
    public const string Answered = "not sent: somebody had answered";

    private const string Columns = "notice_id, alert_id, step, channel, role, recipient, phone, text, state, detail, owed_at, sent_at, receipt_at";

    /// <summary>
    /// Takes notices that are due and marks them as being sent until <paramref name="leaseUntil"/>: after a crash in between they
    /// are sent again then, with the same id. Urgent ones first. Once a person has answered, what was not sent yet never is.
    /// </summary>
    public Task<List<OwedNotice>> ClaimAsync(DateTimeOffset now, DateTimeOffset leaseUntil, int count) => file.WriteAsync(connection =>
    {
        connection.Run(
            """
            UPDATE notices SET next_attempt_at = NULL, state = CASE state WHEN @owed THEN @notSent ELSE state END, detail = CASE state WHEN @owed THEN @why ELSE detail END
            WHERE next_attempt_at <= @now AND is_information = 0 AND alert_id IN (SELECT alert_id FROM alerts WHERE answered_at IS NOT NULL)
            """,
            ("@owed", (int)NoticeState.Owed), ("@notSent", (int)NoticeState.NotSent), ("@why", Answered), ("@now", now));
        var due = connection.Rows(
            """
            SELECT n.notice_id, n.alert_id, n.step, coalesce(a.priority, 3) urgency, n.phone, n.text, n.attempts FROM notices n LEFT JOIN alerts a USING (alert_id)
            WHERE n.next_attempt_at <= @now ORDER BY urgency, n.owed_at LIMIT @count
            """,
            row => new OwedNotice(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetInt32(6)),
            ("@now", now), ("@count", count));
        foreach (var notice in due)
        {
            connection.Run(
                "UPDATE notices SET state = @sending, attempts = attempts + 1, next_attempt_at = @lease WHERE notice_id = @id",
                ("@sending", (int)NoticeState.Sending), ("@lease", leaseUntil), ("@id", notice.NoticeId));
        }

        return due;
    });

    /// <summary>Owes notices that belong to no alert; one whose id is known already is not owed again.</summary>
    public Task OweAsync(IReadOnlyList<Domain.Notices.Notice> notices) => file.WriteAsync(connection =>
    {
        foreach (var notice in notices)
            if (connection.Scalar("SELECT 1 FROM notices WHERE notice_id = @id", 0L, ("@id", notice.Id)) == 0) Add(connection, notice);
    });

    /// <summary>Writes an owed notice, inside the transaction of whoever owes it.</summary>
    public static void Add(SqliteConnection connection, Domain.Notices.Notice notice)
    {
        var isSms = notice.Channel == NoticeChannel.Sms;
        connection.Run(
            """
            INSERT INTO notices (notice_id, alert_id, step, channel, role, recipient, phone, text, state, owed_at, next_attempt_at, is_information)
            VALUES (@id, @alert, @step, @channel, @role, @name, @phone, @text, @state, @owed, @next, @information)
            """,
            ("@id", notice.Id), ("@alert", notice.Alert.Value), ("@step", notice.Step), ("@channel", isSms ? "sms" : "console"), ("@role", notice.To.Role),
            ("@name", notice.To.Name), ("@phone", notice.To.Phone), ("@text", notice.Text), ("@state", (int)(isSms ? NoticeState.Owed : NoticeState.Shown)),
            ("@owed", notice.OwedAt), ("@next", isSms ? notice.OwedAt : null), ("@information", notice.IsInformation ? 1 : 0));
    }

    /// <summary>Takes back the notices of an alert that were not sent yet, inside the transaction of whoever says why.</summary>
    public static void TakeBack(SqliteConnection connection, Domain.AlertId alert, string why) => connection.Run(
        "UPDATE notices SET next_attempt_at = NULL, state = @notSent, detail = @why WHERE alert_id = @alert AND state = @owed AND is_information = 0",
        ("@alert", alert.Value), ("@owed", (int)NoticeState.Owed), ("@notSent", (int)NoticeState.NotSent), ("@why", why));

    /// <summary>Writes what became of an attempt. <paramref name="nextAttemptAt"/>: null when there will be no other.</summary>
    public Task RecordAsync(string noticeId, NoticeState state, string? detail, string? providerId, DateTimeOffset now, DateTimeOffset? nextAttemptAt) =>
        file.WriteAsync(connection => connection.Run(
            """
            UPDATE notices SET state = @state, detail = @detail, provider_id = coalesce(@provider, provider_id), next_attempt_at = @next,
              sent_at = CASE WHEN @state = @sent THEN @now ELSE sent_at END
            WHERE notice_id = @id AND state IN (@owed, @sending)
            """,
            ("@state", (int)state), ("@detail", detail), ("@provider", providerId), ("@next", nextAttemptAt), ("@sent", (int)NoticeState.Sent),
            ("@now", now), ("@id", noticeId), ("@owed", (int)NoticeState.Owed), ("@sending", (int)NoticeState.Sending)));

    /// <summary>
    /// Applies a receipt, forwards only. The notice when it moved; null when the receipt was old, repeated or not ours.
    /// <paramref name="noticeId"/> is what the receipt says it is for; null when it says nothing.
    /// </summary>
    public Task<Notice?> ReceiveAsync(string providerId, string? noticeId, NoticeState state, string? detail, DateTimeOffset now) => file.WriteAsync(connection =>
    {
        var notice = connection.Rows(
            $"SELECT {Columns} FROM notices WHERE provider_id = @provider OR notice_id = @notice",
            row => (Api: Read(row), State: (NoticeState)row.GetInt32(8)), ("@provider", providerId), ("@notice", noticeId)).FirstOrDefault();
        if (notice.Api is null || !NoticeRules.Follows(notice.State, state)) return null;
        connection.Run(
            "UPDATE notices SET state = @state, detail = @detail, receipt_at = @now, next_attempt_at = NULL, provider_id = coalesce(provider_id, @provider) WHERE notice_id = @id",
            ("@provider", providerId), ("@state", (int)state), ("@detail", detail), ("@now", now), ("@id", notice.Api.NoticeId));
        return notice.Api;
    });

    /// <summary>Since when the oldest unsent notice is owed; null when nothing is.</summary>
    public DateTimeOffset? ReadOldestOwed() => file.Read(connection => connection.Rows(
        "SELECT min(owed_at) FROM notices WHERE next_attempt_at IS NOT NULL", row => row.InstantOrNull(0))[0]);

    /// <summary>Notices of one alert, in the order they were owed.</summary>
    public IReadOnlyList<Notice> ReadOf(string alertId) => file.Read(connection => connection.Rows(
        $"SELECT {Columns} FROM notices WHERE alert_id = @id ORDER BY step, notice_id", Read, ("@id", alertId)));

    /// <summary>Notices of all alerts of an area (null: the whole district), newest first.</summary>
    public Page<Notice> List(string? area, long before, int limit)
    {
        var rows = file.Read(connection => connection.Rows(
            $"""
            SELECT {Columns}, rowid FROM notices
            WHERE rowid < @before AND (@area IS NULL OR alert_id IN (SELECT alert_id FROM alerts WHERE committee = @area OR sub_district = @area))
            ORDER BY rowid DESC LIMIT @limit
            """,
            row => (Notice: Read(row), N: row.GetInt64(13)), ("@before", before), ("@area", area), ("@limit", limit + 1)));
        return PageRequest.Cut(rows, limit, row => row.N.ToString(CultureInfo.InvariantCulture), row => row.Notice);
    }

    /// <summary>Whether anybody of a step can still hear of it: nothing failed for good, or something got through.</summary>
    public bool IsStepLost(string alertId, int step) => file.Read(connection => connection.Scalar(
        "SELECT count(*) > 0 AND sum(state NOT IN (@failed, @undelivered)) = 0 FROM notices WHERE alert_id = @id AND step = @step AND channel = 'sms' AND is_information = 0", 0L,
        ("@failed", (int)NoticeState.Failed), ("@undelivered", (int)NoticeState.Undelivered), ("@id", alertId), ("@step", step)) == 1);

    /// <summary>The API's word for a state.</summary>
    public static string Word(NoticeState state) => state switch
    {
        NoticeState.NotSent => "not_sent",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static Notice Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
        Word((NoticeState)row.GetInt32(8)), row.TextOrNull(9), row.Instant(10), row.InstantOrNull(11), row.InstantOrNull(12));
}
