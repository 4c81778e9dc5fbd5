using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>What the client sends and how it reads answers, of versions that cannot be run here too.</summary>
public sealed class InfluxClientTests
{
    private static readonly InfluxOptions V1 = new() { Url = "http://influx.invalid:8086", User = "user", Password = "pa55word" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(InfluxWritePath.V1, "/write?db=a%20b&precision=ms")]
    [InlineData(InfluxWritePath.V2, "/api/v2/write?bucket=a%20b&org=My%20Org%26Co&precision=ms")]
    [InlineData(InfluxWritePath.V3, "/api/v3/write_lp?db=a%20b&precision=millisecond")]
    public async Task A_write_says_where_to_in_which_unit_and_who_asks(InfluxWritePath path, string target)
    {
        var server = new Canned(_ => new HttpResponseMessage(HttpStatusCode.NoContent));
        var options = V1 with { WritePath = path, Org = "My Org&Co" };
        foreach (var asked in (InfluxOptions[])[options, options with { User = null, Password = null, Token = "t0ken" }, options with { User = null, Password = null, Url = "http://proxy.invalid/influx/" }])
        {
            using var client = new InfluxClient(asked, server);
            Assert.Equal(new WriteAnswer(204, "", null), await client.WriteAsync("a b", new byte[] { 1, 2 }, Cancel));
        }

        Assert.Equal([target, target, "/influx" + target], server.Asked.Select(request => request.Target));
        Assert.Equal(["Basic dXNlcjpwYTU1d29yZA==", "Token t0ken", ""], server.Asked.Select(request => request.Authorization));
        Assert.All(server.Asked, request => Assert.Equal(("POST", "gzip", "text/plain; charset=utf-8", "application/json"), (request.Method, request.Encoding, request.ContentType, request.Accept)));
    }

    [Theory]
    [InlineData("""{"error":"partial write: field type conflict dropped=1"}""", "partial write: field type conflict dropped=1")]
    [InlineData("""{"code":"unprocessable entity","message":"failure writing points"}""", "unprocessable entity: failure writing points")]
    [InlineData("""{"error":"partial write of line protocol occurred","data":[{"original_line":"secret","line_number":2,"error_message":"no fields"},{"line_number":5,"error_message":"x"}]}""",
        "partial write of line protocol occurred (line 2: no fields) (line 5: x)")]
    [InlineData("""{"error":"parsing failed","data":{"line_number":1,"error_message":"bad"}}""", "parsing failed (line 1: bad)")]
    [InlineData("request throttled, queue full\n", "request throttled, queue full")]
    [InlineData("404 page not found\r\n", "404 page not found")]
    [InlineData("{\"error\":\"cut o", "{\"error\":\"cut o")]
    [InlineData("{}", "{}")]
    [InlineData("", "")]
    [InlineData("user pa55word is unknown to\u0007 us", "user *** is unknown to  us")]
    public async Task The_words_of_an_error_are_found_in_every_form(string body, string words)
    {
        using var client = new InfluxClient(V1, new Canned(_ => new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(body) }));
        Assert.Equal(new WriteAnswer(400, words, null), await client.WriteAsync("db", new byte[] { 1 }, Cancel));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "<html>Please log in</html>")]
    [InlineData(HttpStatusCode.Accepted, "queued for later")]
    public async Task A_page_that_answers_for_InfluxDB_has_not_written_anything(HttpStatusCode status, string page)
    {
        using var client = new InfluxClient(V1, new Canned(_ => new HttpResponseMessage(status) { Content = new StringContent(page) }));
        var answer = await client.WriteAsync("db", new byte[] { 1 }, Cancel);
        Assert.Equal(page, answer.Message);
        Assert.Equal(Verdict.Pause, WriteRules.Judge(answer, "db").Verdict);
    }

    [Theory]
    [InlineData("X-Influxdb-Error")]
    [InlineData("X-Platform-Error-Code")]
    public async Task An_error_without_a_body_is_read_from_its_header(string header)
    {
        using var client = new InfluxClient(V1, new Canned(_ => new HttpResponseMessage(HttpStatusCode.InternalServerError) { Headers = { { header, "internal error" } } }));
        Assert.Equal(new WriteAnswer(500, "internal error", null), await client.WriteAsync("db", new byte[] { 1 }, Cancel));
    }

    [Fact]
    public async Task Of_a_long_message_both_ends_are_kept()
    {
        var body = $$"""{"error":"partial write: unable to parse '{{new string('x', 10_000)}}': bad timestamp dropped=0"}""";
        using var client = new InfluxClient(V1, new Canned(_ => new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent(body) }));
        var message = (await client.WriteAsync("db", new byte[] { 1 }, Cancel)).Message;
        Assert.StartsWith("partial write: unable to parse 'xxx", message);
        Assert.EndsWith("dropped=0", message);
        Assert.InRange(message.Length, 390, 410);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("86400", 600)]
    [InlineData("-5", null)]
    [InlineData("-2147483648", null)]
    [InlineData("soon", null)]
    [InlineData("Thu, 01 Jan 2026 00:00:30 GMT", 30)]
    [InlineData("Thu, 01 Jan 2026 05:00:00 GMT", 600)]
    [InlineData("Wed, 31 Dec 2025 23:59:59 GMT", null)]
    public async Task Retry_After_is_read_as_seconds_and_as_a_date_and_is_bounded(string header, int? seconds)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var client = new InfluxClient(V1, new Canned(_ =>
        {
            var busy = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            busy.Headers.TryAddWithoutValidation("Retry-After", header);
            return busy;
        }), clock);
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, (await client.WriteAsync("db", new byte[] { 1 }, Cancel)).RetryAfter);
    }

    [Fact]
    public async Task A_server_that_hangs_is_no_answer_and_a_caller_that_gives_up_is_obeyed()
    {
        var clock = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        using var client = new InfluxClient(V1, new Canned(async cancel =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return new HttpResponseMessage();
        }), clock);
        var hanging = client.WriteAsync("db", new byte[] { 1 }, Cancel);
        await asked.Task;
        clock.Advance(V1.Timeout);
        Assert.Equal(new WriteAnswer(null, "no answer within 10 s", null), await hanging);

        using var giveUp = new CancellationTokenSource();
        var given = client.WriteAsync("db", new byte[] { 1 }, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
    }

    [Fact]
    public async Task A_query_that_fails_after_the_status_is_an_error_all_the_same()
    {
        foreach (var (body, says) in (IEnumerable<(string, string)>)[
            ("""{"results":[{"statement_id":0,"error":"database not found: db"}]}""", "has no database db"),
            ("""{"results":[{"series":[{"columns":["time","v"],"values":[[1,2]]}]}]}""" + "\n" + """{"results":[{"error":"timeout"}]}""", "refused a query"),
            ("<html>Log in</html>", "Is influx-url the address of an InfluxDB?"),
            ("""{"results":[{"series":[{"columns":["time","v"],"values":[[1,"text"]]}]}]}""", "Is influx-url the address of an InfluxDB?"),
            ("[]", "Is influx-url the address of an InfluxDB?"),
        ])
        {
            using var client = new InfluxClient(V1, new Canned(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) }));
            var error = await Assert.ThrowsAsync<InfluxQueryException>(() => client.QueryAsync("db", "SELECT v FROM m", new Dictionary<string, string>(), ["v"], row => row.Long(0), V1.Timeout, Cancel));
            Assert.Contains(says, error.Message);
        }
    }

    [Fact]
    public void Options_with_errors_are_refused_by_name() =>
        Assert.Contains("influx-url", Assert.Throws<ArgumentException>(() => new InfluxClient(new InfluxOptions { Url = "influx" })).Message);

    [Fact]
    public async Task What_is_sent_to_2_x_is_in_InfluxData_s_own_contract()
    {
        using var contract = Corpus.Read("oss.json.gz");
        var server = new Canned(_ => new HttpResponseMessage(HttpStatusCode.NoContent));
        using var client = new InfluxClient(V1 with { WritePath = InfluxWritePath.V2, Org = "district" }, server);
        await client.WriteAsync("db", new byte[] { 1 }, Cancel);
        var sent = Assert.Single(server.Asked);
        var (path, query) = (sent.Target.Split('?')[0], sent.Target.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]));

        var root = contract.RootElement;
        var write = root.GetProperty("paths").GetProperty(path["/api/v2".Length..]).GetProperty("post");
        Assert.Equal("/api/v2", root.GetProperty("servers")[0].GetProperty("url").GetString());
        var parameters = write.GetProperty("parameters").EnumerateArray().Where(parameter => parameter.TryGetProperty("name", out _)).ToDictionary(parameter => parameter.GetProperty("name").GetString()!);
        Assert.All(parameters.Values.Where(parameter => parameter.TryGetProperty("required", out var required) && required.GetBoolean()), parameter => Assert.Contains(parameter.GetProperty("name").GetString()!, query));
        Assert.All(query.Keys, name => Assert.Equal("query", parameters[name].GetProperty("in").GetString()));
        Assert.Contains(query["precision"], Texts(root.GetProperty("components").GetProperty("schemas").GetProperty("WritePrecision").GetProperty("enum")));
        Assert.Contains(sent.Encoding, Texts(parameters["Content-Encoding"].GetProperty("schema").GetProperty("enum")));
        Assert.Contains(sent.ContentType, Texts(parameters["Content-Type"].GetProperty("schema").GetProperty("enum")));
        Assert.Contains(sent.Accept, Texts(parameters["Accept"].GetProperty("schema").GetProperty("enum")));
        Assert.True(write.GetProperty("responses").TryGetProperty("204", out _));
    }

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(text => text.GetString()!)];

    private sealed record Request(string Method, string Target, string Authorization, string? Encoding, string? ContentType, string Accept);

    /// <summary>A server that always answers the same, and remembers what it was asked.</summary>
    private sealed class Canned(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        public Canned(Func<CancellationToken, HttpResponseMessage> answer)
            : this(cancel => Task.FromResult(answer(cancel)))
        {
        }

        public List<Request> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            Asked.Add(new Request(
                request.Method.Method, request.RequestUri!.PathAndQuery, $"{request.Headers.Authorization}", request.Content?.Headers.ContentEncoding.SingleOrDefault(),
                $"{request.Content?.Headers.ContentType}", $"{request.Headers.Accept}"));
            return answer(cancel);
        }
    }
}
