using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Households;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class RespondersTests : ConsoleContext
{
    private static readonly Household Home = new("H1", "愚园路 1 弄 2 号", "岐山", "江苏路街道", [], [new("周女士", "13900000003", "contact"), new("刘阿姨", "13900000001", "volunteer")], null, []) { Areas = ["岐山", "江苏路街道", "district"] };

    private Responders Responders => Services.GetRequiredService<Responders>();

    [Fact]
    public async Task Everybody_who_can_be_called_is_listed_in_the_ladders_order()
    {
        Server.On($"GET responders/{Uri.EscapeDataString("岐山")}", """{"area":"岐山","responders":[{"name":"主任","phone":"13900000005","role":"committee_head"},{"name":"值班","phone":"13900000004","role":"committee_duty"}]}""");
        Server.On($"GET responders/{Uri.EscapeDataString("江苏路街道")}", """{"area":"江苏路街道","responders":[]}""");
        Server.On("GET responders/district", """{"area":"district","responders":[{"name":"主管","phone":"13900000006","role":"supervisor"},{"name":"值班","phone":"13900000004","role":"committee_duty"}]}""");
        var calls = await Responders.OfAsync(Home);
        Assert.Equal(["值班", "刘阿姨", "周女士", "主任", "主管"], calls.People.Select(person => person.Name));
        Assert.Null(calls.Problem);
    }

    [Fact]
    public async Task An_area_one_may_not_see_is_left_out_and_one_that_could_not_be_read_is_told()
    {
        foreach (var area in new[] { "江苏路街道", "district" })
            Server.On("GET responders/" + Uri.EscapeDataString(area), """{"title":"Not found"}""", HttpStatusCode.NotFound);
        Server.On($"GET responders/{Uri.EscapeDataString("岐山")}", """{"area":"岐山","responders":[]}""");
        Assert.Null((await Responders.OfAsync(Home)).Problem);
        Server.On($"GET responders/{Uri.EscapeDataString("岐山")}", """{"title":"Broken"}""", HttpStatusCode.InternalServerError);
        var calls = await Responders.OfAsync(Home);
        Assert.Equal(["刘阿姨", "周女士"], calls.People.Select(person => person.Name));
        Assert.Equal(500, calls.Problem!.Status);
    }
}
