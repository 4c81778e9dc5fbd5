using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Mails;

/// <summary>A mail that is to be sent.</summary>
internal sealed record OwedMail(long Id, string To, byte[] Message, int Attempts);

/// <summary>Every mail to every address, in <c>mail.db</c>: written before it is sent, with what became of it, for 400 days. The message itself is forgotten once it was sent.</summary>
internal sealed class MailStore(SqliteFile file) : IAsyncDisposable
{
    /// <summary>Schema of <c>mail.db</c>.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
    [
        """
        CREATE TABLE mails (
          id INTEGER PRIMARY KEY AUTOINCREMENT, cause TEXT UNIQUE, at INTEGER NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL, detail TEXT,
          attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER, sent_at INTEGER, message BLOB);
        CREATE INDEX mails_due ON mails (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        """,
    ];

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(400);

    /// <summary>
    /// Writes a mail, where no mail server is set as not sent. One with a cause that is known already is not written again, so that a job that
    /// runs twice mails once; without a cause each is another.
    /// </summary>
    public Task AddAsync(string? cause, string to, string subject, byte[] message, bool isSent, DateTimeOffset now) => file.WriteAsync(connection =>
    {
        connection.Run("DELETE FROM mails WHERE at < @old AND next_attempt_at IS NULL", ("@old", now - KeptFor));
        connection.Run(
            "INSERT OR IGNORE INTO mails (cause, at, recipient, subject, state, detail, next_attempt_at, message) VALUES (@cause, @now, @to, @subject, @state, @detail, @next, @message)",
            ("@cause", cause), ("@now", now), ("@to", to), ("@subject", subject), ("@state", isSent ? "waiting" : "not_sent"), ("@detail", isSent ? null : "not sent: no mail server set"),
            ("@next", isSent ? now : null), ("@message", isSent ? message : null));
    });

    /// <summary>What is due, the oldest first.</summary>
    public IReadOnlyList<OwedMail> ReadDue(DateTimeOffset now, int count) => file.Read(connection => connection.Rows(
        "SELECT id, recipient, message, attempts FROM mails WHERE next_attempt_at <= @now ORDER BY id LIMIT @count",
        row => new OwedMail(row.GetInt64(0), row.GetString(1), (byte[])row.GetValue(2), row.GetInt32(3)), ("@now", now), ("@count", count)));

    /// <summary>Writes what became of an attempt; <paramref name="nextAttemptAt"/> null: there will be no other.</summary>
    public Task RecordAsync(long id, string state, string? detail, DateTimeOffset now, DateTimeOffset? nextAttemptAt) => file.WriteAsync(connection => connection.Run(
        """
        UPDATE mails SET state = @state, detail = @detail, attempts = attempts + 1, next_attempt_at = @next, sent_at = CASE @state WHEN 'sent' THEN @now END,
          message = CASE WHEN @next IS NULL THEN NULL ELSE message END
        WHERE id = @id
        """,
        ("@state", state), ("@detail", detail), ("@now", now), ("@next", nextAttemptAt), ("@id", id)));

    /// <summary>All mails, the newest first.</summary>
    public Page<Mail> List(long before, int limit)
    {
        var rows = file.Read(connection => connection.Rows(
            "SELECT id, at, recipient, subject, state, detail, attempts, sent_at FROM mails WHERE id < @before ORDER BY id DESC LIMIT @limit",
            row => new Mail(row.GetInt64(0), row.Instant(1), row.GetString(2), row.GetString(3), row.GetString(4), row.TextOrNull(5), row.GetInt32(6), row.InstantOrNull(7)),
            ("@before", before), ("@limit", limit + 1)));
        return PageRequest.Cut(rows, limit, row => row.Id.ToString(CultureInfo.InvariantCulture), row => row);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => file.DisposeAsync();
}
