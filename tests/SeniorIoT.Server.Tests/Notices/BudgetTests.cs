using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>How many texts a number gets, and how fast texts go.</summary>
public sealed class BudgetTests
{
    [Fact]
    public async Task What_a_number_s_network_would_stop_is_held_back_and_says_so_but_never_the_first_of_a_P1()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        await district.DeliverAsync("b1", district.Button());
        for (var minute = 0; minute < 30; minute++)
        {
            await district.SendAsync();
            await district.PassAsync(TimeSpan.FromMinutes(1));
        }

        var texts = district.Notices(district.Alerts()[0]).Where(notice => notice.Channel == "sms").ToList();
        Assert.All(texts.GroupBy(notice => notice.Phone), person => Assert.Equal(4, person.Count(notice => notice.State == "sent")));
        var held = texts.Where(notice => notice.State == "held_back").ToList();
        Assert.NotEmpty(held);
        Assert.All(held, notice => Assert.Equal("Held back: twilio lets 4 texts through to a number in 24 hours.", notice.Detail));

        await district.DeliverAsync("b2", district.Button());
        await district.SendAsync();
        Assert.Equal(["shown", "sent", "sent"], district.Notices(district.Alerts()[0]).Select(notice => notice.State));
    }

    [Fact]
    public async Task A_step_of_which_all_texts_are_held_back_goes_up_at_once()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        var store = district.Get<NoticeStore>();
        // Volunteer and duty have had their four of the day.
        await store.OweAsync([.. from n in Enumerable.Range(1, 4) from phone in (string[])["13800000001", "13800000003"]
            select new Notice($"n{n}{phone}", new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", phone, Role.Volunteer), $"text {n}", District.Start) { IsInformation = true }]);
        Assert.Equal(8, await district.SendAsync());
        await district.DeliverAsync("w1", district.Water([(14, 5000), (0, 5000)]));
        await district.SendAsync();
        Assert.Equal(1, district.Alerts()[0].Step);
        Assert.Equal(["held_back", "held_back"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Step: 0, Channel: "sms" }).Select(notice => notice.State));
    }

    [Fact]
    public async Task Another_provider_has_a_budget_of_its_own()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options, sms: new SmsOptions { Order = "twilio,aliyun" });
        await district.DeliverAsync("b1", district.Button());
        for (var minute = 0; minute < 20; minute++)
        {
            await district.SendAsync();
            await district.PassAsync(TimeSpan.FromMinutes(1));
        }

        var texts = district.Notices(district.Alerts()[0]).Where(notice => notice.State == "sent").ToList();
        Assert.DoesNotContain(district.Notices(district.Alerts()[0]), notice => notice.State == "held_back");
        Assert.All(texts.Where(notice => notice.Provider == "aliyun"), notice => Assert.Contains("Held back: twilio", notice.Detail));
        Assert.NotEmpty(aliyun.Sent);
    }

    [Fact]
    public async Task Texts_go_at_the_provider_s_pace_in_order_of_priority_and_a_new_P1_is_before_all_that_wait()
    {
        await using var twilio = await Provider.StartAsync();
        var options = twilio.Options;
        options.TextsPerSecond = 2;
        await using var district = await District.StartAsync(twilio: options);
        await district.Get<NoticeStore>().OweAsync([.. Enumerable.Range(0, 20).Select(n =>
            new Notice($"n{n:00}", new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", $"138{n:00000000}", Role.Volunteer), $"text {n}", District.Start.AddSeconds(-20 + n)) { IsInformation = true })]);
        for (var second = 0; second < 4; second++)
        {
            await district.SendAsync();
            district.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(twilio.Asked.Count, 4, 9);
        var before = twilio.Asked.Count;
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Contains("按求助键", twilio.Asked[before].Form["Body"]);
        for (var second = 0; second < 20; second++)
        {
            district.Clock.Advance(TimeSpan.FromSeconds(1));
            await district.SendAsync();
        }

        Assert.Equal(22, twilio.Asked.Count);
        // Apart from the call, in the order in which they were owed.
        Assert.Equal(Enumerable.Range(0, 20).Select(n => $"text {n}"), twilio.Asked.Select(asked => asked.Form["Body"]).Where(body => body.StartsWith("text", StringComparison.Ordinal)));
    }
}
