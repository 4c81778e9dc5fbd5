using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Server;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class AlertFeedTests : ConsoleContext
{
    private AlertFeed Feed => Services.GetRequiredService<AlertFeed>();

    [Fact]
    public async Task A_fetch_that_fails_changes_nothing_that_is_shown()
    {
        Server.On("GET alerts", Page(An("A1")));
        await Feed.RefetchAsync();
        Server.On("GET alerts", """{"detail":"not now"}""", HttpStatusCode.ServiceUnavailable);
        await Feed.RefetchAsync();
        Assert.Equal(["A1"], Board.Open.Select(alert => alert.AlertId));
    }

    [Fact]
    public async Task A_fetch_that_fails_is_told_and_tried_again_soon()
    {
        Server.On("GET alerts", """{"detail":"not now"}""", HttpStatusCode.ServiceUnavailable);
        await Feed.RefetchAsync();
        Assert.Equal("not now", Feed.Problem!.Sentence);
        Server.On("GET alerts", Page(An("A1")));
        Time.Advance(TimeSpan.FromSeconds(4));
        await Feed.RefetchWhenDueAsync();
        Assert.NotNull(Feed.Problem);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Feed.RefetchWhenDueAsync();
        Assert.Null(Feed.Problem);
        Assert.True(Board.Loaded);
    }

    [Fact]
    public async Task A_screenful_of_the_most_urgent_is_shown_before_all_of_them_are_there()
    {
        Server.On("GET alerts", Page(An("A1")));
        await Feed.ShowUrgentAsync();
        Assert.Equal(["A1"], Board.Open.Select(alert => alert.AlertId));
        Assert.False(Board.Loaded);
        Server.On("GET alerts", Page(An("A2"), An("A1")));
        Time.Advance(TimeSpan.FromSeconds(4));
        await Feed.RefetchWhenDueAsync();
        Assert.False(Board.Loaded);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Feed.RefetchWhenDueAsync();
        Assert.True(Board.Loaded);
        Assert.Equal(2, Board.Open.Count());
    }

    [Fact]
    public async Task A_fetch_asked_for_during_another_is_done_after_it()
    {
        var first = Server.OnLater("GET alerts");
        var fetch = Feed.RefetchAsync();
        await Feed.RefetchAsync();
        Server.On("GET alerts", Page(An("A1"), An("A2")));
        first.SetResult(FakeServer.Json(Page(An("A1"))));
        await fetch;
        Assert.Equal(2, Server.Asked.Count);
        Assert.Equal(2, Board.Open.Count());
    }

    [Fact]
    public async Task The_open_alerts_are_fetched_again_when_the_last_fetch_is_30_seconds_old()
    {
        Server.On("GET alerts", Page());
        await Feed.RefetchAsync();
        Time.Advance(TimeSpan.FromSeconds(29));
        await Feed.RefetchWhenDueAsync();
        Assert.Single(Server.Asked);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Feed.RefetchWhenDueAsync();
        Assert.Equal(2, Server.Asked.Count);
    }

    [Fact]
    public async Task A_login_that_the_server_no_longer_accepts_ends()
    {
        await LogInAsync();
        Server.On("GET alerts", """{"detail":"expired"}""", HttpStatusCode.Unauthorized);
        await Feed.RefetchAsync();
        var session = Services.GetRequiredService<SeniorIoT.Console.Shell.Session>();
        Assert.Null(session.Current);
        Assert.True(session.Expired);
    }

    private static string Page(params Alert[] alerts) => JsonSerializer.Serialize(new Page<Alert>(alerts, null), ConsoleJson.Default.Alerts);
}
