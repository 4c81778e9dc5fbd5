using System.IO.Compression;
using System.Net;
using System.Text;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>The fake, against what the real 1.6.7 said to the same requests on 2026-11-24.</summary>
public sealed class FakeInfluxTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly HttpClient Http = new();

    [Theory]
    [InlineData("d", "m,t=a v=1i NOW\n", 204, "")]
    [InlineData("d", "", 204, "")]
    [InlineData("d", "garbage\n", 400, "{\"error\":\"unable to parse 'garbage': missing fields\"}")]
    [InlineData("d", "m,t=a v=1i NOW\ngarbage\nm,t=a v=2i 1\n", 400, "{\"error\":\"partial write: unable to parse 'garbage': missing fields dropped=0\"}", 2)]
    [InlineData("d", "m,t=a v=1.5 NOW\nm,t=a v=3i 2\ngarbage\n", 400,
        "{\"error\":\"partial write: field type conflict: input field \\\"v\\\" on measurement \\\"m\\\" is type float, already exists as type integer dropped=1\"}", 1)]
    [InlineData("r", "m,t=a v=1i 1000\n", 400, "{\"error\":\"partial write: points beyond retention policy dropped=1\"}")]
    [InlineData("r", "m,t=a v=1i 1000\nm,t=a v=1i 2000\ngarbage\nm,t=a v=5i NOW\n", 400, "{\"error\":\"partial write: points beyond retention policy dropped=2\"}", 1)]
    [InlineData("r", "m,t=a v=1.5 NOW\nm,t=a v=1i 1000\n", 400,
        "{\"error\":\"partial write: field type conflict: input field \\\"v\\\" on measurement \\\"m\\\" is type float, already exists as type integer dropped=1\"}")]
    [InlineData("nope", "m,t=a v=1i NOW\n", 404, "{\"error\":\"database not found: \\\"nope\\\"\"}")]
    [InlineData("", "m,t=a v=1i NOW\n", 400, "{\"error\":\"database is required\"}")]
    [InlineData("d", "m,t=a v= 7\n", 400, "{\"error\":\"unable to parse 'm,t=a v= 7': missing field value\"}")]
    [InlineData("d", "m,t= v=1i 7\n", 400, "{\"error\":\"unable to parse 'm,t= v=1i 7': missing tag value\"}")]
    [InlineData("d", "m,t=a s=\"unbalanced 7\nm,t=a v=9i 8\n", 400, "{\"error\":\"unable to parse 'm,t=a s=\\\"unbalanced 7\\nm,t=a v=9i 8': unbalanced quotes\"}")]
    [InlineData("d", "m,t=a v=NaN 7\n", 400, "{\"error\":\"unable to parse 'm,t=a v=NaN 7': invalid number\"}")]
    [InlineData("d", "m,t=a time=1i 7\n", 400, "{\"error\":\"partial write: invalid field name: input field \\\"time\\\" on measurement \\\"m\\\" is invalid dropped=1\"}")]
    public async Task It_answers_as_1_6_7_did(string database, string body, int status, string answer, int? written = null)
    {
        await using var fake = await FakeInflux.StartAsync(Personality.V1_6, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon));
        fake.Create("d");
        fake.Create("r", TimeSpan.FromHours(1));
        foreach (var name in (string[])["d", "r"]) await PostAsync($"{fake.Url}/write?db={name}&precision=ms", $"m,t=first v=1i {Noon.ToUnixTimeMilliseconds()}\n");

        var response = await PostAsync($"{fake.Url}/write?db={database}&precision=ms", body.Replace("NOW", $"{Noon.ToUnixTimeMilliseconds()}"));
        Assert.Equal((status, answer), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(CancellationToken.None)));
        if (written is not null) Assert.Equal(written + 1, fake.Points(database).Count);
        Assert.Equal(status >= 400, response.Headers.Contains("X-Influxdb-Error"));
    }

    [Theory]
    [InlineData("/api/v2/write?bucket=d&precision=ms", "POST", 404, 204, 400, 204)]
    [InlineData("/api/v2/write?bucket=d&org=district&precision=ms", "POST", 404, 204, 204, 204)]
    [InlineData("/api/v3/write_lp?db=d&precision=millisecond", "POST", 404, 404, 404, 204)]
    [InlineData("/write?db=other&precision=ms", "POST", 404, 404, 404, 204)]
    [InlineData("/ping", "GET", 204, 204, 204, 200)]
    [InlineData("/health", "GET", 404, 200, 200, 200)]
    [InlineData("/write?db=d&precision=ms", "GET", 405, 405, 405, 405)]
    [InlineData("/elsewhere", "GET", 404, 404, 404, 404)]
    public async Task Paths_are_those_of_the_version(string path, string method, params int[] statuses)
    {
        foreach (var personality in Enum.GetValues<Personality>())
        {
            await using var fake = await FakeInflux.StartAsync(personality);
            fake.Create("d");
            using var request = new HttpRequestMessage(new HttpMethod(method), fake.Url + path) { Content = method == "POST" ? new StringContent("m v=1i 1\n") : null };
            using var response = await Http.SendAsync(request, CancellationToken.None);
            Assert.Equal((personality, statuses[(int)personality]), (personality, (int)response.StatusCode));
        }
    }

    [Theory]
    [InlineData("", 401, 401, 401, 401)]
    [InlineData("Basic senioriot:correct horse", 204, 204, 401, 401)]
    [InlineData("Token senioriot:correct horse", 401, 204, 401, 401)]
    [InlineData("Token secret-token", 401, 401, 204, 204)]
    [InlineData("Bearer secret-token", 401, 401, 401, 204)]
    [InlineData("Basic senioriot:secret-token", 401, 401, 204, 204)]
    public async Task Credentials_are_those_of_the_version(string authorization, params int[] statuses)
    {
        if (authorization.StartsWith("Basic ", StringComparison.Ordinal)) authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(authorization[6..]));
        foreach (var personality in Enum.GetValues<Personality>())
        {
            await using var fake = await FakeInflux.StartAsync(personality);
            fake.Create("d");
            fake.AsksCredentials = true;
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{fake.Url}/write?db=d&precision=ms") { Content = new StringContent("m v=1i 1\n") };
            if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await Http.SendAsync(request, CancellationToken.None);
            Assert.Equal((personality, statuses[(int)personality]), (personality, (int)response.StatusCode));
        }
    }

    [Theory]
    [InlineData(Personality.V1_8, "/write?db=r&precision=ms", 400, 1, "partial write: field type conflict")]
    [InlineData(Personality.V2, "/write?db=r&precision=ms", 422, 1, "failure writing points to database: partial write: field type conflict")]
    [InlineData(Personality.V3, "/write?db=r&precision=ms", 400, 0, "parsing failed for write_lp endpoint")]
    [InlineData(Personality.V3, "/api/v3/write_lp?db=r&precision=millisecond", 400, 1, "partial write of line protocol occurred")]
    public async Task What_is_written_of_a_bad_body_depends_on_the_version(object personality, string path, int status, int written, string words)
    {
        await using var fake = await FakeInflux.StartAsync((Personality)personality);
        fake.Create("r");
        await PostAsync(fake.Url + path, "m,t=first v=1i 1\n");
        using var response = await PostAsync(fake.Url + path, "m,t=a v=1.5 2\nm,t=a v=2i 3\n");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(words, await response.Content.ReadAsStringAsync(CancellationToken.None));
        Assert.Equal(1 + written, fake.Points("r").Count);
    }

    [Fact]
    public async Task Joined_members_of_gzip_are_one_body_and_bad_gzip_is_refused()
    {
        await using var fake = await FakeInflux.StartAsync(Personality.V1_6);
        fake.Create("d");
        using var good = await PostAsync($"{fake.Url}/write?db=d&precision=ms", [.. Gzip("m,t=a v=1i 1\n"), .. Gzip("m,t=b v=2i,w=1 1\n"), .. Gzip("m,t=b v=3i 1\n")]);
        Assert.Equal(HttpStatusCode.NoContent, good.StatusCode);
        Assert.Equal(["m,t=a v=1i 1", "m,t=b v=3i,w=1 1"], fake.Points("d"));
        using var bad = await PostAsync($"{fake.Url}/write?db=d&precision=ms", Encoding.UTF8.GetBytes("not gzip"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task Scripted_answers_come_first_and_once()
    {
        await using var fake = await FakeInflux.StartAsync(Personality.V2);
        fake.Create("d");
        var url = $"{fake.Url}/write?db=d&precision=ms";
        fake.Script(429, retryAfter: "7");
        fake.Script(503, "request throttled, queue full", retryAfter: "Sun, 01 Mar 2026 12:00:00 GMT");
        fake.ScriptReset();
        fake.ScriptReset(afterWriting: true);
        using (var throttled = await PostAsync(url, "m v=1i 1\n")) Assert.Equal((429, TimeSpan.FromSeconds(7)), ((int)throttled.StatusCode, throttled.Headers.RetryAfter!.Delta));
        using (var busy = await PostAsync(url, "m v=1i 1\n")) Assert.Equal((503, Noon), ((int)busy.StatusCode, busy.Headers.RetryAfter!.Date));
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(url, "m v=1i 1\n"));
        Assert.Empty(fake.Points("d"));
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(url, "m v=1i 1\n"));
        Assert.Single(fake.Points("d"));

        var come = fake.ScriptHang();
        using var impatient = new CancellationTokenSource();
        var hanging = Http.PostAsync(url, new StringContent("m v=9i 9\n"), impatient.Token);
        await come;
        using (var next = await PostAsync(url, "m v=2i 2\n")) Assert.Equal(HttpStatusCode.NoContent, next.StatusCode);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
    }

    private static Task<HttpResponseMessage> PostAsync(string url, string body) => Http.PostAsync(url, new StringContent(body));

    private static Task<HttpResponseMessage> PostAsync(string url, byte[] gzip) =>
        Http.PostAsync(url, new ByteArrayContent(gzip) { Headers = { ContentEncoding = { "gzip" } } });

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
