using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class QueuePageTests : ConsoleContext
{
    [Fact]
    public async Task A_key_acknowledges_the_chosen_alert_at_once_and_the_server_confirms()
    {
        await LogInAsync();
        Board.Replace([An("A1"), An("A2", minutesAgo: 9)], Board.Mark);
        var page = Render<QueuePage>();
        var answer = Server.OnLater("POST alerts/A2/acknowledge");

        await page.InvokeAsync(() => page.Instance.Key("j"));
        var pressed = page.InvokeAsync(() => page.Instance.Key("a"));
        page.WaitForAssertion(() => Assert.Contains("li.min", Row(page, "A2").TextContent));

        answer.SetResult(FakeServer.Json(Json(An("A2", version: 2) with { AnsweredAt = Noon, AnsweredBy = "li.min" })));
        await pressed;
        Assert.Equal(2, Board.Find("A2")!.Version);
        Assert.Contains("POST alerts/A2/acknowledge", Server.Asked);
    }

    [Fact]
    public async Task A_refused_acknowledgement_is_taken_back_and_the_servers_sentence_is_shown()
    {
        await LogInAsync();
        Board.Replace([An("A1")], Board.Mark);
        var page = Render<QueuePage>();
        Server.On("POST alerts/A1/acknowledge", """{"title":"Conflict","detail":"A1 was closed by wang.wei at 11:58."}""", HttpStatusCode.Conflict);

        await page.InvokeAsync(() => page.Instance.Key("j"));
        Server.On("GET alerts/A1", Json(An("A1", version: 3) with { State = "closed", ClosedAt = Noon, ClosedBy = "wang.wei", Outcome = "safe" }));
        await page.InvokeAsync(() => page.Instance.Key("a"));

        Assert.Equal("A1 was closed by wang.wei at 11:58.", page.Instance.Desk.Failure!.Value.Sentence);
        Assert.Null(Board.Find("A1")!.AnsweredBy);
        Assert.Equal("wang.wei", Board.Find("A1")!.ClosedBy);
    }

    [Fact]
    public async Task A_server_that_is_not_reached_leaves_the_alert_unanswered_and_says_so()
    {
        await LogInAsync();
        Board.Replace([An("A1")], Board.Mark);
        var page = Render<QueuePage>();
        await page.InvokeAsync(() => page.Instance.Key("j"));
        await page.InvokeAsync(() => page.Instance.Key("a"));
        Assert.Contains("连不上服务器", page.Instance.Desk.Failure!.Value.Sentence);
        Assert.Null(Board.Find("A1")!.AnsweredAt);
    }

    [Fact]
    public async Task Rows_keep_their_places_while_the_mouse_is_over_them()
    {
        Board.Replace([An("A1", priority: "P2"), An("A2", priority: "P2", minutesAgo: 5)], Board.Mark);
        var page = Render<QueuePage>();
        await page.InvokeAsync(() => page.Instance.Hover(true));
        Board.Merge(An("A9", priority: "P2", minutesAgo: 3));
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("1", page.Find("[data-testid=new-above]").TextContent));
        Assert.Equal(["A2", "A1"], Ids(page));
        await page.InvokeAsync(() => page.Instance.Hover(false));
        Assert.Equal(["A2", "A9", "A1"], Ids(page));
    }

    [Fact]
    public async Task A_P1_that_the_mouse_keeps_out_of_the_list_stands_above_it_and_can_be_worked_on()
    {
        await LogInAsync();
        Board.Replace([An("A1", priority: "P2"), An("A2", priority: "P2", minutesAgo: 5)], Board.Mark);
        var page = Render<QueuePage>();
        await page.InvokeAsync(() => page.Instance.Hover(true));
        Board.Merge(An("A9"));
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.NotNull(page.Find("[data-testid=urgent-strip] [data-alert-id=A9]")));
        Assert.Equal(["A2", "A1"], Ids(page, "#queue-list"));

        Server.OnLater("POST alerts/A9/acknowledge");
        await page.InvokeAsync(() => page.Find("[data-testid=urgent-strip] [data-testid=ack]").Click());
        Assert.Empty(page.FindAll("[data-testid=urgent-strip]"));
        Assert.Equal(["A9", "A2", "A1"], Ids(page));
        Assert.Equal("A9", page.Find("[aria-current=true]").GetAttribute("data-alert-id"));
        Assert.Contains("POST alerts/A9/acknowledge", Server.Asked);
    }

    [Theory]
    [InlineData("lane-technical")]
    [InlineData("lane-answered")]
    public async Task A_P1_of_another_lane_is_shown_until_somebody_answers(string lane)
    {
        Board.Replace([An("A1"), An("A2", minutesAgo: 5), An("A3", "silent", "P3")], Board.Mark);
        var page = Render<QueuePage>();
        await page.InvokeAsync(() => page.Find($"[data-testid={lane}]").Click());
        Assert.NotNull(page.Find("[data-testid=urgent-strip] [data-alert-id=A2]"));
        Assert.Contains("1", page.Find("[data-testid=more-urgent]").TextContent);
        await page.InvokeAsync(() => page.Find("[data-testid=urgent-strip] [data-testid=alert-row]").Click());
        Assert.Equal(["A2", "A1"], Ids(page));
    }

    [Fact]
    public async Task A_list_that_is_a_part_only_says_so()
    {
        await LogInAsync();
        Services.GetRequiredService<LinkState>().Beat(Noon);
        Server.On("GET alerts", """{"detail":"not now"}""", HttpStatusCode.ServiceUnavailable);
        var page = Render<QueuePage>();
        Assert.Empty(page.FindAll("[data-testid=incomplete]"));
        await page.InvokeAsync(page.Instance.Feed.RefetchAsync);
        page.WaitForAssertion(() => Assert.Equal("not now", page.Find("[data-testid=incomplete]").GetAttribute("title")));
    }

    [Fact]
    public async Task Technical_alerts_have_their_own_lane()
    {
        Board.Replace([An("A1"), An("A2", "silent", "P3")], Board.Mark);
        var page = Render<QueuePage>();
        Assert.Equal(["A1"], Ids(page));
        await page.InvokeAsync(() => page.Find("[data-testid=lane-technical]").Click());
        Assert.Equal(["A2"], Ids(page, "#queue-list"));
    }

    [Fact]
    public async Task Changing_the_language_keeps_the_view()
    {
        Board.Replace([An("A1"), An("A2", minutesAgo: 9)], Board.Mark);
        var page = Render<QueuePage>();
        await page.InvokeAsync(() => page.Instance.Key("j"));
        Services.GetRequiredService<Wording>().Switch(Wording.English);
        page.WaitForAssertion(() => Assert.Contains("Unanswered", page.Find("[data-testid=lane-unanswered]").TextContent));
        Assert.Equal("A2", page.Find("[aria-current=true]").GetAttribute("data-alert-id"));
    }

    private static AngleSharp.Dom.IElement Row(IRenderedComponent<QueuePage> page, string id) => page.Find($"[data-testid=alert-row][data-alert-id={id}]");

    private static List<string?> Ids(IRenderedComponent<QueuePage> page, string within = "") => [.. page.FindAll(within + " [data-testid=alert-row]").Select(row => row.GetAttribute("data-alert-id"))];

    private static string Json(Alert alert) => JsonSerializer.Serialize(new AlertDetail(alert), ConsoleJson.Default.AlertDetail);
}
