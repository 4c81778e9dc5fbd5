using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Storms;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>The pane of an incident, what is shelved, and the load. It is Monday noon on the centre's clock.</summary>
public sealed class StormPagesTests : ConsoleContext
{
    private const string Rules = """
        {"items":[{"rule":"sos","priority":"P1","longestHours":0,"whyNot":"'sos' calls for help: it cannot be shelved."},{"rule":"no-water","priority":"P2","longestHours":24},{"rule":"leak","priority":"P3","longestHours":720}]}
        """;

    private const string Shelf = """
        {"items":[{"shelfId":7,"householdId":"H1","deviceId":"w1","rule":"leak","reason":"周一修","by":"An","from":"2026-03-09T01:00:00Z","until":"2026-03-10T01:00:00Z","state":"on","held":3,"address":"愚园路1号"}]}
        """;

    [Fact]
    public async Task The_pane_says_how_it_opened_who_was_told_what_is_in_it_and_how_it_ends()
    {
        await LogInAsync();
        var detail = new IncidentDetail(IncidentQueueTests.An())
        {
            Timeline = [new(Noon.AddMinutes(-5), "told", null, "step 0: 3 homes, 4 alerts")],
            Notices = [new("I0001-1-1", "A1", 0, "sms", "supervisor", "周", "139****0001", "【江苏路】事件I0001", "delivered", null, Noon.AddMinutes(-5), Noon.AddMinutes(-5), Noon.AddMinutes(-4))],
            Terms = new(5, 30, 120, 2, Noon.AddHours(12), Noon.AddMinutes(25)),
        };
        Server.On("GET incidents/I0001", JsonSerializer.Serialize(detail, ConsoleJson.Default.IncidentDetail));
        Server.On("GET incidents/I0001/alerts", JsonSerializer.Serialize(new Page<Alert>([An("A1", "burst", "P2") with { IncidentId = "I0001" }, An("A2", "burst", "P2")], null), ConsoleJson.Default.Alerts));
        var pane = Render<IncidentPane>(parameters => parameters.Add(one => one.IncidentId, "I0001"));
        var terms = pane.WaitForElement("[data-testid=incident-terms]").TextContent;
        Assert.Contains("120 分钟内有 5 户以上、且占该处 30% 以上的住户报警", terms, StringComparison.Ordinal);
        Assert.Contains("不超过 2 户时结束，最迟 03-10 00:00", terms, StringComparison.Ordinal);
        Assert.Contains("12:25 前无人应答，改为逐户通知", terms, StringComparison.Ordinal);
        Assert.Contains("第 1 级：3 户、4 条警情", pane.Find("[data-testid=timeline-entry]").TextContent, StringComparison.Ordinal);
        Assert.Contains("【江苏路】事件I0001", pane.Find("[data-testid=notice][data-state=delivered]").TextContent, StringComparison.Ordinal);
        pane.WaitForAssertion(() => Assert.Equal(2, pane.FindAll("[data-testid=member]").Count));
        Assert.Contains("已移出", pane.Find("[data-alert-id=A2]").TextContent, StringComparison.Ordinal);
        Assert.Single(pane.FindAll("[data-testid^=take-out]"));
    }

    [Fact]
    public async Task Closing_all_needs_an_outcome_and_a_note_outlives_a_refusal()
    {
        await LogInAsync();
        var incident = IncidentQueueTests.An();
        Server.On("POST incidents/I0001/close", """{"detail":"Incident I0001 is over: The trouble is over in nearly all homes."}""", HttpStatusCode.Conflict);
        var actions = Render<IncidentActions>(parameters => parameters.Add(one => one.Incident, incident).Add(one => one.Panel, SeniorIoT.Console.Queue.Panel.Close));
        Assert.True(actions.Find("[data-testid=close-confirm]").HasAttribute("disabled"));
        actions.Find("[data-testid=note-text]").Input("总管爆了");
        actions.Find("[data-testid=outcome-leak]").Click();
        actions.Find("[data-testid=close-confirm]").Click();
        actions.WaitForAssertion(() => Assert.Equal("事件 I0001 已结束：几乎所有住户都已恢复。", Services.GetRequiredService<AlertDesk>().Failure!.Value.Sentence));
        Assert.Equal("总管爆了", actions.Find("[data-testid=note-text]").GetAttribute("value"));
    }

    [Fact]
    public async Task A_finding_is_shelved_within_the_limits_that_the_server_gives()
    {
        await LogInAsync();
        Server.On("GET shelves/rules", Rules);
        Server.On("POST shelves", """{"title":"Bad","errors":{"until":["'no-water' is P2: it can be shelved for at most 24 hours, then again."]}}""", HttpStatusCode.BadRequest);
        var done = 0;
        var form = Render<ShelfForm>(parameters => parameters.Add(one => one.HouseholdId, "H1").Add(one => one.DeviceId, "w1").Add(one => one.Rule, "no-water").Add(one => one.OnDone, () => done++));
        form.WaitForElement("[data-testid=shelf-for-24]");
        Assert.Empty(form.FindAll("[data-testid=shelf-for-72]"));
        Assert.Equal("2026-03-10T12:00:00", form.Find("[data-testid=shelf-until]").GetAttribute("value"));
        Assert.True(form.Find("[data-testid=shelf-confirm]").HasAttribute("disabled"));
        form.Find("[data-testid=shelf-reason]").Input("住院");
        form.Find("[data-testid=shelf-form]").Submit();
        form.WaitForAssertion(() => Assert.Contains("P2 级警情（no-water）一次最多搁置 24 小时", form.Find("[data-testid=shelf-problem]").TextContent, StringComparison.Ordinal));
        Assert.Equal("住院", form.Find("[data-testid=shelf-reason]").GetAttribute("value"));
        Server.On("POST shelves", "{}", HttpStatusCode.Created);
        form.Find("[data-testid=shelf-form]").Submit();
        form.WaitForAssertion(() => Assert.Equal(1, done));
    }

    [Fact]
    public async Task A_call_for_help_is_never_shelved_and_the_form_says_so()
    {
        await LogInAsync();
        Server.On("GET shelves/rules", Rules);
        var form = Render<ShelfForm>(parameters => parameters.Add(one => one.HouseholdId, "H1").Add(one => one.Rule, "sos"));
        Assert.Equal("求助类警情（sos）不能搁置。", form.WaitForElement("[data-testid=shelf-never]").TextContent);
        Assert.Empty(form.FindAll("[data-testid=shelf-confirm]"));
        var choice = Render<ShelfForm>(parameters => parameters.Add(one => one.HouseholdId, "H1"));
        choice.WaitForAssertion(() => Assert.Equal(["no-water", "leak"], choice.FindAll("option").Select(option => option.GetAttribute("value"))));
    }

    [Fact]
    public async Task The_page_of_what_is_shelved_says_by_whom_why_until_when_and_how_much_and_ends_it()
    {
        await LogInAsync();
        Server.On("GET shelves", Shelf);
        Server.On("DELETE shelves/7", "{}");
        var page = Render<ShelvesPage>();
        var row = page.WaitForElement("[data-testid=shelf]").TextContent;
        Assert.All((string[])["漏水", "愚园路1号", "w1", "An", "周一修", "03-10 09:00", "3"], word => Assert.Contains(word, row, StringComparison.Ordinal));
        page.Find("[data-testid=unshelve-7]").Click();
        page.Find("[data-testid=unshelve-7-sure]").Click();
        page.WaitForAssertion(() => Assert.Contains("DELETE shelves/7", Server.Asked));
    }

    [Theory]
    [InlineData("leak", "w1", 1)]
    [InlineData("leak", "w2", 0)]
    [InlineData("no-water", null, 0)]
    [InlineData(null, null, 1)]
    public void An_alert_a_device_and_a_home_say_what_of_them_is_shelved(string? rule, string? device, int lines)
    {
        Server.On("GET shelves", Shelf);
        var shown = Render<ShelvedLines>(parameters => parameters.Add(one => one.HouseholdId, "H1").Add(one => one.Rule, rule).Add(one => one.DeviceId, device));
        shown.WaitForAssertion(() => Assert.Equal(lines, shown.FindAll("[data-testid=shelved]").Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_load_is_shown_against_its_limits_and_marked_in_the_header_when_it_is_over(bool isOver)
    {
        await LogInAsync();
        Server.On("GET load", $$"""
            {"at":"2026-03-09T04:00:00Z","raisedLastHour":{{(isOver ? 13 : 12)}},"raisedLastDay":40,"standing":300,"unanswered":20,"stale":2,"incidents":1,"shelved":4,"limitHour":6,"limitDay":150,"isOver":{{(isOver ? "true" : "false")}},
            "operators":[{"user":"An","lastHour":7,"lastDay":30,"isOver":true},{"user":"Bo","lastHour":1,"lastDay":10,"isOver":false}],
            "chattering":[{"householdId":"H1","deviceId":"w1","rule":"leak","address":"愚园路1号","raises":9}]}
            """);
        var page = Render<LoadPage>();
        Assert.Equal(isOver ? ["近 1 小时新警情", "超过 24 小时未关"] : (string[])["超过 24 小时未关"], page.WaitForElements(".missed dt").Select(name => name.TextContent));
        Assert.Contains("超限", page.Find("[data-testid=load-operators]").TextContent, StringComparison.Ordinal);
        Assert.Equal("shelves?household=H1&rule=leak&device=w1", page.Find("[data-testid=to-shelve]").GetAttribute("href"));
        var mark = Render<LoadMark>();
        mark.WaitForAssertion(() => Assert.Equal(isOver ? 1 : 0, mark.FindAll("[data-testid=load-mark]").Count));
    }
}
