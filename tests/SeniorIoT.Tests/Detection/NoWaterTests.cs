using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class NoWaterTests
{
    private static IEnumerable<Reading> Hourly(double from, double until, double litres) =>
        Enumerable.Range(0, (int)(until - from) + 1).Select(hour => Litres(from + hour, litres));

    [Fact]
    public void Thirteen_constant_readings_in_one_batch_raise_exactly_one_alert()
    {
        var meter = new Meter();
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends(Hourly(0, 13, 100))));
        Assert.Equal(Rule.NoWater, raised.Rule);
        Assert.Equal($"w1/no-water/{Start.ToUnixTimeMilliseconds()}", raised.Cause);
        Assert.Equal(At(12), raised.At);
        Assert.Equal((At(0), At(13), 13.0), (raised.Evidence.FromAt, raised.Evidence.UntilAt, raised.Evidence.CoveredHours));
        Assert.Equal((0.0, 10.0, 1.0), (raised.Evidence.UsedLitres, raised.Evidence.LimitLitres, raised.Evidence.ResolutionLitres));
        Assert.Equal("changning-1", raised.Evidence.RuleVersion);
        Assert.Equal(At(13), raised.Evidence.LastHeardAt);
        Assert.Null(raised.Evidence.LastUseAt);
        Assert.Equal([Litres(0, 100), Litres(13, 100)], raised.Evidence.Readings);
    }

    [Fact]
    public void Exactly_the_window_counts_and_a_minute_less_does_not()
    {
        Assert.Single(new Meter().Sends(Hourly(0, 12, 100)));
        Assert.Empty(new Meter().Sends([Litres(0, 100), Litres(12 - 1 / 60.0, 100)]));
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 0)]
    public void Less_than_the_limit_is_no_water_and_the_limit_itself_is_use(double litres, int alerts) =>
        Assert.Equal(alerts, new Meter().Sends([Litres(0, 0), Litres(12, litres)]).Length);

    [Fact]
    public void A_hole_whose_edges_carry_the_same_register_is_covered()
    {
        var meter = new Meter();
        meter.Sends([.. Hourly(0, 4, 100), .. Hourly(9, 13, 100)]);
        Assert.Equal(13.0, Assert.Single(meter.Raised(Rule.NoWater)).Evidence.CoveredHours);
    }

    [Fact]
    public void A_hole_in_which_water_ran_is_not_covered()
    {
        var meter = new Meter();
        meter.Sends([.. Hourly(0, 4, 100), .. Hourly(9, 13, 130)]);
        Assert.Empty(meter.Findings);
    }

    [Fact]
    public void A_batch_that_ended_five_hours_ago_claims_no_more_than_it_covers_and_silence_comes_at_its_own_time()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 13, 100), receivedHour: 18);
        var evidence = Assert.Single(meter.Raised(Rule.NoWater)).Evidence;
        Assert.Equal((At(13), 13.0, At(18)), (evidence.UntilAt, evidence.CoveredHours, evidence.LastHeardAt));

        Assert.Equal((0, At(18 + 25)), (meter.Wakes(30).Findings.Length, meter.Wakes(30).NextWakeAt));
        Assert.Empty(meter.Wakes(18 + 25).Findings);
        Assert.Equal(Rule.Silent, Assert.IsType<Finding.Raised>(Assert.Single(meter.Wakes(18 + 25.01).Findings)).Rule);
        Assert.Single(meter.Raised(Rule.NoWater));
    }

    [Fact]
    public void Sent_twice_it_is_still_one_alert()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 13, 100), key: "1/1");
        meter.Sends(Hourly(0, 13, 100), key: "1/1");
        meter.Sends(Hourly(0, 13, 100), key: "1/2");
        Assert.Single(meter.Findings);
    }

    [Fact]
    public void Shuffled_one_by_one_it_is_still_one_alert()
    {
        var readings = Hourly(0, 13, 100).ToArray();
        new Random(7).Shuffle(readings);
        var meter = new Meter();
        foreach (var reading in readings) meter.Sends([reading], receivedHour: 13);
        Assert.IsType<Finding.Raised>(Assert.Single(meter.Findings));
    }

    [Fact]
    public void In_two_halves_the_wrong_way_round_it_is_still_one_alert()
    {
        var meter = new Meter();
        Assert.Empty(meter.Sends(Hourly(7, 13, 100)));
        Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends(Hourly(0, 6, 100), receivedHour: 13)));
        Assert.Equal(13.0, meter.Raised(Rule.NoWater).Single().Evidence.CoveredHours);
    }

    [Fact]
    public void A_stretch_rings_once_a_window_and_is_cleared_by_use_and_the_next_one_rings_anew()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 12, 100));
        foreach (var reading in Hourly(13, 30, 100))
            if (reading.At != At(24)) Assert.Empty(meter.Sends([reading]));
            else Assert.Single(meter.Sends([reading]));
        Assert.Empty(meter.Sends([Litres(31, 105)]));

        var cleared = Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(32, 112)])));
        Assert.Equal((Rule.NoWater, At(32)), (cleared.Rule, cleared.At));
        Assert.Empty(meter.Sends(Hourly(33, 42, 112)));
        Assert.Equal(2, meter.Sends(Hourly(43, 44, 112)).OfType<Finding.Raised>().Select(raised => raised.Cause).Concat(meter.Raised(Rule.NoWater).Take(1).Select(raised => raised.Cause)).Distinct().Count());
    }

    [Fact]
    public void A_stretch_that_lasts_rings_again_after_each_further_window_so_that_a_close_is_not_the_end_of_it()
    {
        var meter = new Meter();
        foreach (var reading in Hourly(0, 50, 100)) meter.Sends([reading]);
        var start = $"w1/no-water/{Start.ToUnixTimeMilliseconds()}";
        Assert.Equal([start, $"{start}/2", $"{start}/3", $"{start}/4"], meter.Raised(Rule.NoWater).Select(raised => raised.Cause));
        Assert.Equal([At(12), At(24), At(36), At(48)], meter.Raised(Rule.NoWater).Select(raised => raised.At));
        Assert.Equal([12.0, 24.0, 36.0, 48.0], meter.Raised(Rule.NoWater).Select(raised => raised.Evidence.CoveredHours!.Value));
    }

    [Fact]
    public void Windows_that_become_full_in_one_message_ring_once()
    {
        var meter = new Meter();
        Assert.Single(meter.Sends(Hourly(0, 30, 100)));
        Assert.Empty(meter.Sends([Litres(35, 100)]));
        Assert.EndsWith("/3", Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(36, 100)]))).Cause);
        Assert.EndsWith("/6", Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(77, 100)]))).Cause);
        Assert.Empty(meter.Sends([Litres(60, 100), Litres(77, 100)], receivedHour: 78));
    }

    [Fact]
    public void One_batch_may_end_one_stretch_and_begin_the_next()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 12, 100));
        var findings = meter.Sends([Litres(13, 100), .. Hourly(14, 27, 150)]);
        Assert.Equal(At(14), Assert.IsType<Finding.Cleared>(findings[0]).At);
        Assert.Equal(At(14), Assert.IsType<Finding.Raised>(findings[1]).Evidence.FromAt);
        Assert.Equal(2, findings.Length);
    }

    [Fact]
    public void A_stretch_that_was_over_before_it_became_known_is_history()
    {
        var meter = new Meter();
        var over = Assert.IsType<Finding.OverBeforeKnown>(Assert.Single(meter.Sends([.. Hourly(0, 13, 100), Litres(14, 140)])));
        Assert.Equal((Rule.NoWater, At(0), At(13)), (over.Rule, over.FromAt, over.UntilAt));
        Assert.Empty(meter.Sends([.. Hourly(0, 13, 100), Litres(14, 140)]));
        Assert.Empty(meter.Sends([Litres(15, 141)]));
    }

    [Fact]
    public void A_stretch_found_only_when_its_first_half_comes_late_is_history_too_and_told_once()
    {
        var meter = new Meter();
        Assert.Empty(meter.Sends([.. Hourly(7, 13, 100), Litres(14, 140)]));
        Assert.IsType<Finding.OverBeforeKnown>(Assert.Single(meter.Sends(Hourly(0, 6, 100), receivedHour: 14)));
        Assert.Empty(meter.Sends(Hourly(0, 6, 100), receivedHour: 14));
        Assert.Empty(meter.Sends([Litres(-3, 100)], receivedHour: 14));
    }

    [Fact]
    public void Readings_that_come_late_into_a_stretch_that_was_raised_and_cleared_tell_nothing_new()
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 100)]);
        meter.Sends([Litres(12, 103)]);
        meter.Sends([Litres(14, 140)]);
        Assert.Equal(2, meter.Findings.Count);
        Assert.Empty(meter.Sends([Litres(12.5, 103), Litres(6, 101)], receivedHour: 14));
    }

    [Fact]
    public void Old_data_enters_no_rule()
    {
        var meter = new Meter();
        Assert.Empty(meter.Sends(Hourly(0, 13, 100), isHistory: true));
        Assert.Equal((0, null), (meter.State.Window.Count, meter.State.Status.LastReceivedAt));
    }

    [Fact]
    public void A_meter_with_coarse_steps_fires_on_no_step_and_says_what_that_leaves_open()
    {
        Assert.Empty(new Meter(resolutionLitres: 10).Sends([Litres(0, 100), Litres(12, 110)]));
        var ten = Assert.IsType<Finding.Raised>(new Meter(resolutionLitres: 10).Sends([Litres(0, 100), Litres(12, 100)]).Single());
        Assert.Equal("One step of the register is 10 L: it did not move.", ten.Evidence.Note);
        var hundred = Assert.IsType<Finding.Raised>(new Meter(resolutionLitres: 100).Sends([Litres(0, 100), Litres(12, 100)]).Single());
        Assert.Equal("One step of the register is 100 L: it did not move, but up to that much may have run unseen.", hundred.Evidence.Note);
    }

    [Fact]
    public void The_evidence_names_the_last_use_and_shows_at_most_fifty_readings()
    {
        var meter = new Meter(RuleSettings.Jingan);
        meter.Sends([Litres(-1, 50), .. Enumerable.Range(0, 97).Select(quarter => Litres(quarter / 4.0, 60 + quarter / 11.0))]);
        var evidence = Assert.Single(meter.Raised(Rule.NoWater)).Evidence;
        Assert.Equal(50, evidence.Readings!.Count);
        Assert.Equal((evidence.FromAt, evidence.UntilAt), (evidence.Readings[0].At, evidence.Readings[^1].At));
        Assert.Equal(At(24), evidence.LastUseAt);
    }

    [Fact]
    public void Nobody_is_called_while_the_home_is_known_to_be_empty_and_that_time_does_not_count_afterwards()
    {
        var meter = new Meter(away: Absences.Of(new AwayPeriod(At(2), At(20))));
        meter.Sends(Hourly(0, 31, 100));
        Assert.Empty(meter.Findings);
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(32, 100)])));
        Assert.Equal((At(20), 12.0, $"w1/no-water/{At(20).ToUnixTimeMilliseconds()}"), (raised.Evidence.FromAt, raised.Evidence.CoveredHours, raised.Cause));
    }

    [Fact]
    public void An_absence_ends_the_stretch_before_it_so_that_a_collapse_after_the_return_rings()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 12, 100));
        meter.Context = meter.Context with { Absences = Absences.Of(new AwayPeriod(At(12.5), At(40))) };
        Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(13, 100)])));
        Assert.Empty(meter.Sends(Hourly(14, 51, 100)));
        Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(52, 100)])));
        Assert.Equal(2, meter.Raised(Rule.NoWater).Select(raised => raised.Cause).Distinct().Count());
    }

    [Fact]
    public void An_absence_that_is_only_planned_changes_nothing() =>
        Assert.Single(new Meter(away: Absences.Of(new AwayPeriod(At(20), At(90)))).Sends(Hourly(0, 13, 100)));

    [Fact]
    public void Another_meter_starts_the_proven_time_anew()
    {
        var meter = new Meter();
        Assert.IsType<Finding.Recorded>(Assert.Single(meter.Sends([.. Hourly(0, 6, 90_000), .. Hourly(7, 18, 3)])));
        Assert.Equal(At(7), Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(19, 3)]))).Evidence.FromAt);
    }

    [Fact]
    public void A_meter_that_reports_its_exchange_starts_anew_even_with_the_same_register()
    {
        var meter = new Meter();
        meter.Sends(Hourly(0, 12, 100));
        Assert.IsType<Finding.Cleared>(Assert.Single(meter.Says(new ReportBody.WaterEvent(WaterEventKind.MeterSwap), 12.5)));
        Assert.Empty(meter.Sends(Hourly(11, 24, 100)));
        Assert.Equal(At(13), Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(25, 100)]))).Evidence.FromAt);
    }

    [Fact]
    public void Jitter_is_neither_use_nor_another_meter()
    {
        var meter = new Meter();
        meter.Sends([.. Hourly(0, 5, 100), Litres(6, 95), .. Hourly(7, 12, 100)]);
        Assert.Equal((12.0, 0.0), (meter.Raised(Rule.NoWater).Single().Evidence.CoveredHours, meter.Raised(Rule.NoWater).Single().Evidence.UsedLitres));
    }

    [Fact]
    public void A_meter_read_once_a_day_is_judged_when_it_speaks()
    {
        var meter = new Meter();
        Assert.Empty(meter.Sends([Litres(0, 100)]));
        Assert.Equal(24.0, Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(24, 104)]))).Evidence.CoveredHours);
        Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(48, 180)])));
    }
}
