using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>When nobody knows whether a text left: it is looked for, and a repeat carries the same id and says what it is.</summary>
public sealed class OnceTests
{
    [Fact]
    public async Task A_text_whose_answer_was_lost_is_found_at_the_provider_and_not_sent_again()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        twilio.AfterTaking = http =>
        {
            http.Abort();
            return Task.FromResult(true);
        };
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(["shown", "owed", "owed"], district.Notices(district.Alerts()[0]).Select(notice => notice.State));
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal("sending", notice.Attempts.Single().State));

        twilio.AfterTaking = null;
        district.Clock.Advance(TimeSpan.FromSeconds(5));
        await district.SendAsync();
        Assert.Equal((2, 2), (twilio.Asked.Count, twilio.Looked));
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal(("sent", null, "sent"), (notice.State, notice.Detail, notice.Attempts.Single().State)));
        Assert.NotNull(await district.Get<NoticeReceipts>().ReceiveAsync(Provider.SidOf(1), null, NoticeState.Delivered, null, district.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task After_a_crash_between_asking_and_writing_the_repeat_says_that_it_may_be_the_second()
    {
        await using var twilio = await Provider.StartAsync();
        var district = await District.StartAsync(twilio: twilio.Options);
        await district.DeliverAsync("b1", district.Button());
        var now = district.Clock.GetUtcNow();
        var claimed = await district.Get<NoticeStore>().ClaimAsync(now, now.AddSeconds(60), new(1, 0, 1));
        await district.Get<AttemptStore>().TryBeginAsync(claimed[0].NoticeId, "twilio", "+8613800000001", claimed[0].Text, SendBudget.None, claimed[0].AlertId, true, now); // and the process dies

        await using var again = await district.RestartAsync(withCheckpoint: false, TimeSpan.FromSeconds(60), twilio.Options);
        await again.SendAsync();
        Assert.Equal(1, twilio.Looked);
        var notices = again.Notices(again.Alerts()[0]);
        Assert.Equal(("sent", NoticeSender.MaybeTwice), (notices[1].State, notices[1].Detail));
        Assert.Equal(("sent", null), (notices[2].State, notices[2].Detail));
        Assert.Equal(["sending", "sent"], notices[1].Attempts.Select(attempt => attempt.State));
    }

    [Fact]
    public async Task Aliyun_is_asked_for_the_notice_s_id()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        using var http = new HttpClient();
        var client = new AliyunClient(http, aliyun.Options, TimeZoneInfo.Utc, district.Clock);
        var text = OutboxTests.AText();
        Assert.Null(await client.FindAsync(text, TestContext.Current.CancellationToken));
        Assert.IsType<SendResult.Taken>(await client.SendAsync(text, TestContext.Current.CancellationToken));
        Assert.Equal(text.NoticeId, await client.FindAsync(text, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_P1_whose_fate_is_unknown_goes_by_the_other_provider_at_once_under_the_same_id()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        var sms = new SmsOptions { Order = "twilio,aliyun" };
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options, sms: sms);
        twilio.AfterTaking = http =>
        {
            http.Response.StatusCode = 500;
            return Task.FromResult(true);
        };
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(["A0001-0-1", "A0001-0-2"], aliyun.Sent.Select(call => call.Query["OutId"]).Order());
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice =>
        {
            Assert.Equal(("sent", "aliyun"), (notice.State, notice.Provider));
            Assert.StartsWith(NoticeSender.MaybeTwice, notice.Detail);
        });
    }
}
