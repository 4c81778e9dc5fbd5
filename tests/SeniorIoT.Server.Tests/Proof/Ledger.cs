using Microsoft.Data.Sqlite;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Proof;

/// <summary>
/// The naive model: which messages were promised, which answers were confirmed, and how far every notice was seen to be. It knows nothing
/// of ladders, grains or outboxes; what it asks after every step it asks of the file.
/// </summary>
internal sealed class Ledger
{
    /// <summary>The longest that a P1 that nobody has answered may wait for its next step: a repeat comes every three minutes.</summary>
    private static readonly TimeSpan StepWithin = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, HashSet<string>> _calls = [];
    private readonly Dictionary<string, (string By, int Version)> _answers = [];
    private readonly Dictionary<string, (NoticeState State, int Attempts)> _notices = [];
    private readonly Dictionary<string, int> _versions = [];

    /// <summary>How far the clock was set back in all.</summary>
    public TimeSpan SetBack { get; set; }

    /// <summary>A call of this key was promised; the same message again is the same call.</summary>
    public void Call(string key, string mid) => (_calls.TryGetValue(key, out var mids) ? mids : _calls[key] = []).Add(mid);

    /// <summary>A person was told that the answer is taken.</summary>
    public void Answer(Alert alert)
    {
        if (alert.Response is Response.Given given) _answers[alert.Id.Value] = (given.By, alert.Version);
    }

    /// <summary>What holds whenever every promised message has reached its grain.</summary>
    public void Check(ProofHost host) => host.Alerts.File.Read(connection =>
    {
        var alerts = connection.Rows("SELECT doc, key, escalates_at FROM alerts ORDER BY n", row => (Alert: AlertStore.ReadAlert(row), Key: row.GetString(1), Due: row.InstantOrNull(2)));
        foreach (var (alert, _, due) in alerts) CheckAlert(connection, alert, due, host.Clock.GetUtcNow());
        foreach (var key in alerts.GroupBy(one => one.Key)) Assert.InRange(key.Count(one => !one.Alert.IsClosed), 0, 1);
        CheckCalls(connection);
        CheckNotices(connection);
        return true;
    });

    private void CheckAlert(SqliteConnection connection, Alert alert, DateTimeOffset? due, DateTimeOffset now)
    {
        var id = alert.Id.Value;
        Assert.Equal(Enumerable.Range(1, alert.Version), connection.Rows("SELECT n FROM timeline WHERE alert_id = @id ORDER BY n", row => row.GetInt32(0), ("@id", id)));
        Assert.True(alert.Version >= _versions.GetValueOrDefault(id), $"{id} went back from version {_versions.GetValueOrDefault(id)} to {alert.Version}.");
        _versions[id] = alert.Version;
        if (alert is { Priority: Priority.P1, IsClosed: false, Response: Response.Awaited })
            Assert.True(due - now <= StepWithin + SetBack, $"{id} is a P1 that nobody has answered, and nobody is told before {due:u}; it is {now:u}.");
        if (!_answers.TryGetValue(id, out var answer) || alert.Response is Response.Given) return;
        // An answer that was confirmed is taken back by a call or a person, and never forgotten.
        Assert.True(
            connection.Has("SELECT 1 FROM timeline WHERE alert_id = @id AND n > @n AND kind IN ('called_again', 'regraded')", ("@id", id), ("@n", answer.Version)),
            $"The answer of {answer.By} to {id} is lost.");
    }

    private void CheckCalls(SqliteConnection connection)
    {
        foreach (var (key, mids) in _calls)
        {
            var lines = connection.Scalar(
                "SELECT count(*) FROM timeline JOIN alerts USING (alert_id) WHERE key = @key AND kind IN ('raised', 'repeated', 'called_again')", 0L, ("@key", key));
            Assert.True(lines == mids.Count, $"{key}: {mids.Count} calls were promised, {lines} were taken in.");
        }
    }

    private void CheckNotices(SqliteConnection connection)
    {
        // Receipts never turn a notice back; only another attempt begins anew, for a phone that was off or a text that was lost.
        foreach (var (id, state, attempts) in connection.Rows("SELECT notice_id, state, attempts FROM notices", row => (row.GetString(0), (NoticeState)row.GetInt32(1), row.GetInt32(2))))
        {
            if (_notices.TryGetValue(id, out var before) && state < before.State && attempts <= before.Attempts)
                Assert.True((before.State, state) == (NoticeState.Sending, NoticeState.Owed), $"Notice {id} went back from {before.State} to {state}.");
            _notices[id] = (state, attempts);
        }

        Assert.Empty(connection.Rows(
            "SELECT alert_id || ' step ' || step || ' ' || phone FROM notices WHERE channel = 'sms' AND is_information = 0 GROUP BY alert_id, step, phone HAVING count(*) > 1", row => row.GetString(0)));
    }
}
