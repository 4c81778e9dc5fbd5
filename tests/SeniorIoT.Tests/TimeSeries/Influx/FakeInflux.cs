using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>One request as the fake saw it, its body unpacked.</summary>
internal sealed record InfluxRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, string Authorization, string Body, bool IsGzip);

/// <summary>
/// Stands in for InfluxDB on a port of its own: 1.6, 1.8, 2.x or 3 Core, with the paths, credentials, partial writes and words of each, as far as
/// they were measured or read. What no test can make a real server do is scripted: the next answers come from the script.
/// </summary>
internal sealed class FakeInflux : IAsyncDisposable
{
    public const string User = "senioriot", Password = "correct horse", Token = "secret-token", Org = "district";

    private readonly WebApplication _app;
    private readonly Personality _personality;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly FakeDatabases _databases;
    private readonly List<InfluxRequest> _requests = [];
    private readonly Queue<Func<HttpContext, Task>> _script = [];
    private readonly CancellationTokenSource _closing = new();

    private FakeInflux(WebApplication app, Personality personality, TimeProvider clock) =>
        (_app, _personality, _clock, _databases) = (app, personality, clock, new FakeDatabases(personality));

    public string Url => _app.Urls.First();

    /// <summary>Whether credentials are asked for: <see cref="User"/> and <see cref="Password"/> on 1.x, <see cref="Token"/> on the others.</summary>
    public bool AsksCredentials { get; set; }

    /// <summary>Whether it resets every connection.</summary>
    public bool IsDown { get; set; }

    /// <summary>Largest body in bytes as sent; more is 413.</summary>
    public long BodyBytesMax { get; set; } = 25_000_000;

    /// <summary>Answers <c>/query</c>; null for 404.</summary>
    public Func<InfluxRequest, FakeDatabases, Reply>? Queries { get; set; }

    /// <summary>Everything asked so far.</summary>
    public IReadOnlyList<InfluxRequest> Requests
    {
        get
        {
            lock (_lock) return [.. _requests];
        }
    }

    public static async Task<FakeInflux> StartAsync(Personality personality, TimeProvider? clock = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        var fake = new FakeInflux(app, personality, clock ?? TimeProvider.System);
        app.Map("/{**path}", fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>Makes a database or bucket.</summary>
    public void Create(string name, TimeSpan? retention = null)
    {
        lock (_lock) _databases.Create(name, retention);
    }

    /// <summary>The points of a database, as <c>series field=value,… ms</c>, in order of series and time.</summary>
    public IReadOnlyList<string> Points(string name)
    {
        lock (_lock)
            return _databases.All.TryGetValue(name, out var database)
                ? [.. database.Points.Select(point => $"{point.Key.Series} {string.Join(',', point.Value.Select(field => $"{field.Key}={field.Value}"))} {point.Key.AtMs}")]
                : [];
    }

    /// <summary>The next request is answered with this, and nothing of it is written.</summary>
    /// <param name="status">E.g. 503.</param>
    /// <param name="body">Its body.</param>
    /// <param name="contentType">Its form.</param>
    /// <param name="retryAfter">The header, as it stands: seconds or a date.</param>
    public void Script(int status, string body = "", string contentType = "text/plain", string? retryAfter = null) => Script(async http =>
    {
        if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
        await SendAsync(http, new Reply(status, body, contentType));
    });

    /// <summary>The connection of the next request is reset; with <paramref name="afterWriting"/> what it brought is written all the same.</summary>
    public void ScriptReset(bool afterWriting = false) => Script(async http =>
    {
        if (afterWriting) Judge(await ReadAsync(http));
        http.Abort();
    });

    /// <summary>The next request gets no answer until its client gives up or the fake is closed.</summary>
    /// <returns>Completes when that request has come.</returns>
    public Task ScriptHang()
    {
        var come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Script(http =>
        {
            come.SetResult();
            return HangAsync(http);
        });
        return come.Task;
    }

    private async Task HangAsync(HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _closing.Token);
        var ended = new TaskCompletionSource();
        await using var registered = either.Token.Register(ended.SetResult);
        await ended.Task;
        http.Abort();
    }

    /// <summary>The next request is answered by this.</summary>
    public void Script(Func<HttpContext, Task> answer)
    {
        lock (_lock) _script.Enqueue(answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Func<HttpContext, Task>? scripted;
        lock (_lock) _script.TryDequeue(out scripted);
        if (IsDown) http.Abort();
        else if (scripted is not null) await scripted(http);
        else if (http.Request.ContentLength > BodyBytesMax) await SendAsync(http, _databases.Error(413, "request too large", "Request Entity Too Large", http.Request.Path));
        else
        {
            InfluxRequest request;
            try
            {
                request = await ReadAsync(http);
            }
            catch (InvalidDataException)
            {
                // As a server does: said, and nothing written.
                await SendAsync(http, _databases.Error(400, "invalid", "gzip: invalid header", http.Request.Path));
                return;
            }

            await SendAsync(http, Judge(request));
        }
    }

    private Reply Judge(InfluxRequest request)
    {
        lock (_lock)
        {
            _requests.Add(request);
            if (request.Path == "/ping" && _personality != Personality.V3) return new Reply(204);
            if (request.Path == "/health" && _personality is Personality.V1_8 or Personality.V2) return new Reply(200, """{"name":"influxdb","status":"pass"}""");
            var database = request.Query.GetValueOrDefault(request.Path == "/api/v2/write" ? "bucket" : "db") ?? "";
            var isWrite = request.Path switch
            {
                "/write" => true,
                "/api/v2/write" => _personality != Personality.V1_6,
                "/api/v3/write_lp" => _personality == Personality.V3,
                _ => false,
            };
            if (!isWrite && request.Path is not ("/query" or "/ping") && (request.Path, _personality) is not ("/health", Personality.V3)) return new Reply(404, "404 page not found\n", "text/plain; charset=utf-8");
            if (isWrite && request.Method != "POST") return new Reply(405, "Method Not Allowed\n", "text/plain; charset=utf-8");
            if (AsksCredentials && Refusal(request) is { } refusal) return refusal;
            if (!isWrite)
                return request.Path != "/query" ? new Reply(200, """{"version":"3.10.0","revision":"fake","process_id":"0"}""")
                    : Queries is { } queries ? queries(request, _databases) : new Reply(404, "404 page not found\n", "text/plain; charset=utf-8");
            if (database.Length == 0) return _databases.Error(400, "invalid", request.Path == "/api/v2/write" ? "bucket is required" : "database is required", request.Path);
            if (_personality == Personality.V2 && request.Path == "/api/v2/write" && !request.Query.ContainsKey("org") && !request.Query.ContainsKey("orgID"))
                return _databases.Error(400, "invalid", "Please provide either orgID or org", request.Path);
            if (request.Query.GetValueOrDefault("precision") is not ("ms" or "millisecond"))
                throw new InvalidOperationException("The fake knows milliseconds only, and so should we: send precision=ms.");
            var acceptPartial = request.Path == "/api/v3/write_lp" && request.Query.GetValueOrDefault("accept_partial") != "false";
            return _databases.Write(database, request.Body, _clock.GetUtcNow(), request.Path, acceptPartial);
        }
    }

    /// <summary>Which schemes are understood where; null when the credentials are right.</summary>
    private Reply? Refusal(InfluxRequest request)
    {
        var (scheme, value) = request.Authorization.Split(' ', 2) is [var first, var second] ? (first, second) : ("", "");
        var pair = scheme == "Basic" ? Encoding.UTF8.GetString(Convert.FromBase64String(value)) : "";
        var isRight = _personality switch
        {
            Personality.V1_6 => pair == $"{User}:{Password}",
            Personality.V1_8 => pair == $"{User}:{Password}" || (scheme == "Token" && value == $"{User}:{Password}"),
            Personality.V2 => (scheme == "Token" && value == Token) || (scheme == "Bearer" && value == Token && request.Path.StartsWith("/api/v2", StringComparison.Ordinal))
                || pair == $"{User}:{Token}",
            _ => (scheme is "Token" or "Bearer" && value == Token) || pair.EndsWith($":{Token}", StringComparison.Ordinal),
        };
        if (isRight) return null;
        return _personality switch
        {
            Personality.V1_6 when scheme is not ("Basic" or "") => _databases.Error(401, "", "unable to parse authentication credentials", request.Path),
            Personality.V1_6 or Personality.V1_8 => _databases.Error(401, "", scheme.Length == 0 ? "unable to parse authentication credentials" : "authorization failed", request.Path),
            Personality.V2 => _databases.Error(401, "unauthorized", "unauthorized access", request.Path),
            _ when request.Path == "/api/v2/write" => _databases.Error(401, "unauthorized", "unauthorized access", request.Path),
            _ => new Reply(401),
        };
    }

    private async Task SendAsync(HttpContext http, Reply reply)
    {
        http.Response.StatusCode = reply.Status;
        if (_personality is Personality.V1_6 or Personality.V1_8)
        {
            http.Response.Headers["X-Influxdb-Version"] = _personality == Personality.V1_6 ? "1.6.7~rc0" : "1.8.10";
            if (reply.Status >= 400 && reply.Body.StartsWith('{')) http.Response.Headers["X-Influxdb-Error"] = reply.Words.ReplaceLineEndings(" ");
        }

        if (reply.Status == 204 || reply.Body.Length == 0) return;
        http.Response.ContentType = reply.ContentType;
        await http.Response.WriteAsync(reply.Body);
    }

    private static async Task<InfluxRequest> ReadAsync(HttpContext http)
    {
        var isGzip = http.Request.Headers.ContentEncoding == "gzip";
        using var body = new MemoryStream();
        if (isGzip)
        {
            await using var unpacked = new GZipStream(http.Request.Body, CompressionMode.Decompress);
            await unpacked.CopyToAsync(body);
        }
        else
        {
            await http.Request.Body.CopyToAsync(body);
        }

        return new InfluxRequest(
            http.Request.Method, http.Request.Path, http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
            http.Request.Headers.Authorization.ToString(), Encoding.UTF8.GetString(body.ToArray()), isGzip);
    }
}
