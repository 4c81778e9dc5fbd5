using CsCheck;
using Microsoft.Data.Sqlite;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>What is claimed next, and how many texts a number gets, with many at once.</summary>
public sealed class QueueTests
{
    private static readonly DateTimeOffset Now = District.Start;

    [Fact]
    public async Task Of_ten_thousand_that_are_owed_the_store_claims_what_the_rule_chooses_and_no_P2_while_a_P1_is_due()
    {
        await using var alerts = await StartAsync();
        var store = new NoticeStore(alerts.File);
        var random = new Random(17);
        List<Notice> owed = [.. Enumerable.Range(0, 10_000).Select(n => Text(n, SendRank.P2, -10_000 + n)), .. Enumerable.Range(0, 300).Select(n => Text(20_000 + n, (SendRank)random.Next(4), -n))];
        await store.OweAsync([.. owed.OrderBy(_ => random.Next())]);
        while (owed.Count > 9_000)
        {
            var room = new SendRoom(random.Next(33), random.Next(9), random.Next(60));
            var expected = SendOrder.Choose(owed, notice => notice.Rank, notice => notice.OwedAt, room);
            var claimed = await store.ClaimAsync(Now, Now.AddHours(1), room);
            Assert.Equal(expected.Select(notice => notice.Id), claimed.Select(notice => notice.NoticeId));
            owed.RemoveAll(notice => expected.Contains(notice));
        }

        Assert.DoesNotContain(owed, notice => notice.Rank.IsUrgent());
    }

    [Fact]
    public async Task However_many_senders_ask_at_once_a_number_s_budget_is_kept_and_used_up()
    {
        await using var alerts = await StartAsync();
        var attempts = new AttemptStore(alerts.File);
        var store = new NoticeStore(alerts.File);
        var round = 0;
        await Gen.Select(Gen.Int[1, 12], Gen.Int[0, 8], Gen.Bool).SampleAsync(async (senders, budget, isSame) =>
        {
            var number = $"+86138{Interlocked.Increment(ref round):00000000}";
            List<string> ids = [.. Enumerable.Range(0, senders).Select(n => $"{number}-{n}")];
            await store.OweAsync([.. ids.Select(id => new Notice(id, new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", number, Role.Volunteer), "text", Now) { IsInformation = true })]);
            var limits = new SendBudget("twilio", "+86", [new(budget, TimeSpan.FromHours(24), isSame)]);
            using var start = new Barrier(senders);
            var begun = await Task.WhenAll(ids.Select(id => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return attempts.TryBeginAsync(id, "twilio", number, isSame ? "same" : id, limits, "", false, Now);
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            Assert.Equal(Math.Min(senders, budget), begun.Count(one => one.Broken is null));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public async Task Two_providers_texts_at_one_instant_take_the_last_place_of_a_budget_once()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        await district.Get<NoticeStore>().OweAsync([.. Enumerable.Range(0, 9).Select(n =>
            new Notice($"n{n}", new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", "13800000009", Role.Volunteer), $"text {n}", Now) { IsInformation = true })]);
        await district.SendAsync();
        await district.SendAsync();
        Assert.Equal(4, twilio.Asked.Count);
        Assert.Equal(5, district.Get<NoticeStore>().List(null, long.MaxValue, 50).Items.Count(notice => notice.State == "held_back"));
    }

    private static Notice Text(int n, SendRank rank, int seconds) => new(
        $"n{n:00000}", new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", $"138{n:00000000}", Role.Volunteer), $"text {n}", Now.AddSeconds(seconds).AddMilliseconds(n % 1000)) { IsInformation = true, Rank = rank };

    private static async Task<Folder> StartAsync()
    {
        await Task.CompletedTask;
        return new Folder();
    }

    /// <summary>An <c>alerts.db</c> of its own.</summary>
    private sealed class Folder : IAsyncDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("senioriot-").FullName;

        public Folder() => File = new SqliteFile(Path.Combine(_path, "alerts.db"), AlertSchema.Migrations);

        public SqliteFile File { get; }

        public async ValueTask DisposeAsync()
        {
            await File.DisposeAsync();
            SqliteConnection.ClearAllPools();
            Directory.Delete(_path, recursive: true);
        }
    }
}
