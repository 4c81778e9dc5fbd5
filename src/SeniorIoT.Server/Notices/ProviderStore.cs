using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// What is known of providers, kept for the next start: in the middle of a storm nobody should wait again for one that is down, nor go faster than it
/// takes. In <c>alerts.db</c>, beside the attempts.
/// </summary>
internal sealed class ProviderStore(SqliteFile file)
{
    /// <summary>
    /// For the migrations of <c>alerts.db</c>. <c>rank</c>: a <see cref="SendRank"/>; the index gives what goes next without sorting all that waits. <c>late_at</c>: since
    /// when the receipt is late.
    /// </summary>
    public const string Schema = """
        CREATE TABLE provider_conditions (
          key TEXT PRIMARY KEY, failures INTEGER NOT NULL, rests_until INTEGER, problem TEXT NOT NULL, since INTEGER, is_down INTEGER NOT NULL) WITHOUT ROWID;
        ALTER TABLE notices ADD COLUMN rank INTEGER NOT NULL DEFAULT 3;
        ALTER TABLE notices ADD COLUMN late_at INTEGER;
        UPDATE notices SET rank = coalesce((SELECT a.priority FROM alerts a WHERE a.alert_id = notices.alert_id), 3) WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX notices_next ON notices (rank, owed_at, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX notices_late ON notices (late_at) WHERE late_at IS NOT NULL;
        """;

    /// <summary>Everybody who failed when last heard of, by the key of the desk.</summary>
    public IReadOnlyDictionary<string, ProviderCondition> Read() => file.Read(connection => connection.Rows(
        "SELECT key, failures, rests_until, problem, since, is_down FROM provider_conditions",
        row => KeyValuePair.Create(row.GetString(0), new ProviderCondition(row.GetInt32(1), row.InstantOrNull(2), row.GetString(3), row.InstantOrNull(4)) { IsDown = row.GetInt64(5) == 1 })).ToDictionary());

    /// <summary>Keeps how one is; a good one is forgotten.</summary>
    public Task KeepAsync(string key, ProviderCondition condition) => file.WriteAsync(connection =>
    {
        if (condition.Problem is null) connection.Run("DELETE FROM provider_conditions WHERE key = @key", ("@key", key));
        else
            connection.Run(
                "INSERT OR REPLACE INTO provider_conditions VALUES (@key, @failures, @rests, @problem, @since, @down)", ("@key", key), ("@failures", condition.Failures),
                ("@rests", condition.RestsUntil), ("@problem", condition.Problem), ("@since", condition.Since), ("@down", condition.IsDown ? 1 : 0));
    });

    /// <summary>Attempts since a moment, in order: who was asked, and for which number or address.</summary>
    public IReadOnlyList<(string Provider, string To, DateTimeOffset At)> ReadAttempts(DateTimeOffset from) => file.Read(connection => connection.Rows(
        "SELECT provider, number, at FROM attempts WHERE at > @from ORDER BY at", row => (row.GetString(0), row.GetString(1), row.Instant(2)), ("@from", from)));
}
