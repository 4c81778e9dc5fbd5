using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Telemetry;

public sealed class StoreWatcherTests
{
    private readonly (ITimeSeriesStore Store, ScriptedStore Script) _store = ScriptedStore.Create();

    [Fact]
    public async Task A_store_that_refuses_is_one_alert_for_the_whole_district_until_it_is_well_for_a_minute()
    {
        await using var district = await District.StartAsync(now: District.Start.AddTicks(7));
        var watcher = Watcher(district);
        _store.Script.Becomes(StoreState.Paused, district.Clock.GetUtcNow(), "InfluxDB answers 401. Set a token that may write.");
        await LookAsync(district, watcher, seconds: 60);

        var alert = Assert.Single(district.Alerts());
        Assert.Equal((Rule.TelemetryStore, Priority.P3, "", ""), (alert.Rule, alert.Priority, alert.Place.Household.Value, alert.Device.Value));
        Assert.Contains("Set a token that may write.", alert.Evidence.Note, StringComparison.Ordinal);
        Assert.Equal(["console shown"], district.Notices(alert).Select(notice => $"{notice.Channel} {notice.State}"));
        Assert.Equal($"【SeniorIoT】{alert.Id},12:00系统告警:读数无法入库,请看控制台系统页", district.Notices(alert)[0].Text);
        var queries = district.Get<AlertQueries>();
        Assert.NotNull(queries.Find(alert.Id.Value, area: null));
        Assert.Null(queries.Find(alert.Id.Value, new Domain.Households.Area("江苏路街道", "江苏居委会")));
        Assert.Null(queries.Find(alert.Id.Value, new Domain.Households.Area("江苏路街道", "")));
        Assert.Equal(["telemetry-store"], queries.OpenSystem());
        Assert.Equal([AreaScope.Whole.HubGroup], AreaScope.HubGroupsOf(alert.Place.Area));
        Assert.Null(district.Get<AlertPage>().Of(alert).Household);

        _store.Script.Becomes(StoreState.Ok, district.Clock.GetUtcNow());
        await LookAsync(district, watcher, seconds: 60);
        Assert.Null(district.Alerts()[0].ClearedAt);
        await LookAsync(district, watcher, seconds: 10);
        Assert.NotNull(Assert.Single(district.Alerts()).ClearedAt);
        Assert.Equal(["raised", "cleared"], district.Timeline(alert));
        await district.Alert("@system/telemetry-store").Act(alert.Id, new AlertCommand.Close("An", "device_fault", null), new Actor("An", null));
        Assert.Equal(["raised", "cleared", "acknowledged", "closed"], district.Timeline(alert));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restart_the_same_trouble_is_no_second_alert_and_its_end_is_told(bool isClosedMeanwhile)
    {
        var district = await District.StartAsync(now: District.Start.AddTicks(7));
        _store.Script.Becomes(StoreState.Paused, district.Clock.GetUtcNow(), "401");
        await LookAsync(district, Watcher(district), seconds: 5);
        if (isClosedMeanwhile) await district.Alert("@system/telemetry-store").Act(new("A0001"), new AlertCommand.Close("An", "other", "known"), new Actor("An", null));
        await using var again = await district.RestartAsync(withCheckpoint: false, TimeSpan.FromMinutes(10));
        _store.Script.Becomes(StoreState.Paused, again.Clock.GetUtcNow(), "401");
        var watcher = Watcher(again);
        await LookAsync(again, watcher, seconds: 30);
        Assert.Equal(0, Assert.Single(again.Alerts()).Repeats);

        _store.Script.Becomes(StoreState.Ok, again.Clock.GetUtcNow());
        await LookAsync(again, watcher, seconds: 70);
        Assert.Equal(isClosedMeanwhile, Assert.Single(again.Alerts()).ClearedAt is null);
        _store.Script.Becomes(StoreState.Full, again.Clock.GetUtcNow(), "Make room.");
        await LookAsync(again, watcher, seconds: 5);
        Assert.Equal(isClosedMeanwhile ? 2 : 1, again.Alerts().Count);
        Assert.Null(again.Alerts()[0].ClearedAt);
    }

    [Fact]
    public async Task What_ended_while_the_server_was_down_is_cleared_after_the_start()
    {
        var district = await District.StartAsync();
        _store.Script.Becomes(StoreState.Paused, district.Clock.GetUtcNow(), "401");
        await LookAsync(district, Watcher(district), seconds: 5);
        await using var again = await district.RestartAsync(withCheckpoint: false);
        _store.Script.Becomes(StoreState.Ok, again.Clock.GetUtcNow());
        await LookAsync(again, Watcher(again), seconds: 70);
        Assert.NotNull(Assert.Single(again.Alerts()).ClearedAt);
    }

    [Fact]
    public async Task New_dead_letters_repeat_on_the_open_alert_and_old_ones_are_not_told_again_after_a_restart()
    {
        var district = await District.StartAsync();
        _store.Script.Refuses(1, district.Clock.GetUtcNow());
        var watcher = Watcher(district);
        await LookAsync(district, watcher, seconds: 60);
        _store.Script.Refuses(2, district.Clock.GetUtcNow());
        await LookAsync(district, watcher, seconds: 900);
        Assert.Equal(1, Assert.Single(district.Alerts()).Repeats);
        await using var again = await district.RestartAsync(withCheckpoint: false);
        await LookAsync(again, Watcher(again), seconds: 900);
        Assert.Equal((1, false), (Assert.Single(again.Alerts()).Repeats, again.Alerts()[0].ClearedAt is not null));
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_at_the_next_look()
    {
        await using var district = await District.StartAsync();
        var watcher = Watcher(district);
        _store.Script.Becomes(StoreState.Full, district.Clock.GetUtcNow(), "Make room.");
        await district.BreakAsync("timeline");
        await Assert.ThrowsAnyAsync<Exception>(watcher.LookAsync);
        Assert.Empty(district.Alerts());
        await district.MendAsync();
        await watcher.LookAsync();
        await watcher.LookAsync();
        Assert.Equal(0, Assert.Single(district.Alerts()).Repeats);
    }

    [Fact]
    public async Task A_household_called_like_the_system_has_its_own_alerts()
    {
        await using var district = await District.StartAsync();
        var devices = new[] { "system", "telemetry-store" }.Select(id => new DeviceId(id)).ToList();
        var keys = Rule.All.Where(rule => rule.Scope != RuleScope.System)
            .SelectMany(rule => devices.Select(device => AlertKey.Of(rule, new HouseholdId("system"), device)));
        Assert.DoesNotContain(AlertKey.Of(Rule.TelemetryStore, new HouseholdId("system"), devices[0]), keys);
        var faults = new Faults();
        faults.CheckId("householdId", Rule.SystemSubject);
        faults.CheckId("householdId", Place.System.Household.Value);
        Assert.Equal(2, faults.All.Count());

        await district.Get<SystemAlerts>().TellAsync(new Finding.Raised(Rule.TelemetryStore, District.Start, "@system/telemetry-store/a/1/2", new Evidence(Note: "a")));
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["sos", "telemetry-store"], district.Alerts().Select(alert => alert.Rule.Id));
    }

    [Theory]
    [InlineData(StoreState.Ok, HealthStatus.Healthy)]
    [InlineData(StoreState.Retrying, HealthStatus.Degraded)]
    [InlineData(StoreState.Paused, HealthStatus.Degraded)]
    [InlineData(StoreState.Full, HealthStatus.Degraded)]
    public async Task Health_is_degraded_while_telemetry_waits_and_says_the_remedy(StoreState state, HealthStatus status)
    {
        _store.Script.Becomes(state, District.Start, state == StoreState.Ok ? null : "Do this.");
        var result = await new StoreHealth(_store.Store).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((status, state != StoreState.Ok), (result.Status, result.Description?.EndsWith("Do this.", StringComparison.Ordinal) == true));
    }

    [Fact]
    public void The_meter_says_what_the_store_says_and_names_no_device()
    {
        _store.Script.Refuses(9, District.Start);
        _store.Script.Becomes(StoreState.Paused, District.Start, null, status => status with
        {
            WrittenPoints = 1, ExpiredPoints = 2, DroppedDeadLetters = 7, WaitingPoints = 3, WaitingBytes = 4, WaitingBytesMax = 5, OldestWaitingAt = District.Start.AddSeconds(-6),
        });
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(District.Start);
        Assert.Equal(
            "dead_letters0 1, dropped_dead_letters0 7, expired0 2, oldest_waiting_age0 6, state0 2, waiting0 3, waiting_bytes0 4, waiting_bytes_max0 5, written0 1",
            Instruments.Read("senioriot.telemetry.", meters => StoreMeter.Register(meters, _store.Store, clock)));
    }

    private StoreWatcher Watcher(District district) => new(
        _store.Store, district.Get<SystemAlerts>(), district.Get<IMeterFactory>(), district.Clock, NullLogger<StoreWatcher>.Instance);

    /// <summary>Looks every 5 s, as the server does.</summary>
    private static async Task LookAsync(District district, StoreWatcher watcher, int seconds)
    {
        for (var passed = 0; passed < seconds; passed += 5)
        {
            await watcher.LookAsync();
            district.Clock.Advance(TimeSpan.FromSeconds(5));
        }
    }
}
