using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.Server.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Alerts;

public sealed class DeviceStoryTests
{
    private static (double, long)[] Hourly(double from, double until) => [.. Enumerable.Range(0, (int)(from - until) + 1).Select(hour => (from - hour, 100L))];

    [Fact]
    public async Task Thirteen_hours_of_a_constant_register_in_one_batch_are_exactly_one_alert()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water(Hourly(13, 0)));
        var alert = Assert.Single(district.Alerts());
        Assert.Equal((Rule.NoWater, Priority.P2, 13.0, 0), (alert.Rule, alert.Priority, alert.Evidence.CoveredHours, alert.Repeats));
        Assert.Equal(district.Clock.GetUtcNow(), alert.Evidence.UntilAt);
    }

    [Fact]
    public async Task A_hole_whose_edges_carry_the_same_register_is_covered()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water([.. Hourly(13, 9), .. Hourly(4, 0)]));
        Assert.Equal(13.0, Assert.Single(district.Alerts()).Evidence.CoveredHours);
    }

    [Fact]
    public async Task A_batch_that_ended_five_hours_ago_claims_no_more_and_silence_comes_at_its_own_time()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water(Hourly(18, 5)));
        await district.DeliverAsync("b1", district.Button(ButtonEventKind.Note));
        await district.DeliverAsync("f1", new Report("1/1", district.Clock.GetUtcNow(), district.Clock.GetUtcNow(), false, false, null, null, new ReportBody.Heartbeat()));
        var alert = Assert.Single(district.Alerts());
        Assert.Equal((13.0, District.Start.AddHours(-5)), (alert.Evidence.CoveredHours, alert.Evidence.UntilAt));

        await district.PassAsync(TimeSpan.FromHours(25), TimeSpan.FromMinutes(30));
        Assert.Empty(district.Alerts("silent"));
        await district.PassAsync(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        // All at once: one finding for the home.
        Assert.Null(Assert.Single(district.Alerts("home-silent")).ClearedAt);
        Assert.All(district.Alerts("silent"), silent => Assert.NotNull(silent.ClearedAt));
        Assert.Single(district.Alerts("no-water"));
        Assert.True(district.Get<DeviceLiveTable>().TryGet("w1", out var live) && live.IsSilent);

        await district.DeliverAsync("w1", district.Water([(0, 200)]));
        Assert.NotNull(Assert.Single(district.Alerts("home-silent")).ClearedAt);
        Assert.Equal(["b1", "f1"], district.Alerts("silent").Where(silent => silent.ClearedAt is null).Select(silent => silent.Device.Value).Order());
        Assert.NotNull(Assert.Single(district.Alerts("no-water")).ClearedAt);
    }

    [Fact]
    public async Task Sent_twice_shuffled_or_in_two_halves_the_wrong_way_round_it_is_still_one_alert()
    {
        await using var district = await District.StartAsync();
        var batch = district.Water(Hourly(13, 0));
        await district.DeliverAsync("w1", batch);
        await district.DeliverAsync("w1", batch, district.Water(Hourly(13, 0)));
        await district.DeliverAsync("w2", district.Water(Hourly(6, 0)));
        await district.DeliverAsync("w2", district.Water(Hourly(13, 7)));
        Assert.Equal(["H2", "H1"], district.Alerts().Select(alert => alert.Place.Household.Value));

        var shuffled = Hourly(13, 0);
        new Random(3).Shuffle(shuffled);
        await district.DeliverAsync("w2", [.. shuffled.Select(sample => district.Water([sample]))]);
        Assert.Equal([0, 0], district.Alerts().Select(alert => alert.Repeats));
    }

    [Fact]
    public async Task A_quiet_home_whose_alert_was_closed_rings_again_after_another_window_and_an_open_one_takes_it_in()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water(Hourly(12, 0)));
        district.Clock.Advance(TimeSpan.FromHours(12));
        await district.DeliverAsync("w1", district.Water([(0, 100)]));
        var open = Assert.Single(district.Alerts());
        Assert.Equal((1, 24.0), (open.Repeats, open.Evidence.CoveredHours));

        await district.Alert("H1/no-water").Act(open.Id, new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        district.Clock.Advance(TimeSpan.FromHours(11));
        await district.DeliverAsync("w1", district.Water([(0, 100)]));
        Assert.Single(district.Alerts());
        district.Clock.Advance(TimeSpan.FromHours(1));
        await district.DeliverAsync("w1", district.Water([(0, 100)]));
        Assert.Equal([36.0, 24.0], district.Alerts().Select(alert => alert.Evidence.CoveredHours!.Value));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task State_that_was_not_written_is_folded_again_and_leads_to_the_same(bool withCheckpoint)
    {
        var district = await District.StartAsync();
        Report[] reports = [district.Water(Hourly(13, 7)), district.Water(Hourly(6, 1)), district.Water([(0.5, 100)])];
        foreach (var report in reports) await district.DeliverAsync("w1", report);
        var before = Assert.Single(district.Alerts());
        await using var again = await district.RestartAsync(withCheckpoint);
        // The journal still holds what no checkpoint has covered.
        if (!withCheckpoint) await again.DeliverAsync("w1", reports);
        Assert.Equal(before.Version, Assert.Single(again.Alerts()).Version);

        await again.DeliverAsync("w1", again.Water([(0, 150)], key: "9/1"));
        Assert.Equal(["raised", "cleared"], again.Timeline(Assert.Single(again.Alerts())));
    }

    [Fact]
    public async Task When_telling_fails_the_report_is_delivered_again_and_is_exactly_one_alert()
    {
        await using var district = await District.StartAsync();
        var batch = district.Water(Hourly(13, 0));
        await district.BreakAsync("causes");
        await Assert.ThrowsAnyAsync<Exception>(() => district.DeliverAsync("w1", batch));
        Assert.Empty(district.Alerts());
        await district.MendAsync();
        await district.DeliverAsync("w1", batch);
        await district.DeliverAsync("w1", batch);
        Assert.Equal(0, Assert.Single(district.Alerts()).Repeats);
    }

    [Fact]
    public async Task A_cancel_that_is_delivered_again_is_written_down_once()
    {
        var district = await District.StartAsync();
        var cancel = district.Button(ButtonEventKind.Cancel, "1/9");
        await district.DeliverAsync("b1", district.Button(key: "1/8"), cancel);
        await using var again = await district.RestartAsync(withCheckpoint: false);
        await again.DeliverAsync("b1", cancel);
        Assert.Equal(["raised", "noted"], again.Timeline(Assert.Single(again.Alerts())));
    }

    [Fact]
    public async Task A_report_is_in_the_series_after_a_checkpoint()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water(Hourly(2, 0)));
        await district.Get<TelemetryWriter>().FlushAsync(TestContext.Current.CancellationToken);
        var now = District.Start.ToUnixTimeMilliseconds();
        var samples = await district.Get<ITimeSeriesStore>().ReadAsync("w1", Metric.TotalMillilitres, now - 86_400_000, now + 1, TestContext.Current.CancellationToken);
        Assert.Equal([100_000, 100_000, 100_000], samples.Select(sample => sample.Value));
    }

    [Fact]
    public async Task Calling_a_grain_hands_the_reports_over_without_copying_them()
    {
        await using var district = await District.StartAsync();
        var report = district.Water(Enumerable.Range(0, 400).Select(i => (i / 100.0, 100L)));
        // Nobody enrolled w9, so its grain does nothing: what is left is the call. A JSON copy of the readings would be 20 kB and more.
        // Other tests allocate at the same time, so the quietest of many rounds counts.
        const int Calls = 50;
        var perCall = long.MaxValue;
        for (var round = 0; round < 40; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Calls; i++) await district.DeliverAsync("w9", report);
            perCall = Math.Min(perCall, (GC.GetTotalAllocatedBytes(precise: true) - before) / Calls);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{perCall} bytes allocated a call");
        Assert.InRange(perCall, 0, 5_000);
    }
}
