using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Alerts;

/// <summary>What the devices of one home mean together, through the real grains.</summary>
public sealed class HomeStoryTests
{
    private static readonly string[] Home = ["w1", "f1", "b1"];

    private static Report Says(District district, ReportBody body, string key) =>
        new(key, district.Clock.GetUtcNow(), district.Clock.GetUtcNow(), false, false, null, null, body);

    private static Report Beat(District district, string key) => Says(district, new ReportBody.Heartbeat(), key);

    private static string[] On(District district, params string[] rules) =>
        [.. district.Alerts().Where(alert => rules.Contains(alert.Rule.Id) && alert is { ClearedAt: null, IsClosed: false })
            .Select(alert => alert.Rule == Rule.HomeSilent ? alert.Rule.Id : $"{alert.Rule} {alert.Device}").Order()];

    private static string[] Silence(District district) => On(district, "silent", "home-silent");

    /// <summary>The last beats, an hour apart, and then nothing.</summary>
    private static async Task<District> FallSilentAsync(bool withLast = true)
    {
        var district = await District.StartAsync();
        foreach (var id in Home)
        {
            await district.DeliverAsync(id, Beat(district, "1/1"));
            await district.PassAsync(TimeSpan.FromHours(1), TimeSpan.FromMinutes(30));
        }

        await district.PassAsync(TimeSpan.FromHours(withLast ? 25 : 23.9), TimeSpan.FromMinutes(6));
        return district;
    }

    [Fact]
    public async Task The_last_device_to_fall_silent_makes_one_finding_of_them_all_and_is_not_told_by_itself()
    {
        await using var district = await FallSilentAsync(withLast: false);
        Assert.Equal(["silent f1", "silent w1"], Silence(district));
        await district.PassAsync(TimeSpan.FromHours(2), TimeSpan.FromMinutes(6));
        Assert.Equal(["home-silent"], Silence(district));
        Assert.Equal(["f1", "w1"], district.Alerts("silent").Select(alert => alert.Device.Value).Order());
        Assert.All(district.Alerts("silent"), alert => Assert.Equal(["raised", "cleared"], district.Timeline(alert)));
        Assert.StartsWith("None of 3 devices is heard", Assert.Single(district.Alerts("home-silent")).Evidence.Note);
    }

    [Fact]
    public async Task As_soon_as_one_is_heard_it_is_over_and_those_that_are_still_silent_are_told_again()
    {
        await using var district = await FallSilentAsync();
        await district.DeliverAsync("b1", Beat(district, "1/2"));
        Assert.Equal(["silent f1", "silent w1"], Silence(district));
        await district.DeliverAsync("f1", Beat(district, "1/2"));
        Assert.Equal(["silent w1"], Silence(district));
        await district.DeliverAsync("w1", Beat(district, "1/2"));
        Assert.Empty(Silence(district));
        Assert.Equal(["raised", "cleared"], district.Timeline(Assert.Single(district.Alerts("home-silent"))));
    }

    [Fact]
    public async Task Days_of_silence_and_an_operator_who_closes_it_change_nothing_until_a_device_is_heard()
    {
        await using var district = await FallSilentAsync();
        await district.PassAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(1));
        var alert = Assert.Single(district.Alerts("home-silent"));
        Assert.Equal(0, alert.Repeats);
        await district.Alert("H1/home-silent").Act(alert.Id, new AlertCommand.Close("An", "device_fault", null), new Actor("An", null));
        await district.PassAsync(TimeSpan.FromDays(3), TimeSpan.FromHours(1));
        Assert.Single(district.Alerts("home-silent"));
        Assert.Empty(Silence(district));
        await district.DeliverAsync("w1", Beat(district, "1/2"));
        Assert.Equal(["silent b1", "silent f1"], Silence(district));
        await district.PassAsync(TimeSpan.FromHours(24), TimeSpan.FromHours(1));
        Assert.Equal(["silent b1", "silent f1"], Silence(district));
        Assert.All(district.Alerts("silent"), silent => Assert.InRange(silent.Repeats, 0, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_crash_it_is_still_one_finding_and_the_first_word_ends_it(bool withCheckpoint)
    {
        var district = await FallSilentAsync();
        await using var again = await district.RestartAsync(withCheckpoint, later: TimeSpan.FromMinutes(1));
        // Here even the live table is empty, which is worse than a crash: until all have woken, others seem to be heard.
        foreach (var id in Home) await again.Grain(id).Wake();
        Assert.Equal(["home-silent"], Silence(again));
        Assert.Single(again.Alerts("home-silent"));
        again.Clock.Advance(TimeSpan.FromMinutes(1));
        await again.DeliverAsync("f1", Beat(again, "1/2"));
        Assert.Equal(["silent b1", "silent w1"], Silence(again));
    }

    [Fact]
    public async Task Bells_that_ring_for_all_at_the_same_moment_end_in_one_finding()
    {
        await using var district = await District.StartAsync();
        for (var round = 1; round <= 5; round++)
        {
            await Task.WhenAll(Home.Select(id => district.DeliverAsync(id, Beat(district, $"{round}/1"))));
            Assert.Empty(Silence(district));
            district.Clock.Advance(TimeSpan.FromHours(26));
            await Task.WhenAll(Home.Select(id => district.Grain(id).Wake()));
            Assert.Equal(["home-silent"], Silence(district));
        }
    }

    [Fact]
    public async Task Water_that_runs_after_a_press_is_written_on_the_open_call_once_an_hour_and_never_after_it_was_closed()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water([(0, 100)]));
        await district.DeliverAsync("w2", district.Water([(0, 100)]));
        await district.DeliverAsync("b1", district.Button());
        var call = Assert.Single(district.Alerts());
        foreach (var (minutes, litres) in new[] { (10, 100L), (10, 104), (10, 109), (60, 120) })
        {
            district.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await district.DeliverAsync("w1", district.Water([(0, litres)]));
            await district.DeliverAsync("w2", district.Water([(0, litres)]));
        }

        Assert.Equal(["raised", "noted", "noted"], district.Timeline(call));
        Assert.Equal(["Water ran between 01-10 12:10 and 01-10 12:20, after the call.", "Water ran between 01-10 12:30 and 01-10 13:30, after the call."],
            district.Get<Server.Alerts.AlertQueries>().TimelineOf(call.Id.Value).Skip(1).Select(line => line.Text));

        await district.Alert("H1/sos").Act(call.Id, new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        district.Clock.Advance(TimeSpan.FromHours(2));
        await district.DeliverAsync("w1", district.Water([(0, 150)]));
        Assert.Equal("closed", district.Timeline(call)[^1]);
    }

    [Fact]
    public async Task An_open_call_is_known_after_a_restart()
    {
        var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        await using var again = await district.RestartAsync(withCheckpoint: true, later: TimeSpan.FromMinutes(5));
        await again.DeliverAsync("w1", again.Water([(0, 100)]));
        again.Clock.Advance(TimeSpan.FromMinutes(5));
        await again.DeliverAsync("w1", again.Water([(0, 101)], key: "8/1"));
        Assert.Equal(["raised", "noted"], again.Timeline(Assert.Single(again.Alerts())));
    }

    [Fact]
    public async Task No_water_names_the_press_since_and_the_detector_that_is_silent()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water([(0, 100)]));
        await district.DeliverAsync("f1", Beat(district, "1/1"));
        await district.PassAsync(TimeSpan.FromHours(20), TimeSpan.FromHours(1));
        await district.DeliverAsync("w1", district.Water([(1, 150)]));
        await district.DeliverAsync("b1", district.Button());
        await district.PassAsync(TimeSpan.FromHours(12), TimeSpan.FromHours(1));
        await district.DeliverAsync("w1", district.Water([(0, 150)]));
        var note = Assert.Single(district.Alerts("no-water")).Evidence.Note;
        Assert.Equal("The detector f1, silent since 01-10 12:00. The button b1, used at 01-11 08:00: after the last use of water.", note);
    }

    [Fact]
    public async Task A_detector_that_rings_at_every_supper_is_named_and_a_button_that_nobody_pressed_is_found()
    {
        await using var district = await District.StartAsync();
        for (var day = 0; day < 3; day++)
        {
            await district.DeliverAsync("f1", Says(district, new ReportBody.Smoke(SmokeEventKind.Alarm), $"{day}/1"));
            district.Clock.Advance(TimeSpan.FromMinutes(3));
            await district.DeliverAsync("f1", Says(district, new ReportBody.Smoke(SmokeEventKind.Clear), $"{day}/2"));
            district.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(3));
        }

        Assert.Equal((Rule.SmokeNuisance, "f1"), district.Alerts("smoke-nuisance").Select(alert => (alert.Rule, alert.Device.Value)).Single());
        Assert.Equal(2, Assert.Single(district.Alerts("smoke")).Repeats);
        Assert.True(district.Get<DeviceLiveTable>().TryGet("f1", out var detector));
        Assert.Equal(District.Start.AddDays(2), detector.TestedAt);

        district.Clock.Advance(TimeSpan.FromDays(90));
        await district.SweepAsync();
        Assert.Equal("b1", Assert.Single(district.Alerts("untested")).Device.Value);
        await district.DeliverAsync("b1", district.Button());
        Assert.NotNull(Assert.Single(district.Alerts("untested")).ClearedAt);
    }
}
