using System.Net;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Devices;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Records;
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

    [Fact]
    public void A_fault_the_server_names_in_English_is_said_in_Chinese_at_its_field()
    {
        Server.On("POST households", """{"title":"Bad","detail":"Correct the fields.","errors":{"householdId":["Must be 1 to 64 of the characters A-Z, a-z, 0-9, _ and -."],"address":["Has 230 characters; shorten it to 200."]}}""", HttpStatusCode.BadRequest);
        var form = Render<HouseholdForm>();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Equal("请改正：请用 1 至 64 个字母、数字、下划线或短横线。 有 230 个字，请缩短到 200 个。", form.Find("p.problem").TextContent));
        Assert.Equal("有 230 个字，请缩短到 200 个。", form.Find("#household-address").ParentElement!.QuerySelector(".field-problem")!.TextContent);
    }

    [Fact]
    public void A_form_that_opens_takes_the_focus_and_one_that_closes_gives_it_back()
    {
        var actions = Render<AlertActions>(parameters => parameters.Add(pane => pane.Alert, An("A1")));
        actions.Render(parameters => parameters.Add(pane => pane.Panel, SeniorIoT.Console.Queue.Panel.Dispatch));
        actions.WaitForAssertion(() => Assert.Equal("dispatch-to", Module.Invocations["focusInto"][^1].Arguments[0]));
        actions.Render(parameters => parameters.Add(pane => pane.Panel, SeniorIoT.Console.Queue.Panel.Close));
        actions.WaitForAssertion(() => Assert.Equal("outcome-" + Outcomes.All[0], Module.Invocations["focusInto"][^1].Arguments[0]));
        actions.Render(parameters => parameters.Add(pane => pane.Panel, SeniorIoT.Console.Queue.Panel.None));
        actions.WaitForAssertion(() => Assert.Equal("alert-title", Assert.Single(Module.Invocations["focusBack"]).Arguments[0]));
    }

    [Fact]
    public void A_figure_says_in_words_whether_it_meets_its_goal()
    {
        Server.On("GET kpi", """
            {"from":"2026-02-07T00:00:00Z","to":"2026-03-09T00:00:00Z","alerts":40,"open":2,"answered":38,"answeredWithin60s":0.98,"answeredWithin180s":0.97,
            "arrivedWithin45Min":null,"arrivedWithin60Min":null,"alertsPerOperatorDay":151,"byPriority":{},"byRule":{},"byOutcome":{},"falseAlarmsByRule":{},"byCommittee":[],"byHour":[],"byPerson":[],"exceptions":3,"exceptionsOpen":1}
            """);
        var page = Render<KpiPage>();
        page.WaitForAssertion(() => Assert.Equal(["", "✓ 达标", "✗ 未达标", "", "", "", "✗ 未达标", "✗ 未达标"],
            page.FindAll(".tiles > div").Select(tile => tile.QuerySelector(".verdict")?.TextContent ?? "")));
    }
}
