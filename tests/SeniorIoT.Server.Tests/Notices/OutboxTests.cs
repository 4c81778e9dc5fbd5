using Microsoft.AspNetCore.Http;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

public sealed class OutboxTests
{
    [Fact]
    public async Task Without_a_provider_the_text_stays_readable_and_says_so()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(2, await district.SendAsync());
        Assert.Equal(0, await district.SendAsync());
        var texts = district.Notices(district.Alerts()[0]).Where(notice => notice.Channel == "sms").ToList();
        Assert.All(texts, notice => Assert.Equal(("not_sent", "not sent: no provider set"), (notice.State, notice.Detail)));
        Assert.All(texts, notice => Assert.Contains("按求助键", notice.Text));
    }

    [Fact]
    public async Task A_text_is_one_form_with_number_sender_body_and_a_short_life()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(["+8613800000001", "+8613800000003"], provider.Asked.Select(asked => asked.Form["To"]).Order());
        var first = provider.Asked[0];
        Assert.Equal(["Body", "From", "To", "ValidityPeriod"], first.Form.Keys.Order());
        Assert.Equal(("+14155550100", "300"), (first.Form["From"], first.Form["ValidityPeriod"]));
        Assert.Equal(district.Notices(district.Alerts()[0])[1].Text, first.Form["Body"]);
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal(("sent", district.Clock.GetUtcNow()), (notice.State, notice.SentAt)));
    }

    [Fact]
    public async Task A_number_that_the_provider_refuses_is_not_tried_again_and_a_step_that_reaches_nobody_goes_up_at_once()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        provider.Instead = (_, http) => Provider.RefuseAsync(http, 400, 21211);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var alert = district.Alerts()[0];
        Assert.Equal(1, alert.Step);
        Assert.Equal(["failed", "failed"], district.Notices(alert).Where(notice => notice is { Channel: "sms", Step: 0 }).Select(notice => notice.State));
        Assert.Contains("21211", district.Notices(alert)[1].Detail);
        Assert.Equal(["owed", "owed", "owed"], district.Notices(alert).Where(notice => notice.Step == 1).Select(notice => notice.State));

        provider.Instead = null;
        await district.SendAsync();
        Assert.Equal(["sent", "sent", "sent"], district.Notices(alert).Where(notice => notice.Step == 1).Select(notice => notice.State));
        Assert.Equal(5, provider.Asked.Count);
    }

    [Fact]
    public async Task One_of_a_step_in_reach_is_enough_to_wait()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        provider.Instead = async (asked, http) => asked.Form["To"].EndsWith('1') && await Provider.RefuseAsync(http, 400, 21610);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(0, district.Alerts()[0].Step);
        Assert.Equal(["shown", "failed", "sent"], district.Notices(district.Alerts()[0]).Select(notice => notice.State));
    }

    [Theory]
    [InlineData(500, null, 5)]
    [InlineData(429, "30", 30)]
    public async Task A_provider_in_trouble_is_asked_again_later_and_as_long_as_nobody_has_answered(int status, string? retryAfter, int seconds)
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        provider.Instead = (_, http) =>
        {
            http.Response.Headers.RetryAfter = retryAfter;
            return Provider.RefuseAsync(http, status, 20429);
        };
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal("owed", district.Notices(district.Alerts()[0])[1].State);
        Assert.Equal(0, await district.SendAsync());
        district.Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(0, await district.SendAsync());
        district.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await district.SendAsync());

        for (var i = 0; i < 2; i++)
        {
            district.Clock.Advance(TimeSpan.FromMinutes(2));
            await district.SendAsync();
        }

        Assert.InRange(provider.Asked.Count, 5, 8); // after three failures in a row it is left alone for a while
        Assert.Equal(["owed", "owed"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Channel: "sms", Step: 0 }).Select(notice => notice.State));
        provider.Instead = null;
        district.Clock.Advance(TimeSpan.FromMinutes(2));
        await district.SendAsync();
        await district.SendAsync(); // the first has found out that it is back
        Assert.Equal(["sent", "sent"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Channel: "sms", Step: 0 }).Select(notice => notice.State));
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_disturbs_no_other_text_and_is_tried_again()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        provider.Instead = async (asked, http) =>
        {
            if (!asked.Form["To"].EndsWith('1')) return false;
            http.Response.StatusCode = 201;
            await http.Response.WriteAsync("<html>welcome to the hotel's network</html>");
            return true;
        };
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(["shown", "owed", "sent"], district.Notices(district.Alerts()[0]).Select(notice => notice.State));
    }

    [Fact]
    public async Task A_text_claimed_before_a_crash_is_sent_again_when_its_lease_ends()
    {
        var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var now = district.Clock.GetUtcNow();
        await district.Get<NoticeStore>().ClaimAsync(now, now.AddSeconds(60), new(1, 0, 1));
        await using var again = await district.RestartAsync(withCheckpoint: false);
        Assert.Equal(1, await again.SendAsync());
        again.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await again.SendAsync());
        Assert.Equal(["shown", "not_sent", "not_sent"], again.Notices(again.Alerts()[0]).Select(notice => notice.State));
    }

    [Fact]
    public async Task Receipts_count_in_any_order_and_an_undelivered_step_goes_up()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var store = district.Get<NoticeReceipts>();
        var now = district.Clock.GetUtcNow();
        Assert.NotNull(await store.ReceiveAsync(Provider.SidOf(1), null, NoticeState.Delivered, null, now));
        Assert.Null(await store.ReceiveAsync(Provider.SidOf(1), null, NoticeState.Sent, null, now));
        Assert.Null(await store.ReceiveAsync(Provider.SidOf(1), null, NoticeState.Undelivered, "error 30003", now));
        Assert.Null(await store.ReceiveAsync("SMunknown", null, NoticeState.Delivered, null, now));
        var lost = await store.ReceiveAsync(Provider.SidOf(2), null, NoticeState.Undelivered, "error 30003", now);
        await district.Get<Outbox>().GoOnIfNobodyHearsAsync(lost!.AlertId, lost.Step);
        Assert.Equal(0, district.Alerts()[0].Step);
        Assert.Equal(["delivered", "shown", "undelivered"], district.Notices(district.Alerts()[0]).Select(notice => notice.State).Order());
    }

    public static TheoryData<Exception> Failures =>
    [
        new HttpRequestException("connection refused"), new TaskCanceledException("the attempt took too long"),
        new Polly.Timeout.TimeoutRejectedException("no answer within 10 s"), new Polly.CircuitBreaker.BrokenCircuitException("the circuit is open"),
        new IOException("the answer broke off"),
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Whatever_the_network_does_is_a_result_and_a_stop_is_no_failure(Exception failure)
    {
        using var http = new HttpClient(new Failing(failure));
        var client = new TwilioClient(http, new TwilioOptions { AccountSid = Provider.Account, AuthToken = Provider.Token, From = "MG0123" });
        Assert.Contains(failure.Message, await client.SendAsync(AText(), TestContext.Current.CancellationToken) switch
        {
            SendResult.Unknown unknown => unknown.Said,
            SendResult.Refused { Fault: SendFault.Down } refused => refused.Said,
            var other => other.ToString(),
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(AText(), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_number_that_is_none_is_refused_before_anybody_is_asked()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await district.Get<NoticeStore>().OweAsync([new Notice("n1", new AlertId(""), 0, NoticeChannel.Sms, new Responder("Li", "120", Role.Volunteer), "text", District.Start) { IsInformation = true }]);
        Assert.Equal(1, await district.SendAsync());
        var notice = Assert.Single(district.Get<NoticeStore>().List(null, long.MaxValue, 10).Items);
        Assert.Equal(("failed", "'120' is not a phone number; correct it in the household."), (notice.State, notice.Detail));
        Assert.Empty(provider.Asked);
    }

    internal static Outgoing AText(string to = "+8613800000001") =>
        new("A0001-0-1", to, "text", NoticeTemplate.Note.Id, new Dictionary<string, string>(), Priority.P1, District.Start);

    /// <summary>A network that fails at once.</summary>
    private sealed class Failing(Exception failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Task.FromException<HttpResponseMessage>(failure);
        }
    }
}
