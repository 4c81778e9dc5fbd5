using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

public sealed class SeriesApiTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 4, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("senioriot-");
    private EmbeddedStore _store = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new EmbeddedStore(Path.Combine(_folder.FullName, "telemetry"));
        await StartAsync();
    }

    private async Task RestartAsync()
    {
        await _app.DisposeAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Now)).AddSingleton<ITimeSeriesStore>(_store);
        builder.Services.AddSingleton(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).AddSingleton<UseSeries>().AddSingleton(provider => new RollupMarks(
            new SqliteFile(Path.Combine(_folder.FullName, "rollup.db"), RollupMarks.Migrations), provider.GetRequiredService<TimeZoneInfo>(), provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(new DeviceDirectory()).AddSingleton(new HouseholdDirectory());
        builder.Services.AddAuthentication("area").AddScheme<AuthenticationSchemeOptions, ByHeader>("area", null);
        builder.Services.AddAuthorization();
        _app = builder.Build();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapSeries();
        await _app.StartAsync();
        _app.Services.GetRequiredService<DeviceDirectory>().Set(new DirectoryEntry("w1", DeviceKind.Water, "H1", null, [], false));
        _app.Services.GetRequiredService<HouseholdDirectory>().Set(new HouseholdEntry("H1", "Lane 1", "North", "Hill", [], [], AbsencePlan.Empty, []));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Raw_is_what_was_read_in_the_last_day_in_litres()
    {
        await WriteAsync((-30, 50), (-2, 100), (-1, 104.5));
        Assert.Equal("total_l L raw | 02:30 100 | 03:30 104.5", await SeriesAsync(""));
    }

    [Fact]
    public async Task Use_between_readings_is_told_at_the_later_one()
    {
        await WriteAsync((-3, 100), (-2, 100), (-1, 104.5));
        Assert.Equal("use_l L raw | 02:30 0 | 03:30 4.5", await SeriesAsync("metric=use_l"));
    }

    [Fact]
    public async Task Hours_show_use_a_gap_as_a_gap_and_the_running_hour_so_far()
    {
        // At half past each hour; nothing from 23:30 until 03:30, in which water ran.
        await WriteAsync((-7, 100), (-6, 110), (-5, 120), (-1, 160), (-0.25, 163));
        Assert.Equal(
            "use_l L 1h | 21:00 ? | 22:00 10 | 23:00 ? | 00:00 ? | 01:00 ? | 02:00 ? | 03:00 ? | 04:00 1",
            await SeriesAsync("metric=use_l&every=1h&from=2026-01-09T21:00:00Z&to=2026-01-10T04:30:00Z"));
    }

    [Fact]
    public async Task A_gap_over_which_the_register_stood_is_known_to_be_no_use()
    {
        await WriteAsync((-7.5, 100), (-0.5, 100));
        Assert.Equal("use_l L 1h | 22:00 0 | 23:00 0 | 00:00 0", await SeriesAsync("metric=use_l&every=1h&from=2026-01-09T22:00:00Z&to=2026-01-10T01:00:00Z"));
    }

    [Fact]
    public async Task Days_are_local_days_and_today_counts_so_far()
    {
        // Midnight in Shanghai is 16:00 UTC.
        await WriteAsync((-36.5, 100), (-24.5, 150), (-12.5, 180), (-0.5, 200));
        Assert.Equal("use_l L 1d | 16:00 80 | 16:00 20", await SeriesAsync("metric=use_l&every=1d&from=2026-01-08T20:00:00Z&to=2026-01-10T04:30:00Z"));
    }

    [Fact]
    public async Task The_register_and_the_battery_are_told_at_the_end_of_each_step()
    {
        await WriteAsync((-2.5, 100), (-1.5, 110), (-0.5, 130));
        Assert.Equal("total_l L 1h | 01:00 100 | 02:00 110 | 03:00 130 | 04:00 130", await SeriesAsync("every=1h&from=2026-01-10T01:00:00Z"));
        await _store.AppendAsync([new Point("w1", Metric.BatteryPercent, Now.AddHours(-1).ToUnixTimeMilliseconds(), 77)], [], TestContext.Current.CancellationToken);
        Assert.Equal("battery_pct % raw | 03:30 77", await SeriesAsync("metric=battery_pct"));
    }

    [Fact]
    public async Task Nothing_read_is_nothing_shown()
    {
        Assert.Equal("use_l L raw", await SeriesAsync("metric=use_l"));
        Assert.Equal("use_l L 1h | 03:00 ? | 04:00 ?", await SeriesAsync("metric=use_l&every=1h&from=2026-01-10T03:00:00Z"));
    }

    [Theory]
    [InlineData("Hill/North", "w1", HttpStatusCode.OK)]
    [InlineData("Hill/", "w1", HttpStatusCode.OK)]
    [InlineData("Hill/South", "w1", HttpStatusCode.NotFound)]
    [InlineData("Dale/North", "w1", HttpStatusCode.NotFound)]
    [InlineData("", "w9", HttpStatusCode.NotFound)]
    public async Task A_series_is_seen_in_its_own_area_only(string area, string device, HttpStatusCode status)
    {
        using var answer = await GetAsync($"/api/v1/devices/{device}/series", area);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Every_bad_parameter_is_named_at_once()
    {
        using var answer = await GetAsync("/api/v1/devices/w1/series?metric=litres&every=5m&from=yesterday&to=1990-01-01T00:00:00Z");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("every, from, metric, to", string.Join(", ", await FieldsAsync(answer)));
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_503_with_the_remedy()
    {
        await WriteAsync((-2, 100));
        await _store.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "telemetry", "telemetry-202601.db"), "this is no database, and long enough that nobody takes it for an empty one", TestContext.Current.CancellationToken);
        await using var damaged = new EmbeddedStore(Path.Combine(_folder.FullName, "telemetry"));
        _store = damaged;
        await RestartAsync();
        foreach (var query in (string[])["", "metric=use_l&every=1h", "metric=use_l&every=1d", "every=1h"])
        {
            using var answer = await GetAsync($"/api/v1/devices/w1/series?{query}");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Contains("ask again", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("from=2026-01-10T03:00:00Z&to=2026-01-10T03:00:00Z")]
    [InlineData("every=1h&from=2020-01-01T00:00:00Z")]
    [InlineData("every=1d&from=1980-01-01T00:00:00Z")]
    [InlineData("every=1d&from=0001-01-01T00:00:00Z")]
    public async Task A_time_that_is_empty_too_long_or_absurd_is_refused(string query)
    {
        using var answer = await GetAsync($"/api/v1/devices/w1/series?{query}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("from", Assert.Single(await FieldsAsync(answer)));
    }

    private Task WriteAsync(params (double Hours, double Litres)[] readings) => _store.AppendAsync(
        [.. readings.Select(reading => new Point("w1", Metric.TotalMillilitres, Now.AddHours(reading.Hours).ToUnixTimeMilliseconds(), (long)(reading.Litres * 1000)))],
        [], TestContext.Current.CancellationToken);

    private async Task<string> SeriesAsync(string query)
    {
        using var answer = await GetAsync($"/api/v1/devices/w1/series?{query}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var series = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        var head = string.Join(' ', new[] { "metric", "unit", "every" }.Select(name => series.GetProperty(name).GetString()));
        return string.Join(" | ", [head, .. series.GetProperty("items").EnumerateArray().Select(point =>
            $"{point.GetProperty("at").GetDateTimeOffset().UtcDateTime:HH:mm} {(point.GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? value.GetDouble().ToString() : "?")}")]);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string area = "")
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Area", area.Length == 0 ? "whole" : area);
        return await client.GetAsync(path, TestContext.Current.CancellationToken);
    }

    private static async Task<string[]> FieldsAsync(HttpResponseMessage answer) =>
        [.. JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order()];

    /// <summary>Whoever asks is from the area that a header names.</summary>
    private sealed class ByHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var area = Request.Headers["X-Area"].ToString();
            Claim[] claims = area == "whole" ? [] : [new Claim(UserEntry.AreaClaim, area.Replace('/', '·'))];
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, "area")), "area")));
        }
    }
}
