using Microsoft.Playwright;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>The pictures of the README. Written when one is missing or UPDATE_SCREENSHOTS=1, so that a test run leaves the tree as it was.</summary>
public sealed class ScreenshotTests(District district, Browser browser) : IClassFixture<District>, IClassFixture<Browser>
{
    [Fact]
    public async Task The_console_shows_a_busy_district()
    {
        await MakeABusyNightAsync();
        var page = await browser.LogInAsync(district.Address);
        var open = (await district.Api.ListAsync<Alert>("alerts?state=open&limit=200")).Where(alert => alert.Priority != "P3" && alert.AnsweredAt is null).ToList();
        Assert.True(open.Count >= 6, $"only {open.Count} alerts are waiting");
        await page.Row(open[0].AlertId).WaitForAsync();
        var water = open.First(alert => alert.Rule == "no-water");
        await page.Row(water.AlertId).ClickAsync();
        await page.Detail(water.AlertId).GetByTestId("notice").First.WaitForAsync();
        await page.Detail(water.AlertId).Locator("[data-testid=water-chart] svg[role=img]").WaitForAsync();
        await page.Mouse.MoveAsync(960, 20);
        await KeepAsync(page, "console.png");

        var press = open.First(alert => alert.Rule == "sos");
        await page.GotoAsync("/alerts/" + press.AlertId);
        await page.Detail(press.AlertId).GetByTestId("notice").First.WaitForAsync();
        await Assertions.Expect(page.GetByTestId("counter-P1").Locator("b").Last).Not.ToHaveTextAsync("–"); // all alerts are there
        await KeepAsync(page, "console-alert.png");
        await page.Context.CloseAsync();

        var phone = await browser.LogInAsync(district.Address, 390, 844);
        await phone.Row(open[0].AlertId).WaitForAsync();
        await KeepAsync(phone, "console-phone.png");
        await phone.Context.CloseAsync();
    }

    /// <summary>Presses, smoke, a fall and water that stopped, each in a home of its own; some are answered already.</summary>
    private async Task MakeABusyNightAsync()
    {
        var buttons = (await district.FindHomesAsync("sos-")).Where(home => home.HasButton).Skip(2).ToList();
        var detectors = (await district.FindHomesAsync("sd-")).Where(home => home.HasSmoke).Skip(2).ToList();
        foreach (var home in buttons.Take(4)) await district.MakeAsync(home.HouseholdId, "press");
        await district.MakeAsync(buttons[4].HouseholdId, "fall");
        await district.MakeAsync(detectors[0].HouseholdId, "smoke");
        foreach (var home in (await district.FindHomesAsync("13h")).Where(home => home is { CanStop13h: true, Silent: false }).Take(8)) await district.MakeAsync(home.HouseholdId, "stop-water-13h");
        await district.MakeAsync(buttons[5].HouseholdId, "low-battery");
        await Wait.UntilAsync("it is a busy night", async () => (await district.Api.ListAsync<Alert>("alerts?state=open&rule=no-water&limit=200")).Count >= 3);
        var answered = await Wait.ForAsync("a press is an alert", async () => (await district.Api.AlertsAsync(buttons[2].HouseholdId, "sos")).FirstOrDefault());
        await district.Api.PostAsync<AlertDetail>($"alerts/{answered.AlertId}/dispatch", new AlertAction(To: "李志强"));
    }

    /// <summary>Keeps what the page shows in <c>docs</c>.</summary>
    internal static async Task KeepAsync(IPage page, string name)
    {
        await page.EvaluateAsync("document.fonts.ready.then(() => true)");
        var path = Path.Combine(Repository.Root, "docs", name);
        var picture = await page.ScreenshotAsync(new() { Animations = ScreenshotAnimations.Disabled });
        Assert.True(picture.Length > 20_000, "The picture is empty.");
        if (File.Exists(path) && Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") != "1") return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, picture);
    }
}
