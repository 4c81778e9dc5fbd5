using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Mails;

/// <summary>A file that goes with a mail.</summary>
/// <param name="Name">Its name with its ending, e.g. <c>2026-11.xlsx</c>, which tells its kind.</param>
/// <param name="Bytes">What is in it.</param>
internal sealed record Attachment(string Name, byte[] Bytes);

/// <summary>
/// Sends mails by SMTP. A mail is on disk before anything is tried, and every outcome is written down and shown, so none is lost silently. What
/// fails for a reason that may pass is tried again for about a day; a crash between sending and writing sends a mail twice.
/// </summary>
internal sealed class Mailer(MailStore store, MailOptions options, TimeProvider clock, ILogger<Mailer> log) : BackgroundService
{
    private const int AttemptsMax = 6;
    private const int TakenMax = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    private readonly OutboxBell _bell = new();

    /// <summary>Whether a mail server is set.</summary>
    public bool IsSet => options.Host is not null;

    /// <summary>Writes a mail to each address; it is on disk when the task completes, and is sent soon after.</summary>
    /// <param name="to">Addresses. One that is none ends as failed, with the reason.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="attachments">Files.</param>
    /// <param name="cause">Names what it is about: the same mail to the same address is written once however often it is asked for. Null: each time.</param>
    public async Task SendAsync(IReadOnlyList<string> to, string subject, string text, IReadOnlyList<Attachment>? attachments = null, string? cause = null)
    {
        foreach (var address in to)
        {
            using var message = Compose(subject, text, attachments ?? []);
            using var bytes = new MemoryStream();
            await message.WriteToAsync(bytes);
            await store.AddAsync(cause is null ? null : $"{cause} {address}", address, subject, bytes.ToArray(), IsSet, clock.GetUtcNow());
        }

        _bell.Ring();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsSet) return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendDueAsync(stoppingToken) == TakenMax)
                {
                }

                await _bell.RungAsync(LookEvery, clock, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(error, "Mails could not be read or written; they are still owed");
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The server stops; what is owed is sent at the next start.
            }
        }
    }

    /// <summary>Sends what is due over one connection; returns how many were tried.</summary>
    internal async Task<int> SendDueAsync(CancellationToken cancel)
    {
        var due = store.ReadDue(clock.GetUtcNow(), TakenMax);
        if (due.Count == 0) return 0;
        using var client = new SmtpClient { Timeout = (int)AnswersWithin.TotalMilliseconds };
        foreach (var mail in due)
        {
            var outcome = await TryAsync(client, mail, cancel);
            var now = clock.GetUtcNow();
            await (outcome switch
            {
                { Problem: null } => store.RecordAsync(mail.Id, "sent", null, now, null),
                { IsPassing: true } when mail.Attempts + 1 < AttemptsMax => store.RecordAsync(mail.Id, "waiting", outcome.Problem, now, now + TimeSpan.FromMinutes(Math.Pow(4, mail.Attempts + 1))),
                _ => store.RecordAsync(mail.Id, "failed", outcome.Problem, now, null),
            });
        }

        if (client.IsConnected) await client.DisconnectAsync(true, cancel);
        return due.Count;
    }

    private async Task<(string? Problem, bool IsPassing)> TryAsync(SmtpClient client, OwedMail mail, CancellationToken cancel)
    {
        if (!MailboxAddress.TryParse(mail.To, out var to)) return ($"'{mail.To}' is not an address.", false);
        try
        {
            if (!client.IsConnected) await ConnectAsync(client, cancel);
            using var stored = new MemoryStream(mail.Message);
            using var message = await MimeMessage.LoadAsync(stored, cancel);
            message.From.Add(MailboxAddress.Parse(options.From!));
            message.To.Add(to);
            await client.SendAsync(message, cancel);
            return (null, false);
        }
        catch (SmtpCommandException refused)
        {
            // 4xx: later; 5xx: never.
            return ($"The mail server refuses it ({(int)refused.StatusCode}: {ProviderHttp.Short(refused.Message)}).", (int)refused.StatusCode is >= 400 and < 500);
        }
        catch (AuthenticationException refused)
        {
            return ($"The mail server refuses user or password ({ProviderHttp.Short(refused.Message)}).", true);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or SslHandshakeException or MailKit.ProtocolException or MailKit.ServiceNotConnectedException
            or NotSupportedException or TimeoutException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return ($"The mail server does not answer as it should ({ProviderHttp.Short(error.Message)}).", true);
        }
    }

    private async Task ConnectAsync(SmtpClient client, CancellationToken cancel)
    {
        await client.ConnectAsync(options.Host!, options.Port, options.Tls switch { "tls" => SecureSocketOptions.SslOnConnect, "none" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, cancel);
        if (options.User is { } user) await client.AuthenticateAsync(user, options.Password!, cancel);
    }

    private MimeMessage Compose(string subject, string text, IReadOnlyList<Attachment> attachments)
    {
        var body = new BodyBuilder { TextBody = text };
        foreach (var file in attachments) body.Attachments.Add(file.Name, file.Bytes, ContentType.Parse(MimeTypes.GetMimeType(file.Name)));
        return new MimeMessage { Subject = subject, Body = body.ToMessageBody(), Date = clock.GetUtcNow() };
    }
}
