using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Administration;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Records;
using SeniorIoT.Console.Shell;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>What a person met who opened every page and pressed every key.</summary>
public sealed partial class PagesTests : ConsoleContext
{
    [Fact]
    public async Task An_outcome_that_is_chosen_leads_to_the_button_that_closes_and_another_one_to_the_note()
    {
        await LogInAsync();
        var actions = Render<AlertActions>(parameters => parameters.Add(pane => pane.Alert, An("A1")).Add(pane => pane.Panel, Panel.Close));
        actions.Find("[data-testid=outcome-safe]").Click();
        actions.WaitForAssertion(() => Assert.Equal("close-confirm", Module.Invocations["focusOn"][^1].Arguments[0]));
        actions.Find("[data-testid=outcome-other]").Click();
        actions.WaitForAssertion(() => Assert.Equal("note-text", Module.Invocations["focusOn"][^1].Arguments[0]));
    }

    [Fact]
    public async Task A_priority_is_changed_with_a_reason_typed_in_the_form_itself()
    {
        await LogInAsync();
        var raised = An("A1", priority: "P2") with { Priority = "P1", Version = 2 };
        Server.On("POST alerts/A1/regrade", JsonSerializer.Serialize(new AlertDetail(raised), JsonSerializerOptions.Web));
        var actions = Render<AlertActions>(parameters => parameters.Add(pane => pane.Alert, An("A1", priority: "P2")).Add(pane => pane.Panel, Panel.Regrade));
        Assert.Equal("true", actions.Find("[data-testid=regrade-P1]").GetAttribute("aria-pressed"));
        Assert.True(actions.Find("[data-testid=regrade-confirm]").HasAttribute("disabled"));
        actions.Find("[data-testid=regrade-why]").Input("her voice is not as usual");
        actions.Find("form.ask").Submit();
        actions.WaitForAssertion(() => Assert.Contains("POST alerts/A1/regrade", Server.Asked));
    }

    [Fact]
    public async Task The_keys_on_the_buttons_work_on_the_page_of_one_alert_too()
    {
        await LogInAsync();
        Server.On("GET alerts/A1", JsonSerializer.Serialize(new AlertDetail(An("A1")), JsonSerializerOptions.Web));
        var page = Render<AlertPage>(parameters => parameters.Add(shown => shown.AlertId, "A1"));
        page.WaitForElement("[data-testid=alert-detail]");
        await page.InvokeAsync(() => page.Instance.Key("c"));
        page.WaitForElement("[data-testid=close-confirm]");
        await page.InvokeAsync(() => page.Instance.Key("Escape"));
        Assert.Empty(page.FindAll("[data-testid=close-confirm]"));
    }

    [Theory]
    [InlineData(Roles.Committee, "North", false)]
    [InlineData(Roles.Operator, "Hill", true)]
    public async Task Nobody_is_led_to_a_page_that_refuses_him(string role, string area, bool isLed)
    {
        await Services.GetRequiredService<Session>().BeginAsync(new("token", 3600, "li.min", role, area));
        var nav = Render<SideNav>();
        Assert.Equal(isLed, nav.FindAll("a[href=quarantine]").Count > 0);
        Assert.Equal(isLed, nav.FindAll("a[href=digests]").Count > 0);
    }

    [Fact]
    public async Task A_refusal_for_want_of_rights_is_said_in_words()
    {
        await LogInAsync(Roles.Committee);
        Server.On("GET digests", """{"title":"Forbidden","status":403}""", HttpStatusCode.Forbidden);
        var page = Render<DigestsPage>();
        page.WaitForAssertion(() => Assert.Equal("当前账号无权查看或操作，请联系管理员。", page.Find(".problem").TextContent));
    }

    [Fact]
    public async Task A_new_password_is_asked_for_twice_and_the_new_login_goes_on_in_place_of_the_old()
    {
        await LogInAsync();
        Server.On("POST password", """{"accessToken":"another","expiresIn":3600,"user":"li.min","role":"administrator","area":null}""");
        var page = Render<AccountPage>();
        page.Find("#password-now").Change("old-password");
        page.Find("#password-new").Change("new-password-1");
        page.Find("#password-again").Change("new-password-2");
        page.Find("form").Submit();
        Assert.Equal("两次输入不一致。", page.Find(".field-problem").TextContent);
        Assert.DoesNotContain("POST password", Server.Asked);
        page.Find("#password-again").Change("new-password-1");
        page.Find("form").Submit();
        page.WaitForAssertion(() => Assert.Equal("another", Services.GetRequiredService<Session>().Current!.AccessToken));
    }

    [Fact]
    public async Task The_audit_says_in_words_what_was_done()
    {
        await LogInAsync();
        Server.On("GET audit", """{"items":[{"at":"2026-03-09T03:00:00Z","user":"li.min","action":"household.view","subject":"H1","detail":null}],"next":null}""");
        var page = Render<AuditPage>();
        page.WaitForAssertion(() => Assert.Equal(["03-09 11:00:00", "li.min", "查看住户", "H1", ""], page.FindAll("[data-testid=audit-row] td").Select(cell => cell.TextContent)));
    }

    /// <summary>WCAG 2.1, 1.4.3: text has at least 4.5 times the luminance of its ground, or the reverse.</summary>
    [Theory]
    [InlineData(":root")]
    [InlineData("[data-theme=light]")]
    public void Every_colour_of_text_stands_out_from_every_ground(string theme)
    {
        var css = File.ReadAllText(BaseCss());
        var block = css[css.IndexOf(theme + " {", StringComparison.Ordinal)..];
        var colours = Token().Matches(block[..block.IndexOf('}', StringComparison.Ordinal)]).ToDictionary(match => match.Groups[1].Value, match => Luminance(match.Groups[2].Value));
        var faint =
            from text in new[] { "text", "quiet", "accent", "p1", "p2", "p3", "good", "warn" }
            from ground in new[] { "ground", "panel", "raised", "chosen" }
            let contrast = Contrast(colours[text], colours[ground])
            where contrast < 4.5
            select $"{text} on {ground}: {contrast.ToString("0.00", CultureInfo.InvariantCulture)}";
        Assert.Empty(faint);
        Assert.All(["action", "p1-ground", "lost"], ground => Assert.True(Contrast(colours[ground], 1) >= 4.5, ground));
        Assert.True(Contrast(colours["accent"], colours["ground"]) >= 4.5, "a chosen chip");
    }

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);

    private static double Luminance(string colour)
    {
        if (colour.Length == 4) colour = $"#{colour[1]}{colour[1]}{colour[2]}{colour[2]}{colour[3]}{colour[3]}";
        double Linear(int at)
        {
            var part = int.Parse(colour.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Linear(1)) + (0.7152 * Linear(3)) + (0.0722 * Linear(5));
    }

    private static string BaseCss([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/SeniorIoT.Console/wwwroot/css/base.css"));

    [GeneratedRegex(@"--([a-z0-9-]+): (#[0-9a-f]{3,6});")]
    private static partial Regex Token();
}
