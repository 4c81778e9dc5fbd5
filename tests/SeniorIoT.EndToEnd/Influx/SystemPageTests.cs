using Microsoft.Playwright;
using SeniorIoT.EndToEnd.Parts;
using SeniorIoT.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd.Influx;

/// <summary>What the administrator sees of InfluxDB in the browser.</summary>
public sealed class SystemPageTests(Browser browser) : IClassFixture<Browser>
{
    [Fact]
    public async Task The_system_page_says_that_InfluxDB_refuses_the_password_and_after_mending_that_nothing_waits()
    {
        await using var influx = new Influxd { HasLogin = true };
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        await using var server = new InfluxServer(InfluxServer.On(influx.Url, "--influx-user", Influxd.User, "--influx-password", "wrong-4711"));
        await server.InitializeAsync();
        var meter = await server.Api.EnrolAsync("water", "wm-1");
        await server.PublishAsync(meter, "telemetry", Payload.Reading("r1", Payload.Now.AddMinutes(-5), 100));
        await server.WhenStoreAsync("the store is paused", store => store.GetProperty("state").GetString() == "paused");
        var alert = await Wait.ForAsync("the administrator has an alert", server.StoreAlertAsync);

        var page = await browser.LogInAsync(server.Address);
        await Assertions.Expect(page.GetByTestId("telemetry-warning")).ToBeVisibleAsync();
        await page.GetByTestId("lane-technical").ClickAsync();
        await page.Row(alert.AlertId).ClickAsync();
        await page.Detail(alert.AlertId).GetByTestId("to-system").ClickAsync();
        var store = page.GetByTestId("store");
        await Assertions.Expect(store).ToHaveAttributeAsync("data-state", "paused");
        await Assertions.Expect(page.GetByTestId("store-problem")).ToContainTextAsync("InfluxDB 拒绝用户名密码或令牌");
        await Assertions.Expect(page.GetByTestId("store-problem")).ToContainTextAsync("请检查 --influx-user 和 --influx-password");
        await Assertions.Expect(store).ToContainTextAsync("1 个数据点");
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.GoToAsync("administration");
        await page.GetByTestId("export-order").WaitForAsync();
        Assert.Empty(await page.SeriousViolationsAsync());
        await page.GoToAsync("system");

        await server.StopAsync();
        server.Store = InfluxServer.On(influx.Url, "--influx-user", Influxd.User, "--influx-password", Influxd.Password);
        await server.StartAsync();
        // The page looks again by itself.
        await Assertions.Expect(store).ToHaveAttributeAsync("data-state", "ok");
        await Assertions.Expect(store.Locator("dt", new() { HasText = "等待写入" }).Locator("+ dd")).ToHaveTextAsync("没有");
        await Assertions.Expect(page.GetByTestId("store-problem")).ToHaveCountAsync(0);
        await page.Context.CloseAsync();
    }

    [Fact]
    public async Task A_line_that_InfluxDB_refuses_for_ever_is_shown_and_after_mending_sent_again()
    {
        await using var influx = new Influxd();
        await influx.StartAsync();
        await influx.CreateDatabasesAsync(InfluxServer.Database);
        var at = Payload.Now.AddMinutes(-5);
        // Somebody else's program wrote the register as a fraction: from then on whole numbers are refused.
        using (var http = new HttpClient())
        using (var foreign = new StringContent($"telemetry,device=foreign total_ml=1.5 {at.ToUnixTimeMilliseconds()}"))
            Assert.True((await http.PostAsync(new Uri($"{influx.Url}/write?db={InfluxServer.Database}&precision=ms"), foreign, TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        await using var server = new InfluxServer(InfluxServer.On(influx.Url));
        await server.InitializeAsync();
        var meter = await server.Api.EnrolAsync("water", "wm-refused");
        await server.PublishAsync(meter, "telemetry", Payload.Reading("r1", at, 100));
        await server.WhenStoreAsync("the line is a dead letter", store => store.GetProperty("deadLetters").GetInt64() == 1);

        var page = await browser.LogInAsync(server.Address);
        await page.GoToAsync("system");
        var letters = page.GetByTestId("dead-letters");
        await Assertions.Expect(letters).ToContainTextAsync("field type conflict");
        await Assertions.Expect(letters).ToContainTextAsync("wm-refused");
        Assert.Empty(await page.SeriousViolationsAsync());
        await ScreenshotTests.KeepAsync(page, "system.png");

        await influx.QueryAsync(InfluxServer.Database, "DROP MEASUREMENT telemetry");
        await page.GetByTestId("dead-letters-retry").ClickAsync();
        await page.GetByTestId("dead-letters-sure").ClickAsync();
        await Assertions.Expect(page.GetByTestId("dead-letter")).ToHaveCountAsync(0);
        await server.WhenWrittenAsync();
        Assert.Equal([100_000L], (await InfluxServer.ReadAsync(influx)).Select(point => point.Value));
        await page.Context.CloseAsync();
    }
}
