using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using SeniorIoT.Parts;

namespace SeniorIoT.EndToEnd.Parts;

/// <summary>A text as the provider got it.</summary>
internal sealed record SentText(string NoticeId, string To, string Body, string Sid, DateTimeOffset At);

/// <summary>
/// Stands in for Twilio at an address of its own: takes texts, holds them, or lets nobody through to itself; and sends signed receipts.
/// </summary>
internal sealed class SmsProvider : IDisposable
{
    public const string Account = "AC0123456789abcdef0123456789abcdef", Token = "12345";

    private readonly Lock _lock = new();
    private readonly List<SentText> _texts = [];
    private readonly int _port = Ports.Take();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
    private HttpListener? _listener;
    private TcpListener? _deaf;

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>Requests are taken in and never answered.</summary>
    public bool IsHolding { get; set; }

    /// <summary>Everything that came through, answered or not.</summary>
    public IReadOnlyList<SentText> Texts
    {
        get
        {
            lock (_lock) return [.. _texts];
        }
    }

    /// <summary>Listens and answers.</summary>
    public void Open()
    {
        if (_listener is not null) return;
        _deaf?.Dispose();
        _deaf = null;
        _listener = new HttpListener();
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ListenAsync(_listener);
    }

    /// <summary>Connections come about, and nothing that is sent on them is ever read.</summary>
    public void Deafen()
    {
        Close();
        _deaf = new TcpListener(IPAddress.Loopback, _port);
        _deaf.Start();
    }

    /// <summary>Tells what became of a text, signed as Twilio signs.</summary>
    public async Task<bool> TellAsync(Uri server, SentText text, string status)
    {
        var form = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["MessageSid"] = text.Sid, ["MessageStatus"] = status };
        var url = new Uri(server, $"api/v1/sms/twilio/receipt?notice={text.NoticeId}").AbsoluteUri;
#pragma warning disable CA5350 // the provider's protocol prescribes it
        var signature = HMACSHA1.HashData(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(url + string.Concat(form.Select(field => field.Key + field.Value))));
#pragma warning restore CA5350
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("X-Twilio-Signature", Convert.ToBase64String(signature));
        using var answer = await _http.SendAsync(request);
        return answer.IsSuccessStatusCode;
    }

    public void Dispose()
    {
        Close();
        _deaf?.Dispose();
        _http.Dispose();
    }

    private void Close()
    {
        _listener?.Close();
        _listener = null;
    }

    private async Task ListenAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            try
            {
                _ = TakeAsync(await listener.GetContextAsync());
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // Closed, or the caller was killed.
                if (!listener.IsListening) return;
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        try
        {
            var form = HttpUtility.ParseQueryString(await new StreamReader(context.Request.InputStream, Encoding.UTF8).ReadToEndAsync());
            // A server may also ask for what was sent before: nobody here can say.
            if (context.Request.HttpMethod != "POST" || form["StatusCallback"] is not { } callback)
            {
                await AnswerAsync(context, 200, """{"messages":[]}""");
                return;
            }

            SentText text;
            lock (_lock)
            {
                text = new SentText(HttpUtility.ParseQueryString(new Uri(callback).Query)["notice"]!, form["To"]!, form["Body"]!, $"SM{_texts.Count + 1:x32}", Payload.Now);
                _texts.Add(text);
            }

            if (!IsHolding) await AnswerAsync(context, 201, JsonSerializer.Serialize(new { sid = text.Sid, status = "queued" }));
        }
        catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The caller was killed while it waited.
            context.Response.Abort();
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = new MediaTypeHeaderValue("application/json").ToString();
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(json));
        context.Response.Close();
    }
}
