using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>A receipt that does not come: the provider is asked once before the text counts as missing.</summary>
public sealed class LateReceiptTests
{
    [Fact]
    public async Task Twilio_is_asked_for_the_message_and_what_arrived_is_no_reason_to_go_on()
    {
        await using var twilio = await Provider.StartAsync();
        var options = twilio.Options;
        options.PublicUrl = new Uri("https://care.example");
        await using var district = await District.StartAsync(twilio: options);
        twilio.Became = sid => sid == Provider.SidOf(1) ? ("delivered", null) : ("undelivered", 30003);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        district.Clock.Advance(TimeSpan.FromSeconds(59));
        await district.SendAsync();
        Assert.Equal(0, twilio.Looked);
        district.Clock.Advance(TimeSpan.FromSeconds(1));
        await district.SendAsync();
        Assert.Equal((2, 0), (twilio.Looked, district.Alerts()[0].Step));
        Assert.Equal(["delivered", "shown", "undelivered"], district.Notices(district.Alerts()[0]).Select(notice => notice.State).Order());
        Assert.Contains(district.Notices(district.Alerts()[0]), notice => notice.Detail == "The phone is off or out of reach (30003).");
    }

    [Fact]
    public async Task One_of_which_the_provider_knows_no_more_is_shown_as_late_since_the_ladder_waits_no_longer_until_a_receipt_comes()
    {
        await using var twilio = await Provider.StartAsync();
        var options = twilio.Options;
        options.PublicUrl = new Uri("https://care.example");
        await using var district = await District.StartAsync(twilio: options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var sent = district.Clock.GetUtcNow();
        district.Clock.Advance(TimeSpan.FromSeconds(60));
        await district.SendAsync();
        Assert.Equal((2, 1), (twilio.Looked, district.Alerts()[0].Step));
        await district.SendAsync();
        Assert.Equal(2, twilio.Looked); // once
        var late = district.Notices(district.Alerts()[0]).Where(notice => notice is { Channel: "sms", Step: 0 }).ToList();
        Assert.All(late, notice => Assert.Equal(("sent", sent.AddSeconds(60), NoticeReceipts.NoReceipt), (notice.State, notice.LateSince, notice.Detail)));
        var queue = district.Get<NoticeStore>().ReadQueue(District.Start.AddHours(-1), null);
        Assert.Equal((2, sent.AddSeconds(60)), (queue.WithoutReceipt, queue.OldestLateSince));

        await district.Get<NoticeReceipts>().ReceiveAsync(Provider.SidOf(1), null, NoticeState.Delivered, null, district.Clock.GetUtcNow());
        Assert.Single(district.Notices(district.Alerts()[0]), notice => notice.LateSince is not null);
        Assert.Equal(1, district.Get<NoticeStore>().ReadQueue(District.Start.AddHours(-1), null).WithoutReceipt);
    }

    [Theory]
    [InlineData(3, null, "delivered", 0)]
    [InlineData(2, "MOBILE_NOT_ON_SERVICE", "undelivered", 1)]
    [InlineData(1, null, "sent", 1)]
    public async Task Aliyun_is_asked_for_the_text_s_details(int status, string? code, string state, int step)
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        aliyun.Became = _ => (status, code);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        district.Clock.Advance(TimeSpan.FromSeconds(60));
        await district.SendAsync();
        Assert.Equal(2, aliyun.Calls.Count(call => call.Action == "QuerySendDetails" && call.Query.ContainsKey("BizId")));
        Assert.Equal(step, district.Alerts()[0].Step);
        Assert.All(district.Notices(district.Alerts()[0]).Where(notice => notice is { Channel: "sms", Step: 0 }), notice => Assert.Equal(state, notice.State));
    }

    [Fact]
    public async Task A_provider_that_cannot_be_asked_is_no_receipt_and_holds_up_no_ladder()
    {
        await using var twilio = await Provider.StartAsync();
        var options = twilio.Options;
        options.PublicUrl = new Uri("https://care.example");
        await using var district = await District.StartAsync(twilio: options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        twilio.Became = _ => throw new InvalidOperationException("out of order");
        district.Clock.Advance(TimeSpan.FromSeconds(60));
        // What waits between its tries waits on the clock that the test turns.
        var sending = district.SendAsync();
        while (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken)) != sending) district.Clock.Advance(TimeSpan.FromSeconds(1));
        await sending;
        Assert.Equal(1, district.Alerts()[0].Step);
    }
}
