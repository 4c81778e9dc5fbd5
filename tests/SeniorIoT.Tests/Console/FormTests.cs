using System.Net;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Devices;
using SeniorIoT.Console.Households;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class FormTests : ConsoleContext
{
    [Fact]
    public void A_refused_enrolment_names_the_field_beside_it()
    {
        Server.On("POST households", """{"title":"Bad","errors":{"householdId":["Use letters and digits."],"contacts[0].phone":["Write 5 to 20 digits."]}}""", HttpStatusCode.BadRequest);
        var form = Render<HouseholdForm>();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Equal(["Use letters and digits.", "Write 5 to 20 digits."], form.FindAll(".field-problem").Select(field => field.TextContent)));
        Assert.Equal("Use letters and digits.", form.Find("#household-id").ParentElement!.QuerySelector(".field-problem")!.TextContent);
    }

    [Fact]
    public void Credentials_are_shown_until_the_person_has_written_them_down_and_never_again()
    {
        Server.On("POST devices", """{"deviceId":"WM-1","kind":"water","householdId":"H1","mqtt":{"username":"WM-1","password":"once-only"}}""", HttpStatusCode.Created);
        var form = Render<EnrolDevice>(parameters => parameters.Add(enrol => enrol.HouseholdId, "H1"));
        form.Find("[data-testid=device-id]").Change("WM-1");
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("once-only", form.Find("[data-testid=credentials]").TextContent));
        form.Find("[data-testid=credentials] button.primary").Click();
        Assert.DoesNotContain("once-only", form.Markup);
    }

    [Fact]
    public void A_gap_in_the_water_chart_is_hatched_and_is_not_zero()
    {
        Server.On("GET devices/WM-1/series", """
            {"deviceId":"WM-1","metric":"use_l","unit":"L","every":"1h","items":[
            {"at":"2026-03-09T00:00:00+00:00","value":12},{"at":"2026-03-09T01:00:00+00:00"},{"at":"2026-03-09T02:00:00+00:00","value":0}]}
            """);
        var chart = Render<WaterChart>(parameters => parameters.Add(water => water.DeviceId, "WM-1"));
        chart.WaitForAssertion(() => Assert.Single(chart.FindAll("rect.bar")));
        Assert.Contains("09:00–10:00", Assert.Single(chart.FindAll("rect.gap")).TextContent);
        Assert.Contains("1 小时没有数据", chart.Find("svg").GetAttribute("aria-label"));
    }

    [Fact]
    public void A_note_that_was_not_sent_is_there_again_after_a_reload()
    {
        JSInterop.Setup<string?>("localStorage.getItem", "senioriot.draft.A1").SetResult("called, no answer");
        var actions = Render<AlertActions>(parameters => parameters.Add(pane => pane.Alert, An("A1")));
        actions.WaitForAssertion(() => Assert.Equal("called, no answer", actions.Find("[data-testid=note-text]").GetAttribute("value")));
        actions.Find("[data-testid=note-text]").Input("called twice");
        Assert.Contains(JSInterop.Invocations["localStorage.setItem"], call => call.Arguments is ["senioriot.draft.A1", "called twice"]);
    }

    [Fact]
    public void Every_outcome_has_its_button_and_closing_needs_one()
    {
        var actions = Render<AlertActions>(parameters => parameters.Add(pane => pane.Alert, An("A1")).Add(pane => pane.Panel, SeniorIoT.Console.Queue.Panel.Close));
        Assert.All(Outcomes.All, outcome => Assert.NotNull(actions.Find($"[data-testid=outcome-{outcome}]")));
        Assert.True(actions.Find("[data-testid=close-confirm]").HasAttribute("disabled"));
        actions.Find("[data-testid=outcome-safe]").Click();
        Assert.False(actions.Find("[data-testid=close-confirm]").HasAttribute("disabled"));
    }
}
