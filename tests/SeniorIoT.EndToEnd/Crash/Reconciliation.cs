using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// Compares what devices know with what the server says. Acknowledged: exactly once. Sent and never acknowledged: once or not at
/// all. Anything else: not at all.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="ledger">What devices know.</param>
/// <param name="owed">Messages that must be there, when it is not all that were acknowledged: a backup owes what it found.</param>
internal sealed class Reconciliation(ServerProcess server, Ledger ledger, IReadOnlySet<Message>? owed = null)
{
    private const int AsksAtOnce = 4, DaysAnAsk = 30;

    /// <summary>Checks everything, of a server that is up and whose devices are done. Throws with what does not fit.</summary>
    /// <returns>What was compared, in words.</returns>
    public async Task<string> CheckAsync()
    {
        await Wait.UntilAsync("everything is delivered", async () =>
            (await server.Api.GetAsync<JsonElement>("system")).GetProperty("journal").GetProperty("length").GetInt64() == 0, 60);
        if (owed is null)
        {
            // This life ends the story: everything it took was acknowledged to the devices, and they know of nothing else.
            var overview = await server.Api.GetAsync<Overview>("overview");
            Assert.Equal((ledger.Heard, 0), (overview.MessagesStored, overview.MessagesQuarantined));
        }

        Assert.Empty(await server.Api.ListAsync<QuarantinedMessage>("quarantine"));

        var (calls, alerts) = await CheckAlertsAsync();
        var readings = 0;
        foreach (var meter in Sent<Says.Readings>().GroupBy(message => ((Says.Readings)message.Says).MeterId)) readings += await CheckSeriesAsync(meter.Key, [.. meter]);

        Assert.Equal(0, await server.StopAsync());
        await CheckFilesAsync();
        return $"{calls} calls became {alerts} alerts; {readings} readings; {ledger.Messages.Count(message => message.IsSent)} messages, of which {ledger.Messages.Count(message => message is { IsSent: true, IsAcknowledged: false })} "
            + $"without a PUBACK, sent again {ledger.Repeats} times";
    }

    private bool IsOwed(Message message) => owed?.Contains(message) ?? message.IsAcknowledged;

    private IEnumerable<Message> Sent<T>()
        where T : Says => ledger.Messages.Where(message => message.IsSent && message.Says is T);

    private async Task<(int Calls, int Alerts)> CheckAlertsAsync()
    {
        var calls = Sent<Says.Call>().ToLookup(message => (Says.Call)message.Says);
        // What it says of its own disk is no device's call.
        var raised = (await server.Api.ListAsync<Alert>("alerts?limit=200")).Where(alert => alert.HouseholdId.Length > 0).ToList();
        var alerts = raised.Where(alert => alert.Rule != "smoke-nuisance").ToLookup(alert => new Says.Call(alert.HouseholdId, alert.Rule));
        var smoke = Sent<Says>().Where(message => message.Says is Says.Clear or Says.Call { Rule: "smoke" })
            .ToLookup(message => message.Says is Says.Clear clear ? clear.HouseholdId : ((Says.Call)message.Says).HouseholdId);
        // A detector that rings again and again is a finding of its own: one, and only where it did.
        Assert.All(raised.Where(alert => alert.Rule == "smoke-nuisance").GroupBy(alert => alert.HouseholdId), nuisance =>
        {
            Assert.Single(nuisance);
            Assert.InRange(calls[new Says.Call(nuisance.Key, "smoke")].Count(), 3, int.MaxValue);
            Assert.Contains(smoke[nuisance.Key], message => message.Says is Says.Clear);
        });
        Assert.Empty(alerts.Select(alert => alert.Key).Except(calls.Select(call => call.Key)));
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = AsksAtOnce }, async (call, _) =>
        {
            var least = call.Count(IsOwed);
            if (least == 0 && !alerts.Contains(call.Key)) return;
            var alert = await server.Api.AlertAsync(Assert.Single(alerts[call.Key]).AlertId);
            Assert.Equal(("P1", "open"), (alert.Priority, alert.State));
            // Each call is the first of the alert or a repeat of it, and no call is both.
            Assert.True(alert.Repeats + 1 >= least && alert.Repeats < call.Count(), $"{call.Key}: {least} calls owed, {call.Count()} sent, {alert.Repeats} repeats of the first.");
            Assert.Single(alert.Timeline, entry => entry.Kind == "raised");
            Assert.Equal(alert.Repeats, alert.Timeline.Count(entry => entry.Kind == "repeated"));
            CheckNotices(alert);
            if (call.Key.Rule == "smoke") CheckCleared(alert, smoke[call.Key.HouseholdId]);
        });
        return (calls.Sum(call => call.Count()), alerts.Sum(alert => alert.Count()));
    }

    /// <summary>Everybody of the first step is told, and nobody twice of the same step.</summary>
    public static void CheckNotices(AlertDetail alert)
    {
        var atOnce = alert.Notices.Where(notice => notice.Step == 0).Select(notice => notice.Role).Order();
        Assert.Equal(["committee_duty", "operator", "volunteer"], atOnce);
        Assert.All(alert.Notices.GroupBy(notice => (notice.Step, notice.Recipient)), same => Assert.Single(same));
    }

    /// <summary>What a detector said last counts, as far as it is known what it said.</summary>
    private void CheckCleared(AlertDetail alert, IEnumerable<Message> said)
    {
        if (said.All(IsOwed)) Assert.Equal(said.Last().Says is Says.Clear, alert.ClearedAt is not null);
    }

    private async Task<int> CheckSeriesAsync(string meterId, IReadOnlyList<Message> messages)
    {
        var sent = messages.SelectMany(message => ((Says.Readings)message.Says).Values).ToDictionary(reading => reading.At, reading => reading.Litres);
        List<SeriesPoint> kept = [];
        for (var (from, end) = (sent.Keys.Min(), sent.Keys.Max().AddMinutes(1)); from < end; from = from.AddDays(DaysAnAsk))
            kept.AddRange((await server.Api.GetAsync<Series>($"devices/{meterId}/series?metric=total_l&every=raw&from={At(from)}&to={At(from.AddDays(DaysAnAsk))}")).Points);
        Assert.Distinct(kept.Select(point => point.At));
        Assert.All(kept, point => Assert.Equal(sent[point.At], point.Value));
        var times = kept.Select(point => point.At).ToHashSet();
        Assert.All(messages.Where(IsOwed), message => Assert.All(((Says.Readings)message.Says).Values, reading => Assert.Contains(reading.At, times)));
        return kept.Count;

        static string At(DateTimeOffset at) => Uri.EscapeDataString(at.ToString("O"));
    }

    /// <summary>SQLite finds nothing wrong in any file, read from outside.</summary>
    private async Task CheckFilesAsync()
    {
        var files = Directory.GetFiles(server.DataFolder, "*.db", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA integrity_check";
            Assert.Equal((file, "ok"), (file, (string)(await command.ExecuteScalarAsync())!));
        }
    }
}
