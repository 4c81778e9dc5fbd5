using System.Text.Json;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Upkeep;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>How the server proves that it works, on the page System.</summary>
public sealed class ProofPanelTests : ConsoleContext
{
    private static readonly Reconciliation Balanced = new(Noon, "hourly", Noon.AddHours(-6), Noon, new(4, 3, 1, 2, 9, 5, 1, 0, 2), 0, []);
    private static readonly HeartbeatState Beating = new(true, 60, Noon.AddSeconds(-20), null, null, 0);
    private static readonly ProbeState Pressing = new(15, true, [new(Noon.AddMinutes(-3), 0.012, 0.034, 0.5, 2.25, null)], 96, 0, 0.031);

    [Fact]
    public async Task What_was_compared_and_how_long_a_press_took_is_said_when_nothing_is_missing()
    {
        await LogInAsync(Roles.Operator);
        Answer(new([Balanced], Beating, Pressing));
        var panel = Render<ProofPanel>(parameters => parameters.Add(shown => shown.Now, Noon));
        var books = panel.WaitForElement("[data-testid=reconciliation]");
        Assert.Equal("0", books.GetAttribute("data-breaks"));
        Assert.Contains("从呼叫到应答没有缺失", books.TextContent);
        Assert.Contains("4 次呼叫、3 条警情、9 条通知（5 条送达）", books.TextContent);
        Assert.Equal(["✓ 11:57", "0.01 秒", "0.03 秒", "0.50 秒", "2.25 秒"], panel.FindAll("[data-testid=probe-press] td").Select(cell => cell.TextContent.Trim()));
        Assert.Empty(panel.FindAll("[data-testid=break], button"));
    }

    [Fact]
    public async Task Every_break_is_named_with_its_alert_its_household_and_what_was_done()
    {
        await LogInAsync();
        ChainBreak gap = new("notice-stuck", "A0007-0-1", "A0007", "H 1", "Notice A0007-0-1 is owed and no attempt is planned.", Noon, "An attempt was planned.", true);
        ChainBreak call = new("call-without-home", "b1/m:1", null, null, "A call (sos) of device b1 became no alert; the device is in no household.", Noon, "Nothing: a person must look.", false);
        Answer(new([Balanced with { Breaks = [gap, call], BreakCount = 2 }], Beating with { Withheld = "Between call and answer 1 things are missing." }, Pressing with { Late = 1, Latest = [new(Noon, null, null, null, null, "A press of the server's own button became no alert (connection refused). A real call may not either: watch by telephone, and see the page System and the log.")] }));
        var panel = Render<ProofPanel>(parameters => parameters.Add(shown => shown.Now, Noon));
        Assert.Equal("1", panel.WaitForElement("[data-testid=reconciliation]").GetAttribute("data-breaks"));
        Assert.Equal(
            ["通知卡住", "A0007", "H 1", "12:00", "通知 A0007-0-1 待发，却没有安排发送。", "✓ 已安排发送。"],
            panel.FindAll("[data-testid=break]")[0].QuerySelectorAll("td").Select(cell => cell.TextContent.Trim()));
        Assert.Equal(["alerts/A0007", "households/H%201"], panel.FindAll("[data-testid=break] a").Select(link => link.GetAttribute("href")));
        Assert.Contains("设备 b1 的呼叫（sos）没有成为警情；该设备不属于任何住户。", panel.FindAll("[data-testid=break]")[1].TextContent);
        Assert.Contains("从呼叫到应答缺 1 处。", panel.Find("[data-testid=heartbeat]").TextContent);
        Assert.Contains("服务器自检按键没有成为警情（connection refused）。真实呼叫也可能收不到", panel.Find("[data-testid=probe]").TextContent);
    }

    [Theory]
    [InlineData("reconcile", "POST reconciliation")]
    [InlineData("press", "POST system/probe")]
    public async Task An_administrator_closes_the_books_and_presses_when_he_likes(string act, string request)
    {
        await LogInAsync();
        Answer(new([], Beating with { IsOn = false }, new(0, false, [], 0, 0, null)));
        Server.On(request, "{}");
        var panel = Render<ProofPanel>(parameters => parameters.Add(shown => shown.Now, Noon));
        await panel.WaitForElement($"[data-testid={act}]").ClickAsync(new());
        Assert.Contains(request, Server.Asked);
    }

    private void Answer(ProofState state) => Server.On("GET system/proof", JsonSerializer.Serialize(state, JsonSerializerOptions.Web));
}
