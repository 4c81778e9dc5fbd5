using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Every attempt to send a notice, written before it is made, so that a crash leaves a trace; and the numbers that get no more texts.
/// In <c>alerts.db</c>, because a notice moves in the same transaction as its attempt.
/// </summary>
internal sealed class AttemptStore(SqliteFile file)
{
    /// <summary>
    /// For the migrations of <c>alerts.db</c>. <c>hurry_at</c>: when the ladder is to be told that a notice did not get through, unless a receipt
    /// comes before. <c>overdue</c>: it did not come in time.
    /// </summary>
    public const string Schema = """
        CREATE TABLE attempts (
          notice_id TEXT NOT NULL, n INTEGER NOT NULL, provider TEXT NOT NULL, number TEXT NOT NULL, at INTEGER NOT NULL, state INTEGER NOT NULL,
          detail TEXT, provider_id TEXT, text TEXT NOT NULL, PRIMARY KEY (notice_id, n)) WITHOUT ROWID;
        CREATE INDEX attempts_number ON attempts (number, at);
        CREATE INDEX attempts_at ON attempts (at);
        CREATE INDEX attempts_provider ON attempts (provider_id) WHERE provider_id IS NOT NULL;
        CREATE TABLE barred_numbers (number TEXT PRIMARY KEY, why TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE callbacks (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, problem TEXT);
        ALTER TABLE notices ADD COLUMN provider TEXT;
        ALTER TABLE notices ADD COLUMN segments INTEGER;
        ALTER TABLE notices ADD COLUMN words TEXT;
        ALTER TABLE notices ADD COLUMN hurry_at INTEGER;
        ALTER TABLE notices ADD COLUMN overdue INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX notices_hurry ON notices (hurry_at) WHERE hurry_at IS NOT NULL;
        """;

    /// <summary>
    /// Writes that a provider is about to be asked, unless the number's budget there is spent: looked up and written in one transaction, so that of two
    /// texts in one instant the second knows of the first.
    /// </summary>
    public Task<Begun> TryBeginAsync(string noticeId, string provider, string number, string text, SendBudget budget, string alertId, bool isP1, DateTimeOffset now) => file.WriteAsync(connection =>
    {
        if (budget.Limits.Count > 0 && budget.Breaks(HistoryOf(connection, number, noticeId, now), text, alertId, isP1, now) is { } limit) return new Begun(0, limit);
        var n = (int)connection.Scalar("SELECT coalesce(max(n), 0) + 1 FROM attempts WHERE notice_id = @id", 1L, ("@id", noticeId));
        connection.Run(
            "INSERT INTO attempts (notice_id, n, provider, number, at, state, text) VALUES (@id, @n, @provider, @number, @now, @state, @text)",
            ("@id", noticeId), ("@n", n), ("@provider", provider), ("@number", number), ("@now", now), ("@state", (int)NoticeState.Sending), ("@text", text));
        return new Begun(n, null);
    });

    /// <summary>Writes what became of it, inside the caller's transaction. What a receipt said meanwhile stays.</summary>
    public static void End(SqliteConnection connection, string noticeId, int n, NoticeState state, string? detail, string? providerId) => connection.Run(
        """
        UPDATE attempts SET state = CASE WHEN state = @sending THEN @state ELSE state END, detail = coalesce(@detail, detail), provider_id = coalesce(@provider, provider_id)
        WHERE notice_id = @id AND n = @n
        """,
        ("@id", noticeId), ("@n", n), ("@state", (int)state), ("@sending", (int)NoticeState.Sending), ("@detail", detail), ("@provider", providerId));

    /// <summary>As <see cref="End"/>, in a transaction of its own: the next provider is asked.</summary>
    public Task EndAsync(string noticeId, int n, NoticeState state, string? detail) => file.WriteAsync(connection => End(connection, noticeId, n, state, detail, null));

    /// <summary>Number of a notice's latest attempt; null when there was none.</summary>
    public int? LastOf(string noticeId) => file.Read(connection => connection.Rows("SELECT max(n) FROM attempts WHERE notice_id = @id", row => (int?)row.IntegerOrNull(0), ("@id", noticeId))[0]);

    // What a number got in the last day and may have got; what was refused does not count, nor do attempts of the notice itself whose fate
    // nobody knows: they are why it is tried again.
    private static List<PastText> HistoryOf(SqliteConnection connection, string number, string noticeId, DateTimeOffset now) => connection.Rows(
        """
        SELECT t.at, n.alert_id, t.provider, t.text FROM attempts t JOIN notices n USING (notice_id)
        WHERE t.number = @number AND t.at > @from AND t.state <> @failed AND NOT (t.notice_id = @notice AND t.state = @sending) ORDER BY t.at
        """,
        row => new PastText(row.Instant(0), row.GetString(1), row.GetString(2), row.GetString(3)),
        ("@number", number), ("@notice", noticeId), ("@from", now.AddHours(-24)), ("@failed", (int)NoticeState.Failed), ("@sending", (int)NoticeState.Sending));

    /// <summary>No more texts to a number.</summary>
    public Task BarAsync(string number, string why, DateTimeOffset now) => file.WriteAsync(connection => connection.Run(
        "INSERT INTO barred_numbers VALUES (@number, @why, @now) ON CONFLICT DO UPDATE SET why = excluded.why", ("@number", number), ("@why", why), ("@now", now)));

    /// <summary>Texts to a number again: the person said START.</summary>
    public Task LiftAsync(string number) => file.WriteAsync(connection => connection.Run("DELETE FROM barred_numbers WHERE number = @number", ("@number", number)));

    /// <summary>Why a number gets no texts; null when it does.</summary>
    public string? BarredBecause(string number) => file.Read(connection => connection.Scalar<string?>("SELECT why FROM barred_numbers WHERE number = @number", null, ("@number", number)));

    /// <summary>All numbers that get none, the newest first.</summary>
    public IReadOnlyList<BarredNumber> ReadBarred() => file.Read(connection => connection.Rows(
        "SELECT number, why, at FROM barred_numbers ORDER BY at DESC", row => new BarredNumber(row.GetString(0), row.GetString(1), row.Instant(2))));

    /// <summary>How many texts a provider took since <paramref name="from"/>, how many of them arrived, and how many are known not to have.</summary>
    public (int Taken, int Delivered, int Lost) CountSince(string provider, DateTimeOffset from) => file.Read(connection => connection.Rows(
        "SELECT count(*), coalesce(sum(state = @delivered), 0), coalesce(sum(state = @undelivered), 0) FROM attempts WHERE at >= @from AND provider = @provider AND state <> @failed",
        row => (row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)),
        ("@provider", provider), ("@from", from), ("@failed", (int)NoticeState.Failed), ("@delivered", (int)NoticeState.Delivered), ("@undelivered", (int)NoticeState.Undelivered))[0]);

    /// <summary>Attempts of some notices, by notice, in order.</summary>
    public static ILookup<string, NoticeAttempt> Read(SqliteConnection connection, IEnumerable<string> noticeIds) => connection.Rows(
        "SELECT notice_id, n, provider, at, state, detail FROM attempts WHERE notice_id IN (SELECT value FROM json_each(@ids)) ORDER BY notice_id, n",
        row => (Id: row.GetString(0), Attempt: new NoticeAttempt(row.GetInt32(1), row.GetString(2), row.Instant(3), NoticeStore.Word((NoticeState)row.GetInt32(4)), row.TextOrNull(5))),
        ("@ids", System.Text.Json.JsonSerializer.Serialize(noticeIds.ToArray(), AttemptJson.Default.StringArray))).ToLookup(row => row.Id, row => row.Attempt);
}

/// <summary>An attempt that may be made: its number among the notice's; or the limit that it would break.</summary>
internal readonly record struct Begun(int N, SendLimit? Broken);

[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
[System.Text.Json.Serialization.JsonSerializable(typeof(NoticeWords))]
internal sealed partial class AttemptJson : System.Text.Json.Serialization.JsonSerializerContext;
