using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// The server is killed between every two steps from the call to its end. It is held at the step from outside: a lock or a trigger on its
/// database, a provider that does not read or does not answer. The product knows of none of it.
/// </summary>
public sealed class KillBetweenStepsTests : IClassFixture<KillBetweenStepsTests.Server>
{
    private const string ClaimsAreHeld = "BEFORE UPDATE OF attempts ON notices", RecordsAreHeld = "BEFORE UPDATE OF sent_at ON notices",
        ReceiptsAreHeld = "BEFORE UPDATE OF receipt_at ON notices", AlertsAreHeld = "BEFORE UPDATE ON alerts";

    private readonly Server _server;
    private readonly SmsProvider _provider;

    public KillBetweenStepsTests(Server server)
    {
        (_server, _provider) = (server, server.Provider);
        _provider.IsHolding = false;
        _provider.Open();
    }

    [Fact]
    public async Task Promised_and_not_yet_an_alert()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-raise");
        await using (var database = await LockAsync())
        {
            await PressAsync(button);
            _server.KillNow();
        }

        await _server.StartAsync();
        await ToldOnceAsync(await AlertAsync(button), step: 0);
    }

    [Fact]
    public async Task Saved_and_no_notice_claimed()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-save");
        var alert = await KillWhileHeldAsync(ClaimsAreHeld, async () =>
        {
            await PressAsync(button);
            return await AlertAsync(button);
        });
        Assert.Empty(TextsOf(alert));
        await _server.StartAsync();
        await ToldOnceAsync(alert, step: 0);
    }

    [Fact]
    public async Task Claimed_and_the_provider_not_reached()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-claim");
        _provider.Deafen();
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await NoticesAsync(alert, "both are being sent", notices => notices.Count(notice => notice.State == "sending") == 2);
        _server.KillNow();
        _provider.Open();
        LetLeaseEnd();
        await _server.StartAsync();
        await ToldOnceAsync(alert, step: 0);
    }

    [Fact]
    public async Task Reached_and_not_answered()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-call");
        _provider.IsHolding = true;
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await Wait.UntilAsync("the provider has both texts", () => Task.FromResult(TextsOf(alert).Count == 2));
        _server.KillNow();
        _provider.IsHolding = false;
        LetLeaseEnd();
        await _server.StartAsync();
        // The provider may have sent them: it cannot be known. They are asked for again under the same id.
        await ToldAsync(alert, step: 0, times: 2);
    }

    [Fact]
    public async Task Answered_by_the_provider_and_not_written_down()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-record");
        var alert = await KillWhileHeldAsync(RecordsAreHeld, async () =>
        {
            await PressAsync(button);
            var found = await AlertAsync(button);
            await Wait.UntilAsync("the provider has answered for both", () => Task.FromResult(TextsOf(found).Count == 2));
            return found;
        });
        LetLeaseEnd();
        await _server.StartAsync();
        await ToldAsync(alert, step: 0, times: 2);
    }

    [Fact]
    public async Task A_receipt_that_came_and_was_not_written_down_counts_when_it_is_repeated()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-receipt");
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await SentAsync(alert, 0);
        var text = TextsOf(alert)[0];
        await KillWhileHeldAsync(ReceiptsAreHeld, async () =>
        {
            Assert.False(await _provider.TellAsync(_server.Address, text, "delivered"));
            return alert;
        });
        await _server.StartAsync();
        Assert.True(await _provider.TellAsync(_server.Address, text, "delivered"));
        await NoticesAsync(alert, "it is delivered", notices => notices.Single(notice => notice.NoticeId == text.NoticeId).State == "delivered");
        await ToldOnceAsync(alert, step: 0);
    }

    [Fact]
    public async Task Undelivered_and_the_ladder_not_moved()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-undelivered");
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await SentAsync(alert, 0);
        await KillWhileHeldAsync(AlertsAreHeld, async () =>
        {
            foreach (var text in TextsOf(alert)) await _provider.TellAsync(_server.Address, text, "undelivered");
            await NoticesAsync(alert, "nobody was reached", notices => notices.Count(notice => notice.State == "undelivered") == 2);
            return alert;
        });
        // Nobody says it again: the notice itself remembers that the ladder was not told.
        await _server.StartAsync();
        await ToldOnceAsync(alert, step: 1);
    }

    [Fact]
    public async Task Escalated_and_nobody_of_the_step_claimed()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-escalate");
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await SentAsync(alert, 0);
        await KillWhileHeldAsync(ClaimsAreHeld, async () =>
        {
            foreach (var text in TextsOf(alert)) Assert.True(await _provider.TellAsync(_server.Address, text, "undelivered"));
            await NoticesAsync(alert, "the next step is owed", notices => notices.Any(notice => notice.Step == 1));
            return alert;
        });
        await _server.StartAsync();
        await ToldOnceAsync(alert, step: 1);
    }

    [Fact]
    public async Task An_answer_that_was_not_confirmed_is_not_there_and_can_be_given_again()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-answer");
        await PressAsync(button);
        var alert = await AlertAsync(button);
        await SentAsync(alert, 0);
        await using (var database = await LockAsync())
        {
            var answer = _server.Api.Http.PostAsJsonAsync($"api/v1/alerts/{alert}/acknowledge", new AlertAction(), TestContext.Current.CancellationToken);
            await Wait.PauseAsync(TimeSpan.FromMilliseconds(300)); // it waits for the lock by now; were it not there yet, the end is the same
            _server.KillNow();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer);
        }

        await _server.StartAsync();
        var before = await _server.Api.AlertAsync(alert);
        Assert.Equal((null, "open"), (before.AnsweredAt, before.State));
        Assert.NotNull(before.EscalatesAt);
        await _server.Api.PostAsync<AlertDetail>($"alerts/{alert}/acknowledge", new AlertAction());
        await EndedAsync(alert);
    }

    [Fact]
    public async Task An_answer_that_was_confirmed_stops_what_was_owed_also_after_the_kill()
    {
        var button = await _server.Api.EnrolAsync("sos", "k-stop");
        var alert = await KillWhileHeldAsync(ClaimsAreHeld, async () =>
        {
            await PressAsync(button);
            var found = await AlertAsync(button);
            await _server.Api.PostAsync<AlertDetail>($"alerts/{found}/acknowledge", new AlertAction());
            return found;
        });
        await _server.StartAsync();
        await NoticesAsync(alert, "nobody is told any more", notices => notices.Count(notice => notice.State == "not_sent") == 2);
        Assert.Empty(TextsOf(alert));
        await EndedAsync(alert);
    }

    private async Task PressAsync(Enrolled button)
    {
        using var device = await RawDevice.ConnectAsync(_server.MqttPort, button);
        Assert.Equal(0, await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now)));
    }

    private async Task<string> AlertAsync(Enrolled button) =>
        (await Wait.ForAsync("the press is an alert", async () => (await _server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault())).AlertId;

    private List<SentText> TextsOf(string alert) => [.. _provider.Texts.Where(text => text.NoticeId.StartsWith(alert + "-", StringComparison.Ordinal))];

    private Task SentAsync(string alert, int step) => NoticesAsync(alert, "all of the step are sent", notices =>
        notices.Where(notice => notice.Step == step && notice.Channel != "console").ToList() is { Count: > 0 } texts && texts.TrueForAll(notice => notice.State is "sent" or "delivered"));

    private Task NoticesAsync(string alert, string what, Func<IReadOnlyList<Notice>, bool> isSo) =>
        Wait.UntilAsync(what, async () => isSo((await _server.Api.AlertAsync(alert)).Notices));

    private Task ToldOnceAsync(string alert, int step) => ToldAsync(alert, step, times: 1);

    /// <summary>Everybody of the step was told, under one id each, at most so many times; the books balance; an answer ends it.</summary>
    private async Task ToldAsync(string alert, int step, int times)
    {
        await SentAsync(alert, step);
        var people = TextsOf(alert).Where(text => text.NoticeId.StartsWith($"{alert}-{step}-", StringComparison.Ordinal)).GroupBy(text => text.To).ToList();
        Assert.Equal(2, people.Count);
        Assert.All(people, texts =>
        {
            Assert.Single(texts.Select(text => text.NoticeId).Distinct());
            Assert.InRange(texts.Count(), 1, times);
        });
        await _server.Api.PostAsync<AlertDetail>($"alerts/{alert}/acknowledge", new AlertAction());
        await EndedAsync(alert);
    }

    private async Task EndedAsync(string alert)
    {
        var closed = await _server.Api.PostAsync<AlertDetail>($"alerts/{alert}/close", new AlertAction { Outcome = "safe" });
        Assert.Single(closed.Timeline, line => line.Kind == "raised");
        Assert.All(closed.Notices.Where(notice => notice.Channel != "console").GroupBy(notice => (notice.Step, notice.Recipient)), same => Assert.Single(same));
        var books = await _server.Api.GetAsync<Api.Reconciliation>("reconciliation");
        Assert.DoesNotContain(books.Breaks, one => one.AlertId == alert || one.Kind.StartsWith("call", StringComparison.Ordinal));
    }

    /// <summary>Holds a kind of write, lets the story come up to it, kills, and lets go.</summary>
    private async Task<string> KillWhileHeldAsync(string writes, Func<Task<string>> story)
    {
        Write($"CREATE TRIGGER held {writes} BEGIN SELECT RAISE(ABORT, 'held by the test'); END");
        try
        {
            return await story();
        }
        finally
        {
            _server.KillNow();
            Write("DROP TRIGGER held");
        }
    }

    /// <summary>A minute passes while the server is down: what it had in hand may be taken in hand again.</summary>
    private void LetLeaseEnd() =>
        Write(string.Create(CultureInfo.InvariantCulture, $"UPDATE notices SET next_attempt_at = {Payload.Now.ToUnixTimeMilliseconds()} WHERE next_attempt_at IS NOT NULL"));

    private void Write(string sql)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Nobody else can write to the alerts until it is disposed.</summary>
    private async Task<SqliteConnection> LockAsync()
    {
        var connection = Open();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_server.DataFolder, "alerts.db")};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>A server whose texts go to a provider of the test's own.</summary>
    public sealed class Server : ServerProcess
    {
        internal SmsProvider Provider { get; } = new();

        protected override IEnumerable<string> Options =>
        [
            "--twilio-account-sid", SmsProvider.Account, "--twilio-auth-token", SmsProvider.Token, "--twilio-from", "+14155550100",
            "--twilio-base-url", Provider.Address.ToString(), "--twilio-texts-a-day", "0", "--twilio-public-url", Address.ToString(),
        ];

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            Provider.Dispose();
        }
    }
}
