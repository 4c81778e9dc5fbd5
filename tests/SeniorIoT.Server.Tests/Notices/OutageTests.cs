using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>No provider takes texts: what waits, what is not needed any more, who is told, and what a restart knows of it.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task After_half_an_hour_without_providers_whoever_is_still_needed_is_told_once_and_nobody_else()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options);
        aliyun.Instead = _ => "isp.SYSTEM_ERROR";
        twilio.Instead = (_, http) => Provider.RefuseAsync(http, 503, 20503);
        await district.DeliverAsync("b1", district.Button());
        await district.DeliverAsync("b2", district.Button());
        await district.DeliverAsync("w1", district.Water([(14, 5000), (0, 5000)]));
        var (answered, open) = (district.Alerts("sos")[1], district.Alerts("sos")[0]);
        await PassAsync(district, TimeSpan.FromMinutes(20));
        Assert.IsType<Decision.Accepted>(AlertRules.Decide(district.Alerts("sos")[1], new AlertCommand.Acknowledge("li.min", null), Ladder.For(Priority.P1), district.Clock.GetUtcNow()));
        await district.Alert(district.Store.ReadKey(answered.Id.Value)!).Act(answered.Id, new AlertCommand.Acknowledge("li.min", null), new Actor("li.min", "console"));
        await PassAsync(district, TimeSpan.FromMinutes(10));

        // The ladder went on, and nothing was given up.
        Assert.InRange(district.Store.ReadNewest(district.Store.ReadKey(open.Id.Value)!)!.Step, 8, 12);
        Assert.DoesNotContain(district.Notices(open), notice => notice.State == "failed");
        var told = district.Alerts("providers-down");
        Assert.Equal(("providers-down", Priority.P1), (Assert.Single(told).Rule.Id, told[0].Priority));
        Assert.Contains("Call people by phone", told[0].Evidence.Note);
        Assert.NotNull(Queue(district).AllDownSince);
        Assert.InRange(Queue(district).UrgentWaiting, 5, 10);
        Assert.Equal(0, district.Notices(open).Count(notice => notice.State is "sent" or "delivered"));

        (aliyun.Instead, twilio.Instead) = (null, null);
        var (before, asked) = (aliyun.Sent.Count, twilio.Asked.Count);
        await PassAsync(district, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        var sent = district.Notices(open).Where(notice => notice.State == "sent").ToList();
        // Five people, each by the newest text alone (the ladder may have told them once more since).
        Assert.Equal(5, sent.Select(notice => notice.Phone).Distinct().Count());
        Assert.All(sent, notice => Assert.InRange(notice.Step, district.Store.ReadNewest(district.Store.ReadKey(open.Id.Value)!)!.Step - 1, 99));
        Assert.All(district.Notices(open).Where(notice => notice.State == "not_sent"), notice => Assert.Equal(NoticeStore.Newer, notice.Detail));
        Assert.DoesNotContain(district.Notices(answered), notice => notice.State is "sent" or "owed");
        Assert.All(district.Notices(answered).Where(notice => notice.State == "not_sent"), notice => Assert.Contains(notice.Detail, (string[])[NoticeStore.Newer, NoticeStore.Answered, NoticeStore.AnsweredMeanwhile]));
        Assert.All(district.Notices(district.Alerts("no-water")[0]).Where(notice => notice.Channel == "sms"), notice => Assert.Contains(notice.State, (string[])["sent", "not_sent"]));
        Assert.True(aliyun.Sent.Count + twilio.Asked.Count - before - asked <= 25);
        Assert.Null(Queue(district).AllDownSince);
        Assert.True(Queue(district).NotNeededToday > 20);
        Assert.NotNull(district.Alerts("providers-down")[0].ClearedAt);
        Assert.DoesNotContain(district.Notices(district.Alerts("providers-down")[0]), notice => notice.State == "owed");
    }

    [Fact]
    public async Task The_first_text_of_a_P1_waits_for_no_provider_s_rest_and_the_next_one_does()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        twilio.Instead = (_, http) => Provider.RefuseAsync(http, 401, 20003);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.True(Assert.Single(district.Get<ProviderDesk>().Texts.Values).IsDown);
        twilio.Instead = null;
        var before = twilio.Asked.Count;
        await district.DeliverAsync("w1", district.Water([(14, 5000), (0, 5000)]));
        await district.SendAsync();
        Assert.Equal(before, twilio.Asked.Count); // a P2 waits until the provider has rested
        await district.DeliverAsync("b2", district.Button());
        await district.SendAsync();
        Assert.True(twilio.Asked.Count >= before + 2);
        // It was there again, so all that waited goes now.
        await district.SendAsync();
        Assert.All(district.Get<NoticeStore>().List(null, long.MaxValue, 50).Items.Where(notice => notice.Channel == "sms"), notice => Assert.Equal("sent", notice.State));
    }

    [Fact]
    public async Task A_restart_in_a_storm_knows_who_is_down_what_a_number_has_had_and_how_fast_texts_went()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        var slow = twilio.Options;
        slow.TextsPerSecond = 5;
        var district = await District.StartAsync(twilio: slow, aliyun: aliyun.Options);
        aliyun.Instead = _ => "isv.OUT_OF_SERVICE";
        await district.Get<NoticeStore>().OweAsync([.. Enumerable.Range(1, 4).Select(n => Text($"n{n}", "13800000002"))]);
        await district.SendAsync();
        Assert.Equal(4, twilio.Asked.Count);
        var asked = aliyun.Sent.Count;

        await using var again = await district.RestartAsync(withCheckpoint: false, TimeSpan.Zero, slow, aliyun.Options);
        Assert.True(again.Get<ProviderDesk>().Texts["aliyun"].IsDown);
        var desk = again.Get<ProviderDesk>();
        var carrier = desk.All.Single(provider => provider.Name == "twilio");
        Assert.True(desk.TryTake(carrier, "+8613800000002", isUrgent: true, again.Clock.GetUtcNow(), out _));
        Assert.False(desk.TryTake(carrier, "+8613800000002", isUrgent: true, again.Clock.GetUtcNow(), out _)); // four of its five places of this second were taken before
        await again.Get<NoticeStore>().OweAsync([Text("n5", "13800000002")]);
        again.Clock.Advance(TimeSpan.FromSeconds(1));
        await again.SendAsync();
        Assert.Equal((asked, 4), (aliyun.Sent.Count, twilio.Asked.Count));
        var held = again.Get<NoticeStore>().List(null, long.MaxValue, 50).Items.Single(notice => notice.NoticeId == "n5");
        Assert.Equal("owed", held.State); // aliyun, which is down, may take it yet
        aliyun.Instead = null;
        again.Clock.Advance(TimeSpan.FromSeconds(60));
        await again.SendAsync();
        Assert.Equal((asked + 1, 4), (aliyun.Sent.Count, twilio.Asked.Count));
        Assert.False(again.Get<ProviderDesk>().Texts["aliyun"].IsDown);
    }

    private static Notice Text(string id, string phone) =>
        new(id, new AlertId(""), 0, NoticeChannel.Sms, new Responder("x", phone, Role.Volunteer), $"text {id}", District.Start) { IsInformation = true };

    private static Api.SmsQueue Queue(District district) =>
        district.Get<NoticeStore>().ReadQueue(District.Start.AddHours(-1), ProvidersWatch.DownSince([.. district.Get<ProviderDesk>().Texts.Values]));

    private static async Task PassAsync(District district, TimeSpan time, TimeSpan? every = null)
    {
        var step = every ?? TimeSpan.FromSeconds(15);
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            await district.PassAsync(step, step);
            await district.SendAsync();
            await district.Get<ProviderWatcher>().LookAsync();
        }
    }
}
