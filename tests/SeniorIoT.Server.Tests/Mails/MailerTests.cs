using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Server.Tests.Mails;

public sealed class MailerTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");
    private readonly FakeTimeProvider _clock = new(District.Start);
    private readonly MailServer _server = new();
    private readonly MailStore _store;

    public MailerTests() => _store = new MailStore(new SqliteFile(Path.Combine(_folder.FullName, "mail.db"), MailStore.Migrations));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private MailOptions Options => new() { Host = "127.0.0.1", Port = _server.Port, Tls = "none", From = "SeniorIoT <senioriot@example.org>" };

    [Fact]
    public async Task A_mail_arrives_as_it_was_written_in_Chinese_with_its_file_once_for_each_address()
    {
        using var mailer = Mailer(Options);
        await mailer.SendAsync(["duty@example.org", "head@example.org"], "2026-01-09 日报", "告警 3 起\n.一行以点开头", [new Attachment("2026-01.xlsx", [1, 2, 3])]);
        Assert.Equal(2, await mailer.SendDueAsync(Cancel));
        Assert.Equal(0, await mailer.SendDueAsync(Cancel));
        Assert.Equal(["duty@example.org", "head@example.org"], _server.Taken.Select(mail => mail.To));
        Assert.Equal(1, _server.Connections);
        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(_server.Taken[0].Message)), Cancel);
        Assert.Equal(("2026-01-09 日报", "告警 3 起\n.一行以点开头"), (message.Subject, message.TextBody!.Trim().ReplaceLineEndings("\n")));
        Assert.Equal(["senioriot@example.org"], message.From.Mailboxes.Select(from => from.Address));
        var file = Assert.IsType<MimePart>(message.Attachments.Single());
        using var bytes = new MemoryStream();
        await file.Content!.DecodeToAsync(bytes, Cancel);
        Assert.Equal(("2026-01.xlsx", 3), (file.FileName, (int)bytes.Length));
        Assert.All(_store.List(long.MaxValue, 10).Items, mail => Assert.Equal(("sent", 1, _clock.GetUtcNow()), (mail.State, mail.Attempts, mail.SentAt)));
    }

    [Fact]
    public async Task What_the_server_refuses_for_now_is_tried_again_for_a_day_and_what_it_refuses_for_ever_is_not_and_both_are_shown()
    {
        using var mailer = Mailer(Options);
        _server.Instead = line => line.StartsWith("RCPT TO:<never", StringComparison.Ordinal) ? "550 no such user" : line.StartsWith("RCPT TO:<later", StringComparison.Ordinal) ? "451 come later" : null;
        await mailer.SendAsync(["never@example.org", "later@example.org", "now@example.org", "no address"], "s", "t");
        await mailer.SendDueAsync(Cancel);
        Assert.Equal(["failed", "sent", "waiting", "failed"], _store.List(long.MaxValue, 10).Items.Select(mail => mail.State));
        Assert.Contains("550: no such user", _store.List(long.MaxValue, 10).Items[3].Detail);

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, await mailer.SendDueAsync(Cancel));
        _server.Instead = _ => null;
        _clock.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(1, await mailer.SendDueAsync(Cancel));
        Assert.Equal(("sent", 3), (_store.List(long.MaxValue, 10).Items[2].State, _store.List(long.MaxValue, 10).Items[2].Attempts));
    }

    [Fact]
    public async Task A_server_that_is_away_costs_no_mail_and_after_a_day_it_is_said_that_it_failed()
    {
        var options = Options;
        options.Port = 1; // nobody is there
        using var mailer = Mailer(options);
        await mailer.SendAsync(["duty@example.org"], "s", "t");
        var tries = 0;
        for (var hour = 0; hour < 48; hour++)
        {
            tries += await mailer.SendDueAsync(Cancel);
            _clock.Advance(TimeSpan.FromHours(1));
        }

        var mail = Assert.Single(_store.List(long.MaxValue, 10).Items);
        Assert.Equal(("failed", 6, 6), (mail.State, mail.Attempts, tries));
        Assert.StartsWith("The mail server does not answer as it should", mail.Detail);
    }

    [Theory]
    [InlineData("secret", "sent", null)]
    [InlineData("wrong", "waiting", "The mail server refuses user or password")]
    public async Task A_login_is_used_where_one_is_set(string password, string state, string? detail)
    {
        _server.Login = ("user", "secret");
        var options = Options;
        (options.User, options.Password) = ("user", password);
        using var mailer = Mailer(options);
        await mailer.SendAsync(["duty@example.org"], "s", "t");
        await mailer.SendDueAsync(Cancel);
        var mail = Assert.Single(_store.List(long.MaxValue, 10).Items);
        Assert.Equal(state, mail.State);
        Assert.StartsWith(detail ?? "", mail.Detail ?? "");
    }

    [Fact]
    public async Task A_server_that_offers_no_encryption_gets_no_mail_where_encryption_is_set()
    {
        var options = Options;
        options.Tls = "starttls";
        using var mailer = Mailer(options);
        await mailer.SendAsync(["duty@example.org"], "s", "t");
        await mailer.SendDueAsync(Cancel);
        Assert.Empty(_server.Taken);
        Assert.Equal("waiting", Assert.Single(_store.List(long.MaxValue, 10).Items).State);
    }

    [Fact]
    public async Task Without_a_mail_server_it_is_written_down_that_nothing_was_sent()
    {
        using var mailer = Mailer(new MailOptions());
        await mailer.SendAsync(["duty@example.org"], "s", "t");
        var mail = Assert.Single(_store.List(long.MaxValue, 10).Items);
        Assert.Equal(("not_sent", "not sent: no mail server set"), (mail.State, mail.Detail));
    }

    [Fact]
    public async Task The_digest_goes_once_to_each_address_of_an_area_with_what_that_area_may_see_in_its_language()
    {
        await using var district = await District.StartAsync();
        var channels = district.Get<AreaChannels>();
        await channels.SetAsync(new AreaTelling(Area.District, null, [], ["centre@example.org"]), _ => { });
        await channels.SetAsync(new AreaTelling(new("江苏路街道", "江苏居委会"), null, [], ["duty@example.org"]), _ => { });
        await channels.SetAsync(new AreaTelling(new("华阳路街道", "江苏居委会"), "en", [], ["other@example.org"]), _ => { });
        using var mailer = Mailer(Options);
        await district.DeliverAsync("b1", district.Button());
        district.Clock.Advance(TimeSpan.FromDays(1));
        var job = ActivatorUtilities.CreateInstance<DigestMail>(district.Get<IServiceProvider>(), mailer, ActivatorUtilities.CreateInstance<DailyDigest>(district.Get<IServiceProvider>()));
        await job.SendAsync();
        await job.SendAsync();
        await mailer.SendDueAsync(Cancel);
        var texts = new Dictionary<string, string>();
        foreach (var (_, to, raw) in _server.Taken)
        {
            var mail = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(raw)), Cancel);
            texts.Add(to, mail.Subject + "\n" + mail.TextBody);
        }

        Assert.Equal(["centre@example.org", "duty@example.org", "other@example.org"], texts.Keys.Order());
        Assert.StartsWith("SeniorIoT 2026-01-10 日报 · 全区\n", texts["centre@example.org"]);
        Assert.Contains("警情 1 条：P1 1", texts["centre@example.org"]);
        Assert.StartsWith("SeniorIoT 2026-01-10 日报 · 江苏居委会\n", texts["duty@example.org"]);
        Assert.Contains("警情 1 条：P1 1", texts["duty@example.org"]);
        Assert.StartsWith("SeniorIoT 2026-01-10 daily digest · 华阳路街道·江苏居委会\n", texts["other@example.org"]);
        Assert.Contains("Alerts 0: –", texts["other@example.org"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Mailer Mailer(MailOptions options) => new(_store, options, _clock, NullLogger<Mailer>.Instance);
}
