using System.Text.Json;
using Bunit;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Messages;
using Xunit;

namespace SeniorIoT.Tests.Console;

/// <summary>What is said of texts that wait and of receipts that do not come.</summary>
public sealed class MessagesPageTests : ConsoleContext
{
    private static readonly ProviderState Twilio = new("twilio", "sms", false, "The provider refuses our account (20003: Authenticate).", Noon.AddMinutes(-9), Noon.AddSeconds(20), 4, 3, 0, true, 10, []);

    [Fact]
    public async Task That_no_text_goes_out_what_waits_and_what_has_no_receipt_is_said()
    {
        await LogInAsync();
        Answer(new SmsQueue(55, 50, Noon.AddMinutes(-8), 12, 3, Noon.AddMinutes(-7), Noon.AddMinutes(-9)));
        var page = Render<MessagesPage>();
        Assert.Contains("自 11:51 起没有服务商接收短信", page.WaitForElement("[data-testid=all-down]").TextContent);
        Assert.Equal(["55，其中一级 50；最早 11:52", "3，最早应于 11:53 收到", "12 已有人应答、已有更新的短信，或事情已结束"], page.FindAll("[data-testid=sms-queue] dd").Select(cell => cell.TextContent.Trim()));
        Assert.Equal(["warn", "warn", ""], page.FindAll("[data-testid=sms-queue] dd").Select(cell => cell.ClassName ?? ""));
    }

    [Fact]
    public async Task When_all_is_well_nothing_is_marked()
    {
        await LogInAsync();
        Answer(new SmsQueue(0, 0, null, 0, 0, null, null));
        var page = Render<MessagesPage>();
        page.WaitForElement("[data-testid=sms-queue]");
        Assert.Empty(page.FindAll("[data-testid=all-down], [data-testid=sms-queue] .warn"));
    }

    [Fact]
    public void Of_a_text_without_a_receipt_it_is_said_how_long_ago_it_was_sent()
    {
        Notice sent = new("A0001-0-1", "A0001", 0, "sms", "volunteer", "Li", "13800000001", "text", "sent", "No receipt came in time.", Noon.AddMinutes(-3), Noon.AddMinutes(-3), null) { LateSince = Noon.AddMinutes(-2) };
        var list = Render<NoticeList>(parameters => parameters.Add(shown => shown.Notices, [sent, sent with { NoticeId = "A0001-0-2", LateSince = null }]));
        Assert.Equal("已发 03:00，尚无回执", Assert.Single(list.FindAll("[data-testid=notice-late]")).TextContent);
    }

    private void Answer(SmsQueue queue)
    {
        Server.On("GET sms/providers", JsonSerializer.Serialize(new Page<ProviderState>([Twilio], null), JsonSerializerOptions.Web));
        Server.On("GET sms/queue", JsonSerializer.Serialize(queue, JsonSerializerOptions.Web));
        Server.On("GET sms/barred", """{"items":[],"next":null}""");
        Server.On("GET mails", """{"items":[],"next":null}""");
    }
}
