using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

public sealed class SmsApiTests
{
    private const string Volunteer = "+8613800000001";

    [Fact]
    public async Task A_volunteer_at_the_door_answers_the_alert_and_what_she_says_next_is_kept()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());

        Assert.Contains("A0001 已收到", await ReplyAsync(webhooks, Volunteer, "A0001 1"));
        var alert = district.Alerts()[0];
        Assert.Equal("Li", Assert.IsType<Response.Given>(alert.Response).By);
        Assert.Equal(district.Clock.GetUtcNow(), alert.Dispatch!.ArrivedAt);

        await ReplyAsync(webhooks, Volunteer, " a0001加2 ");
        await ReplyAsync(webhooks, Volunteer, "A00013");
        var lines = district.Get<AlertQueries>().TimelineOf("A0001");
        Assert.Equal(["raised", "acknowledged", "arrived", "noted", "help_asked"], lines.Select(line => line.Kind));
        Assert.Equal(["SMS: 到场", "SMS: 平安", "SMS: 求助"], lines.Skip(2).Select(line => line.Text));
        Assert.All(lines.Skip(2), line => Assert.Equal("Li", line.By));
        Assert.False(district.Alerts()[0].IsClosed);
    }

    [Theory]
    [InlineData(Volunteer, "I am there", "看不懂")]
    [InlineData(Volunteer, "A0001 4", "怎么样了")]
    [InlineData(Volunteer, "平安吗?", "看不懂。请回复A0001加")]
    [InlineData(Volunteer, "A0002 1", "没有发给您的案件")]
    [InlineData("+8613899999999", "A0001 1", "没有发给您的案件")]
    [InlineData("nobody", "A0001 1", "没有发给您的案件")]
    public async Task Whoever_was_not_told_or_cannot_be_understood_changes_nothing_and_reads_why(string from, string body, string answer)
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        Assert.Contains(answer, await ReplyAsync(webhooks, from, body));
        Assert.Equal(1, district.Alerts()[0].Version);
    }

    [Fact]
    public async Task A_receipt_moves_its_notice_and_the_last_hope_lost_goes_up_at_once()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        foreach (var (sid, status) in new[] { (1, "undelivered"), (1, "sent"), (1, "undelivered"), (7, "failed") })
            Assert.Equal(HttpStatusCode.NoContent, await ReceiptAsync(webhooks, sid, status));
        Assert.Equal(0, district.Alerts()[0].Step);

        Assert.Equal(HttpStatusCode.NoContent, await ReceiptAsync(webhooks, 2, "failed"));
        Assert.Equal(1, district.Alerts()[0].Step);
        Assert.Equal("The phone is off or out of reach (30003).", district.Notices(district.Alerts()[0])[1].Detail);
    }

    [Fact]
    public async Task A_receipt_that_overtakes_the_answer_to_the_sending_counts()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        var (now, store) = (district.Clock.GetUtcNow(), district.Get<NoticeStore>());
        await store.ClaimAsync(now, now.AddSeconds(60), new(50, 50, 100));
        Assert.Equal(HttpStatusCode.NoContent, await ReceiptAsync(webhooks, 9, "delivered", "?notice=A0001-0-1"));
        await store.RecordAsync("A0001-0-1", new Fate(Domain.Notices.NoticeState.Sent, null) { ProviderId = Provider.SidOf(9) }, now);
        Assert.Equal(["shown", "delivered", "sending"], district.Notices(district.Alerts()[0]).Select(notice => notice.State));
        district.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, await district.SendAsync());
    }

    [Fact]
    public async Task Without_the_right_signature_or_a_provider_nothing_is_believed()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        var form = new Dictionary<string, string> { ["From"] = Volunteer, ["Body"] = "A0001 1" };
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(webhooks, "inbound", form, token: "another")).StatusCode);

        await using var without = await District.StartAsync();
        await using var closed = await WebhooksAsync(without);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(closed, "inbound", form)).StatusCode);
        Assert.Equal(1, district.Alerts()[0].Version);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nbroken")]
    [InlineData("multipart/form-data", "x")]
    [InlineData("application/x-www-form-urlencoded", "many")]
    [InlineData("application/json", "{}")]
    public async Task What_is_no_form_is_refused_and_is_no_error_of_ours(string type, string body)
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await using var webhooks = await WebhooksAsync(district);
        if (body == "many") body = string.Join('&', Enumerable.Range(0, 5000).Select(n => $"k{n}=v"));
        using var client = new HttpClient();
        using var content = new StringContent(body);
        content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        foreach (var route in (string[])["inbound", "receipt"])
            Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync($"{webhooks.Urls.First()}/api/v1/sms/twilio/{route}", content, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("https://care.example", "https://care.example/api/v1/sms/twilio/receipt?notice=A0001-0-1")]
    [InlineData("https://care.example/iot/", "https://care.example/iot/api/v1/sms/twilio/receipt?notice=A0001-0-1")]
    [InlineData("https://care.example:8443/iot", "https://care.example:8443/iot/api/v1/sms/twilio/receipt?notice=A0001-0-1")]
    public void Behind_a_proxy_the_address_is_the_public_one_with_its_path(string self, string address) =>
        Assert.Equal(address, new TwilioOptions { PublicUrl = new Uri(self) }.Public("/api/v1/sms/twilio/receipt?notice=A0001-0-1"));

    internal static async Task<WebApplication> WebhooksAsync(District district)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(district.Get<NoticeStore>()).AddSingleton(district.Get<IGrainFactory>()).AddSingleton(district.Get<TimeProvider>());
        builder.Services.AddSingleton(district.Store).AddSingleton(district.Get<Outbox>()).AddSingleton(district.Get<NoticeReceipts>()).AddSingleton(district.Get<AttemptStore>());
        builder.Services.AddSingleton(district.Get<InboundTexts>()).AddSingleton(district.Get<CallbackStore>()).AddSingleton(district.Get<CallbackWorker>()).AddSingleton(district.Get<AliyunOptions>());
        builder.Services.AddSingleton(district.Get<ProviderDesk>()).AddSingleton(district.Get<AreaChannels>()).AddSingleton(district.Get<MailStore>()).AddSingleton(district.Get<TimeZoneInfo>());
        builder.Services.AddSingleton(district.Get<Server.Households.HouseholdDirectory>());
        builder.Services.AddAuthentication().AddBearerToken();
        builder.Services.AddAuthorizationBuilder().AddPolicy(AccessPolicies.Administrator, policy => policy.RequireAuthenticatedUser()).AddPolicy(AccessPolicies.WholeDistrict, policy => policy.RequireAuthenticatedUser());
        if (district.Get<TwilioOptions>().AccountSid is not null) builder.Services.AddSingleton(district.Get<TwilioClient>());
        var app = builder.Build();
        app.MapSms();
        await app.StartAsync();
        return app;
    }

    private static async Task<string> ReplyAsync(WebApplication app, string from, string body)
    {
        using var answer = await PostAsync(app, "inbound", new() { ["From"] = from, ["Body"] = body });
        Assert.Equal(("text/xml; charset=utf-8", HttpStatusCode.OK), (answer.Content.Headers.ContentType!.ToString(), answer.StatusCode));
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> ReceiptAsync(WebApplication app, int sid, string status, string query = "")
    {
        using var answer = await PostAsync(app, "receipt" + query, new() { ["MessageSid"] = Provider.SidOf(sid), ["MessageStatus"] = status, ["ErrorCode"] = "30003" });
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(WebApplication app, string route, Dictionary<string, string> form, string token = Provider.Token)
    {
        using var client = new HttpClient();
        var url = $"{app.Urls.First()}/api/v1/sms/twilio/{route}";
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", TwilioClient.Sign(token, url, form));
        return await client.SendAsync(request);
    }
}
