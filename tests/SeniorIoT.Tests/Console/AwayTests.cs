using System.Net;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class AwayTests : ConsoleContext
{
    private const string Sundays = """
        {"items":[{"absenceId":"7","from":"2026-03-15T00:00:00+00:00","until":"2026-03-15T12:00:00+00:00","reason":"daughter","by":"li.min",
        "weekly":{"weekdays":["saturday","sunday"],"from":"20:00","until":"08:00","startsOn":"2026-01-01","endsOn":"2026-03-20"}}]}
        """;

    [Fact]
    public void A_weekly_absence_is_said_in_a_sentence_and_ended_only_when_asked_twice()
    {
        Server.On("GET households/H1/absences", Sundays);
        var panel = Render<AwayPanel>(parameters => parameters.Add(it => it.Household, Home));
        panel.WaitForAssertion(() => Assert.Contains("每周六、周日 20:00–次日 08:00，2026-01-01 至 2026-03-20 · 下次 03-15 08:00", panel.Markup));
        Assert.Contains("（即将到期，请重新登记）", panel.Markup);
        Services.GetRequiredService<Wording>().Switch("en");
        panel.WaitForAssertion(() => Assert.Contains("Every Saturday, Sunday 20:00–08:00 the next day, 2026-01-01 to 2026-03-20 · next 03-15 08:00", panel.Markup));

        Server.On("DELETE households/H1/absences/7", "", HttpStatusCode.NoContent);
        panel.Find("[data-testid=absence-end-7]").Click();
        Assert.DoesNotContain(Server.Asked, request => request.StartsWith("DELETE", StringComparison.Ordinal));
        Server.On("GET households/H1/absences", """{"items":[]}""");
        panel.Find("[data-testid=absence-end-7-sure]").Click();
        panel.WaitForAssertion(() => Assert.Contains("No absence is entered.", panel.Markup));
        Assert.Contains(Server.Asked, request => request.StartsWith("DELETE households/H1/absences/7", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_weekly_absence_names_the_field_beside_it_and_keeps_what_was_typed()
    {
        Server.On("GET households/H1/absences", """{"items":[]}""");
        Server.On("POST households/H1/absences", """{"errors":{"weekdays":["Is required: monday to sunday."]}}""", HttpStatusCode.BadRequest);
        var panel = Render<AwayPanel>(parameters => parameters.Add(it => it.Household, Home));
        panel.Find("[data-testid=away-weekly]").Click();
        panel.Find("[data-testid=away-reason]").Change("daughter");
        panel.Find("form").Submit();
        panel.WaitForAssertion(() => Assert.Equal("必填：星期几。", panel.Find(".field-problem").TextContent));
        Assert.Equal("daughter", panel.Find("[data-testid=away-reason]").GetAttribute("value"));
    }

    [Theory]
    [InlineData("likely-away", "POST households/H-A1/away", "form", Outcomes.Away)]
    [InlineData("use-while-away", "DELETE households/H-A1/away", "[data-testid=away-back]", Outcomes.Safe)]
    public void What_an_alert_suspects_is_entered_at_it_and_the_outcome_that_fits_is_chosen(string rule, string request, string press, string outcome)
    {
        Server.On(request, "{}");
        Board.Merge(An("A1", rule, "P3"));
        var panel = Panel.None;
        var pane = Render<AlertPane>(parameters => parameters.Add(it => it.AlertId, "A1").Bind(it => it.Panel, panel, value => panel = value));
        if (press == "form") pane.Find("form").Submit();
        else pane.Find(press).Click();
        pane.WaitForAssertion(() => Assert.Equal(Panel.Close, panel));
        pane.Render(parameters => parameters.Add(it => it.Panel, panel));
        Assert.Equal("true", pane.Find($"[data-testid=outcome-{outcome}]").GetAttribute("aria-pressed"));
        Assert.Contains(Server.Asked, sent => sent.StartsWith(request, StringComparison.Ordinal));
    }

    private static Household Home => new("H1", "Lane 1", "North", "Hill", [], [], null, []);
}
