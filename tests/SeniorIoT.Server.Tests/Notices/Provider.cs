using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>One request as the provider saw it.</summary>
internal sealed record Asked(string Path, string Authorization, IReadOnlyDictionary<string, string> Form);

/// <summary>
/// Stands in for Twilio on a port of its own, stricter than the real one: it refuses what its contract refuses (account, password, path,
/// numbers that are not E.164, no or two senders, a body that is empty or longer than 1600, a validity outside 1 to 36,000 s, a callback that
/// is no address) with the provider's codes, and fields it does not know.
/// </summary>
internal sealed partial class Provider : IAsyncDisposable
{
    public const string Account = "AC0123456789abcdef0123456789abcdef";
    public const string Token = "12345";

    private static readonly HashSet<string> Fields = ["To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ValidityPeriod"];

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<Asked> _asked = [];
    private int _looked;
    private readonly List<(string Sid, string To, string Body)> _taken = [];

    private Provider(WebApplication app) => _app = app;

    /// <summary>Every message asked for so far.</summary>
    public IReadOnlyList<Asked> Asked
    {
        get
        {
            lock (_lock) return [.. _asked];
        }
    }

    /// <summary>How often the list of messages was read.</summary>
    public int Looked => _looked;

    /// <summary>The moment that it writes on messages.</summary>
    public DateTimeOffset Now { get; set; } = Alerts.District.Start;

    /// <summary>Answers instead of the ordinary rules: status, body and headers; false for the rules.</summary>
    public Func<Asked, HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>What became of a message, by its id: the status, and the code of its loss.</summary>
    public Func<string, (string Status, int? Code)> Became { get; set; } = _ => ("queued", null);

    /// <summary>Takes the message and then does this in place of answering.</summary>
    public Func<HttpContext, Task<bool>>? AfterTaking { get; set; }

    public TwilioOptions Options => new() { AccountSid = Account, AuthToken = Token, From = "+14155550100", BaseUrl = new Uri(_app.Urls.First()), TextsPerSecond = 1000 };

    public static async Task<Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new Provider(app);
        app.MapPost("/{**path}", provider.AnswerAsync);
        app.MapGet("/{**path}", provider.ListAsync);
        await app.StartAsync();
        return provider;
    }

    /// <summary>An answer with the provider's error body.</summary>
    public static async Task<bool> RefuseAsync(HttpContext http, int status, int code)
    {
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new { code, message = "refused", more_info = $"https://www.twilio.com/docs/errors/{code}", status });
        return true;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>The provider's code for what is wrong with a request, by its contract; null: nothing is.</summary>
    public static (int Status, int Code)? Fault(Asked asked)
    {
        var form = asked.Form;
        if (asked.Authorization != "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Account}:{Token}"))) return (401, 20003);
        if (asked.Path != $"/2010-04-01/Accounts/{Account}/Messages.json") return (404, 20404);
        if (form.Keys.Except(Fields).Any()) return (400, 20001);
        if (!form.TryGetValue("To", out var to)) return (400, 21604);
        if (!Number().IsMatch(to)) return (400, 21211);
        if (form.ContainsKey("From") == form.ContainsKey("MessagingServiceSid")) return (400, 21603);
        if (form.TryGetValue("From", out var from) && !Number().IsMatch(from)) return (400, 21212);
        if (form.TryGetValue("MessagingServiceSid", out var service) && !Service().IsMatch(service)) return (400, 21701);
        if (!form.TryGetValue("Body", out var body) || body.Length == 0) return (400, 21602);
        if (body.Length > 1600) return (400, 21617);
        if (form.TryGetValue("ValidityPeriod", out var validity) && !(int.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 36_000)) return (400, 21624);
        if (form.TryGetValue("StatusCallback", out var callback) && !(Uri.TryCreate(callback, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")) return (400, 21609);
        return null;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var asked = new Asked(http.Request.Path, http.Request.Headers.Authorization.ToString(), form.ToDictionary(field => field.Key, field => field.Value.ToString()));
        string sid;
        lock (_lock)
        {
            _asked.Add(asked);
            sid = SidOf(_asked.Count);
        }

        if (Instead is { } instead && await instead(asked, http)) return;
        if (Fault(asked) is { } fault)
        {
            await RefuseAsync(http, fault.Status, fault.Code);
            return;
        }

        lock (_lock) _taken.Add((sid, asked.Form["To"], asked.Form["Body"]));
        if (AfterTaking is { } after && await after(http)) return;
        http.Response.StatusCode = 201;
        await http.Response.WriteAsJsonAsync(new { sid, account_sid = Account, status = "queued", num_segments = "1", error_code = (int?)null });
    }

    private async Task ListAsync(HttpContext http)
    {
        Interlocked.Increment(ref _looked);
        if (One().Match(http.Request.Path) is { Success: true } one)
        {
            var sid = one.Groups[1].Value;
            bool isKnown;
            lock (_lock) isKnown = _taken.Exists(message => message.Sid == sid);
            if (!isKnown)
            {
                await RefuseAsync(http, 404, 20404);
                return;
            }

            var (status, code) = Became(sid);
            await http.Response.WriteAsJsonAsync(new { sid, account_sid = Account, status, error_code = code });
            return;
        }

        (string Sid, string To, string Body)[] found;
        lock (_lock) found = [.. _taken.Where(message => message.To == http.Request.Query["To"]).Reverse()];
        await http.Response.WriteAsJsonAsync(new { messages = found.Select(message => new { sid = message.Sid, status = "queued", body = message.Body, date_created = Now.ToString("R", CultureInfo.InvariantCulture) }) });
    }

    /// <summary>The id of the n-th message asked for.</summary>
    public static string SidOf(int n) => $"SM{n:x32}";

    [GeneratedRegex(@"^\+[1-9]\d{6,14}$")]
    private static partial Regex Number();

    [GeneratedRegex("/Messages/(SM[0-9a-f]{32})\\.json$")]
    private static partial Regex One();

    [GeneratedRegex("^MG[0-9a-fA-F]{32}$")]
    private static partial Regex Service();
}
