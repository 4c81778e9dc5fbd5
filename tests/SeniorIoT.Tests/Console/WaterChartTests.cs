using System.Net;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class WaterChartTests : ConsoleContext
{
    private const string Request = "GET devices/WM-1/series";

    [Fact]
    public void A_gap_is_hatched_and_named_and_is_not_zero()
    {
        Server.On(Request, Hours);
        var chart = Show();
        chart.WaitForAssertion(() => Assert.Single(chart.FindAll("rect.bar")));
        Assert.Contains("09:00–10:00", Assert.Single(chart.FindAll(".plot rect.gap")).TextContent);
        Assert.Contains("共 12 L；1 小时没有数据", chart.Find(".plot svg").GetAttribute("aria-label"));
        Assert.Contains("没有数据", chart.Find(".legend").TextContent);
    }

    [Fact]
    public void Without_a_gap_there_is_nothing_to_explain()
    {
        Server.On(Request, """{"deviceId":"WM-1","metric":"use_l","unit":"L","every":"1h","items":[{"at":"2026-03-09T00:00:00+00:00","value":0}]}""");
        var chart = Show();
        chart.WaitForAssertion(() => Assert.Contains("共 0 L；0 小时没有数据", chart.Markup));
        Assert.Empty(chart.FindAll(".legend"));
    }

    [Fact]
    public void The_range_is_chosen_by_a_button_that_says_so()
    {
        Server.On(Request, Hours);
        var chart = Show();
        chart.WaitForAssertion(() => Assert.Single(chart.FindAll("rect.bar")));
        Assert.Equal(["true", "false", "false"], Pressed());
        Assert.Equal("用水图的时间范围", chart.Find("[role=group]").GetAttribute("aria-label"));

        Server.On(Request, """
            {"deviceId":"WM-1","metric":"use_l","unit":"L","every":"1d","items":[
            {"at":"2026-03-07T16:00:00+00:00","value":120.5},{"at":"2026-03-08T16:00:00+00:00"}]}
            """);
        chart.Find("[data-testid=chart-year]").Click();
        chart.WaitForAssertion(() => Assert.Contains("共 120.5 L；1 天没有数据", chart.Find(".plot svg").GetAttribute("aria-label")));
        Assert.Equal(["false", "false", "true"], Pressed());
        Assert.StartsWith("2026-03-08: 120.5 L", chart.Find("rect.hit").TextContent);
        Services.GetRequiredService<Wording>().Switch("en");
        chart.WaitForAssertion(() => Assert.Contains("Water of the last year", chart.Markup));
        Assert.Contains("120.5 L in all; 1 days without data", chart.Markup);

        string?[] Pressed() => [.. chart.FindAll(".ranges button").Select(button => button.GetAttribute("aria-pressed"))];
    }

    [Fact]
    public void A_store_that_is_away_is_said_in_words_and_the_same_button_asks_again()
    {
        Server.On(Request, """
            {"status":503,"detail":"The telemetry store cannot be read: disk I/O error. Nothing is lost, and alerts do not depend on it. Look at the disk or the database, then ask again."}
            """, HttpStatusCode.ServiceUnavailable);
        var chart = Show();
        chart.WaitForAssertion(() => Assert.StartsWith("历史数据暂时读不到：disk I/O error.数据没有丢失", chart.Find("[data-testid=chart-problem]").TextContent));
        Assert.Empty(chart.FindAll(".plot"));
        Server.On(Request, Hours);
        chart.Find("[data-testid=chart-week]").Click();
        chart.WaitForAssertion(() => Assert.Single(chart.FindAll("rect.bar")));
        Assert.Empty(chart.FindAll("[data-testid=chart-problem]"));
    }

    [Fact]
    public void A_late_answer_is_not_shown_under_the_name_of_another_range()
    {
        var week = Server.OnLater(Request);
        var chart = Show();
        Server.On(Request, """{"deviceId":"WM-1","metric":"use_l","unit":"L","every":"1d","items":[{"at":"2026-03-08T16:00:00+00:00","value":7}]}""");
        chart.Find("[data-testid=chart-month]").Click();
        chart.WaitForAssertion(() => Assert.Contains("共 7 L", chart.Markup));
        week.SetResult(FakeServer.Json(Hours));
        chart.Render();
        Assert.Contains("共 7 L", chart.Markup);
    }

    [Fact]
    public void Each_range_asks_for_its_steps_up_to_the_running_one()
    {
        var spans = ChartRange.All.Select(range => range.Span(Noon.AddMinutes(20))).ToList();
        Assert.Equal((Noon.AddHours(1 - 168), Noon.AddHours(1)), spans[0]);
        // Noon in the centre's time, 30 days with today.
        Assert.Equal((Noon.AddDays(-29), Noon.AddMinutes(20)), spans[1]);
        Assert.Equal((Noon.AddDays(-364), Noon.AddMinutes(20)), spans[2]);
    }

    private const string Hours = """
        {"deviceId":"WM-1","metric":"use_l","unit":"L","every":"1h","items":[
        {"at":"2026-03-09T00:00:00+00:00","value":12},{"at":"2026-03-09T01:00:00+00:00"},{"at":"2026-03-09T02:00:00+00:00","value":0}]}
        """;

    private IRenderedComponent<WaterChart> Show() => Render<WaterChart>(parameters => parameters.Add(water => water.DeviceId, "WM-1"));
}
