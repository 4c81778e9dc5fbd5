using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Notice = SeniorIoT.Api.Notice;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// A notice the outbox is about to send. <c>Rounds</c>: how often it was claimed before; <c>Tried</c>: providers that were asked then;
/// <c>UnknownAt</c>: the provider of an attempt whose fate nobody knows, null when there is none; <c>IsTaken</c>: a provider has it, and nothing is
/// heard of it.
/// </summary>
internal sealed record OwedNotice(
    string NoticeId, string AlertId, int Step, Priority Priority, NoticeChannel Channel, string Phone, string Text, NoticeWords? Words, DateTimeOffset OwedAt, bool IsInformation,
    int Rounds, IReadOnlyList<string> Tried, string? UnknownAt, bool IsTaken);

/// <summary>What became of a notice.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Detail">In words; null: nothing to say.</param>
internal sealed record Fate(NoticeState State, string? Detail)
{
    /// <summary>Number of the attempt that it rests on; null: no provider was asked.</summary>
    public int? Attempt { get; init; }

    /// <summary>Who sent it.</summary>
    public string? Provider { get; init; }

    /// <summary>The provider's id.</summary>
    public string? ProviderId { get; init; }

    /// <summary>Segments that it took.</summary>
    public int? Segments { get; init; }

    /// <summary>When it is tried again; null: not by itself.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the ladder is told that it did not get through, unless a receipt comes before; null: never.</summary>
    public DateTimeOffset? HurryAt { get; init; }
}

/// <summary>The notices of <c>alerts.db</c>: born with their alert (see <c>AlertStore</c>), moved on here. <see cref="NoticeReceipts"/> has what comes back.</summary>
internal sealed class NoticeStore(SqliteFile file)
{
    /// <summary>What a notice says that was not needed any more.</summary>
    public const string Answered = "not sent: somebody had answered";

    /// <summary>What a notice says that was tried, without success as far as is known, and was not needed any more.</summary>
    public const string AnsweredMeanwhile = "not tried again: somebody had answered";

    internal const string Columns = "notice_id, alert_id, step, channel, role, recipient, phone, text, state, detail, owed_at, sent_at, receipt_at, provider, segments, answer";

    /// <summary>The file, for what else belongs to this room.</summary>
    public SqliteFile File => file;

    /// <summary>
    /// Takes notices that are due and marks them as being sent until <paramref name="leaseUntil"/>: after a crash in between they
    /// are sent again then, with the same id. Urgent ones first; <paramref name="isUrgent"/>: P1 alone, all others alone, or, when null, all. Once
    /// a person has answered, what was not sent yet never is.
    /// </summary>
    public Task<List<OwedNotice>> ClaimAsync(DateTimeOffset now, DateTimeOffset leaseUntil, int count, bool? isUrgent = null) => file.WriteAsync(connection =>
    {
        connection.Run(
            """
            UPDATE notices SET next_attempt_at = NULL, state = CASE state WHEN @owed THEN @notSent ELSE state END,
              detail = CASE WHEN state <> @owed THEN detail WHEN attempts = 0 THEN @why ELSE @meanwhile END
            WHERE next_attempt_at <= @now AND is_information = 0 AND (EXISTS (SELECT 1 FROM alerts a WHERE a.alert_id = notices.alert_id AND a.answered_at IS NOT NULL)
              OR EXISTS (SELECT 1 FROM incidents i WHERE i.incident_id = notices.alert_id AND (i.answered_at IS NOT NULL OR i.ended_at IS NOT NULL) AND i.doc ->> '$.helpBy' IS NULL))
            """,
            ("@owed", (int)NoticeState.Owed), ("@notSent", (int)NoticeState.NotSent), ("@why", Answered), ("@meanwhile", AnsweredMeanwhile), ("@now", now));
        var due = connection.Rows(
            """
            SELECT n.notice_id, n.alert_id, n.step, coalesce(a.priority, CASE WHEN n.alert_id LIKE 'I%' THEN 2 ELSE 3 END) urgency, n.channel, n.phone, n.text, n.words, n.owed_at, n.is_information, n.attempts
            FROM notices n LEFT JOIN alerts a USING (alert_id)
            WHERE n.next_attempt_at <= @now AND (@urgent IS NULL OR @urgent = (coalesce(a.priority, 3) = 1)) ORDER BY urgency, n.owed_at LIMIT @count
            """,
            ReadOwed, ("@now", now), ("@urgent", isUrgent is { } only ? only ? 1 : 0 : null), ("@count", count));
        for (var i = 0; i < due.Count; i++)
        {
            connection.Run(
                "UPDATE notices SET state = @sending, attempts = attempts + 1, next_attempt_at = @lease WHERE notice_id = @id",
                ("@sending", (int)NoticeState.Sending), ("@lease", leaseUntil), ("@id", due[i].NoticeId));
            if (due[i].Rounds == 0) continue;
            var tried = connection.Rows("SELECT provider, state FROM attempts WHERE notice_id = @id ORDER BY n", row => (Provider: row.GetString(0), State: (NoticeState)row.GetInt32(1)), ("@id", due[i].NoticeId));
            due[i] = due[i] with
            {
                Tried = [.. tried.Select(attempt => attempt.Provider).Distinct()],
                UnknownAt = tried.Where(attempt => attempt.State == NoticeState.Sending).Select(attempt => attempt.Provider).LastOrDefault(),
                IsTaken = tried.Count > 0 && tried[^1].State == NoticeState.Sent,
            };
        }

        return due;
    });

    /// <summary>Gives a claimed notice back: no provider had a place for it before <paramref name="until"/>.</summary>
    public Task GiveBackAsync(OwedNotice notice, DateTimeOffset until) => file.WriteAsync(connection => connection.Run(
        "UPDATE notices SET state = @owed, attempts = attempts - 1, next_attempt_at = @until WHERE notice_id = @id AND state = @sending",
        ("@owed", (int)NoticeState.Owed), ("@sending", (int)NoticeState.Sending), ("@until", until), ("@id", notice.NoticeId)));

    /// <summary>Owes notices that belong to no alert; one whose id is known already is not owed again.</summary>
    public Task OweAsync(IReadOnlyList<Domain.Notices.Notice> notices) => file.WriteAsync(connection =>
    {
        foreach (var notice in notices)
            if (connection.Scalar("SELECT 1 FROM notices WHERE notice_id = @id", 0L, ("@id", notice.Id)) == 0) Add(connection, notice);
    });

    /// <summary>Writes an owed notice, inside the transaction of whoever owes it.</summary>
    public static void Add(SqliteConnection connection, Domain.Notices.Notice notice)
    {
        var isShown = notice.Channel == NoticeChannel.Console;
        connection.Run(
            """
            INSERT INTO notices (notice_id, alert_id, step, channel, role, recipient, phone, text, state, owed_at, next_attempt_at, is_information, words)
            VALUES (@id, @alert, @step, @channel, @role, @name, @phone, @text, @state, @owed, @next, @information, @words)
            """,
            ("@id", notice.Id), ("@alert", notice.Alert.Value), ("@step", notice.Step), ("@channel", notice.Channel.ToString().ToLowerInvariant()), ("@role", notice.To.Role),
            ("@name", notice.To.Name), ("@phone", notice.To.Phone), ("@text", notice.Text), ("@state", (int)(isShown ? NoticeState.Shown : NoticeState.Owed)),
            ("@owed", notice.OwedAt), ("@next", isShown ? null : notice.OwedAt), ("@information", notice.IsInformation ? 1 : 0),
            ("@words", isShown || notice.Words is null ? null : JsonSerializer.Serialize(notice.Words with { Text = "" }, AttemptJson.Default.NoticeWords)));
    }

    /// <summary>Takes back the notices of an alert that were not sent yet, inside the transaction of whoever says why.</summary>
    public static void TakeBack(SqliteConnection connection, Domain.AlertId alert, string why) => connection.Run(
        "UPDATE notices SET next_attempt_at = NULL, state = @notSent, detail = @why WHERE alert_id = @alert AND state = @owed AND is_information = 0",
        ("@alert", alert.Value), ("@owed", (int)NoticeState.Owed), ("@notSent", (int)NoticeState.NotSent), ("@why", why));

    /// <summary>Writes what became of a claimed notice, with its attempt. A receipt that was faster is not overruled.</summary>
    public Task RecordAsync(string noticeId, Fate fate, DateTimeOffset now) => file.WriteAsync(connection =>
    {
        if (fate.Attempt is { } n) AttemptStore.End(connection, noticeId, n, fate.State, fate.State == NoticeState.Failed ? fate.Detail : null, fate.ProviderId);
        connection.Run(
            """
            UPDATE notices SET state = @state, detail = @detail, provider = coalesce(@by, provider), provider_id = coalesce(@provider, provider_id), segments = coalesce(@segments, segments),
              next_attempt_at = @next, hurry_at = CASE is_information WHEN 0 THEN @hurry END, overdue = CASE WHEN @asked = 1 THEN 0 ELSE overdue END,
              sent_at = CASE WHEN @state = @sent AND @asked = 1 THEN @now ELSE sent_at END
            WHERE notice_id = @id AND state IN (@owed, @sending)
            """,
            ("@state", (int)fate.State), ("@detail", fate.Detail), ("@by", fate.Provider), ("@provider", fate.ProviderId), ("@segments", fate.Segments), ("@next", fate.NextAttemptAt), ("@hurry", fate.HurryAt), ("@asked", fate.Attempt is null ? 0 : 1),
            ("@sent", (int)NoticeState.Sent), ("@now", now), ("@id", noticeId), ("@owed", (int)NoticeState.Owed), ("@sending", (int)NoticeState.Sending));
    });

    /// <summary>Plans an attempt at <paramref name="now"/> for a notice that is owed and has none; false when that was not needed.</summary>
    public Task<bool> PlanAsync(string noticeId, DateTimeOffset now) => file.WriteAsync(connection => connection.Run(
        "UPDATE notices SET next_attempt_at = @now WHERE notice_id = @id AND state IN (@owed, @sending) AND next_attempt_at IS NULL",
        ("@now", now), ("@id", noticeId), ("@owed", (int)NoticeState.Owed), ("@sending", (int)NoticeState.Sending)) == 1);

    /// <summary>Since when the oldest unsent notice is owed; null when nothing is.</summary>
    public DateTimeOffset? ReadOldestOwed() => file.Read(connection => connection.Rows(
        "SELECT min(owed_at) FROM notices WHERE next_attempt_at IS NOT NULL", row => row.InstantOrNull(0))[0]);

    /// <summary>Notices of one alert, in the order they were owed.</summary>
    public IReadOnlyList<Notice> ReadOf(string alertId) => file.Read(connection =>
        WithAttempts(connection, connection.Rows($"SELECT {Columns} FROM notices WHERE alert_id = @id ORDER BY step, notice_id", Read, ("@id", alertId))));

    /// <summary>Notices of all alerts of an area (null: the whole district), newest first.</summary>
    public Page<Notice> List(string? area, long before, int limit) => file.Read(connection =>
    {
        var rows = connection.Rows(
            $"""
            SELECT {Columns}, rowid FROM notices
            WHERE rowid < @before AND (@area IS NULL OR alert_id IN (
              SELECT alert_id FROM alerts WHERE committee = @area OR sub_district = @area UNION ALL SELECT incident_id FROM incidents WHERE committee = @area OR sub_district = @area))
            ORDER BY rowid DESC LIMIT @limit
            """,
            row => (Notice: Read(row), N: row.GetInt64(16)), ("@before", before), ("@area", area), ("@limit", limit + 1));
        var page = PageRequest.Cut(rows, limit, row => row.N.ToString(CultureInfo.InvariantCulture), row => row.Notice);
        return page with { Items = WithAttempts(connection, page.Items) };
    });

    /// <summary>Whether nobody of a step can hear of it any more: every text failed, was held back, or has no receipt though it is time.</summary>
    public bool IsStepLost(string alertId, int step) => file.Read(connection => connection.Scalar(
        """
        SELECT count(*) > 0 AND sum(state = @delivered OR (state NOT IN (@failed, @undelivered, @heldBack) AND overdue = 0)) = 0
        FROM notices WHERE alert_id = @id AND step = @step AND channel = 'sms' AND is_information = 0
        """, 0L,
        ("@failed", (int)NoticeState.Failed), ("@undelivered", (int)NoticeState.Undelivered), ("@heldBack", (int)NoticeState.HeldBack), ("@delivered", (int)NoticeState.Delivered),
        ("@id", alertId), ("@step", step)) == 1);

    /// <summary>The API's word for a state.</summary>
    public static string Word(NoticeState state) => state switch
    {
        NoticeState.NotSent => "not_sent",
        NoticeState.HeldBack => "held_back",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>A row of <see cref="Columns"/>.</summary>
    internal static Notice Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7),
        Word((NoticeState)row.GetInt32(8)), row.TextOrNull(9), row.Instant(10), row.InstantOrNull(11), row.InstantOrNull(12))
    {
        Provider = row.TextOrNull(13),
        Segments = (int?)row.IntegerOrNull(14),
        Answer = row.TextOrNull(15),
    };

    private static List<Notice> WithAttempts(SqliteConnection connection, IReadOnlyList<Notice> notices)
    {
        var attempts = AttemptStore.Read(connection, notices.Select(notice => notice.NoticeId));
        return [.. notices.Select(notice => notice with { Attempts = [.. attempts[notice.NoticeId]] })];
    }

    private static OwedNotice ReadOwed(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), (Priority)row.GetInt32(3), Enum.Parse<NoticeChannel>(row.GetString(4), ignoreCase: true), row.GetString(5), row.GetString(6),
        row.TextOrNull(7) is { } words ? JsonSerializer.Deserialize(words, AttemptJson.Default.NoticeWords) : null, row.Instant(8), row.GetInt64(9) == 1, row.GetInt32(10), [], null, false);
}
