using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Console.Words;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.Tests.TimeSeries.Influx;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>What the stores say is wrong is said in Chinese, whichever of the sentences the code makes.</summary>
public sealed partial class StoreWordsTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Point Reading = new("wm-1", Metric.TotalMillilitres, Start.ToUnixTimeMilliseconds(), 1);

    private readonly TempFolder _folder = new();
    private readonly Wording _words = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_an_answer_to_a_write_means() => Assert.All(WriteRulesTests.Problems, RequireChinese);

    [Fact]
    public async Task A_query_that_fails()
    {
        (HttpStatusCode Status, string Body)[] answers =
        [
            (HttpStatusCode.Unauthorized, """{"error":"authorization failed, try again"}"""), (HttpStatusCode.NotFound, """{"error":"database not found: \"db\""}"""),
            (HttpStatusCode.InternalServerError, "timeout; the query was killed, see max-select-point"), (HttpStatusCode.OK, "<html>Log in</html>"), (HttpStatusCode.BadGateway, ""),
        ];
        foreach (var (status, body) in answers)
            RequireChinese(await FailAsync(new Answering(() => new HttpResponseMessage(status) { Content = new StringContent(body) })));
        RequireChinese(await FailAsync(new Answering(() => throw new HttpRequestException("Connection refused (127.0.0.1:8086)"))));
    }

    [Fact]
    public async Task A_spool_that_is_full_or_broken_and_the_forwarding_from_it()
    {
        var path = Path.Combine(_folder.Path, "spool.db");
        await using var spool = new Spool(path, 1_000_000, new FakeTimeProvider(Start));
        await using var forwarder = new Forwarder(spool, (_, _, _) => Task.FromResult(new WriteAnswer(null, "no route to host", null)), new InfluxOptions(), new FakeTimeProvider(Start));
        var batch = Rig.Batch("raw", [.. Enumerable.Range(0, 500).Select(i => $"m,device={Guid.NewGuid()} v={i}i {i}")]);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 1_000; i++) await spool.AppendAsync([batch], Cancel);
        });
        await forwarder.StepAsync();
        Assert.Contains("is full", forwarder.Status.Problem);
        Assert.Contains("out of reach", forwarder.Status.Problem);
        RequireChinese(forwarder.Status.Problem!);

        await using var broken = new Spool(Path.Combine(_folder.Path, "broken.db"), 1_000_000, new FakeTimeProvider(Start));
        await using var stuck = new Forwarder(
            broken, (_, _, _) => Task.FromResult(new WriteAnswer(null, "", null)), new InfluxOptions { FlushEvery = TimeSpan.Zero }, new FakeTimeProvider(Start));
        await broken.AppendAsync([Rig.Batch("raw", "m v=1i 1")], Cancel);
        Run("broken.db", "ALTER TABLE q RENAME TO gone");
        await stuck.StepAsync();
        Assert.StartsWith("Forwarding to InfluxDB failed", stuck.Status.Problem);
        RequireChinese(stuck.Status.Problem!);
        await Assert.ThrowsAsync<IOException>(() => broken.AppendAsync([batch], Cancel));
        Assert.Contains("cannot be written", stuck.Status.Problem);
        RequireChinese(stuck.Status.Problem!);
    }

    [Fact]
    public async Task Files_that_are_broken()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "telemetry-202603.db"), new string('x', 10_000));
        await using var store = new EmbeddedStore(_folder.Path);
        await Assert.ThrowsAsync<IOException>(() => store.AppendAsync([Reading], [], Cancel));
        RequireChinese(store.Status.Problem!);
        var read = await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("wm-1", Metric.TotalMillilitres, Reading.AtMs, Reading.AtMs + 1, Cancel));
        RequireChinese($"The telemetry store cannot be read: {read.Message} Nothing is lost, and alerts do not depend on it. Look at the disk or the database, then ask again.");
    }

    [Fact]
    public void Whatever_the_administrator_is_told_of_the_store()
    {
        foreach (var condition in Enum.GetValues<StoreCondition>())
        {
            var look = new StoreLook(condition, Start.AddHours(-2), condition == StoreCondition.Ok ? null : WriteRulesTests.Problems.First())
            {
                WaitingBytes = 90, WaitingBytesMax = 100, OldestWaitingAt = Start.AddHours(-2), DeadLetters = 3, NewestDeadLetter = 3,
            };
            var (state, told) = StoreWatch.Decide(StoreWatchState.Empty, look, Start);
            RequireChinese(Assert.IsType<Finding.Raised>(told).Evidence.Note!);

            var known = look with { Condition = StoreCondition.Ok, WaitingBytes = 0, OldestWaitingAt = null };
            var (well, _) = StoreWatch.Decide(state, known, Start.AddMinutes(1));
            if (StoreWatch.Decide(well, known, Start.AddMinutes(2)).Told is Finding.Cleared cleared) RequireChinese(cleared.Note);
        }
    }

    private static async Task<string> FailAsync(HttpMessageHandler server)
    {
        using var client = new InfluxClient(new InfluxOptions { Url = "http://127.0.0.1:8086" }, server);
        var error = await Assert.ThrowsAsync<InfluxQueryException>(() => client.QueryAsync("db", "SELECT v FROM m", new Dictionary<string, string>(), ["v"], _ => { }, TimeSpan.FromSeconds(10), Cancel));
        return $"The telemetry store cannot be read: {error.Message} Nothing is lost, and alerts do not depend on it. Look at the disk or the database, then ask again.";
    }

    /// <summary>Nothing may be left in English but somebody else's words, in brackets or between quotation marks, and names.</summary>
    private void RequireChinese(string text)
    {
        var said = _words.FromServer(text);
        Assert.False(English().IsMatch(Quoted().Replace(said, "")), $"{text}\n{said}");
    }

    private void Run(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder.Path, file), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [GeneratedRegex("（.*?）(?=。|，)|'.*'")]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Za-z]{2,}[,;.:]? [a-z]{2,}")]
    private static partial Regex English();

    private sealed class Answering(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer());
    }
}
