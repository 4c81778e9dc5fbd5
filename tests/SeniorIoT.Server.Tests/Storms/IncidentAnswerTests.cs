using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Tests.Notices;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;
using QuietHours = SeniorIoT.Domain.Duty.QuietHours;

namespace SeniorIoT.Server.Tests.Storms;

/// <summary>Who is told of an incident, and what they answer by text. It is noon in Shanghai when it begins.</summary>
public sealed class IncidentAnswerTests
{
    private const string Duty = "+8613900000001", Head = "+8613900000002", Supervisor = "+8613900000003";

    [Fact]
    public async Task Whoever_is_absent_or_asleep_is_not_told_of_an_incident_as_long_as_somebody_else_is()
    {
        await using var district = await StartAsync();
        var now = district.Clock.GetUtcNow();
        await ChangeAsync(district, connection => DutyStore.Add(connection, new PersonAbsence(0, Duty, "duty", now, now.AddHours(10), "holiday", "An")));
        await StormAsync(district);
        Assert.Equal(["supervisor"], Texts(district, "I0001").Select(text => text.Recipient));
    }

    [Fact]
    public async Task In_quiet_hours_an_incident_wakes_only_who_is_awake_or_the_last_one_and_a_press_in_it_wakes_all()
    {
        await using var district = await StartAsync();
        foreach (var number in (string[])[Supervisor, "+8613800000103"])
            await ChangeAsync(district, connection =>
            {
                DutyStore.Set(connection, number, new QuietHours(new(22, 0), new(7, 0)));
                return 0L;
            });
        district.Clock.Advance(TimeSpan.FromHours(15));
        await StormAsync(district);
        Assert.Equal(["duty"], Texts(district, "I0001").Select(text => text.Recipient));
        await RaiseAsync(district, 3, Rule.Sos);
        Assert.Contains(Texts(district, AlertOf(district, 3, Rule.Sos).Id.Value), text => text.Recipient == "Vol3");
    }

    [Fact]
    public async Task The_rota_of_the_committee_says_who_is_told()
    {
        await using var district = await StartAsync();
        Person night = new("王值班", "+8613900000031");
        await ChangeAsync(district, connection =>
        {
            DutyStore.Set(connection, new Rota("万航居委会", Role.CommitteeDuty, [night], [new((Domain.Households.Weekdays)127, new(8, 0), new(20, 0), [night.Number])], []));
            return 0L;
        });
        await StormAsync(district);
        Assert.Equal(["supervisor", "王值班"], Texts(district, "I0001").Select(text => text.Recipient).Order());
    }

    [Fact]
    public async Task A_member_that_became_urgent_is_told_at_once_whatever_the_incident_holds()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var alert = AlertOf(district, 6, Rule.NoWater);
        await district.Alert(Key(6, Rule.NoWater)).Act(alert.Id, new AlertCommand.Regrade("An", Priority.P1, "her neighbour heard her"), new Actor("An", null));
        Assert.Contains(Texts(district, alert.Id.Value), text => text is { Recipient: "Vol6", State: "owed" });
        await district.PassAsync(TimeSpan.FromMinutes(5));
        Assert.True(AlertOf(district, 6, Rule.NoWater).Step >= 3);
        Assert.Null(AlertOf(district, 6, Rule.NoWater).Incident);
    }

    [Theory]
    [InlineData("I0001 1")]
    [InlineData("i0001-1")]
    [InlineData("1")]
    [InlineData("l0001 1")]
    [InlineData("10001 1")]
    [InlineData("I0001 到了")]
    [InlineData("I00011")]
    public async Task An_answer_by_text_answers_the_incident_and_its_members_once(string text)
    {
        await using var district = await StartAsync();
        // The first four were told to duty one by one before: "1" means the incident all the same.
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        var first = await texts.HandleAsync(Duty, text, "SM1");
        Assert.StartsWith("I0001 已收到", first, StringComparison.Ordinal);
        var lines = Lines(district);
        Assert.Equal(first, await texts.HandleAsync(Duty, text, "SM1"));
        Assert.Equal(lines, Lines(district));
        Assert.Equal("duty", Incidents(district)[0].AnsweredBy);
        Assert.All(Enumerable.Range(1, 6), home => Assert.Equal("duty", AlertOf(district, home, Rule.NoWater).HandledBy));
        await district.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromMinutes(1));
        Assert.False(Incidents(district)[0].IsOver);
        Assert.DoesNotContain(Texts(district, "I0001"), notice => notice.Recipient == "head");
        Assert.Contains(Texts(district, "I0001"), notice => notice is { Recipient: "duty", Answer: "here" });
    }

    [Fact]
    public async Task A_number_without_its_letter_is_asked_about_where_it_could_be_two()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        Assert.Equal("您有I0001、A0001,是哪一件?请回复案件号加1到场2平安3求助0不能去", await texts.HandleAsync(Duty, "0001 1", "SM1"));
        Assert.Null(Incidents(district)[0].AnsweredBy);
        Assert.StartsWith("I0001 已收到", await texts.HandleAsync(Supervisor, "0001 1", "SM2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_others_say_after_that_is_written_down_and_nobody_else_is_believed()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        await texts.HandleAsync(Duty, "I0001 1", "SM1");
        Assert.StartsWith("I0001 已收到", await texts.HandleAsync(Supervisor, "I0001 2 都好", "SM2"), StringComparison.Ordinal);
        Assert.Equal("没有发给您的案件 I0001。请核对案件号。", await texts.HandleAsync("+8613700000000", "I0001 1", "SM3"));
        Assert.Equal("没有发给您的案件 I0009。请回复I0001加1到场2平安3求助0不能去", await texts.HandleAsync(Supervisor, "I0009 1", "SM4"));
        Assert.Equal("I0001 怎么样了?请回复I0001加1到场2平安3求助0不能去", await texts.HandleAsync(Supervisor, "I0001", "SM5"));
        Assert.Equal(["told step 0: 6 homes, 6 alerts", "acknowledged SMS: 到场", "noted SMS: 平安 · I0001 2 都好"], Lines(district));
        Assert.Equal("duty", Incidents(district)[0].AnsweredBy);
    }

    [Fact]
    public async Task When_all_who_were_told_cannot_go_the_next_are_told_at_once()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        Assert.Equal("I0001 知道了,我们另找人,谢谢。", await texts.HandleAsync(Duty, "I0001 0", "SM1"));
        Assert.DoesNotContain(Texts(district, "I0001"), text => text.Recipient == "head");
        await texts.HandleAsync(Supervisor, "0", "SM2");
        Assert.Contains(Texts(district, "I0001"), text => text is { Recipient: "head", State: "owed", Step: 1 });
        Assert.Equal("told step 1: 6 homes, 6 alerts; everybody who was told cannot come", Lines(district)[^1]);
    }

    [Fact]
    public async Task Whoever_answered_and_then_cannot_go_is_not_the_answer_any_more_and_people_are_asked_on()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        await texts.HandleAsync(Duty, "I0001 1", "SM1");
        district.Clock.Advance(TimeSpan.FromMinutes(50));
        await texts.HandleAsync(Duty, "I0001 0", "SM2");
        Assert.All(Enumerable.Range(1, 6), home => Assert.Null(AlertOf(district, home, Rule.NoWater).HandledBy));
        await district.SweepAsync();
        Assert.Contains(Texts(district, "I0001"), text => text is { Recipient: "head", State: "owed" });
        await district.PassAsync(TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(1));
        Assert.False(Incidents(district)[0].IsOver);
        await district.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        Assert.Equal("Nobody answered it: every home is told by itself.", Incidents(district)[0].EndedBecause);
        Assert.All(Enumerable.Range(1, 6), home => Assert.NotNull(AlertOf(district, home, Rule.NoWater).EscalatesAt));
    }

    [Fact]
    public async Task Help_that_is_asked_for_there_is_told_until_another_person_answers_also_after_the_incident()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var texts = district.Get<InboundTexts>();
        Assert.Equal("I0001 已收到,正在叫更多人,请留在那里。紧急请先拨120。", await texts.HandleAsync(Duty, "I0001 3", "SM1"));
        Assert.Contains(Texts(district, "I0001"), text => text.Recipient == "head" && text.Text == "【江苏路街道】I0001 12:00,万航渡路88号,duty在现场求助,请马上去。回复I0001加1到场2平安3求助0不能去");
        for (var home = 1; home <= 6; home++) await ClearAsync(district, home, Rule.NoWater);
        await district.PassAsync(TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(1));
        Assert.True(Incidents(district)[0].IsOver);
        Assert.True(Texts(district, "I0001").Count(text => text.Recipient == "head") >= 3);
        await texts.HandleAsync(Head, "1", "SM2");
        await texts.HandleAsync(Head, "I0001 1", "SM3");
        var told = Texts(district, "I0001").Count;
        await district.PassAsync(TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(1));
        Assert.Equal(("head", null, told), (Incidents(district)[0].AnsweredBy, Incidents(district)[0].HelpBy, Texts(district, "I0001").Count));
    }

    [Fact]
    public async Task Where_no_text_gets_through_it_goes_on_at_once_and_then_tells_every_home()
    {
        await using var provider = await Provider.StartAsync();
        provider.Instead = (asked, http) => asked.Form["To"] is Duty or Head or Supervisor ? Provider.RefuseAsync(http, 400, 21211) : Task.FromResult(false);
        await using var district = await StartAsync(provider: provider);
        await StormAsync(district);
        await district.SendAsync();
        Assert.Equal("told step 1: 6 homes, 6 alerts; nobody of the step before could be reached", Lines(district)[^1]);
        await district.SendAsync();
        await district.SweepAsync();
        Assert.Equal("Nobody can be told of it: every home is told by itself.", Incidents(district)[0].EndedBecause);
        await district.SweepAsync();
        while (await district.SendAsync() > 0)
        {
        }

        Assert.All(Enumerable.Range(1, 6), home => Assert.Contains(provider.Asked, asked => asked.Form["To"] == $"+86138000001{home:00}"));
    }

    [Fact]
    public async Task Answered_what_was_not_sent_never_is()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await StartAsync(provider: provider);
        await StormAsync(district);
        await Incident(district).Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", null));
        await district.SendAsync();
        Assert.DoesNotContain(provider.Asked, asked => asked.Form["Body"].Contains("I0001", StringComparison.Ordinal));
        Assert.All(Texts(district, "I0001"), text => Assert.Equal(("not_sent", "not sent: somebody had answered"), (text.State, text.Detail)));
    }

    [Fact]
    public async Task Of_two_who_act_on_an_incident_at_once_the_second_is_told_who_was_faster_and_a_call_for_help_is_not_answered_unseen()
    {
        await using var district = await StartAsync();
        await StormAsync(district);
        var grain = district.Get<IGrainFactory>().GetGrain<IIncidentGrain>("I0001");
        var seen = Incidents(district)[0].Version;
        // Both are on their way to the grain before either is there.
        var both = await Task.WhenAll(
            grain.Act(new IncidentCommand.AskHelp("duty", "求助"), new Actor("duty", "SMS ***0001")),
            grain.Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", "console", seen)));
        // Whichever came first: the call for help is open, and an operator who had not seen it did not end it.
        Assert.Equal("duty", Incidents(district)[0].HelpBy);
        Assert.Null(both[0].Rejected);
        if (both[1].Rejected is { } why) Assert.StartsWith("duty was faster: help_asked", why);
        var late = await grain.Act(new IncidentCommand.Close("Bo", "safe", null), new Actor("Bo", "console", seen));
        Assert.StartsWith("duty was faster: help_asked", late.Rejected);
        Assert.Null((await grain.Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", "console", Incidents(district)[0].Version))).Rejected);
        // What somebody notes overrules nobody.
        seen = Incidents(district)[0].Version;
        await grain.Act(new IncidentCommand.Report("head", "平安"), new Actor("head", "SMS ***0002"));
        Assert.Null((await grain.Act(new IncidentCommand.Close("An", "safe", null), new Actor("An", "console", seen))).Rejected);
    }

    private static async Task StormAsync(District district)
    {
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
    }

    private static Task<long> ChangeAsync(District district, Func<Microsoft.Data.Sqlite.SqliteConnection, long> change) =>
        district.Get<DutyDirectory>().ChangeAsync((connection, _) => change(connection));
}
