using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

public sealed class ChannelTests
{
    private const string Secret = "a-secret-of-16-characters-or-more";

    [Fact]
    public async Task A_press_reaches_the_committee_s_webhook_signed_and_its_robot_and_people_as_before()
    {
        await using var group = await Group.StartAsync();
        await using var district = await District.StartAsync();
        await SetAsync(district, "江苏居委会", group.Webhook, group.Robot);
        await SetAsync(district, "another committee", group.Webhook with { Area = "another committee" });
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();

        var notices = district.Notices(district.Alerts()[0]);
        Assert.Equal(["console", "sms", "sms", "webhook", "wecom"], notices.Select(notice => notice.Channel));
        Assert.Equal(["shown", "not_sent", "not_sent", "sent", "sent"], notices.Select(notice => notice.State));
        var (path, headers, body) = group.Heard.Single(heard => heard.Path == "/hook");
        Assert.Equal(WebhookProvider.Sign(Secret, headers[WebhookProvider.TimeHeader], body), headers[WebhookProvider.SignatureHeader]);
        using var message = JsonDocument.Parse(body);
        Assert.Equal((notices[3].NoticeId, "P1", "sos", notices[3].Text, "A0001"), (
            message.RootElement.GetProperty("noticeId").GetString(), message.RootElement.GetProperty("priority").GetString(), message.RootElement.GetProperty("kind").GetString(),
            message.RootElement.GetProperty("text").GetString(), message.RootElement.GetProperty("alertId").GetString()));
        using var robot = JsonDocument.Parse(group.Heard.Single(heard => heard.Path == "/robot").Body);
        Assert.Equal(("text", notices[4].Text), (robot.RootElement.GetProperty("msgtype").GetString(), robot.RootElement.GetProperty("text").GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Where_links_are_given_out_a_group_gets_one_and_answers_by_it()
    {
        await using var group = await Group.StartAsync();
        await using var district = await District.StartAsync();
        district.Get<AnswerOptions>().PublicUrl = "https://care.example";
        await SetAsync(district, "江苏居委会", group.Webhook, group.Robot);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();

        using var message = JsonDocument.Parse(group.Heard.Single(heard => heard.Path == "/hook").Body);
        using var robot = JsonDocument.Parse(group.Heard.Single(heard => heard.Path == "/robot").Body);
        var lines = robot.RootElement.GetProperty("text").GetProperty("content").GetString()!.Split('\n');
        Assert.Equal(district.Notices(district.Alerts()[0])[4].Text, lines[0]);
        foreach (var link in (string[])[message.RootElement.GetProperty("answerUrl").GetString()!, lines[1]])
            Assert.StartsWith("https://care.example/a/", link, StringComparison.Ordinal);
        var pages = district.Get<AnswerPages>();
        var ticket = pages.Read(lines[1].Split('/')[^1]);
        Assert.Equal(("A0001", group.Robot.Name), (ticket!.AlertId, ticket.Name));
        Assert.True(await pages.GiveAsync(ticket, Domain.Notices.Answer.OnTheWay, "once", ""));
        Assert.Equal(group.Robot.Name, (district.Alerts()[0].Response as Domain.Alerts.Response.Given)?.By);
    }

    [Fact]
    public async Task Somebody_of_a_group_answers_by_name_and_says_nothing_for_the_others()
    {
        await using var group = await Group.StartAsync();
        await using var district = await District.StartAsync();
        district.Get<AnswerOptions>().PublicUrl = "https://care.example/iot/";
        await SetAsync(district, "江苏居委会", group.Webhook);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        using var message = JsonDocument.Parse(group.Heard.Single(heard => heard.Path == "/hook").Body);
        var link = message.RootElement.GetProperty("answerUrl").GetString()!;
        Assert.StartsWith("https://care.example/iot/a/", link, StringComparison.Ordinal);
        var pages = district.Get<AnswerPages>();
        var ticket = pages.Read(link.Split('/')[^1])!;
        var page = System.Net.WebUtility.HtmlDecode((await pages.ShowAsync(ticket, "nonce", null)).Text);
        Assert.Contains("""<input type="radio" name="who" value="" checked>""" + group.Webhook.Name, page);
        Assert.Contains("""<input type="radio" name="who" value="+8613800000001">Li 志愿者""", page);
        Assert.DoesNotContain("亲友</label>", page);

        Assert.True(await pages.GiveAsync(ticket, Domain.Notices.Answer.CannotCome, "first", "+8613800000001"));
        Assert.Equal(("cannot_come", null), AnswersOf());
        // Somebody who is nobody here is the group: an answer is worth more than its name.
        Assert.True(await pages.GiveAsync(ticket, Domain.Notices.Answer.OnTheWay, "second", "+8613811112222"));
        Assert.Equal(group.Webhook.Name, (district.Alerts()[0].Response as Domain.Alerts.Response.Given)?.By);
        Assert.True(await pages.GiveAsync(ticket, Domain.Notices.Answer.Here, "third", "+8613800000001"));
        Assert.Equal(("here", "here"), AnswersOf());
        var last = district.Get<AlertQueries>().TimelineOf("A0001")[^1];
        Assert.Equal(("arrived", "Li", $"phone page {group.Webhook.Name}"), (last.Kind, last.By, last.From));

        (string?, string?) AnswersOf() => (district.Notices(district.Alerts()[0]).First(notice => notice.Recipient == "Li").Answer, district.Notices(district.Alerts()[0]).First(notice => notice.Channel == "webhook").Answer);
    }

    [Fact]
    public async Task A_group_that_fails_is_tried_again_and_is_neither_why_the_ladder_goes_on_nor_why_it_waits()
    {
        await using var group = await Group.StartAsync();
        await using var provider = await Provider.StartAsync();
        await using var district = await District.StartAsync(twilio: provider.Options);
        await SetAsync(district, "district", group.Webhook with { Area = "district" }, group.Robot with { Area = "district" });
        group.Answer = path => path == "/hook" ? (503, "") : (200, """{"errcode":45009,"errmsg":"api freq out of limit"}""");
        provider.Instead = (_, http) => Provider.RefuseAsync(http, 400, 21211);
        await district.DeliverAsync("b1", district.Button());
        await district.SendAsync();
        Assert.Equal(1, district.Alerts()[0].Step); // all people of the step are out of reach
        Assert.Equal(["owed", "owed"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Step: 0, Channel: not ("sms" or "console") }).Select(notice => notice.State));

        group.Answer = _ => (200, """{"errcode":0,"errmsg":"ok"}""");
        district.Clock.Advance(TimeSpan.FromSeconds(60));
        await district.SendAsync();
        Assert.Equal(["sent", "sent"], district.Notices(district.Alerts()[0]).Where(notice => notice is { Step: 0, Channel: not ("sms" or "console") }).Select(notice => notice.State));
    }

    [Fact]
    public async Task A_robot_takes_twenty_a_minute_and_the_others_wait_for_their_turn()
    {
        await using var group = await Group.StartAsync();
        await using var district = await District.StartAsync();
        await SetAsync(district, "江苏居委会", group.Robot);
        await district.Get<Server.Notices.NoticeStore>().OweAsync([.. Enumerable.Range(0, 30).Select(n =>
            new Notice($"n{n:00}", new Domain.AlertId(""), 0, NoticeChannel.Wecom, new Responder("x", group.Robot.Key, "channel"), $"text {n}", District.Start) { IsInformation = true })]);
        for (var second = 0; second < 60; second++)
        {
            await district.SendAsync();
            district.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(group.Heard.Count, 18, 22);
        Assert.All(district.Get<Server.Notices.NoticeStore>().List(null, long.MaxValue, 50).Items, notice => Assert.Contains(notice.State, (string[])["sent", "owed"]));
    }

    [Fact]
    public async Task The_area_nearest_to_the_home_says_in_which_language_its_people_are_told()
    {
        await using var district = await District.StartAsync();
        var channels = district.Get<AreaChannels>();
        await channels.SetAsync(new AreaTelling("district", "en", [], []), _ => { });
        await district.DeliverAsync("b1", district.Button());
        Assert.All(district.Notices(district.Alerts()[0]).Where(notice => notice.Channel == "sms"), notice => Assert.Contains("SOS! Go now.", notice.Text));
        await channels.SetAsync(new AreaTelling("江苏路街道", "zh", [], []), _ => { });
        await district.DeliverAsync("b2", district.Button());
        Assert.All(district.Notices(district.Alerts()[0]).Where(notice => notice.Channel == "sms"), notice => Assert.Contains("按求助键", notice.Text));
    }

    private static Task SetAsync(District district, string area, params AreaChannel[] channels) =>
        district.Get<AreaChannels>().SetAsync(new AreaTelling(area, null, channels, []), _ => { });

    /// <summary>A committee's program and its group's robot, on a port of their own.</summary>
    private sealed class Group : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly Lock _lock = new();
        private readonly List<(string Path, Dictionary<string, string> Headers, string Body)> _heard = [];

        private Group(WebApplication app) => _app = app;

        public IReadOnlyList<(string Path, Dictionary<string, string> Headers, string Body)> Heard
        {
            get
            {
                lock (_lock) return [.. _heard];
            }
        }

        public Func<string, (int Status, string Body)> Answer { get; set; } = _ => (200, """{"errcode":0,"errmsg":"ok"}""");

        public AreaChannel Webhook => new("江苏居委会", "program", NoticeChannel.Webhook, _app.Urls.First() + "/hook", Secret);

        public AreaChannel Robot => new("江苏居委会", "duty group", NoticeChannel.Wecom, _app.Urls.First() + "/robot?key=k", null);

        public static async Task<Group> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
            var app = builder.Build();
            var group = new Group(app);
            app.MapPost("/{**path}", group.HearAsync);
            await app.StartAsync();
            return group;
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();

        private async Task HearAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            lock (_lock) _heard.Add((http.Request.Path, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()), body));
            var (status, text) = Answer(http.Request.Path);
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(text);
        }
    }
}
