using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>Nobody is said to be at home from hour 24 until hour 240.</summary>
public sealed class UseWhileAwayTests
{
    private static readonly Absences Away = Absences.Of(new AwayPeriod(At(24), At(240)));

    /// <summary>A register read by the hour that rises by so much in the hours before some readings.</summary>
    private static IEnumerable<Reading> Hourly(int from, int until, params (int Hour, double Litres)[] uses) =>
        Enumerable.Range(from, until - from).Select(hour => Litres(hour, 500 + uses.Where(use => use.Hour <= hour).Sum(use => use.Litres)));

    private static Meter After(int until, params (int Hour, double Litres)[] uses)
    {
        var meter = new Meter(away: Away);
        foreach (var reading in Hourly(0, until, uses)) meter.Sends([reading]);
        return meter;
    }

    [Fact]
    public void Water_in_an_absence_is_told_once_with_when_and_how_much_and_is_over_with_the_absence()
    {
        var meter = After(242, (101, 6.5), (103, 20), (105, 3));
        var raised = Assert.Single(meter.Raised(Rule.UseWhileAway));
        Assert.Equal((At(101), $"w1/use-while-away/{At(24).ToUnixTimeMilliseconds()}"), (raised.At, raised.Cause));
        Assert.Equal((At(100), At(101), 6.5, 5.0), (raised.Evidence.FromAt, raised.Evidence.UntilAt, raised.Evidence.UsedLitres, raised.Evidence.LimitLitres));
        Assert.Equal("At least 6.5 L ran in this absence lately. Somebody may be back early: then end the absence.", raised.Evidence.Note);
        Assert.Equal(At(240), Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.UseWhileAway).At);
    }

    [Fact]
    public void It_is_told_again_after_each_further_day_with_use_and_not_for_days_without()
    {
        var meter = After(239, (101, 9), (102, 9), (130, 9), (131, 9), (200, 9));
        Assert.Equal([1, 2, 5], meter.Raised(Rule.UseWhileAway).Select(raised => raised.Cause.Split('/') is [_, _, _, var times] ? int.Parse(times) : 1));
        Assert.Equal([At(101), At(130), At(200)], meter.Raised(Rule.UseWhileAway).Select(raised => raised.Evidence.UntilAt!.Value));
    }

    [Fact]
    public void A_visit_is_told_also_when_it_was_over_before_its_message_came()
    {
        var meter = After(100);
        meter.Sends(Hourly(100, 112, (101, 9)));
        Assert.Equal(At(101), Assert.Single(meter.Raised(Rule.UseWhileAway)).Evidence.UntilAt);
    }

    [Fact]
    public void An_absence_that_somebody_ends_early_ends_the_finding()
    {
        var meter = After(110, (101, 9));
        meter.Context = meter.Context with { Absences = Absences.Of(new AwayPeriod(At(24), At(109.5))) };
        Assert.Equal(Rule.UseWhileAway, Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends(Hourly(110, 111, (101, 9))))).Rule);
    }

    [Theory]
    [InlineData(1, 1 / 3.0)]
    [InlineData(24, 0.9)]
    [InlineData(5, 1.5)]
    public void A_tap_that_drips_is_nobody(int hoursApart, double litresPerHour)
    {
        var meter = new Meter(away: Away);
        for (var hour = 0; hour < 240; hour += hoursApart) meter.Sends([Litres(hour, Math.Floor(hour * litresPerHour))]);
        Assert.Empty(meter.Raised(Rule.UseWhileAway));
    }

    [Fact]
    public void A_meter_that_is_read_once_a_day_tells_of_a_day_that_no_drip_explains()
    {
        var meter = new Meter(away: Away);
        foreach (var (day, litres) in new[] { (0, 0), (1, 80), (2, 108), (3, 138), (4, 138) }) meter.Sends([Litres(day * 24, litres)]);
        var raised = Assert.Single(meter.Raised(Rule.UseWhileAway));
        Assert.Equal((At(48), At(72), 30.0), (raised.Evidence.FromAt, raised.Evidence.UntilAt, raised.Evidence.UsedLitres));
    }

    [Fact]
    public void What_may_have_run_before_the_absence_does_not_count()
    {
        var meter = new Meter(away: Away);
        meter.Sends([Litres(23.5, 100)]);
        meter.Sends([Litres(24.5, 150)]);
        Assert.Empty(meter.Raised(Rule.UseWhileAway));
    }

    [Fact]
    public void A_visit_known_only_after_the_absence_is_history()
    {
        var meter = After(30);
        meter.Sends(Hourly(30, 250, (101, 9)));
        Assert.Empty(meter.Raised(Rule.UseWhileAway));
        Assert.Contains(meter.Findings, finding => finding is Finding.OverBeforeKnown { Rule.Id: "use-while-away" });
    }

    [Fact]
    public void Whenever_it_fires_so_much_truly_ran_while_nobody_was_said_to_be_there() =>
        TrueHome.InAnyOrder(1_000, 10_000).Sample(story =>
        {
            var meter = new Meter(away: Absences.Of(new AwayPeriod(At(20), At(60)), new AwayPeriod(At(70), At(90))));
            foreach (var batch in story.Batches) meter.Sends(batch);
            foreach (var evidence in meter.Raised(Rule.UseWhileAway).Select(raised => raised.Evidence))
            {
                Assert.NotNull(meter.Context.Absences.At(evidence.FromAt!.Value));
                Assert.NotNull(meter.Context.Absences.At(evidence.UntilAt!.Value));
                // A step of the register may have begun before.
                Assert.True(story.Home.TrueUse(evidence.FromAt.Value, evidence.UntilAt.Value) > 5_000 - story.Home.Step);
            }
        });

    [Fact]
    public void Switched_off_it_says_nothing_and_takes_back_what_it_said()
    {
        var meter = After(110, (101, 9));
        meter.Context = meter.Context with { Settings = meter.Context.Settings with { Off = [Rule.UseWhileAway.Id] } };
        Assert.Equal("The rule was switched off.", Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends(Hourly(110, 111, (101, 9))))).Note);
        meter.Sends(Hourly(111, 140, (101, 9), (120, 50)));
        Assert.Single(meter.Raised(Rule.UseWhileAway));
    }
}
