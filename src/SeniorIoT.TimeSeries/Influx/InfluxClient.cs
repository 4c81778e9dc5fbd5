using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// The little of InfluxDB's HTTP API that 1.x, 2.x and 3 Core have in common: a write, a query in InfluxQL, a ping. It repeats nothing
/// by itself. Secrets travel in a header and nowhere else. Thread safe.
/// </summary>
internal sealed partial class InfluxClient : IDisposable
{
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly Uri _url;
    private readonly AuthenticationHeaderValue? _authorization;

    /// <param name="options">Where to and how; without <see cref="InfluxOptions.Errors"/>.</param>
    /// <param name="handler">The way to the server, which stays the caller's; null for one of its own.</param>
    /// <param name="clock">Null for the system's.</param>
    /// <exception cref="ArgumentException">The options have errors; it names them.</exception>
    public InfluxClient(InfluxOptions options, HttpMessageHandler? handler = null, TimeProvider? clock = null)
    {
        if (string.Join(' ', options.Errors()) is { Length: > 0 } errors) throw new ArgumentException(errors, nameof(options));
        _options = options;
        _clock = clock ?? TimeProvider.System;
        // A path in the address stays: the database may be behind a proxy.
        _url = new Uri(options.Url.TrimEnd('/') + "/");
        _authorization = options switch
        {
            { Token: { } token } => new AuthenticationHeaderValue("Token", token),
            { User: { } user } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}"))),
            _ => null,
        };
        // Requests have their own deadline, because that of HttpClient ends with the headers.
        _http = new HttpClient(handler ?? OwnHandler(options), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Sends lines once. Whatever server or network do is an answer; only <paramref name="cancel"/> throws.
    /// </summary>
    /// <param name="database">Database or bucket.</param>
    /// <param name="gzip">Lines with times in milliseconds, as one or more gzip members.</param>
    /// <param name="cancel">Gives up; whether the lines were written is then not known.</param>
    public async Task<WriteAnswer> WriteAsync(string database, ReadOnlyMemory<byte> gzip, CancellationToken cancel)
    {
        using var content = new ReadOnlyMemoryContent(gzip);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
        content.Headers.ContentEncoding.Add("gzip");
        using var request = Request(HttpMethod.Post, WriteTarget(database));
        request.Content = content;
        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            // Also of a success: InfluxDB says nothing then, and what says something may be a proxy's page that has written nothing.
            var message = response.StatusCode == HttpStatusCode.NoContent ? "" : await MessageAsync(response, either.Token);
            return new WriteAnswer((int)response.StatusCode, message, RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new WriteAnswer(null, $"no answer within {_options.Timeout.TotalSeconds:0.#} s", null);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            // The network's trouble is an answer too: the forwarder tries again.
            return new WriteAnswer(null, Clean(error.Message), null);
        }
    }

    /// <summary>Asks for a sign of life.</summary>
    /// <returns>The version it says it is; null when it does not say.</returns>
    /// <exception cref="IOException">There is no InfluxDB that answers us; the message says why, and the remedy.</exception>
    public async Task<string?> PingAsync(CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _clock);
        using var response = await AnswerAsync(Request(HttpMethod.Get, "ping"), _options.Database, _options.Timeout, deadline, cancel);
        return response.Headers.TryGetValues("X-Influxdb-Version", out var version) ? version.First() : null;
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler OwnHandler(InfluxOptions options) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.GZip,
        ConnectTimeout = options.Timeout,
        // So that a changed DNS name is noticed.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    private string WriteTarget(string database) => _options.WritePath switch
    {
        // The precision is always said: without it 1.x reads nanoseconds, and 3 Core guesses.
        InfluxWritePath.V1 => $"write?db={Escape(database)}&precision=ms",
        InfluxWritePath.V2 => $"api/v2/write?bucket={Escape(database)}{(_options.Org is { } org ? $"&org={Escape(org)}" : "")}&precision=ms",
        InfluxWritePath.V3 => $"api/v3/write_lp?db={Escape(database)}&precision=millisecond",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private HttpRequestMessage Request(HttpMethod method, string target)
    {
        var request = new HttpRequestMessage(method, new Uri(_url, target));
        request.Headers.Authorization = _authorization;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return request;
    }

    /// <summary>Null for what is negative or cannot be read.</summary>
    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - _clock.GetUtcNow();
        return wait < TimeSpan.Zero ? null : wait > RetryAfterMax ? RetryAfterMax : wait;
    }

    private async Task<string> MessageAsync(HttpResponseMessage response, CancellationToken cancel) => Clean(await ErrorMessage.ReadAsync(response, cancel));

    /// <summary>One line of bounded length without our secrets, should a server or proxy repeat them.</summary>
    private string Clean(string message)
    {
        foreach (var secret in (string?[])[_options.Token, _options.Password, _authorization?.Parameter])
            if (secret is { Length: >= 4 }) message = message.Replace(secret, "***", StringComparison.Ordinal);
        return ErrorMessage.Cut(message);
    }

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
