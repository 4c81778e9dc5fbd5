using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Storage;
using Notice = SeniorIoT.Api.Notice;

namespace SeniorIoT.Server.Notices;

/// <summary>What providers say became of texts that they took, and which of them say nothing in time.</summary>
internal sealed class NoticeReceipts(SqliteFile file)
{
    /// <summary>So often a text is tried, at most.</summary>
    public const int RoundsMax = 4;

    /// <summary>What a notice says of which nothing is heard.</summary>
    public const string NoReceipt = "No receipt came in time.";

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Applies a receipt, forwards only. The notice when it moved; null when the receipt was old, repeated, not ours, or about an attempt
    /// that another one has replaced; it is written to its attempt in any case. A phone that was off is tried again a little later. <paramref name="noticeId"/> is what the receipt
    /// says it is for, null when it says nothing; <paramref name="fault"/> why the text did not arrive.
    /// </summary>
    public Task<Notice?> ReceiveAsync(string providerId, string? noticeId, NoticeState state, string? detail, DateTimeOffset now, SendFault? fault = null) => file.WriteAsync(connection =>
    {
        var attempt = connection.Rows(
            """
            SELECT notice_id, n, state FROM attempts WHERE provider_id = @provider
            UNION ALL SELECT notice_id, n, state FROM attempts WHERE notice_id = @notice AND provider_id IS NULL AND n = (SELECT max(n) FROM attempts WHERE notice_id = @notice) LIMIT 1
            """,
            row => (Id: row.GetString(0), N: row.GetInt32(1), State: (NoticeState)row.GetInt32(2)), ("@provider", providerId), ("@notice", noticeId)).FirstOrDefault();
        if (attempt.Id is not null && NoticeRules.Follows(attempt.State, state))
            connection.Run(
                "UPDATE attempts SET state = @state, detail = coalesce(@detail, detail), provider_id = coalesce(provider_id, @provider) WHERE notice_id = @id AND n = @n",
                ("@state", (int)state), ("@detail", detail), ("@provider", providerId), ("@id", attempt.Id), ("@n", attempt.N));

        var notice = connection.Rows(
            $"SELECT {NoticeStore.Columns}, attempts, (SELECT max(n) FROM attempts t WHERE t.notice_id = notices.notice_id) FROM notices WHERE notice_id = coalesce(@attempted, @notice) OR provider_id = @provider",
            row => (Api: NoticeStore.Read(row), State: (NoticeState)row.GetInt32(8), Rounds: row.GetInt32(17), Newest: row.IntegerOrNull(18)),
            ("@attempted", attempt.Id), ("@notice", noticeId), ("@provider", providerId)).FirstOrDefault();
        if (notice.Api is null || !NoticeRules.Follows(notice.State, state)) return null;
        // That the first of two texts was lost says nothing about the second.
        if (state != NoticeState.Delivered && attempt.Id is not null && attempt.N != notice.Newest) return null;
        var isLost = state is NoticeState.Undelivered or NoticeState.Failed;
        connection.Run(
            """
            UPDATE notices SET state = @state, detail = coalesce(@detail, detail), receipt_at = @now, provider_id = coalesce(provider_id, @provider), next_attempt_at = @next,
              hurry_at = CASE WHEN @lost = 1 AND is_information = 0 THEN @now WHEN @state = @sent THEN hurry_at END
            WHERE notice_id = @id
            """,
            ("@state", (int)state), ("@detail", detail), ("@now", now), ("@provider", providerId), ("@lost", isLost ? 1 : 0), ("@sent", (int)NoticeState.Sent),
            ("@next", isLost && fault?.MayPass() == true && notice.Rounds < RoundsMax ? now + AgainAfter : null), ("@id", notice.Api.NoticeId));
        return notice.Api with { State = NoticeStore.Word(state), Detail = detail ?? notice.Api.Detail };
    });

    /// <summary>Texts of which nothing was heard in time and whose providers were not asked yet, the longest late first.</summary>
    public IReadOnlyList<LateText> ReadLate(DateTimeOffset now, int count) => file.Read(connection => connection.Rows(
        "SELECT notice_id, provider, coalesce(provider_id, ''), phone, sent_at FROM notices WHERE hurry_at <= @now AND state = @sent AND overdue = 0 ORDER BY hurry_at LIMIT @count",
        row => new LateText(row.GetString(0), row.TextOrNull(1), row.GetString(2), row.GetString(3), row.InstantOrNull(4) ?? now), ("@now", now), ("@sent", (int)NoticeState.Sent), ("@count", count)));

    /// <summary>
    /// Marks texts whose receipt is late and whose provider could not say more, and returns those of which the ladder must still be told that they did not get through,
    /// until <see cref="SettleAsync"/>: after a crash in between they are returned again.
    /// </summary>
    public Task<List<OverdueNotice>> ReadOverdueAsync(IReadOnlyList<string> asked, DateTimeOffset now, int count) => file.WriteAsync(connection =>
    {
        foreach (var id in asked)
            connection.Run(
                "UPDATE notices SET overdue = 1, late_at = hurry_at, detail = @why WHERE notice_id = @id AND hurry_at <= @now AND state = @sent AND overdue = 0",
                ("@id", id), ("@now", now), ("@sent", (int)NoticeState.Sent), ("@why", NoReceipt));
        // One that no provider takes is as lost to the ladder, though it is tried on.
        connection.Run("UPDATE notices SET overdue = 1 WHERE hurry_at <= @now AND state = @owed AND overdue = 0", ("@now", now), ("@owed", (int)NoticeState.Owed));
        return connection.Rows(
            "SELECT notice_id, alert_id, step, phone, state, attempts, (SELECT group_concat(DISTINCT provider) FROM attempts t WHERE t.notice_id = notices.notice_id) FROM notices WHERE hurry_at <= @now AND (state <> @sent OR overdue = 1) ORDER BY hurry_at LIMIT @count",
            row => new OverdueNotice(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), (NoticeState)row.GetInt32(4), row.GetInt32(5), row.TextOrNull(6)?.Split(',') ?? []),
            ("@now", now), ("@sent", (int)NoticeState.Sent), ("@count", count));
    });

    /// <summary>The ladder was told. <paramref name="isTriedAgain"/>: another provider sends the text too.</summary>
    public Task SettleAsync(string noticeId, bool isTriedAgain, DateTimeOffset now) => file.WriteAsync(connection => connection.Run(
        "UPDATE notices SET hurry_at = NULL, next_attempt_at = CASE WHEN @again = 1 AND state = @sent THEN @now ELSE next_attempt_at END WHERE notice_id = @id",
        ("@again", isTriedAgain ? 1 : 0), ("@sent", (int)NoticeState.Sent), ("@now", now), ("@id", noticeId)));
}

/// <summary>A notice that did not get through, or of which nothing is heard.</summary>
internal sealed record OverdueNotice(string NoticeId, string AlertId, int Step, string Phone, NoticeState State, int Rounds, IReadOnlyList<string> Tried);

/// <summary>A text whose receipt is late: who took it, under which id, and when.</summary>
internal sealed record LateText(string NoticeId, string? Provider, string ProviderId, string Phone, DateTimeOffset SentAt);
