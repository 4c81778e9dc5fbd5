using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

public sealed class AliyunApiTests
{
    [Fact]
    public async Task A_receipt_is_answered_at_once_kept_and_worked_off_also_after_a_restart_and_twice_is_once()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await using var webhooks = await SmsApiTests.WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        string BizId(string outId) => AliyunServer.BizIdOf(aliyun.Calls.Index().Single(call => call.Item.Query.GetValueOrDefault("OutId") == outId).Index + 1);
        var body = $$"""
            [{"phone_number":"13800000001","send_time":"2026-01-10 12:00:00","report_time":"2026-01-10 12:00:03","success":true,"err_code":"DELIVERED","err_msg":"ok","sms_size":"1","biz_id":"{{BizId("A0001-0-1")}}","out_id":"A0001-0-1"},
             {"phone_number":"13800000003","success":false,"err_code":"MOBILE_NOT_ON_SERVICE","err_msg":"off","sms_size":"1","biz_id":"{{BizId("A0001-0-2")}}","out_id":"A0001-0-2"}]
            """;
        for (var i = 0; i < 2; i++) Assert.Equal((HttpStatusCode.OK, """{"code":0,"msg":"received"}"""), await PostAsync(webhooks, "receipt", body));
        Assert.DoesNotContain(district.Notices(district.Alerts()[0]), notice => notice.State == "delivered");

        Assert.Equal(2, await district.Get<CallbackWorker>().WorkAsync());
        Assert.Equal(0, await district.Get<CallbackWorker>().WorkAsync());
        var notices = district.Notices(district.Alerts()[0]);
        Assert.Equal(["shown", "delivered", "undelivered"], notices.Select(notice => notice.State));
        Assert.Equal("The phone is off or out of reach (MOBILE_NOT_ON_SERVICE off).", notices[2].Detail);
        Assert.Equal(0, district.Alerts()[0].Step);
    }

    [Fact]
    public async Task An_answer_acts_as_Twilio_s_does_and_the_sender_is_told_by_a_text_of_its_own_once()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await using var webhooks = await SmsApiTests.WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        foreach (var sequence in (string[])["1234567890", "\"1234567890\""])
            await PostAsync(webhooks, "inbound", $$"""[{"phone_number":"13800000001","sign_name":"江苏路街道","content":"A0001 1","send_time":"2026-01-10 12:01:00","dest_code":"1234","sequence_id":{{sequence}}}]""");
        Assert.Equal(2, await district.Get<CallbackWorker>().WorkAsync());
        Assert.Equal("Li", Assert.IsType<Response.Given>(district.Alerts()[0].Response).By);
        Assert.Equal(["raised", "acknowledged", "arrived"], district.Get<AlertQueries>().TimelineOf("A0001").Select(line => line.Kind));
        var before = aliyun.Sent.Count;
        Assert.Equal(2, await district.SendAsync()); // and the other who was told hears that somebody has gone
        Assert.Single(aliyun.Sent.Skip(before), sent => AliyunServer.TextOf(sent).Contains("A0001 已收到", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("?key=wrong", "[]", HttpStatusCode.Forbidden)]
    [InlineData("", "[]", HttpStatusCode.Forbidden)]
    [InlineData("?key=" + AliyunServer.CallbackKey, "{}", HttpStatusCode.BadRequest)]
    [InlineData("?key=" + AliyunServer.CallbackKey, "not json", HttpStatusCode.BadRequest)]
    public async Task Whoever_does_not_know_the_key_or_speaks_otherwise_is_refused(string query, string body, HttpStatusCode status)
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await using var webhooks = await SmsApiTests.WebhooksAsync(district);
        Assert.Equal(status, (await PostAsync(webhooks, "receipt", body, query)).Status);
        Assert.Empty(district.Get<CallbackStore>().Read());
    }

    [Fact]
    public async Task A_message_that_cannot_be_worked_off_holds_up_no_other_and_is_not_lost_silently()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        var store = district.Get<CallbackStore>();
        await store.KeepAsync(AliyunApi.Receipt, "[17]", District.Start);
        await store.KeepAsync(AliyunApi.Receipt, """[{"success":true,"biz_id":"900001^0"}]""", District.Start);
        for (var i = 0; i < CallbackStore.TriesMax; i++) await district.Get<CallbackWorker>().WorkAsync();
        Assert.Contains(district.Notices(district.Alerts()[0]), notice => notice.State == "delivered");
        Assert.Equal((0, 1), (store.Read().Count, store.CountBroken()));
    }

    [Fact]
    public async Task When_the_disk_is_slow_the_answer_comes_in_time_asks_for_a_repeat_and_nothing_is_lost()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        await using var webhooks = await SmsApiTests.WebhooksAsync(district);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        using var disk = new ManualResetEventSlim();
        var blocking = new TaskCompletionSource();
        var busy = district.Store.File.WriteAsync(_ =>
        {
            blocking.SetResult();
            disk.Wait(TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        await blocking.Task;
        const string body = """[{"phone_number":"13800000001","content":"A0001 1","send_time":"2026-01-10 12:01:00","sequence_id":"77"}]""";
        var answer = PostAsync(webhooks, "inbound", body);
        // The clock of the server stands still; it is turned until the answer has come.
        for (var i = 0; i < 3000 && await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken)) != answer; i++) district.Clock.Advance(AliyunApi.KeepWithin);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"code":1,"msg":"not kept yet, say it again"}"""), await answer);
        disk.Set();
        await busy;
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(webhooks, "inbound", body)).Status);
        Assert.Equal(2, await district.Get<CallbackWorker>().WorkAsync());
        Assert.Equal(["raised", "acknowledged", "arrived"], district.Timeline(district.Alerts()[0]));
    }

    [Fact]
    public void Every_template_is_one_that_can_be_registered() => Assert.All(Domain.Notices.NoticeTemplate.All, template => Assert.True(AliyunServer.IsRegistrable(template), template.Id));

    [Fact]
    public async Task A_clock_that_is_off_is_the_account_s_trouble_and_says_so()
    {
        await using var aliyun = await AliyunServer.StartAsync();
        await using var district = await District.StartAsync(aliyun: aliyun.Options);
        aliyun.Clock = TimeProvider.System;
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Contains("InvalidTimeStamp.Expired", district.Notices(district.Alerts()[0])[1].Detail);
        Assert.True(district.Get<ProviderDesk>().Texts["aliyun"].IsDown);
    }

    [Fact]
    public void A_request_is_signed_as_Aliyun_documents_it() =>
        // The vector that Aliyun publishes for its signature of version 3.
        Assert.EndsWith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0", AliyunSignature.Authorization(
            "YourAccessKeyId", "YourAccessKeySecret", "POST", "/",
            new Dictionary<string, string> { ["ImageId"] = "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", ["RegionId"] = "cn-shanghai" },
            new Dictionary<string, string>
            {
                ["host"] = "ecs.cn-shanghai.aliyuncs.com", ["x-acs-action"] = "RunInstances", ["x-acs-date"] = "2023-10-26T10:22:32Z", ["x-acs-version"] = "2014-05-26",
                ["x-acs-signature-nonce"] = "3156853299f313e23d1673dc12e1703d", ["x-acs-content-sha256"] = AliyunSignature.Hash([]),
            },
            AliyunSignature.Hash([])));

    private static async Task<(HttpStatusCode Status, string Body)> PostAsync(WebApplication app, string route, string body, string query = "?key=" + AliyunServer.CallbackKey)
    {
        using var client = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync($"{app.Urls.First()}/api/v1/sms/aliyun/{route}{query}", content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
