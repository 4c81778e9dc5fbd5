using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>Two providers: who is asked, who stands in, and what is said of it.</summary>
public sealed class FallbackTests
{
    [Fact]
    public async Task Aliyun_gets_signature_template_values_and_the_notice_s_id_and_the_text_is_the_one_in_the_console()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var texts = district.Notices(district.Alerts()[0]).Where(notice => notice.Channel == "sms").ToList();
        Assert.Equal(texts.Select(notice => notice.Text), aliyun.Sent.OrderBy(call => call.Query["OutId"]).Select(AliyunServer.TextOf));
        Assert.Equal(texts.Select(notice => notice.NoticeId), aliyun.Sent.Select(call => call.Query["OutId"]).Order());
        Assert.All(texts, notice => Assert.Equal(("sent", "aliyun", 1, "sent"), (notice.State, notice.Provider, notice.Segments, notice.Attempts.Single().State)));
    }

    [Theory]
    [InlineData(502, "text/html; charset=gb2312")]
    [InlineData(200, "text/html; charset=GBK")]
    [InlineData(302, "text/html")]
    [InlineData(407, "text/html; charset=utf8")]
    public async Task Whatever_a_proxy_answers_in_the_provider_s_place_a_call_is_sent_again_within_seconds(int status, string type)
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        provider.Instead = async (_, http) =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (status, type);
            await http.Response.Body.WriteAsync(new byte[] { 0x3c, 0xcd, 0xf8, 0xb9, 0xd8, 0x3e });
            return true;
        };
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal("owed", notice.State));
        provider.Instead = null;
        district.Clock.Advance(TimeSpan.FromSeconds(20));
        await district.SendAsync();
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal("sent", notice.State));
        Assert.Equal(0, district.Alerts()[0].Step);
    }

    [Fact]
    public async Task An_incident_and_a_call_for_help_have_templates_and_fit_the_longest_signature()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        aliyun.SignName = "上海市长宁区江苏路街道办";
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        using var http = new HttpClient();
        var client = new AliyunClient(http, aliyun.Options, TimeZoneInfo.Utc, district.Clock);
        var incident = new Incident("I0007", StormTable.Silence, new(StormScope.Building, "新华路一百弄江苏路100弄38号"), "江苏居委会", "江苏路街道", District.Start, new("A0001"), 1) { Homes = 1234, Step = 1 };
        var alert = district.Alerts()[0];
        foreach (var words in (NoticeWords[])[IncidentText.Of(incident, District.Start, TimeZoneInfo.Utc), IncidentText.Help(incident, "欧阳修文正公", District.Start, TimeZoneInfo.Utc), AnswerRules.Help(alert, "李志远", 3)])
        {
            Assert.IsType<SendResult.Taken>(await client.SendAsync(new Outgoing("n1", "+8613800000001", words.Text, words.Template, words.Values, Priority.P1, District.Start), TestContext.Current.CancellationToken));
            var text = AliyunServer.TextOf(aliyun.Sent[^1]);
            Assert.InRange(text.Length, 50, NoticeText.LengthMax);
            Assert.Equal($"SMS_{words.Template}", aliyun.Sent[^1].Query["TemplateCode"]);
            Assert.Contains("38号", text, StringComparison.Ordinal);
            Assert.Contains("1到场2平安3求助", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_has_no_template_goes_as_a_note_and_a_longer_signature_cuts_the_place_not_the_rest()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        var options = aliyun.Options;
        options.Templates = new() { ["note"] = "SMS_note", ["note-long"] = "SMS_note-long" };
        await using var district = await District.StartAsync(aliyun: options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.All(aliyun.Sent, call => Assert.Equal("SMS_note-long", call.Query["TemplateCode"]));
        Assert.All(aliyun.Sent, call => Assert.EndsWith("按求助键,请马上上门;回复A0001加1到场2平安3求助0不能去", AliyunServer.TextOf(call)));
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal("sent", notice.State));

        using var http = new HttpClient();
        aliyun.SignName = "上海市长宁区江苏路街道办";
        options = aliyun.Options;
        var alert = district.Alerts()[0] with { Rule = Rule.Smoke };
        var words = NoticeText.Of(alert, 1, District.Start, TimeZoneInfo.Utc, Languages.Chinese);
        await new AliyunClient(http, options, TimeZoneInfo.Utc, district.Clock).SendAsync(
            new Outgoing("n1", "+8613800000001", words.Text, words.Template, words.Values, Priority.P1, District.Start), TestContext.Current.CancellationToken);
        Assert.InRange(AliyunServer.TextOf(aliyun.Sent[^1]).Length, 60, NoticeText.LengthMax);
        Assert.EndsWith("38号1070室,12:00烟感报警,到场并拨119。回复A0001加1到场2平安3求助", AliyunServer.TextOf(aliyun.Sent[^1]).Replace("04:00", "12:00", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("isp.SYSTEM_ERROR")]
    [InlineData("isv.BUSINESS_LIMIT_CONTROL")]
    [InlineData("isv.SMS_TEMPLATE_ILLEGAL")]
    [InlineData("isv.AMOUNT_NOT_ENOUGH")]
    public async Task What_one_provider_refuses_the_other_sends_in_the_same_moment_and_the_notice_says_so(string code)
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options);
        aliyun.Instead = _ => code;
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(2, twilio.Asked.Count);
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice =>
        {
            Assert.Equal(("sent", "twilio"), (notice.State, notice.Provider));
            Assert.Contains(code, notice.Detail);
            Assert.Contains("sent", notice.Attempts[^1].State);
        });
        Assert.Equal(0, district.Alerts()[0].Step);
    }

    [Fact]
    public async Task A_number_that_is_wrong_for_one_is_wrong_for_all_and_nobody_else_is_asked()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options);
        aliyun.Instead = _ => "isv.MOBILE_NUMBER_ILLEGAL";
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Empty(twilio.Asked);
        Assert.Equal(1, district.Alerts()[0].Step);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_passed_over_until_it_is_tried_again_and_health_names_it()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options);
        aliyun.Instead = _ => "InvalidAccessKeyId.NotFound";
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var before = aliyun.Sent.Count;
        await district.DeliverAsync("b2", district.Button());
        await district.SendAsync();
        Assert.Equal((before, 4), (aliyun.Sent.Count, twilio.Asked.Count));
        var health = await new OutboxHealth(district.Get<NoticeStore>(), district.Get<ProviderDesk>(), district.Get<CallbackStore>(), district.Clock)
            .CheckHealthAsync(new(), TestContext.Current.CancellationToken);
        Assert.Contains("aliyun is down", health.Description);

        // When it has rested, the first text of a P1 still goes by the one that works; another text finds out that it is back, and then it is first again.
        aliyun.Instead = null;
        district.Clock.Advance(TimeSpan.FromSeconds(30));
        await district.DeliverAsync("f1", Smoke(district, 1));
        await district.SendAsync();
        Assert.Equal((before, 6), (aliyun.Sent.Count, twilio.Asked.Count));
        await district.DeliverAsync("w1", district.Water([(14, 5000), (0, 5000)]));
        await district.SendAsync();
        Assert.InRange(aliyun.Sent.Count, before + 1, before + 2);
        before = aliyun.Sent.Count;
        await district.DeliverAsync("f2", Smoke(district, 2));
        await district.SendAsync();
        Assert.Equal(before + 2, aliyun.Sent.Count);
    }

    private static SeniorIoT.Domain.Telemetry.Report Smoke(District district, int n) => new(
        $"9/{n}", district.Clock.GetUtcNow(), district.Clock.GetUtcNow(), false, false, null, null, new SeniorIoT.Domain.Telemetry.ReportBody.Smoke(SeniorIoT.Domain.Telemetry.SmokeEventKind.Alarm));

    [Fact]
    public async Task A_text_without_a_receipt_in_time_goes_by_the_other_provider_the_ladder_goes_on_and_a_late_receipt_still_counts()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options, aliyun: aliyun.Options);
        await district.DeliverAsync("w1", district.Water([(14, 5000), (0, 5000)])); // P2
        await district.SendAsync();
        Assert.Equal((2, 0), (aliyun.Sent.Count, twilio.Asked.Count));
        district.Clock.Advance(TimeSpan.FromSeconds(299));
        await district.SendAsync();
        Assert.Equal(0, district.Alerts()[0].Step);

        district.Clock.Advance(TimeSpan.FromSeconds(1));
        await district.SendAsync();
        Assert.Equal(1, district.Alerts()[0].Step);
        Assert.Equal(2, twilio.Asked.Count);
        var late = district.Notices(district.Alerts()[0])[1];
        Assert.Equal(["aliyun", "twilio"], late.Attempts.Select(attempt => attempt.Provider));
        Assert.NotNull(await district.Get<NoticeReceipts>().ReceiveAsync(AliyunServer.BizIdOf(1), null, NoticeState.Delivered, null, district.Clock.GetUtcNow()));
        Assert.Contains(district.Notices(district.Alerts()[0]), notice => notice.State == "delivered" && notice.Attempts[0].State == "delivered");
    }

    [Fact]
    public async Task A_P1_waits_a_minute_for_a_receipt_and_one_that_came_is_enough()
    {
        await using var twilio = await Provider.StartAsync();
        var options = twilio.Options;
        options.PublicUrl = new Uri("https://care.example");
        await using var district = await District.StartAsync(twilio: options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        await district.Get<NoticeReceipts>().ReceiveAsync(Provider.SidOf(1), null, NoticeState.Delivered, null, district.Clock.GetUtcNow());
        district.Clock.Advance(TimeSpan.FromSeconds(59));
        await district.DeliverAsync("b2", district.Button());
        await district.SendAsync();
        district.Clock.Advance(TimeSpan.FromSeconds(1));
        await district.SendAsync();
        Assert.Equal((0, 0), (district.Alerts()[0].Step, district.Alerts()[1].Step));
        district.Clock.Advance(TimeSpan.FromSeconds(59));
        await district.SendAsync();
        Assert.Equal((1, 0), (district.Alerts()[0].Step, district.Alerts()[1].Step)); // of the second nobody was heard
    }

    [Fact]
    public async Task A_phone_that_is_off_is_tried_again_and_somebody_else_is_told_meanwhile()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        foreach (var sid in (string[])[Provider.SidOf(1), Provider.SidOf(2)])
        {
            var lost = await district.Get<NoticeReceipts>().ReceiveAsync(sid, null, NoticeState.Undelivered, "off", district.Clock.GetUtcNow(), SendFault.Unreachable);
            await district.Get<Outbox>().GoOnIfNobodyHearsAsync(lost!.AlertId, lost.Step);
        }

        Assert.Equal(1, district.Alerts()[0].Step);
        Assert.Equal(3, await district.SendAsync()); // the second step
        district.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(2, await district.SendAsync()); // the first once more
        Assert.Equal(["sent", "sent"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Step: 0, Channel: "sms" }).Select(notice => notice.State));
        // That the first attempt failed says nothing about the second, and comes too late.
        Assert.Null(await district.Get<NoticeReceipts>().ReceiveAsync(Provider.SidOf(1), null, NoticeState.Failed, "failed", district.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task Whoever_unsubscribed_gets_nothing_more_from_anybody_until_START()
    {
        await using var twilio = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: twilio.Options);
        twilio.Instead = async (asked, http) => asked.Form["To"].EndsWith('1') && await Provider.RefuseAsync(http, 400, 21610);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal("+8613800000001", Assert.Single(district.Get<AttemptStore>().ReadBarred()).Number);
        twilio.Instead = null;
        await district.DeliverAsync("b2", district.Button());
        await district.SendAsync();
        Assert.Equal(3, twilio.Asked.Count);
        Assert.Contains("unsubscribed", district.Notices(district.Alerts()[0])[1].Detail);

        await district.Get<AttemptStore>().LiftAsync("+8613800000001");
        await district.DeliverAsync("f1", new SeniorIoT.Domain.Telemetry.Report("9/1", district.Clock.GetUtcNow(), district.Clock.GetUtcNow(), false, false, null, null, new SeniorIoT.Domain.Telemetry.ReportBody.Smoke(SeniorIoT.Domain.Telemetry.SmokeEventKind.Alarm)));
        await district.SendAsync();
        Assert.Equal(5, twilio.Asked.Count);
    }
}
