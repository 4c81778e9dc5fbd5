using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using Notice = SeniorIoT.Api.Notice;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// A notice the outbox is about to send. <c>Rounds</c>: how often it was claimed before; <c>Tried</c>: providers that were asked then;
/// <c>UnknownAt</c>: the provider of an attempt whose fate nobody knows, null when there is none; <c>Unknown</c>: how many such there were; <c>IsTaken</c>: a provider has
/// it, and nothing is heard of it.
/// </summary>
internal sealed record OwedNotice(
    string NoticeId, string AlertId, int Step, Priority Priority, NoticeChannel Channel, string Phone, string Text, NoticeWords? Words, DateTimeOffset OwedAt, bool IsInformation,
    int Rounds, SendRank Rank, IReadOnlyList<string> Tried, string? UnknownAt, int Unknown, bool IsTaken);

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

    /// <summary>What a notice says in whose place a newer one goes to the same person.</summary>
    public const string Newer = "not sent: a newer text says the same";

    /// <summary>What a notice says whose alert is told to nobody any more.</summary>
    public const string Ended = "not sent: the ladder has ended";

    /// <summary>What a notice says whose trouble was over before it could go.</summary>
    public const string Over = "not sent: it was over before it could go";

    internal const string Columns = "notice_id, alert_id, step, channel, role, recipient, phone, text, state, detail, owed_at, sent_at, receipt_at, provider, segments, answer, late_at";

    // Of an alert, or of an incident where nobody asks for help.
    private const string IsAnswered = """
        EXISTS (SELECT 1 FROM alerts a WHERE a.alert_id = @alert AND a.answered_at IS NOT NULL)
          OR EXISTS (SELECT 1 FROM incidents i WHERE i.incident_id = @alert AND (i.answered_at IS NOT NULL OR i.ended_at IS NOT NULL) AND i.doc ->> '$.helpBy' IS NULL)
        """;

    /// <summary>The file, for what else belongs to this room.</summary>
    public SqliteFile File => file;

    /// <summary>
    /// Takes those of the due notices that <see cref="SendOrder.Choose"/> names and marks them as being sent until <paramref name="leaseUntil"/>: after a crash in between they
    /// are sent again then, with the same id. What is not needed any more is dropped when its turn comes, and says why: a person has answered,
    /// or a newer text to the same person says the same.
    /// </summary>
    public Task<List<OwedNotice>> ClaimAsync(DateTimeOffset now, DateTimeOffset leaseUntil, SendRoom room) => file.WriteAsync(connection =>
    {
        List<OwedNotice> due;
        do due = [.. SendOrder.Choose(ReadNext(connection, now, room.LookAt), notice => notice.Rank, notice => notice.OwedAt, room)];
        while (DropUnneeded(connection, due) > 0);

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
                Unknown = tried.Count(attempt => attempt.State == NoticeState.Sending),
                IsTaken = tried.Count > 0 && tried[^1].State == NoticeState.Sent,
            };
        }

        return due;
    });

    // In the order in which they go, as far as it is looked at: the index has that order, so 10,000 others are not read.
    private static List<OwedNotice> ReadNext(SqliteConnection connection, DateTimeOffset now, int count) => connection.Rows(
        """
        SELECT n.notice_id, n.alert_id, n.step, coalesce((SELECT a.priority FROM alerts a WHERE a.alert_id = n.alert_id), CASE WHEN n.alert_id LIKE 'I%' THEN 2 ELSE 3 END), n.channel, n.phone, n.text, n.words, n.owed_at, n.is_information, n.attempts, n.rank
        FROM notices n INDEXED BY notices_next WHERE n.next_attempt_at <= @now ORDER BY n.rank, n.owed_at LIMIT @count
        """,
        ReadOwed, ("@now", now), ("@count", count));

    private static int DropUnneeded(SqliteConnection connection, List<OwedNotice> due) => due.Where(notice => !notice.IsInformation).Sum(notice => connection.Run(
        $"""
        UPDATE notices SET next_attempt_at = NULL, state = CASE state WHEN @owed THEN @notSent ELSE state END,
          detail = CASE WHEN state <> @owed THEN detail WHEN NOT ({IsAnswered}) THEN @newer WHEN attempts = 0 THEN @answered ELSE @meanwhile END
        WHERE notice_id = @id AND ({IsAnswered}
          OR (state = @owed AND channel = 'sms' AND EXISTS (SELECT 1 FROM notices m WHERE m.alert_id = @alert AND m.step > @step AND m.phone = @phone AND m.channel = 'sms' AND m.is_information = 0 AND m.state IN (@owed, @sending, @sent, @delivered))))
        """,
        ("@id", notice.NoticeId), ("@alert", notice.AlertId), ("@step", notice.Step), ("@phone", notice.Phone),
        ("@owed", (int)NoticeState.Owed), ("@sending", (int)NoticeState.Sending), ("@sent", (int)NoticeState.Sent), ("@delivered", (int)NoticeState.Delivered), ("@notSent", (int)NoticeState.NotSent),
        ("@newer", Newer), ("@answered", Answered), ("@meanwhile", AnsweredMeanwhile)));

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
            INSERT INTO notices (notice_id, alert_id, step, channel, role, recipient, phone, text, state, owed_at, next_attempt_at, is_information, words, rank)
            VALUES (@id, @alert, @step, @channel, @role, @name, @phone, @text, @state, @owed, @next, @information, @words, @rank)
            """,
            ("@id", notice.Id), ("@alert", notice.Alert.Value), ("@step", notice.Step), ("@channel", notice.Channel.ToString().ToLowerInvariant()), ("@role", notice.To.Role),
            ("@name", notice.To.Name), ("@phone", notice.To.Phone), ("@text", notice.Text), ("@state", (int)(isShown ? NoticeState.Shown : NoticeState.Owed)),
            ("@owed", notice.OwedAt), ("@next", isShown ? null : notice.OwedAt), ("@rank", (int)notice.Rank), ("@information", notice.IsInformation ? 1 : 0),
            ("@words", isShown || notice.Words is null ? null : JsonSerializer.Serialize(notice.Words with { Text = "" }, AttemptJson.Default.NoticeWords)));
    }

    /// <summary>
    /// Takes back the notices of an alert that were not sent yet, inside the transaction of whoever says why; <paramref name="tried"/> is said of those that were tried,
    /// where that is another sentence.
    /// </summary>
    public static void TakeBack(SqliteConnection connection, Domain.AlertId alert, string why, string? tried = null) => connection.Run(
        "UPDATE notices SET next_attempt_at = NULL, state = @notSent, detail = CASE attempts WHEN 0 THEN @why ELSE @tried END WHERE alert_id = @alert AND state = @owed AND is_information = 0",
        ("@alert", alert.Value), ("@owed", (int)NoticeState.Owed), ("@notSent", (int)NoticeState.NotSent), ("@why", why), ("@tried", tried ?? why));

    /// <summary>Plans what waits for a provider for now: one is back.</summary>
    public Task HastenAsync(DateTimeOffset now) => file.WriteAsync(connection => connection.Run(
        "UPDATE notices SET next_attempt_at = @now WHERE next_attempt_at > @now AND state = @owed", ("@now", now), ("@owed", (int)NoticeState.Owed)));

    /// <summary>What waits, what is not needed any more since <paramref name="from"/>, and what has no receipt though it is time.</summary>
    public Api.SmsQueue ReadQueue(DateTimeOffset from, DateTimeOffset? downSince) => file.Read(connection => connection.Rows(
        """
        SELECT
          (SELECT count(*) FROM notices WHERE next_attempt_at IS NOT NULL AND channel = 'sms' AND state = @owed),
          (SELECT count(*) FROM notices WHERE next_attempt_at IS NOT NULL AND channel = 'sms' AND state = @owed AND rank <= @urgent),
          (SELECT min(owed_at) FROM notices WHERE next_attempt_at IS NOT NULL AND channel = 'sms' AND state = @owed),
          (SELECT count(*) FROM notices WHERE owed_at >= @from AND channel = 'sms' AND state = @notSent AND detail IN (@answered, @meanwhile, @newer, @ended, @over)),
          (SELECT count(*) FROM notices WHERE late_at >= @from AND state = @sent), (SELECT min(late_at) FROM notices WHERE late_at >= @from AND state = @sent)
        """,
        row => new Api.SmsQueue(row.GetInt32(0), row.GetInt32(1), row.InstantOrNull(2), row.GetInt32(3), row.GetInt32(4), row.InstantOrNull(5), downSince),
        ("@owed", (int)NoticeState.Owed), ("@urgent", (int)SendRank.P1), ("@from", from), ("@notSent", (int)NoticeState.NotSent), ("@sent", (int)NoticeState.Sent),
        ("@answered", Answered), ("@meanwhile", AnsweredMeanwhile), ("@newer", Newer), ("@ended", Ended), ("@over", Over))[0]);

    /// <summary>How many texts wait for a provider.</summary>
    public int CountWaiting() => file.Read(connection => (int)connection.Scalar("SELECT count(*) FROM notices WHERE next_attempt_at IS NOT NULL AND channel = 'sms' AND state = @owed", 0L, ("@owed", (int)NoticeState.Owed)));

    /// <summary>Writes what became of a claimed notice, with its attempt. A receipt that was faster is not overruled.</summary>
    public Task RecordAsync(string noticeId, Fate fate, DateTimeOffset now) => file.WriteAsync(connection =>
    {
        if (fate.Attempt is { } n) AttemptStore.End(connection, noticeId, n, fate.State, fate.State == NoticeState.Failed ? fate.Detail : null, fate.ProviderId);
        connection.Run(
            """
            UPDATE notices SET state = @state, detail = @detail, provider = coalesce(@by, provider), provider_id = coalesce(@provider, provider_id), segments = coalesce(@segments, segments),
              next_attempt_at = @next, hurry_at = CASE is_information WHEN 0 THEN @hurry END, overdue = CASE WHEN @asked = 1 THEN 0 ELSE overdue END, late_at = CASE WHEN @asked = 1 THEN NULL ELSE late_at END,
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
    public Page<Notice> List(Area? area, long before, int limit) => file.Read(connection =>
    {
        var rows = connection.Rows(
            $"""
            SELECT {Columns}, rowid FROM notices
            WHERE rowid < @before AND (@area IS NULL OR alert_id IN (
              SELECT alert_id FROM alerts WHERE {AreaScope.Filter} UNION ALL SELECT incident_id FROM incidents WHERE {AreaScope.Filter}))
            ORDER BY rowid DESC LIMIT @limit
            """,
            row => (Notice: Read(row), N: row.GetInt64(17)), ("@before", before), ("@area", area), ("@limit", limit + 1));
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
        LateSince = (NoticeState)row.GetInt32(8) == NoticeState.Sent ? row.InstantOrNull(16) : null,
    };

    private static List<Notice> WithAttempts(SqliteConnection connection, IReadOnlyList<Notice> notices)
    {
        var attempts = AttemptStore.Read(connection, notices.Select(notice => notice.NoticeId));
        return [.. notices.Select(notice => notice with { Attempts = [.. attempts[notice.NoticeId]] })];
    }

    private static OwedNotice ReadOwed(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), (Priority)row.GetInt32(3), Enum.Parse<NoticeChannel>(row.GetString(4), ignoreCase: true), row.GetString(5), row.GetString(6),
        row.TextOrNull(7) is { } words ? JsonSerializer.Deserialize(words, AttemptJson.Default.NoticeWords) : null, row.Instant(8), row.GetInt64(9) == 1, row.GetInt32(10), (SendRank)row.GetInt32(11), [], null, 0, false);
}
