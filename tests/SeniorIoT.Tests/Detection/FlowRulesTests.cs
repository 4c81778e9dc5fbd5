using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>Burst, leak and too much water.</summary>
public sealed class FlowRulesTests
{
    [Theory]
    [InlineData(250, 1)]
    [InlineData(249, 0)]
    public void A_thousand_litres_an_hour_for_a_quarter_is_a_burst(double litres, int alerts)
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 0), Litres(0.25, litres)]);
        Assert.Equal(alerts, meter.Raised(Rule.Burst).Count());
    }

    [Fact]
    public void Ten_minutes_are_not_enough_and_twenty_in_two_readings_are()
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 0), Litres(1 / 6.0, 200)]);
        Assert.Empty(meter.Findings);
        meter.Sends([Litres(2 / 6.0, 400)]);
        var raised = Assert.Single(meter.Raised(Rule.Burst));
        Assert.Equal((At(0), 400.0, $"w1/burst/{Start.ToUnixTimeMilliseconds()}"), (raised.Evidence.FromAt, raised.Evidence.UsedLitres, raised.Cause));
        Assert.Equal("1200 L/h on average; the limit is 1000 L/h.", raised.Evidence.Note);
    }

    [Fact]
    public void A_burst_over_a_long_interval_is_sound_rings_once_and_is_over_below_half()
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 0), Litres(1, 1200)]);
        meter.Sends([Litres(1.5, 1200 + 300)]);
        meter.Sends([Litres(2.5, 1500 + 1100)]);
        Assert.Single(meter.Findings.OfType<Finding.Raised>(), raised => raised.Rule == Rule.Burst);
        var cleared = meter.Sends([Litres(3.5, 2600 + 499)]).OfType<Finding.Cleared>().Single();
        Assert.Equal((Rule.Burst, At(3.5)), (cleared.Rule, cleared.At));
    }

    [Fact]
    public void A_burst_that_was_over_in_the_same_batch_is_history()
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 0), Litres(0.5, 600), Litres(1, 601)]);
        Assert.Equal((Rule.Burst, At(0), At(0.5)), Assert.IsType<Finding.OverBeforeKnown>(Assert.Single(meter.Findings)) switch { var over => (over.Rule, over.FromAt, over.UntilAt) });
    }

    [Fact]
    public void The_meters_own_finding_rings_each_time_and_later_readings_end_it()
    {
        var meter = new Meter();
        meter.Sends([Litres(10, 0)]);
        meter.Says(new ReportBody.WaterEvent(WaterEventKind.Burst), 10.2, key: "1/b");
        meter.Says(new ReportBody.WaterEvent(WaterEventKind.Burst), 10.3, key: "1/c");
        Assert.Equal(["w1/1/b", "w1/1/c"], meter.Raised(Rule.Burst).Select(raised => raised.Cause));
        Assert.Empty(meter.Sends([Litres(10.1, 1)]));
        Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(11, 2)])));
    }

    [Fact]
    public void Use_in_every_half_hour_of_a_day_is_a_leak_until_a_pause()
    {
        var meter = new Meter();
        var readings = Enumerable.Range(0, 97).Select(quarter => Litres(quarter / 4.0, quarter)).ToArray();
        meter.Sends(readings[..96]);
        Assert.Empty(meter.Findings);
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends(readings[96..])));
        Assert.Equal((Rule.Leak, At(0), 24.0, 96.0), (raised.Rule, raised.Evidence.FromAt, raised.Evidence.CoveredHours, raised.Evidence.UsedLitres));
        Assert.Empty(meter.Sends([Litres(24.25, 96)]));
        Assert.Equal(Rule.Leak, Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(24.5, 96)]))).Rule);
    }

    [Fact]
    public void Hourly_readings_need_two_days_for_a_leak()
    {
        var meter = new Meter();
        meter.Sends(Enumerable.Range(0, 48).Select(hour => Litres(hour, hour)));
        Assert.DoesNotContain(meter.Findings, finding => finding is Finding.Raised { Rule.Id: "leak" });
        Assert.Contains("48 hours", Assert.IsType<Finding.Raised>(meter.Sends([Litres(48, 48)]).Single(finding => finding is Finding.Raised { Rule.Id: "leak" })).Evidence.Note);
    }

    [Fact]
    public void A_leak_says_how_much_runs_when_nobody_uses_water()
    {
        // A toilet that runs at 4 L an hour, and a shower in the evening.
        var meter = new Meter();
        meter.Sends(Enumerable.Range(0, 97).Select(quarter => Litres(quarter / 4.0, quarter + (quarter < 80 ? 0 : 60))));
        var evidence = Assert.Single(meter.Raised(Rule.Leak)).Evidence;
        Assert.Equal(156, evidence.UsedLitres);
        Assert.Equal("No pause of 30 minutes in 24 hours. The least was 4 L/h over an hour.", evidence.Note);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1)]
    public void A_drip_of_a_step_in_three_hours_cannot_be_told_from_a_rinsed_cup(double hoursApart)
    {
        var meter = new Meter();
        meter.Sends(Enumerable.Range(0, (int)(96 / hoursApart)).Select(i => Litres(i * hoursApart, Math.Floor(i * hoursApart / 3))));
        Assert.Empty(meter.Raised(Rule.Leak));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(2)]
    public void A_pause_or_a_hole_within_the_day_is_no_leak(double hours)
    {
        // Half an hour without use; two hours without readings, in which there may have been a pause.
        var meter = new Meter();
        var resumes = 10 + hours;
        meter.Sends([
            .. Enumerable.Range(0, 41).Select(quarter => Litres(quarter / 4.0, quarter)),
            .. Enumerable.Range(0, 57).Select(quarter => Litres(resumes + quarter / 4.0, (hours < 1 ? 40 : 50) + quarter)),
        ]);
        Assert.Empty(meter.Raised(Rule.Leak));
    }

    [Fact]
    public void More_than_two_cubic_metres_a_day_is_too_much_until_it_is_not()
    {
        var meter = new Meter();
        meter.Sends([Litres(0, 0), Litres(12, 1000), Litres(24, 2000)]);
        Assert.Empty(meter.Findings);
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(30, 3001)])));
        Assert.Equal((Rule.ExcessWater, 2001.0, 2000.0, At(12)), (raised.Rule, raised.Evidence.UsedLitres, raised.Evidence.LimitLitres, raised.Evidence.FromAt));
        Assert.Equal(Rule.ExcessWater, Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(37, 3100)]))).Rule);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(400_000)]
    public void A_rise_that_no_pipe_lets_through_is_another_register_and_no_water(double falseTotal)
    {
        var meter = new Meter();
        for (var hour = 0; hour <= 29; hour++) meter.Sends([Litres(hour, hour == 20 ? falseTotal : 300_000 + 5 * hour)]);
        Assert.Empty(meter.Raised(Rule.Burst));
        Assert.Empty(meter.Raised(Rule.ExcessWater));

        meter.Sends([Litres(30, 300_000 + 5 * 29 + 10_000)]);
        Assert.Equal(10_000, Assert.Single(meter.Raised(Rule.Burst)).Evidence.UsedLitres);
        Assert.InRange(Assert.Single(meter.Raised(Rule.ExcessWater)).Evidence.UsedLitres!.Value, 10_000, 10_120);
    }

    [Fact]
    public void What_may_have_run_before_the_day_does_not_count_as_too_much() =>
        Assert.Empty(new Meter().Sends([Litres(0, 0), Litres(25, 2500), Litres(26, 2600)]));
}
