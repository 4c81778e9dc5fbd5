using System.Net;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Console.Administration;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class ExportPanelTests : ConsoleContext
{
    private const string Ordered = """
        {"exportId":"E1","state":"waiting","homesDone":0,"homes":12,"rows":0,"bytes":0,"file":"/api/v1/exports/E1/file?ticket=T"}
        """;

    [Fact]
    public void An_order_becomes_a_link_that_the_browser_fetches_by_itself_and_its_progress_is_told()
    {
        Services.GetRequiredService<Wording>().Switch(Wording.English);
        Server.On("POST exports", Ordered, HttpStatusCode.Created);
        Server.On("GET exports/E1", """{"exportId":"E1","state":"waiting","homesDone":0,"homes":12,"rows":0,"bytes":0}""");
        var panel = Render<ExportPanel>();
        panel.Find("form").Submit();
        var link = panel.WaitForElement("[data-testid=export-file]");
        Assert.Equal(("api/v1/exports/E1/file?ticket=T", true), (link.GetAttribute("href"), link.HasAttribute("download")));

        Server.On("GET exports/E1", """{"exportId":"E1","state":"running","homesDone":3,"homes":12,"rows":288,"bytes":1500000}""");
        Pass(2);
        panel.WaitForAssertion(() => Assert.Contains("3 of 12 households, 288 rows, 1.5 MB", panel.Markup, StringComparison.Ordinal));
        Server.On("GET exports/E1", """{"exportId":"E1","state":"failed","homesDone":3,"homes":12,"rows":288,"bytes":1500000,"problem":"The download was broken off. Order it again."}""");
        Pass(2);
        panel.WaitForAssertion(() => Assert.Equal("The download was broken off. Order it again.", panel.Find("[role=alert]").TextContent));
        var asked = Server.Asked.Count;
        Pass(3);
        Assert.Equal(asked, Server.Asked.Count);
    }

    [Fact]
    public void What_is_wrong_is_said_at_its_field()
    {
        Server.On("POST exports", """{"title":"Bad","status":400,"errors":{"committee":["There is no household with a water meter for 北苑 in your area. Check the name in the list."]}}""", HttpStatusCode.BadRequest);
        var panel = Render<ExportPanel>();
        panel.Find("[data-testid=export-whose]").Change("committee");
        panel.Find("[data-testid=export-name]").Change("北苑");
        panel.Find("form").Submit();
        panel.WaitForAssertion(() => Assert.Contains("您的辖区内没有与 北苑 对应、装有水表的住户，请核对名称。", panel.Markup, StringComparison.Ordinal));
        Assert.Empty(panel.FindAll("[data-testid=export-state]"));
    }

    [Fact]
    public void The_fields_and_the_button_are_a_form_so_that_Enter_orders()
    {
        var panel = Render<ExportPanel>();
        Assert.Equal("submit", panel.Find("[data-testid=export-order]").GetAttribute("type"));
        Assert.All(panel.FindAll("form input, form select"), field => Assert.Equal("LABEL", field.ParentElement!.TagName));
    }
}
