using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>What people take out of the telemetry that is kept: files, and the chart of a year.</summary>
public sealed class KeptTelemetryTests(ServerProcess server, Browser browser) : IClassFixture<ServerProcess>, IClassFixture<Browser>
{
    private const string Committee = "岐山居委会";

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    [Fact]
    public async Task An_administrator_exports_the_readings_of_a_committee_and_the_file_holds_exactly_those()
    {
        var inside = await server.Api.EnrolAsync("water", "wm-inside", Committee);
        var outside = await server.Api.EnrolAsync("water", "wm-outside");
        var from = Midnight(3);
        var sent = Enumerable.Range(0, 36).Select(hour => (At: from.AddHours(hour), Litres: 500L + (7 * hour))).ToList();
        foreach (var meter in new[] { inside, outside }) await SendAsync(meter, sent);
        await WhenStoredAsync();

        var page = await browser.LogInAsync(server.Address);
        await page.GoToAsync("administration");
        await page.GetByTestId("export-whose").SelectOptionAsync("committee");
        await page.GetByTestId("export-name").FillAsync(Committee);
        await page.GetByTestId("export-what").SelectOptionAsync("raw");
        var lines = await File.ReadAllLinesAsync(await FetchAsync(page), TestContext.Current.CancellationToken);
        var expected = sent.Select(reading => $"home-wm-inside,{reading.At.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z,{reading.Litres},wm-inside");
        Assert.Equal(expected.Prepend("household_id,measured_at,total_l,device_id"), lines);

        await page.GetByTestId("export-format").SelectOptionAsync("parquet");
        var parquet = await File.ReadAllBytesAsync(await FetchAsync(page), TestContext.Current.CancellationToken);
        Assert.Equal(("PAR1", "PAR1"), (Ascii(parquet[..4]), Ascii(parquet[^4..])));
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task The_chart_of_a_year_shows_rolled_up_days_and_a_silent_week_as_a_gap()
    {
        const int Days = 200, LitresADay = 96;
        int[] silent = [.. Enumerable.Range(100, 7)];
        var meter = await server.Api.EnrolAsync("water", "wm-year");
        var from = Midnight(Days);
        // A reading at every midnight and every six hours; the last before the silence and the last of all are at the end of a day.
        var sent = Enumerable.Range(0, (Days * 4) + 1).Where(step => step == 4 * silent[0] || !silent.Contains(step / 4)).Select(step => (from.AddHours(6 * step), 1000L + (step * LitresADay / 4)));
        await SendAsync(meter, sent);
        await WhenStoredAsync();
        // Days are rolled up at the start, and once a minute. Yesterday may still be in its time of grace.
        await server.StopAsync();
        await server.StartAsync();
        var months = Enumerable.Range(0, Days - 1).Except(silent).Select(day => $"daily-{from.AddDays(day):yyyyMM}.db").Distinct().ToList();
        await Wait.UntilAsync("every month has rolled-up days", () => Task.FromResult(months.All(month => File.Exists(Path.Combine(server.DataFolder, "telemetry", month)))));

        var page = await browser.LogInAsync(server.Address);
        await page.GotoAsync("/households/" + meter.HouseholdId);
        await page.GetByTestId("chart-year").ClickAsync();
        var chart = page.GetByTestId("water-chart");
        await Assertions.Expect(chart.Locator("svg rect.bar")).ToHaveCountAsync(Days - silent.Length);
        // Before the first reading nothing is known either.
        await Assertions.Expect(chart.Locator("svg[role=img] rect.gap")).ToHaveCountAsync(365 - Days + silent.Length);
        await Assertions.Expect(chart).ToContainTextAsync($"共 {(Days - silent.Length) * LitresADay} L");
        await Assertions.Expect(chart.GetByText("斜线：没有数据")).ToBeVisibleAsync();
        var silentDay = from.AddDays(silent[3]).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await Assertions.Expect(chart.Locator("rect.gap title").Filter(new() { HasText = silentDay })).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    private static DateTimeOffset Midnight(int daysAgo)
    {
        var shanghai = Payload.Now.ToOffset(Shanghai);
        return new DateTimeOffset(shanghai.Date, shanghai.Offset).AddDays(-daysAgo);
    }

    private static string Ascii(byte[] bytes) => System.Text.Encoding.ASCII.GetString(bytes);

    private async Task SendAsync(Enrolled meter, IEnumerable<(DateTimeOffset At, long Litres)> readings)
    {
        using var device = await RawDevice.ConnectAsync(server.MqttPort, meter);
        foreach (var (i, some) in readings.Chunk(24).Index()) await device.PublishAsync(meter.Topic("telemetry"), Payload.Batch($"b{i}", some));
    }

    private Task WhenStoredAsync() => Wait.UntilAsync("the journal is empty", async () =>
        (await server.Api.GetAsync<JsonElement>("system")).GetProperty("journal").GetProperty("length").GetInt64() == 0);

    /// <summary>Orders the file and lets the browser fetch it, as a click on the link does.</summary>
    private static async Task<string> FetchAsync(IPage page)
    {
        await page.GetByTestId("export-order").ClickAsync();
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-file").ClickAsync());
        await Assertions.Expect(page.GetByTestId("export-state")).ToContainTextAsync("已完成");
        return (await download.PathAsync())!;
    }
}
