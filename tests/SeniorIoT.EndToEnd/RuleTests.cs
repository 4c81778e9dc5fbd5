using Microsoft.Playwright;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>An administrator changes the rules of a committee, in a real browser.</summary>
[Collection(DistrictTests.Name)]
public sealed class RuleTests(District district, Browser browser)
{
    [Fact]
    public async Task A_committees_window_is_changed_twice_and_the_history_tells()
    {
        var committee = (await district.FindHomesAsync(""))[0].Committee;
        var page = await browser.LogInAsync(district.Address, 1280, 800);
        await page.GoToAsync("rules");
        await page.GetByTestId("rule-default").WaitForAsync();
        await page.GetByTestId("rule-add").ClickAsync();
        await page.Locator("#rule-area").FillAsync(committee);
        await page.Keyboard.PressAsync("Enter");
        await SaveAsync(page, "12", "first of their own");
        await page.Locator("[data-testid=rule-place][data-version='1']").WaitForAsync();
        await SaveAsync(page, "15", "fewer false alerts");
        await page.Locator("[data-testid=rule-place][data-version='2']").WaitForAsync();

        await page.ReloadAsync();
        await page.Locator("[data-testid=rule-place][data-version='2']").WaitForAsync();
        await Assertions.Expect(page.Locator("#rule-numbers-noWaterHours")).ToHaveValueAsync("15");
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.GetByTestId("rule-part-history").ClickAsync();
        var second = page.Locator("[data-testid=rule-version][data-version='2']");
        await Assertions.Expect(second).ToContainTextAsync("12 小时 → 15 小时");
        await Assertions.Expect(second).ToContainTextAsync("fewer false alerts");
        Assert.Empty(await page.SeriousViolationsAsync());

        await page.GetByTestId("rule-part-numbers").ClickAsync();
        await SaveAsync(page, "500", "too long");
        await Assertions.Expect(page.Locator("#rule-numbers-noWaterHours")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("#rule-numbers-noWaterHours")).ToBeFocusedAsync();
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_trial_begins_beside_is_compared_and_ends()
    {
        var home = (await district.FindHomesAsync(""))[^1];
        var path = $"rules/sub-district/{Uri.EscapeDataString((await district.Api.GetAsync<Household>("households/" + home.HouseholdId)).SubDistrict)}";
        var page = await browser.LogInAsync(district.Address, 1280, 800);
        await page.GotoAsync("/" + path);
        await SaveAsync(page, "12", "as the committees agreed");
        await page.GetByTestId("rule-part-trial").ClickAsync();
        await SaveAsync(page, "24", "is a day enough?", "shadow");
        await page.GetByTestId("trial-end").WaitForAsync();
        Assert.Equal(24, (await district.Api.GetAsync<RuleSet>(path)).Shadow?.NoWaterHours);
        await page.GetByTestId("rule-part-comparison").ClickAsync();
        await Assertions.Expect(page.GetByTestId("comparison")).ToContainTextAsync("户");
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.GotoAsync("/households/" + home.HouseholdId);
        await Assertions.Expect(page.GetByTestId("rules-in-force")).ToContainTextAsync("12 小时");

        await page.GotoAsync("/" + path);
        await page.GetByTestId("rule-part-trial").ClickAsync();
        await page.GetByTestId("trial-end").ClickAsync();
        await page.Locator("[data-testid=rule-place][data-version='3']").WaitForAsync();
        Assert.Null((await district.Api.GetAsync<RuleSet>(path)).Shadow);
        await page.Context.CloseAsync();
    }

    private static async Task SaveAsync(IPage page, string hours, string note, string part = "numbers")
    {
        await page.Locator($"#rule-{part}-noWaterHours").FillAsync(hours);
        await page.Locator("#rule-note").FillAsync(note);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByTestId("rule-confirm")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
    }
}
