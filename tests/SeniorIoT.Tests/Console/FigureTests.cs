using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Devices;
using SeniorIoT.Console.Shell;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>Figures lead to a list of what they count.</summary>
public sealed class FigureTests : ConsoleContext
{
    private const string Nothing = """{"items":[],"next":null}""";

    [Fact]
    public async Task The_count_of_silent_devices_leads_to_them_with_the_home_of_each()
    {
        await LogInAsync();
        Server.On("GET overview", """{"now":"2026-03-09T04:00:00Z","households":1,"devices":3,"devicesConnected":2,"devicesSilent":1,"openByPriority":{},"messagesStored":9,"messagesQuarantined":0,"smsProviderSet":true,"version":"0"}""");
        Server.On("GET shelves", Nothing);
        Server.On("GET devices", """{"items":[{"deviceId":"wm-1","kind":"water","householdId":"H1","gatewayId":null,"state":"silent","connected":false,"enrolledAt":"2026-01-01T00:00:00Z","address":"愚园路 1 弄 2 号","residents":"张秀英"}],"next":null}""");
        var nav = Render<SideNav>();
        Services.GetRequiredService<NavigationManager>().NavigateTo(nav.WaitForElement("[data-testid=silent-devices]").GetAttribute("href")!);
        var page = Render<DevicesPage>();
        var home = page.WaitForElement("[data-testid=device-row] a[href='households/H1']");
        Assert.Equal("愚园路 1 弄 2 号 张秀英", home.ParentElement!.TextContent.Trim());
        Assert.Equal("silent", page.FindAll("select")[1].GetAttribute("value"));
    }

    [Fact]
    public async Task A_list_of_alerts_says_what_it_was_asked_for_and_how_to_leave_a_condition_out()
    {
        await LogInAsync();
        Server.On("GET alerts", Nothing);
        Services.GetRequiredService<NavigationManager>().NavigateTo("alerts?state=open&rule=sos&to=2026-03-08T04:00:00Z");
        var page = Render<AlertsPage>();
        page.WaitForElement(".empty");
        Assert.Equal(["未关闭 ×去掉此条件", "SOS 求助 ×去掉此条件", "03-08 12:00 之前 ×去掉此条件"], page.FindAll("a.chip").Select(chip => chip.TextContent));
        Assert.Equal("alerts?state=open&to=2026-03-08T04%3A00%3A00Z", page.Find("[data-testid=alerts-rule]").GetAttribute("href"));
    }
}
