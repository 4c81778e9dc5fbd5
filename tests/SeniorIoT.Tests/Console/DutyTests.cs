using System.Net;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Duty;
using SeniorIoT.Console.Households;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>The page Duty. It is Monday noon on the centre's clock.</summary>
public sealed class DutyTests : ConsoleContext
{
    private const string Summary = """
        {"households":60,"nobody":1,"onlyUnreachable":0,"onlyOne":20,"lacksVolunteer":4,"lacksSecondVolunteer":60,"volunteers":11,"overloadedVolunteers":3,"pairingMax":5,
        "people":41,"unreachable":6,"untested":35,"gaps":1,"gapDays":14,"areas":["district","North"],"asOf":"2026-03-09T04:00:00Z"}
        """;

    private const string Rota = """
        {"area":"North","role":"committee_duty","people":[{"name":"Wang","phone":"+8613800000031"},{"name":"Li","phone":"+8613800000032"}],
        "shifts":[{"weekdays":["monday"],"from":"08:00","until":"20:00","people":["+8613800000031"]}],"holidays":[{"on":"2026-03-12","people":["+8613800000032"]}],
        "onDuty":[{"name":"Wang","phone":"+8613800000031"}],
        "spans":[{"from":"2026-03-08T16:00:00Z","until":"2026-03-09T00:00:00Z","people":[]},{"from":"2026-03-09T00:00:00Z","until":"2026-03-09T12:00:00Z","people":[{"name":"Wang","phone":"+8613800000031"}]},
        {"from":"2026-03-09T12:00:00Z","until":"2026-03-15T16:00:00Z","people":[{"name":"Li","phone":"+8613800000032"}]}],
        "gaps":[{"from":"2026-03-15T16:00:00Z","until":"2026-03-16T00:00:00Z","people":[]}]}
        """;

    [Fact]
    public async Task The_week_shows_who_is_on_duty_each_day_and_now_and_names_gaps()
    {
        var page = await OpenAsync();
        page.WaitForAssertion(() => Assert.Equal("Wang", page.Find("[data-testid=rota-now]").TextContent.Trim()));
        Assert.Equal("2026-03-09 – 2026-03-15", page.Find("[data-testid=duty-week]").TextContent);
        var cells = page.FindAll("[data-testid=rota-row] td").Skip(2).Select(cell => string.Join(" ", cell.QuerySelectorAll("div").Select(piece => piece.TextContent.Trim())));
        Assert.Equal(["00:00–08:00 ! 空档 08:00–20:00 Wang 20:00–24:00 Li", "全天 Li", "全天 Li", "全天 Li", "全天 Li", "全天 Li", "全天 Li"], cells);
        Assert.Contains("03-16 00:00 – 03-16 08:00 · North · 居委值班", page.Find("[data-testid=duty-gaps]").TextContent);
        Assert.Equal(["无人可通知", "联系不上的人", "14 天内的空档", "超过 5 户的志愿者"], page.FindAll(".duty-tiles .missed dt").Select(name => name.TextContent));
    }

    [Fact]
    public async Task A_refused_rota_keeps_what_was_typed_and_names_the_field_beside_it()
    {
        Server.On("PUT duty/rotas/North/committee_duty", """{"title":"Bad","errors":{"people[1].phone":["Must be a phone number with its area code, e.g. +86 138 0000 0000."]}}""", HttpStatusCode.BadRequest);
        var page = await OpenAsync();
        page.WaitForElement("[data-testid=rota-edit]").Click();
        page.FindAll("[data-testid=rota-phone]")[1].Change("12");
        page.Find("[data-testid=rota-form]").Submit();
        page.WaitForAssertion(() => Assert.Equal("请填电话号码（固定电话带区号），如 138 0000 0000。", page.Find(".field-problem").TextContent));
        Assert.Equal("12", page.FindAll("[data-testid=rota-phone]")[1].GetAttribute("value"));
    }

    [Fact]
    public void A_sheet_sends_what_it_was_made_of_and_a_corrected_number_everywhere()
    {
        var rota = System.Text.Json.JsonSerializer.Deserialize<DutyRota>(Rota, System.Text.Json.JsonSerializerOptions.Web)!;
        var sheet = RotaSheet.Of(rota);
        Assert.Equivalent(new NewRota(rota.People, rota.Shifts, rota.Holidays), sheet.ToRota(), strict: true);
        sheet.People[0].Phone = "13900000000";
        Assert.Equal(["13900000000"], sheet.ToRota().Shifts![0].People);
        sheet.Remove(sheet.People[0]);
        Assert.Empty(sheet.ToRota().Shifts![0].People);
        Assert.Equal(["+8613800000032"], sheet.ToRota().Holidays![0].People);
    }

    [Fact]
    public async Task The_households_short_of_people_come_first_and_lead_to_the_household()
    {
        Server.On("GET duty/warnings", """{"items":[{"householdId":"H1","address":"Lane 1","committee":"North","subDistrict":"Hill","urgent":"nobody","welfare":"only_one","lacksVolunteer":true,"lacksSecondVolunteer":true}],"next":null}""");
        var page = await OpenAsync("warnings");
        var row = page.WaitForElement("[data-testid=warning-row]");
        Assert.Contains("! 无人可通知", row.TextContent);
        Assert.Contains("没有志愿者", row.TextContent);
        Assert.Equal("households/H1", row.QuerySelector("a")!.GetAttribute("href"));

        var line = Render<WarningLine>(parameters => parameters.Add(pane => pane.HouseholdId, "H1"));
        line.WaitForAssertion(() => Assert.Equal("! 短信能通知到的人：无人可通知", line.Find("[data-testid=duty-warning]").TextContent));
    }

    [Fact]
    public void Whether_the_family_is_asked_first_is_shown_and_sent()
    {
        var home = new Household("H1", "Lane 1", "North", "Hill", [], [], null, []) { ContactFirst = true };
        Server.On("PATCH households/H1", """{"title":"Bad","errors":{}}""", HttpStatusCode.BadRequest);
        var form = Render<HouseholdForm>(parameters => parameters.Add(one => one.Existing, home));
        Assert.True(form.Find("[data-testid=household-contact-first]").HasAttribute("checked"));
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Contains("PATCH households/H1", Server.Asked));
    }

    [Theory]
    [InlineData(
        "Of 2 households nobody can be told. Of 1 households only people can be told whom no text gets to. Enter people on the page Duty.",
        "无人可通知的住户：2 户。只有联系不上的人的住户：1 户。请在“值守”页补充人员。")]
    [InlineData("Of every household somebody can be told.", "每户都有人可通知。")]
    [InlineData("Is replaced by Zhao in a part of that time already; end that swap first.", "这段时间内已由 Zhao 替班，请先结束那次换班。")]
    public void What_the_server_says_of_duty_is_said_in_Chinese(string english, string chinese) => Assert.Equal(chinese, new Wording().FromServer(english));

    private async Task<IRenderedComponent<DutyPage>> OpenAsync(string? part = null)
    {
        await LogInAsync();
        Server.On("GET duty/summary", Summary);
        Server.On("GET duty/rotas", $$"""{"items":[{{Rota}}],"next":null}""");
        Server.On("GET duty/calendar", """{"holidays":[]}""");
        return Render<DutyPage>(parameters => parameters.Add(page => page.Part, part));
    }
}
