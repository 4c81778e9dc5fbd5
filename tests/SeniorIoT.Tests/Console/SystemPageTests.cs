using System.Net;
using System.Text.Json;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Queue;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Upkeep;
using SeniorIoT.Console.Words;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class SystemPageTests : ConsoleContext
{
    private static readonly TelemetryStore Well = new("influx", "ok", null, null, 0, 0, 1_000_000_000, null, 1_234_567, 0, 0, 0);

    private static readonly TelemetryStore Refused = Well with
    {
        State = "paused", Since = Noon.AddHours(-2), Problem = "Make room on the disk, or raise its limit; it goes on by itself.",
        WaitingPoints = 45_678, WaitingBytes = 850_000_000, OldestWaitingAt = Noon.AddHours(-2), DeadLetters = 2, DroppedDeadLetters = 1_500,
    };

    [Fact]
    public async Task The_page_says_what_waits_what_is_wrong_and_what_to_do()
    {
        await LogInAsync(Roles.Operator);
        Answer(Refused);
        var page = Render<SystemPage>();
        var store = page.WaitForElement("[data-testid=store]");
        Assert.Equal("paused", store.GetAttribute("data-state"));
        Assert.Contains("被拒绝", store.TextContent);
        Assert.Contains("请腾出磁盘空间", page.Find("[data-testid=store-problem]").TextContent);
        Assert.Contains("45,678 个数据点，最早 2 小时前", store.TextContent);
        Assert.Equal(("85", "850.0 MB / 1.0 GB（85 %）"), (page.Find("[role=meter]").GetAttribute("aria-valuenow"), page.Find("[role=meter]").GetAttribute("aria-valuetext")));
        Assert.Equal("degraded", page.Find("[data-check=telemetry]").GetAttribute("data-status"));
        Assert.Empty(page.FindAll("[data-testid=dead-letters]"));
    }

    [Fact]
    public async Task It_is_read_again_every_five_seconds_and_what_was_read_last_stays_when_the_server_is_lost()
    {
        await LogInAsync(Roles.Operator);
        Answer(Refused);
        var page = Render<SystemPage>();
        page.WaitForElement("[data-state=paused]");
        Answer(Well);
        Pass(5);
        page.WaitForElement("[data-state=ok]");
        Server.On("GET system", "", HttpStatusCode.ServiceUnavailable);
        Pass(5);
        page.WaitForElement("[role=alert]");
        Assert.NotNull(page.Find("[data-state=ok]"));
        Assert.Contains("12:00:00 的情况", page.Find("[data-testid=as-of].warn").TextContent);
    }

    [Theory]
    [InlineData("retry", "POST system/dead-letters/retry")]
    [InlineData("forget", "DELETE system/dead-letters")]
    public async Task Dead_letters_are_retried_or_forgotten_only_after_a_second_click(string act, string request)
    {
        await LogInAsync();
        Answer(Refused);
        Server.On("GET system/dead-letters", """
            {"items":[{"id":9,"at":"2026-03-09T03:00:00Z","database":"senioriot","line":"water,device=w1 total=x","error":"field type conflict"},
            {"id":8,"at":"2026-03-09T02:00:00Z","database":"senioriot","line":"water,device=w2 total=x","error":"field type conflict"}]}
            """);
        Server.On(request, """{"count":2}""");
        var page = Render<SystemPage>();
        page.WaitForElement($"[data-testid=dead-letters-{act}]");
        Assert.Equal(2, page.FindAll("[data-testid=dead-letter]").Count);
        await page.Find($"[data-testid=dead-letters-{act}]").ClickAsync(new());
        Assert.DoesNotContain(request, Server.Asked);
        await page.Find("[data-testid=dead-letters-sure]").ClickAsync(new());
        Assert.Contains(request, Server.Asked);
        page.WaitForElement($"[data-testid=dead-letters-{act}]");
    }

    [Theory]
    [InlineData(Roles.Operator, null, true)]
    [InlineData(Roles.Administrator, null, true)]
    [InlineData(Roles.Operator, "Hill", false)]
    [InlineData(Roles.Committee, "North", false)]
    public async Task Only_the_whole_district_is_led_to_the_page(string role, string? area, bool isLed)
    {
        await Services.GetRequiredService<Session>().BeginAsync(new("token", 3600, "li.min", role, area));
        Server.On("GET overview", JsonSerializer.Serialize(
            new Overview(Noon, 1, 1, 1, 0, new Dictionary<string, int>(), 1, 0, true, "1") { TelemetryState = area is null ? "retrying" : null, TelemetryWaiting = 1500 },
            JsonSerializerOptions.Web));
        var nav = Render<SideNav>();
        nav.WaitForElement(".overview");
        Assert.Equal(isLed, nav.FindAll("a[href=system]").Count > 0);
        Assert.Equal(isLed ? ["遥测连接不上：1,500 个数据点在等待"] : [], nav.FindAll("[data-testid=telemetry-warning]").Select(line => line.TextContent));
    }

    [Fact]
    public async Task An_alert_about_the_system_says_what_is_wrong_where_others_have_an_address()
    {
        var alert = SystemAlert("The database refuses telemetry, which waits on disk until a person mends that. Something new. Some telemetry has been waiting for more than an hour.");
        var row = Render<QueueRow>(parameters => parameters.Add(shown => shown.Alert, alert));
        Assert.Equal("系统", row.Find(".who").TextContent.Trim());
        Assert.Equal("数据库拒收遥测，数据在磁盘上等待，须有人处理。Something new.有遥测等待超过 1 小时。", row.Find(".where").TextContent);

        await LogInAsync();
        Server.On("GET alerts/A1", JsonSerializer.Serialize(new AlertDetail(alert), JsonSerializerOptions.Web));
        var pane = Render<AlertPane>(parameters => parameters.Add(shown => shown.AlertId, "A1").Add(shown => shown.Panel, Panel.Close));
        pane.WaitForElement("[data-testid=to-system]");
        Assert.Empty(pane.FindAll("a[href^=households]"));
        Assert.Equal(["device_fault", "false_alarm", "test", "other"], pane.FindAll(".chip").Select(chip => chip.Id!["outcome-".Length..]));
    }

    [Fact]
    public void The_evidence_of_an_alert_about_the_system_is_its_own_sentence_in_both_languages()
    {
        var words = new Wording();
        var alert = SystemAlert("Telemetry that waits fills 83 % of its room.") with { Repeats = 2, ClearedAt = Noon };
        Assert.Equal("等待的遥测已占用 83 % 的空间；11:59 发现；之后又提示 2 次；情况已于 12:00 解除，仍须有人应答。", EvidenceSentence.Of(alert, words, Noon));
        words.Switch(Wording.English);
        Assert.Equal(
            "Telemetry that waits fills 83 % of its room; noticed 11:59; told again 2 times since; the condition ended 12:00, but a person must still answer.",
            EvidenceSentence.Of(alert, words, Noon));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_500, "1.5 kB")]
    [InlineData(2_000_000_000, "2.0 GB")]
    [InlineData(5_000_000_000_000_000, "5000.0 TB")]
    public void Bytes_are_said_in_the_largest_unit_that_fits(long bytes, string text) => Assert.Equal(text, Amounts.Bytes(bytes));

    private static Alert SystemAlert(string note) => An("A1", "telemetry-store", "P3") with
    {
        HouseholdId = "", DeviceId = "", Address = "", Resident = "", Committee = "", SubDistrict = "", BirthYear = null, LivesAlone = false,
        Evidence = new(null, null, null, null, null, null, null, null, null, [], note),
    };

    [Fact]
    public async Task Lines_that_are_lost_are_shown_only_when_there_are_any()
    {
        await LogInAsync(Roles.Operator);
        Answer(Refused);
        var page = Render<SystemPage>();
        Assert.Equal("1,500", page.WaitForElement("[data-testid=dropped-dead-letters]").TextContent);
        Answer(Well);
        Pass(5);
        page.WaitForElement("[data-state=ok]");
        Assert.Empty(page.FindAll("[data-testid=dropped-dead-letters]"));
    }

    [Fact]
    public async Task The_roll_ups_say_how_many_days_wait_and_why_they_do()
    {
        await LogInAsync(Roles.Operator);
        Answer(Well, new(1_200, new(2026, 3, 7), "InfluxDB is out of reach (Connection refused). Points wait on disk; see whether it runs, and the network to it, if this lasts.", 5, 3));
        var page = Render<SystemPage>();
        var card = page.WaitForElement("[data-testid=rollup]");
        Assert.Equal(["1,200 个表日，最早 2026-03-07", "5", "3"], card.QuerySelectorAll("dd:not(.wide)").Select(line => line.TextContent));
        Assert.StartsWith("连接不上 InfluxDB（Connection refused）。", page.Find("[data-testid=rollup-problem]").TextContent, StringComparison.Ordinal);
        Answer(Well);
        Pass(5);
        page.WaitForAssertion(() => Assert.Equal(["没有", "7"], page.FindAll("[data-testid=rollup] dd").Select(line => line.TextContent)));
    }

    private void Answer(TelemetryStore store, RollupState? rollup = null) => Server.On("GET system", JsonSerializer.Serialize(
        new SystemState(
            Noon, "1.0", store, rollup ?? new(0, null, null, 7, 0), new(3, 1.5, null), new(100, 1, 0, 7),
            [new("ingest", "healthy", null), new("telemetry", store.State == "ok" ? "healthy" : "degraded", "Telemetry waits on disk and is safe.")]),
        JsonSerializerOptions.Web));
}
