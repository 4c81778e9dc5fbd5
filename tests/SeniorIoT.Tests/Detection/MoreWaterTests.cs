using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

/// <summary>A day far above the person's own. Readings by the hour in Shanghai; day 0 is Monday 5 January 2026.</summary>
public sealed class MoreWaterTests
{
    private static readonly RuleSettings Wanted = RuleSettings.Changning with { Off = RuleSettings.OffUnlessWanted.Remove(Rule.MoreWater.Id) };

    private double _litres = 1_000;

    private static DateTimeOffset At(int day, double hour = 0) => new QuietLife(QuietLife.Shanghai).At(day, hour);

    private static Meter NewMeter(RuleSettings? settings = null, long resolutionLitres = 1)
    {
        var meter = new Meter(settings ?? Wanted, resolutionLitres: resolutionLitres);
        meter.Context = meter.Context with { Zone = QuietLife.Shanghai };
        return meter;
    }

    /// <summary>Days on which so much runs evenly from eight to twenty o'clock.</summary>
    private void Live(Meter meter, int from, int until, Func<int, double> day, long stepLitres = 1)
    {
        for (var on = from; on < until; on++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                if (hour is > 8 and <= 20) _litres += day(on) / 12;
                meter.Sends([new(At(on, hour), (long)(Math.Floor(_litres / stepLitres) * stepLitres) * 1000)], (At(on, hour) - Meter.Start).TotalHours);
            }
        }
    }

    [Fact]
    public void A_day_of_more_than_three_times_the_usual_is_told_while_it_runs_with_both_figures()
    {
        var meter = NewMeter();
        Live(meter, 0, 40, _ => 120);
        Live(meter, 40, 41, _ => 600);
        var raised = Assert.Single(meter.Raised(Rule.MoreWater));
        Assert.InRange(raised.At, At(40, 14), At(40, 18));
        Assert.InRange(raised.Evidence.LimitLitres!.Value, 353, 367); // amounts of days are kept within 2 percent
        Assert.Matches(@"^\d+ L within 24 hours; on the usual one of 40 days 1(18|19|20|21|22) L\. Absences are left out\.$", raised.Evidence.Note);
        Live(meter, 41, 44, _ => 120);
        Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.MoreWater);
        Assert.Single(meter.Raised(Rule.MoreWater));
    }

    [Theory]
    [InlineData(300)] // less than three times
    [InlineData(40)]
    public void Somewhat_more_is_nothing(double litres)
    {
        var meter = NewMeter();
        Live(meter, 0, 40, _ => 120);
        Live(meter, 40, 42, _ => litres);
        Assert.Empty(meter.Raised(Rule.MoreWater));
    }

    [Fact]
    public void Where_little_runs_a_bath_is_nothing()
    {
        var meter = NewMeter();
        Live(meter, 0, 40, _ => 30);
        Live(meter, 40, 41, _ => 200);
        Assert.Empty(meter.Raised(Rule.MoreWater));
    }

    [Fact]
    public void A_home_whose_days_differ_is_given_more_room()
    {
        var meter = NewMeter();
        Live(meter, 0, 42, day => 40 + 120 * (day % 3));
        Live(meter, 42, 43, _ => 700);
        Assert.Empty(meter.Raised(Rule.MoreWater));
    }

    [Fact]
    public void Four_weeks_must_be_known_before_it_speaks_and_weeks_away_do_not_count()
    {
        var meter = NewMeter();
        Live(meter, 0, 20, _ => 120);
        Live(meter, 20, 40, _ => 0);
        Live(meter, 40, 41, _ => 900);
        Assert.Empty(meter.Raised(Rule.MoreWater));
    }

    [Fact]
    public void With_steps_of_a_hundred_litres_two_steps_more_are_needed()
    {
        var meter = NewMeter(Wanted with { MoreWaterLitres = 10, MoreWaterTimes = 1.5 }, resolutionLitres: 100);
        Live(meter, 0, 40, _ => 120, stepLitres: 100);
        Live(meter, 40, 41, _ => 280, stepLitres: 100);
        Assert.Empty(meter.Raised(Rule.MoreWater));
        Live(meter, 41, 44, _ => 120, stepLitres: 100);
        Live(meter, 44, 45, _ => 900, stepLitres: 100);
        Assert.Single(meter.Raised(Rule.MoreWater));
    }

    [Fact]
    public void Less_water_is_still_judged_only_where_it_is_wanted()
    {
        var meter = NewMeter();
        Live(meter, 0, 60, _ => 120);
        Live(meter, 60, 90, _ => 40);
        Assert.Empty(meter.Raised(Rule.LessWater));
        Assert.NotNull(meter.State.Days);
    }

    [Fact]
    public void With_the_same_usual_day_leaving_readings_out_never_makes_one() =>
        Gen.Select(TrueHome.Any(1_000), Gen.Int[0, 9].Array[0, 400], Gen.Int[1, 9], Gen.Int[20, 600]).Sample((home, keep, share, limit) =>
        {
            var context = NewMeter().Context with { UsualDay = new UsualDay(limit / 3.0, 40, limit) };
            ReadingWindow whole = ReadingWindow.Empty, kept = ReadingWindow.Empty;
            foreach (var (reading, i) in home.Readings.OrderBy(reading => reading.At).Select((reading, i) => (reading, i)))
            {
                whole = whole.With([reading]);
                if (i < keep.Length && keep[i] >= share) continue;
                kept = kept.With([reading]);
                if (MoreWaterRule.Condition.Judge(kept, kept.Count - 1, context) == Verdict.On)
                    Assert.Equal(Verdict.On, MoreWaterRule.Condition.Judge(whole, whole.Count - 1, context));
            }
        });
}
