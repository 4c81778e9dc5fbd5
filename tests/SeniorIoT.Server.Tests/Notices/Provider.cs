using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Tests.Notices;

/// <summary>One request as the provider saw it.</summary>
internal sealed record Asked(string Path, string Authorization, IReadOnlyDictionary<string, string> Form);

/// <summary>
/// Stands in for the provider on a port of its own, as strict as the real one: right account, right password, a number to send
/// to, a sender and a body of at most 1600 characters, or it refuses with the provider's codes.
/// </summary>
internal sealed class Provider : IAsyncDisposable
{
    public const string Account = "AC0123456789abcdef0123456789abcdef";
    public const string Token = "12345";

    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly List<Asked> _asked = [];

    private Provider(WebApplication app) => _app = app;

    /// <summary>Everything asked so far.</summary>
    public IReadOnlyList<Asked> Asked
    {
        get
        {
            lock (_lock) return [.. _asked];
        }
    }

    /// <summary>Answers instead of the ordinary rules: status, body and headers; null for the rules.</summary>
    public Func<Asked, HttpContext, Task<bool>>? Instead { get; set; }

    public TwilioOptions Options => new() { AccountSid = Account, AuthToken = Token, From = "+14155550100", BaseUrl = new Uri(_app.Urls.First()) };

    public static async Task<Provider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new Provider(app);
        app.MapPost("/{**path}", provider.AnswerAsync);
        await app.StartAsync();
        return provider;
    }

    /// <summary>An answer with the provider's error body.</summary>
    public static async Task<bool> RefuseAsync(HttpContext http, int status, int code)
    {
        http.Response.StatusCode = status;
        await http.Response.WriteAsJsonAsync(new { code, message = "refused", status });
        return true;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var asked = new Asked(http.Request.Path, http.Request.Headers.Authorization.ToString(), form.ToDictionary(field => field.Key, field => field.Value.ToString()));
        int count;
        lock (_lock)
        {
            _asked.Add(asked);
            count = _asked.Count;
        }

        if (Instead is { } instead && await instead(asked, http)) return;
        if (asked.Authorization != "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Account}:{Token}"))) await RefuseAsync(http, 401, 20003);
        else if (asked.Path != $"/2010-04-01/Accounts/{Account}/Messages.json") await RefuseAsync(http, 404, 20404);
        else if (!asked.Form.TryGetValue("To", out var to) || !to.StartsWith('+')) await RefuseAsync(http, 400, 21211);
        else if (!asked.Form.ContainsKey("From") && !asked.Form.ContainsKey("MessagingServiceSid")) await RefuseAsync(http, 400, 21603);
        else if (!asked.Form.TryGetValue("Body", out var body) || body.Length is 0 or > 1600) await RefuseAsync(http, 400, 21617);
        else
        {
            http.Response.StatusCode = 201;
            await http.Response.WriteAsJsonAsync(new { sid = SidOf(count), status = "queued", num_segments = "1", error_code = (int?)null });
        }
    }

    /// <summary>The id of the n-th message taken.</summary>
    public static string SidOf(int n) => $"SM{n:x32}";
}
