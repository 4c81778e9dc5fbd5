using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Answers;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>The page of a link, over HTTP.</summary>
public sealed partial class AnswerPageTests
{
    private static readonly Responder Li = new("Li", "13800000001", Role.Volunteer);

    [Fact]
    public async Task A_form_sent_twice_answers_once_and_the_page_shows_what_is_done()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        await using var host = await HostAsync(district);
        using var client = Client(host);
        var path = Path(host);
        using var shown = await client.GetAsync(path, TestContext.Current.CancellationToken);
        var page = await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("江苏路100弄38号1070室", WebUtility.HtmlDecode(page));
        Assert.Equal(["1", "2", "3", "0"], Buttons().Matches(page).Select(match => match.Groups[1].Value));
        Assert.StartsWith("default-src 'none'", Assert.Single(shown.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal(("no-store", "no-referrer"), (shown.Headers.CacheControl!.ToString(), Assert.Single(shown.Headers.GetValues("Referrer-Policy"))));
        Assert.DoesNotContain("<script", page);
        Assert.Equal(1, district.Alerts()[0].Version);

        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.Found, await AnswerAsync(client, path, "3", Once().Match(page).Groups[1].Value));
        Assert.Equal(["raised", "help_asked"], district.Timeline(district.Alerts()[0]));
        Assert.Contains("Li 在现场求助", WebUtility.HtmlDecode(await client.GetStringAsync(path, TestContext.Current.CancellationToken)));
        Assert.Contains("Li asked for help", await client.GetStringAsync(path + "?lang=en", TestContext.Current.CancellationToken));
        Assert.Equal(3, district.Get<AuditLog>().List(long.MaxValue, null, "A0001", 50).Count(entry => entry.Entry.Action == "answer-page.view"));
    }

    [Fact]
    public async Task A_link_that_is_wrong_or_has_run_out_says_so_and_shows_nothing_of_the_home()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        await using var host = await HostAsync(district);
        using var client = Client(host);
        var path = Path(host);
        Assert.Equal(HttpStatusCode.BadRequest, await AnswerAsync(client, path, "7", "x"));
        foreach (var (link, status) in new[] { (path + "x", HttpStatusCode.NotFound), (path, HttpStatusCode.Gone) })
        {
            if (status == HttpStatusCode.Gone) district.Clock.Advance(TimeSpan.FromHours(4));
            using var shown = await client.GetAsync(link, TestContext.Current.CancellationToken);
            var page = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Equal(status, shown.StatusCode);
            Assert.Contains("链接", page);
            Assert.DoesNotContain("1070", page);
            Assert.Equal(status, await AnswerAsync(client, link, "1", "x"));
        }

        Assert.Equal(1, district.Alerts()[0].Version);
    }

    private static async Task<HttpStatusCode> AnswerAsync(HttpClient client, string path, string answer, string once)
    {
        using var form = new FormUrlEncodedContent([new("answer", answer), new("once", once)]);
        using var said = await client.PostAsync(path, form, TestContext.Current.CancellationToken);
        return said.StatusCode;
    }

    private static string Path(WebApplication host) => host.Services.GetRequiredService<AnswerLinks>().For(new AlertId("A0001"), Li)!.AbsolutePath;

    private static HttpClient Client(WebApplication host) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Urls.First()) };

    private static async Task<WebApplication> HostAsync(District district)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<TimeProvider>(district.Clock).AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())
            .AddSingleton(new AnswerOptions { PublicUrl = "https://care.example" }).AddSingleton<AnswerLinks>().AddSingleton<AnswerPages>().AddSingleton(district.Get<InboundStore>())
            .AddSingleton(district.Get<AnswerDesk>()).AddSingleton(district.Get<AlertQueries>()).AddSingleton(district.Get<AlertSurroundings>()).AddSingleton(district.Get<AuditLog>());
        var app = builder.Build();
        app.UseAuthorization();
        app.MapAnswers();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    [GeneratedRegex("name=\"answer\" value=\"(.)\"")]
    private static partial Regex Buttons();

    [GeneratedRegex("name=\"once\" value=\"([^\"]+)\"")]
    private static partial Regex Once();
}
