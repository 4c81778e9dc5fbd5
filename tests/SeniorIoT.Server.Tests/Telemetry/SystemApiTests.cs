using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

public sealed class SystemApiTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);

    private readonly (ITimeSeriesStore Store, ScriptedStore Script) _store = ScriptedStore.Create();

    [Fact]
    public async Task The_system_says_how_store_journal_door_and_checks_are()
    {
        _store.Script.Becomes(StoreState.Paused, Now.AddMinutes(-5), "InfluxDB answers 401.", status => status with
        {
            WaitingPoints = 12, WaitingBytes = 340, WaitingBytesMax = 1000, OldestWaitingAt = Now.AddMinutes(-6), WrittenPoints = 99, ExpiredPoints = 1, DroppedDeadLetters = 4,
        });
        _store.Script.Refuses(7, Now);
        await using var host = await StartAsync();
        host.Services.GetRequiredService<IngestCounters>().Stored(5);
        host.Services.GetRequiredService<IngestCounters>().Shed("disk", 2);
        var (marks, over) = (host.Services.GetRequiredService<RollupMarks>(), DateOnly.FromDateTime(Now.DateTime).AddDays(-1));
        await marks.MarkHistoryAsync(["w1"], over.AddDays(-1), over, TestContext.Current.CancellationToken);
        await marks.MarkHistoryAsync(["w2"], over, over, TestContext.Current.CancellationToken);
        await marks.MarkHistoryAsync(["w1"], over.AddDays(1), over.AddDays(1), TestContext.Current.CancellationToken);
        using var admin = await host.LoginAsync();
        var state = await admin.GetOkAsync("/api/v1/system");
        Assert.Equal(
            """
            {"kind":"influx","state":"paused","since":"2026-01-10T03:55:00+00:00","problem":"InfluxDB answers 401.","waitingPoints":12,"waitingBytes":340,"waitingBytesMax":1000,"oldestWaitingAt":"2026-01-10T03:54:00+00:00","writtenPoints":99,"expiredPoints":1,"deadLetters":1,"droppedDeadLetters":4}
            """,
            state.GetProperty("telemetryStore").GetRawText());
        Assert.Equal("""{"waiting":2,"oldestDay":"2026-01-08","problem":null,"written":0,"expired":0}""", state.GetProperty("rollup").GetRawText());
        Assert.Equal("""{"length":0,"oldestAgeSeconds":0,"problem":null}""", state.GetProperty("journal").GetRawText());
        Assert.Equal("""{"stored":5,"quarantined":0,"shed":2,"connections":0}""", state.GetProperty("ingest").GetRawText());
        Assert.Equal(
            """[{"name":"telemetry","status":"degraded","detail":"Telemetry waits on disk and is safe. InfluxDB answers 401."}]""", state.GetProperty("checks").GetRawText());
        Assert.Equal(Now, state.GetProperty("now").GetDateTimeOffset());
    }

    [Fact]
    public async Task Dead_letters_are_read_page_by_page_retried_and_forgotten_and_that_is_in_the_audit()
    {
        for (var id = 1; id <= 5; id++) _store.Script.Refuses(id, Now.AddMinutes(id));
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        var first = await admin.GetOkAsync("/api/v1/system/dead-letters?limit=3");
        Assert.Equal([5, 4, 3], Ids(first));
        Assert.Equal(
            """{"id":5,"at":"2026-01-10T04:05:00+00:00","database":"senioriot","line":"water,device=w1 total=5","error":"field type conflict"}""",
            first.GetProperty("items")[0].GetRawText());
        var second = await admin.GetOkAsync($"/api/v1/system/dead-letters?limit=3&cursor={first.GetProperty("next").GetString()}");
        Assert.Equal([2, 1], Ids(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);

        Assert.Equal(2, (await admin.PostOkAsync("/api/v1/system/dead-letters/retry", new DeadLetterRetry(2))).GetProperty("count").GetInt32());
        Assert.Equal([1, 2], _store.Script.Retried.Select(letter => letter.Id));
        using var forgotten = await admin.DeleteAsync("/api/v1/system/dead-letters?upToId=4", TestContext.Current.CancellationToken);
        Assert.Equal(2, (await forgotten.OkAsync()).GetProperty("count").GetInt32());
        Assert.Equal([5], _store.Script.Kept.Select(letter => letter.Id));

        var audit = (await admin.GetOkAsync("/api/v1/audit?subject=telemetry")).GetProperty("items").EnumerateArray();
        Assert.Equal(
            ["admin dead-letters.forget 2 lines up to id 4", "admin dead-letters.retry 2 lines up to id 2"],
            audit.Select(entry => $"{entry.GetProperty("user")} {entry.GetProperty("action")} {entry.GetProperty("detail")}"));
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_named()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        Assert.Equal(["upToId"], (await admin.RefusedAsync("/api/v1/system/dead-letters/retry", new DeadLetterRetry(0))).Fields());
        using var forget = await admin.DeleteAsync("/api/v1/system/dead-letters", TestContext.Current.CancellationToken);
        Assert.Equal(["upToId"], (await forget.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
        using var list = await admin.GetAsync("/api/v1/system/dead-letters?limit=0&cursor=!", TestContext.Current.CancellationToken);
        Assert.Equal(["limit", "cursor"], (await list.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    [Theory]
    [InlineData(Roles.Operator, null, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Operator, "Hill", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Roles.Committee, "North", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task The_system_is_the_whole_districts_and_dead_letters_are_the_administrators(string role, string? area, HttpStatusCode system, HttpStatusCode letters)
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        using var person = await host.LoginAsAsync(admin, role, area);
        var cancel = TestContext.Current.CancellationToken;
        using var shown = await person.GetAsync("/api/v1/system", cancel);
        using var read = await person.GetAsync("/api/v1/system/dead-letters", cancel);
        using var retried = await person.PostAsync("/api/v1/system/dead-letters/retry", null, cancel);
        using var forgotten = await person.DeleteAsync("/api/v1/system/dead-letters?upToId=1", cancel);
        Assert.Equal([system, letters, letters, letters], new[] { shown, read, retried, forgotten }.Select(answer => answer.StatusCode));
        using var stranger = host.Anonymous();
        using var unknown = await stranger.GetAsync("/api/v1/system", cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    private Task<RegistryHost> StartAsync() => RegistryHost.StartAsync(
        clock: new FakeTimeProvider(Now), telemetry: _store.Store,
        addRooms: (services, folder) =>
        {
            services.AddMetrics().AddSingleton<RollupWorker>().AddSingleton(new RollupOptions()).AddSingleton(new RetentionOptions()).AddSingleton(new IngestOptions { DataDirectory = folder });
            services.AddSingleton<Deliver>((_, _, _) => Task.CompletedTask).AddSingleton<IngestCounters>().AddSingleton<Dispatcher>().AddSingleton<Journal>();
            services.AddHealthChecks().AddCheck<StoreHealth>("telemetry", tags: ["ready"]);
        },
        mapRooms: app => app.MapSystem().MapDeadLetters());

    private static IEnumerable<int> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt32());
}
