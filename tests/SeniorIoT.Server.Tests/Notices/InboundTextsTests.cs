using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>What people answer, in a district with alerts.</summary>
public sealed class InboundTextsTests
{
    private const string Li = "13800000001";
    private const string Duty = "+8613800000003";

    [Fact]
    public async Task The_same_text_delivered_again_acts_once_and_is_answered_the_same()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var first = await district.Get<InboundTexts>().HandleAsync(Li, "A0001 3", "SM1");
        var version = district.Alerts()[0].Version;
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => district.Get<InboundTexts>().HandleAsync(Li, "A0001 3", "SM1")));
        Assert.All(again, answer => Assert.Equal(first, answer));
        Assert.Equal(version, district.Alerts()[0].Version);
        var kept = Assert.Single(Texts(district));
        Assert.Equal(("acted", "Li", "A0001"), (kept.Fate, kept.Sender, Assert.Single(kept.AlertIds)));
    }

    [Fact]
    public async Task A_text_kept_before_a_crash_is_worked_off_after_it_once_and_its_answer_is_owed()
    {
        var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        await district.Get<InboundStore>().KeepAsync("SM1", Li, "A0001 1", district.Clock.GetUtcNow());
        await using var after = await district.RestartAsync(withCheckpoint: false, later: TimeSpan.FromSeconds(5));
        var inbound = after.Get<InboundTexts>();
        await inbound.ResumeAsync(after.Clock.GetUtcNow());
        await inbound.ResumeAsync(after.Clock.GetUtcNow());
        Assert.Equal(["raised", "acknowledged", "arrived"], after.Timeline(after.Alerts()[0]));
        var owed = Assert.Single(after.Get<NoticeStore>().List(null, long.MaxValue, 50).Items, notice => notice.NoticeId == "reply-SM1");
        Assert.StartsWith("A0001 已收到", owed.Text);
        Assert.Equal(await inbound.HandleAsync(Li, "A0001 1", "SM1"), owed.Text);
    }

    [Fact]
    public async Task Help_from_the_door_tells_the_next_step_at_once_and_only_another_person_is_an_answer()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var inbound = district.Get<InboundTexts>();
        await inbound.HandleAsync(Li, "1", "SM1");
        Assert.IsType<Response.Given>(district.Alerts()[0].Response);
        await inbound.HandleAsync(Li, "A0001 求助,老人晕倒了", "SM2");
        var alert = district.Alerts()[0];
        Assert.IsType<Response.Awaited>(alert.Response);
        Assert.Equal(("Li", 1), (alert.Help!.By, alert.Step));
        Assert.Equal(["Wu", "head", "supervisor"], district.Notices(alert).Where(notice => notice.Step == 1).Select(notice => notice.Recipient).Order(StringComparer.Ordinal));
        Assert.All(district.Notices(alert).Where(notice => notice.Step == 1), notice => Assert.Contains("Li在现场求助", notice.Text));
        await inbound.HandleAsync(Li, "A0001 1", "SM3");
        Assert.IsType<Response.Awaited>(district.Alerts()[0].Response);
        await inbound.HandleAsync("13800000002", "A0001 1", "SM4");
        Assert.Equal(("Wu", null), (district.Alerts()[0].HandledBy, district.Alerts()[0].Help));
    }

    [Fact]
    public async Task The_ladder_goes_on_at_once_when_everybody_of_a_step_declined_and_when_whoever_was_going_turns_back()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var inbound = district.Get<InboundTexts>();
        await inbound.HandleAsync(Li, "A0001 0", "SM1");
        Assert.Equal(0, district.Alerts()[0].Step);
        await inbound.HandleAsync(Duty, "A0001 去不了", "SM2");
        Assert.Equal(1, district.Alerts()[0].Step);
        await inbound.HandleAsync("13800000002", "马上到", "SM3");
        Assert.Equal("Wu", district.Alerts()[0].Dispatch!.To);
        await inbound.HandleAsync("13800000002", "0", "SM4");
        Assert.IsType<Response.Awaited>(district.Alerts()[0].Response);
        Assert.Equal((2, null), (district.Alerts()[0].Step, district.Alerts()[0].Dispatch));
    }

    [Fact]
    public async Task When_somebody_goes_the_others_who_were_told_hear_it_once()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var inbound = district.Get<InboundTexts>();
        await inbound.HandleAsync(Li, "A0001 1", "SM1");
        await inbound.HandleAsync(Li, "A0001 2", "SM2");
        await district.SendAsync();
        var told = Assert.Single(provider.Asked, asked => asked.Form["Body"].Contains("Li已前往", StringComparison.Ordinal));
        Assert.Equal(Duty, told.Form["To"]);
        Assert.Equal(["safe"], district.Notices(district.Alerts()[0]).Where(notice => notice.Recipient == "Li").Select(notice => notice.Answer));
    }

    [Fact]
    public async Task Of_two_people_at_once_one_wins_and_the_other_reads_who()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var (alert, key) = (district.Alerts()[0], district.Store.ReadKey("A0001")!);
        var both = await Task.WhenAll(new[] { "An", "Bo" }.Select(by => district.Alert(key).Act(alert.Id, new AlertCommand.Acknowledge(by, null), new Actor(by, "console 10.0.0.1", alert.Version))));
        var lost = Assert.Single(both, answer => answer.Rejected is not null);
        Assert.Equal(district.Alerts()[0].HandledBy, lost.Winner!.By);
        Assert.NotEmpty(lost.Rejected!);
    }

    [Fact]
    public async Task Unknown_senders_and_automatic_answers_are_kept_and_not_answered_for_ever()
    {
        await using var district = await District.StartAsync();
        List<string?> answers = [];
        for (var i = 0; i < 5; i++) answers.Add(await district.Get<InboundTexts>().HandleAsync("+8613999999999", "自动回复:我在开会", $"SM{i}"));
        Assert.Equal(ReplyRules.HelpMax, answers.Count(answer => answer is not null));
        Assert.Equal(5, Texts(district).Count);
        Assert.All(Texts(district), text => Assert.Equal(("unclear", null), (text.Fate, text.Sender)));
    }

    [Fact]
    public void A_link_opens_one_alert_for_one_person_and_nothing_else_opens_it()
    {
        var clock = new FakeTimeProvider(District.Start);
        var keys = new EphemeralDataProtectionProvider();
        var links = new AnswerLinks(keys, new AnswerOptions { PublicUrl = "https://care.example" }, clock);
        var link = links.For(new AlertId("A0001"), new Responder("Li", Li, Role.Volunteer))!;
        var token = link.AbsolutePath["/a/".Length..];
        var ticket = links.Read(token)!;
        Assert.Equal(("A0001", "Li", "+86" + Li, District.Start.AddHours(4)), (ticket.AlertId, ticket.Name, ticket.Number, ticket.ExpiresAt));
        Assert.DoesNotContain(Li, link.ToString());
        for (var i = 0; i < token.Length; i += 7) Assert.Null(links.Read(token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..]));
        Assert.Null(links.Read(""));
        Assert.Null(links.Read("not-a-token"));
        Assert.Null(new AnswerLinks(new EphemeralDataProtectionProvider(), new AnswerOptions(), clock).Read(token));
        Assert.Null(new AnswerLinks(keys, new AnswerOptions(), clock).For(new AlertId("A0001"), new Responder("Li", Li, Role.Volunteer)));
    }

    private static IReadOnlyList<Api.InboundText> Texts(District district) => district.Get<InboundStore>().List(null, long.MaxValue, 100).Items;
}
