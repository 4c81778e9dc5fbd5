using System.Diagnostics;
using Microsoft.Playwright;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>What an operator does all day, in a real browser.</summary>
[Collection(DistrictTests.Name)]
public sealed class ConsoleTests(District district, Browser browser, ITestOutputHelper output)
{
    [Fact]
    public async Task A_wrong_password_is_said_and_nothing_is_shown()
    {
        var page = await browser.OpenAsync(district.Address);
        await page.GetByTestId("login-user").FillAsync("admin");
        await page.GetByTestId("login-password").FillAsync("not-the-password");
        await page.GetByTestId("login-submit").ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("用户名或密码不对");
        await Assertions.Expect(page.Locator("nav.side")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task An_operator_takes_a_press_from_the_queue_to_its_outcome()
    {
        var page = await browser.LogInAsync(district.Address);
        await page.EvaluateAsync("window.notReloaded = true");
        // The regular fetch of open alerts finds nobody: what comes now was pushed.
        await page.RouteAsync("**/api/v1/alerts?**", route => route.AbortAsync());
        var watch = Stopwatch.StartNew();
        var alert = await PressAsync(await HomeWithButtonAsync(0));
        await page.Row(alert.AlertId).WaitForAsync();
        output.WriteLine($"Control page to row in the browser: {watch.ElapsedMilliseconds} ms");
        await page.UnrouteAllAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded"));

        await page.Row(alert.AlertId).ClickAsync();
        var detail = page.Detail(alert.AlertId);
        await Assertions.Expect(detail).ToContainTextAsync(alert.Resident);
        await Assertions.Expect(detail).ToContainTextAsync(alert.Address);
        var text = (await district.Api.AlertAsync(alert.AlertId)).Notices.First(notice => notice.Channel == "sms").Text;
        await Assertions.Expect(detail.Locator("[data-testid=notice][data-state=not_sent]").Filter(new() { HasText = text }).First).ToContainTextAsync("未接入短信服务，文本未发出");

        await page.Keyboard.PressAsync("a");
        await Wait.UntilAsync("the alert is answered", async () => (await district.Api.AlertAsync(alert.AlertId)).AnsweredBy == "admin");
        await page.Keyboard.PressAsync("d");
        await detail.GetByTestId("dispatch-to").FillAsync("李志强");
        await detail.GetByTestId("dispatch-confirm").ClickAsync();
        await Wait.UntilAsync("somebody is on the way", async () => (await district.Api.AlertAsync(alert.AlertId)).DispatchedTo == "李志强");
        await detail.GetByTestId("note-text").FillAsync("门口答话，一切都好");
        await detail.GetByTestId("close").ClickAsync();
        await detail.GetByTestId("outcome-safe").ClickAsync();
        await detail.GetByTestId("close-confirm").ClickAsync();

        var closed = await Wait.ForAsync("the alert is closed", async () => await district.Api.AlertAsync(alert.AlertId) is { State: "closed" } one ? one : null);
        Assert.Equal(("safe", "admin"), (closed.Outcome, closed.ClosedBy));
        Assert.Contains(closed.Timeline, entry => entry.Text.Contains("门口答话", StringComparison.Ordinal));
        await Assertions.Expect(detail.Locator("[data-testid=timeline-entry][data-kind=closed]")).ToBeVisibleAsync();
        await page.GetByTestId("lane-closed").ClickAsync();
        await page.Row(alert.AlertId).WaitForAsync();
        Assert.True(await page.EvaluateAsync<bool>("window.notReloaded"));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_language_changes_and_the_view_stays()
    {
        var page = await browser.LogInAsync(district.Address);
        var alert = await PressAsync(await HomeWithButtonAsync(1));
        await page.Row(alert.AlertId).ClickAsync();
        await page.GetByTestId("note-text").FillAsync("写了一半");
        await page.Locator("#queue-search").FillAsync(alert.Resident);
        foreach (var (word, language) in new[] { ("Unanswered", "en"), ("待应答", "zh") })
        {
            await page.GetByTestId("lang-toggle").ClickAsync();
            await Assertions.Expect(page.GetByTestId("lane-unanswered")).ToContainTextAsync(word);
            Assert.StartsWith(language, await page.Locator("html").GetAttributeAsync("lang"));
            await Assertions.Expect(page.Detail(alert.AlertId)).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByTestId("note-text")).ToHaveValueAsync("写了一半");
            await Assertions.Expect(page.Locator("#queue-search")).ToHaveValueAsync(alert.Resident);
        }

        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_household_and_a_device_are_enrolled_and_the_password_is_shown_once()
    {
        var page = await browser.LogInAsync(district.Address);
        await page.GoToAsync("households");
        await page.GetByTestId("enrol-household").ClickAsync();
        await page.Locator("#household-id").FillAsync("by-hand-1");
        await page.Locator("#household-address").FillAsync("愚园路1088弄3号402室");
        await page.Locator("#household-subdistrict").FillAsync("江苏路街道");
        await page.Locator("#household-committee").FillAsync("岐山居委会");
        await page.Locator("fieldset").Nth(0).Locator("input").First.FillAsync("王秀英");
        await page.Locator("fieldset").Nth(1).Locator("input").First.FillAsync("李志强");
        await page.Locator("fieldset").Nth(1).Locator("input[type=tel]").FillAsync("13800000001");
        await page.GetByTestId("household-save").ClickAsync();
        await page.Locator("[data-testid=household-detail][data-household-id=by-hand-1]").WaitForAsync();

        await page.GetByTestId("device-id").FillAsync("by-hand-sos");
        await page.GetByTestId("device-kind").SelectOptionAsync("sos");
        await page.GetByTestId("enrol-device").ClickAsync();
        var password = await page.GetByTestId("credentials-password").TextContentAsync();
        Assert.Equal("by-hand-sos", await page.GetByTestId("credentials-user").TextContentAsync());

        var (code, said) = await Mosquitto.PublishAsync(district.MqttPort, new Enrolled("sos", "by-hand-sos", "by-hand-1", password!), "event", Payload.Press("p1", Payload.Now));
        Assert.True(code == 0, said);
        await Wait.UntilAsync("its press is an alert", async () => (await district.Api.AlertsAsync("by-hand-1", "sos")).Count == 1);

        await page.ReloadAsync();
        await page.Locator("[data-testid=household-detail][data-household-id=by-hand-1]").WaitForAsync();
        await Assertions.Expect(page.GetByText("by-hand-sos")).Not.ToHaveCountAsync(0);
        Assert.DoesNotContain(password!, await page.ContentAsync());
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_console_says_that_the_server_is_gone_keeps_the_view_and_catches_up()
    {
        var page = await browser.LogInAsync(district.Address);
        var alert = await PressAsync(await HomeWithButtonAsync(2));
        await page.Row(alert.AlertId).ClickAsync();
        await page.GetByTestId("note-text").FillAsync("还在写");
        var button = await district.Api.EnrolAsync("sos", "while-away");

        district.KillNow();
        var watch = Stopwatch.StartNew();
        await page.GetByTestId("link-banner").WaitForAsync();
        output.WriteLine($"Killed server to banner: {watch.ElapsedMilliseconds} ms");
        await Assertions.Expect(page.Detail(alert.AlertId)).ToBeVisibleAsync();

        // The hub stays out of reach until the press is an alert: what the console shows then, it has fetched.
        await page.RouteAsync("**/hubs/**", route => route.AbortAsync());
        await page.RouteWebSocketAsync("**/hubs/**", socket => socket.CloseAsync());
        await district.StartAsync();
        await Mosquitto.PublishAsync(district.MqttPort, button, "event", Payload.Press("p1", Payload.Now));
        var missed = await Wait.ForAsync("the press is an alert", async () => (await district.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault());
        await page.UnrouteAllAsync();
        watch.Restart();
        await page.Link("live").WaitForAsync();
        output.WriteLine($"Reachable server to live link: {watch.ElapsedMilliseconds} ms");
        await page.Row(missed.AlertId).WaitForAsync();
        await Assertions.Expect(page.GetByTestId("link-banner")).ToHaveCountAsync(0);
        await Assertions.Expect(page.GetByTestId("note-text")).ToHaveValueAsync("还在写");
        await page.Context.CloseAsync();
        await district.WhenConnectedAgainAsync();
    }

    [Fact]
    public async Task People_who_do_not_see_can_use_it()
    {
        var page = await browser.OpenAsync(district.Address);
        Dictionary<string, List<string>> found = new() { ["login"] = await page.SeriousViolationsAsync() };
        await page.Context.CloseAsync();

        page = await browser.LogInAsync(district.Address);
        var alert = await PressAsync(await HomeWithButtonAsync(3));
        await page.Row(alert.AlertId).WaitForAsync();
        found["queue"] = await page.SeriousViolationsAsync();
        await page.Row(alert.AlertId).ClickAsync();
        await page.Detail(alert.AlertId).GetByTestId("notice").First.WaitForAsync();
        found["alert"] = await page.SeriousViolationsAsync();
        await page.GoToAsync("households");
        await page.GetByTestId("household-row").First.WaitForAsync();
        found["households"] = await page.SeriousViolationsAsync();
        await page.GetByTestId("household-row").First.ClickAsync();
        await page.GetByTestId("household-detail").WaitForAsync();
        found["household"] = await page.SeriousViolationsAsync();
        await page.GoToAsync("devices");
        await page.Locator("table.dense").WaitForAsync();
        found["devices"] = await page.SeriousViolationsAsync();
        await page.Context.CloseAsync();
        Assert.All(found, one => Assert.True(one.Value.Count == 0, $"{one.Key}:\n{string.Join('\n', one.Value)}"));
    }

    private async Task<SimulatedHome> HomeWithButtonAsync(int number) => (await district.FindHomesAsync("sos-")).Where(home => home.HasButton).ElementAt(number);

    private async Task<Alert> PressAsync(SimulatedHome home)
    {
        await district.MakeAsync(home.HouseholdId, "press");
        return await Wait.ForAsync("the press is an alert", async () => (await district.Api.AlertsAsync(home.HouseholdId, "sos")).Find(one => one.State == "open"));
    }
}
