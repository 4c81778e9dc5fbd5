using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Server;
using SeniorIoT.Console.Storms;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>The queue with an incident in it.</summary>
public sealed class IncidentQueueTests : ConsoleContext
{
    private IncidentBoard Incidents => Services.GetRequiredService<IncidentBoard>();

    [Fact]
    public void An_incident_is_one_row_and_counts_as_one_and_a_call_for_help_stands_for_itself()
    {
        Storm();
        Board.Merge(An("A9") with { IncidentId = "I0001" });
        var page = Render<QueuePage>();
        Assert.Equal(["A9", "I0001", "A8"], Ids(page));
        Assert.Contains("3", page.Find("[data-testid=lane-unanswered]").TextContent, StringComparison.Ordinal);
        var row = page.Find("[data-testid=incident-row]").TextContent;
        Assert.All((string[])["用水异常", "万航渡路88号", "3 户", "3 条警情", "无人应答"], word => Assert.Contains(word, row, StringComparison.Ordinal));
        Assert.Equal((2, 2), (Board.Count("P2").Open, Board.Count("P2").Unanswered));
    }

    [Fact]
    public async Task Keys_open_it_go_through_it_and_close_it()
    {
        Storm();
        var page = Render<QueuePage>();
        await PressAsync(page, "j", "ArrowRight", "j", "j");
        Assert.Equal(["I0001", "A1", "A2", "A3", "A8"], Ids(page));
        Assert.Equal("A2", Chosen(page));
        await PressAsync(page, "ArrowLeft");
        Assert.Equal(["I0001", "A8"], Ids(page));
        Assert.Equal("I0001", Chosen(page));
        await PressAsync(page, "Enter");
        Assert.Equal(["I0001", "A1", "A2", "A3", "A8"], Ids(page));
    }

    [Fact]
    public async Task Answered_by_a_key_it_is_answered_at_once_and_keeps_its_row_while_it_is_chosen()
    {
        await LogInAsync();
        Storm();
        var answer = Server.OnLater("POST incidents/I0001/acknowledge");
        var page = Render<QueuePage>();
        await PressAsync(page, "j");
        var pressed = page.InvokeAsync(() => page.Instance.Key("a"));
        page.WaitForAssertion(() => Assert.Contains("li.min 已应答", page.Find("[data-testid=incident-row]").TextContent, StringComparison.Ordinal));
        answer.SetResult(FakeServer.Json(Json(An(version: 2) with { AnsweredAt = Noon, AnsweredBy = "li.min" })));
        await pressed;
        Assert.Equal("li.min", Incidents.Find("I0001")!.AnsweredBy);
        Assert.Equal(["I0001", "A8"], Ids(page));
        Assert.Contains("1", page.Find("[data-testid=lane-answered]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_operators_the_slower_reads_who_was_faster_and_when()
    {
        await LogInAsync();
        Storm();
        Server.On("POST incidents/I0001/acknowledge", """{"detail":"wang has already answered.","by":"wang","at":"2026-03-09T03:59:30Z","kind":"acknowledged"}""", HttpStatusCode.Conflict);
        Server.On("GET incidents/I0001", Json(An(version: 2) with { AnsweredAt = Noon, AnsweredBy = "wang" }));
        var page = Render<QueuePage>();
        await PressAsync(page, "j", "a");
        var (id, sentence) = page.Instance.Desk.Failure!.Value;
        Assert.Equal("I0001", id);
        Assert.Contains("wang", sentence, StringComparison.Ordinal);
        Assert.Contains("11:59:30", sentence, StringComparison.Ordinal);
        Assert.Equal("wang", Incidents.Find("I0001")!.AnsweredBy);
    }

    [Fact]
    public async Task One_is_taken_out_by_a_key()
    {
        await LogInAsync();
        Storm();
        Server.On("POST incidents/I0001/take-out", Json(An(version: 1)));
        var page = Render<QueuePage>();
        await PressAsync(page, "j", "ArrowRight", "j", "x");
        Assert.Contains("POST incidents/I0001/take-out", Server.Asked);
        Board.Merge(Member("A1") with { IncidentId = null, Version = 2 });
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(["I0001", "A2", "A3", "A8", "A1"], Ids(page)));
    }

    [Fact]
    public void Searching_finds_an_alert_under_its_incident_and_the_incident_by_its_place()
    {
        Storm();
        Board.Merge(Member("A2") with { Resident = "陈阿婆", Version = 2 });
        var page = Render<QueuePage>();
        page.Find("#queue-search").Input("陈阿婆");
        Assert.Equal(["I0001", "A2"], Ids(page));
        page.Find("#queue-search").Input("万航渡");
        Assert.Equal(["I0001"], Ids(page));
    }

    [Fact]
    public void What_is_over_or_not_known_hides_nothing()
    {
        Storm();
        var page = Render<QueuePage>();
        Incidents.Merge(An(version: 3) with { State = "ended", EndedAt = Noon });
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(["A8", "A1", "A2", "A3"], Ids(page)));
        Board.Merge(Member("A5") with { IncidentId = "I0077" });
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Contains("A5", Ids(page)));
    }

    [Fact]
    public async Task An_alert_that_joins_an_unknown_incident_asks_for_it()
    {
        await LogInAsync();
        _ = Services.GetRequiredService<IncidentFeed>();
        Server.On("GET incidents", JsonSerializer.Serialize(new Page<Incident>([An()], null), ConsoleJson.Default.Incidents));
        Board.Replace([Member("A1"), Member("A2")], Board.Mark);
        var page = Render<QueuePage>();
        Time.Advance(TimeSpan.FromSeconds(1));
        page.WaitForAssertion(() => Assert.Equal(["I0001"], Ids(page)));
        Assert.Single(Server.Asked, asked => asked == "GET incidents");
    }

    [Fact]
    public void All_alerts_of_an_incident_sound_once()
    {
        var sound = Services.GetRequiredService<SeniorIoT.Console.Alerts.AlarmSound>();
        Board.Replace([], Board.Mark);
        for (var i = 1; i <= 5; i++) Board.Merge(Member("A" + i));
        Assert.Equal(1, Module.Invocations["play"].Count(play => (string?)play.Arguments[0] == "P2"));
        Assert.False(sound.IsBlocked);
    }

    [Fact]
    public void The_row_is_said_in_english_too()
    {
        Services.GetRequiredService<Wording>().Switch(Wording.English);
        Storm();
        var page = Render<QueuePage>();
        Assert.Contains("3 alerts", page.Find("[data-testid=incident-row]").TextContent, StringComparison.Ordinal);
    }

    /// <summary>Three alerts in an incident, and one that came later and is in none.</summary>
    private void Storm()
    {
        Incidents.Replace([An()], Incidents.Mark);
        Board.Replace([Member("A1"), Member("A2"), Member("A3"), An("A8", "no-water", "P2", minutesAgo: 4)], Board.Mark);
    }

    private static Alert Member(string id) => An(id, "burst", "P2", minutesAgo: 1) with { IncidentId = "I0001" };

    internal static Incident An(int version = 1) => new()
    {
        IncidentId = "I0001",
        Family = "water",
        Scope = "building",
        Place = "万航渡路88号",
        Committee = "万航",
        SubDistrict = "江苏路街道",
        State = "open",
        OpenedAt = Noon.AddMinutes(-5),
        Members = 3,
        Homes = 3,
        Standing = 3,
        AsksAgainAt = Noon.AddMinutes(10),
        Version = version,
    };

    internal static string Json(Incident incident) => JsonSerializer.Serialize(new IncidentDetail(incident), ConsoleJson.Default.IncidentDetail);

    private static async Task PressAsync(IRenderedComponent<QueuePage> page, params string[] keys)
    {
        foreach (var key in keys) await page.InvokeAsync(() => page.Instance.Key(key));
    }

    private static string? Chosen(IRenderedComponent<QueuePage> page) =>
        page.Find("#queue-list [aria-current=true]") is var row ? row.GetAttribute("data-alert-id") ?? row.GetAttribute("data-incident-id") : null;

    private static List<string?> Ids(IRenderedComponent<QueuePage> page) =>
        [.. page.FindAll("#queue-list [role=listitem]").Select(row => row.GetAttribute("data-alert-id") ?? row.GetAttribute("data-incident-id"))];
}
