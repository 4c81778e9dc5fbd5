using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using Xunit;

namespace SeniorIoT.Tests.Detection;

/// <summary>More water at night, and less by day. Readings by the hour in Shanghai; day 0 is Monday 5 January 2026.</summary>
public sealed class DailySignTests
{
    private static readonly RuleSettings Wanted = RuleSettings.Changning with { Off = [] };

    private double _litres = 1_000;

    private static Meter NewMeter(RuleSettings? settings = null, Absences? away = null, long resolutionLitres = 1)
    {
        var meter = new Meter(settings ?? Wanted, away, resolutionLitres);
        meter.Context = meter.Context with { Zone = QuietLife.Shanghai };
        return meter;
    }

    private static DateTimeOffset At(int day, double hour = 0) => new QuietLife(QuietLife.Shanghai).At(day, hour);

    /// <summary>Days on which so much runs before three at night and at noon; nobody is there when it is nothing.</summary>
    private void Live(Meter meter, int from, int until, Func<int, double> night, Func<int, double> noon, int everyHours = 1)
    {
        for (var day = from; day < until; day++)
        {
            for (var hour = 0; hour < 24; hour++)
            {
                if (hour == 3) _litres += night(day);
                if (hour == 12) _litres += noon(day);
                if (hour % everyHours == 0) meter.Sends([new(At(day, hour), (long)_litres * 1000)], (At(day, hour) - Meter.Start).TotalHours);
            }
        }
    }

    [Fact]
    public void When_most_nights_of_a_week_need_more_water_it_is_told_once_with_both_figures()
    {
        var meter = NewMeter();
        Live(meter, 0, 42, day => day % 3 == 0 ? 12 : 6, _ => 80);
        Live(meter, 42, 60, _ => 24, _ => 80);
        var raised = Assert.Single(meter.Raised(Rule.NightUse));
        Assert.Equal((At(45, 5), $"w1/night-use/{At(45, 5).ToUnixTimeMilliseconds()}"), (raised.At, raised.Cause));
        Assert.Equal((At(39), At(45, 5), 24.0, 16.0), (raised.Evidence.FromAt, raised.Evidence.UntilAt, raised.Evidence.UsedLitres, raised.Evidence.LimitLitres));
        Assert.Equal("From 00:00 to 05:00 24 L a night on 7 nights; before that 6 L on 39 nights.", raised.Evidence.Note);
        Assert.Equal("changning-1", raised.Evidence.RuleVersion);
    }

    [Fact]
    public void A_washing_machine_in_three_nights_is_nothing() => Assert.Empty(Nights(day => day is 45 or 47 or 49 ? 90 : 6));

    [Fact]
    public void A_visit_more_in_a_home_whose_nights_differ_is_nothing() => Assert.Empty(Nights(day => day < 49 ? 30 * (day % 4) : 60));

    [Fact]
    public void Four_weeks_of_nights_must_be_known()
    {
        var meter = NewMeter();
        Live(meter, 0, 25, _ => 6, _ => 80);
        Live(meter, 25, 32, _ => 40, _ => 80);
        Assert.Empty(meter.Raised(Rule.NightUse));
    }

    [Fact]
    public void It_is_over_when_the_nights_are_as_before_and_not_told_anew_within_four_weeks()
    {
        var meter = NewMeter();
        Live(meter, 0, 42, _ => 6, _ => 80);
        Live(meter, 42, 49, _ => 24, _ => 80);
        Live(meter, 49, 56, _ => 6, _ => 80);
        Assert.Equal(At(52, 5), Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.NightUse).At);
        Live(meter, 56, 63, _ => 24, _ => 80);
        Assert.Single(meter.Raised(Rule.NightUse));
        Live(meter, 63, 75, _ => 6, _ => 80);
        Live(meter, 75, 82, _ => 24, _ => 80);
        Assert.Equal(2, meter.Raised(Rule.NightUse).Count());
    }

    [Fact]
    public void What_lasts_is_told_again_after_four_weeks_until_it_is_usual()
    {
        var meter = NewMeter();
        Live(meter, 0, 56, _ => 6, _ => 80);
        Live(meter, 56, 140, _ => 24, _ => 80);
        var first = At(59, 5).ToUnixTimeMilliseconds();
        Assert.Equal([$"w1/night-use/{first}", $"w1/night-use/{first}/2"], meter.Raised(Rule.NightUse).Select(raised => raised.Cause));
        Assert.False(meter.State.Status.Has(Rule.NightUse));
    }

    [Fact]
    public void After_an_absence_that_nobody_entered_the_usual_nights_are_still_usual() => Assert.Empty(Nights(day => day is > 20 and < 50 ? 0 : 14, day => day is > 20 and < 50 ? 0 : 80));

    [Fact]
    public void Night_is_when_the_person_sleeps()
    {
        var meter = NewMeter(Wanted with { NightFrom = new(21, 0), NightUntil = new(2, 0) });
        Live(meter, 0, 42, _ => 6, _ => 80);
        Live(meter, 42, 60, _ => 24, _ => 80);
        Assert.Empty(meter.Raised(Rule.NightUse));
    }

    [Fact]
    public void A_register_of_a_hundred_litres_says_nothing_of_nights()
    {
        var meter = NewMeter(resolutionLitres: 100);
        _litres = 0;
        Live(meter, 0, 42, _ => 0, _ => 100);
        Live(meter, 42, 60, day => day % 7 == 0 ? 100 : 0, _ => 100);
        Assert.Empty(meter.Raised(Rule.NightUse));
    }

    [Fact]
    public void Half_of_the_usual_water_for_two_weeks_is_told_with_both_figures()
    {
        var meter = NewMeter();
        Live(meter, 0, 60, _ => 6, _ => 124);
        Live(meter, 60, 90, _ => 6, _ => 56);
        var raised = Assert.Single(meter.Raised(Rule.LessWater));
        Assert.Equal((At(68), At(54), 62.0, 78.0), (raised.At, raised.Evidence.FromAt, raised.Evidence.UsedLitres, raised.Evidence.LimitLitres));
        Assert.Equal("62 L a day on 14 days; before that 130 L on 54 days: 52 % less. Absences are left out.", raised.Evidence.Note);
    }

    [Fact]
    public void A_meter_that_is_read_once_a_day_is_enough_for_that()
    {
        var meter = NewMeter();
        Live(meter, 0, 60, _ => 6, _ => 124, everyHours: 24);
        Live(meter, 60, 90, _ => 6, _ => 56, everyHours: 24);
        Assert.Single(meter.Raised(Rule.LessWater));
        Assert.Null(meter.State.Nights);
    }

    [Fact]
    public void Three_weeks_in_hospital_are_not_less_water()
    {
        foreach (var away in new[] { Absences.None, Absences.Of(new AwayPeriod(At(60), At(81))) })
        {
            var meter = NewMeter(away: away);
            Live(meter, 0, 60, _ => 6, _ => 124);
            Live(meter, 60, 81, _ => 0, day => day % 2 * 3);
            Live(meter, 81, 100, _ => 6, _ => 124);
            Assert.Empty(meter.Raised(Rule.LessWater));
        }
    }

    [Fact]
    public void Unless_wanted_nothing_is_said_and_nothing_kept()
    {
        var meter = NewMeter(RuleSettings.Changning);
        Live(meter, 0, 60, _ => 6, _ => 124);
        Live(meter, 60, 90, _ => 40, _ => 30);
        Assert.DoesNotContain(meter.Findings, finding => finding is Finding.Raised { Rule.Id: "night-use" or "less-water" });
        Assert.Equal((null, null), (meter.State.Nights, meter.State.Days));
    }

    [Fact]
    public void What_is_kept_is_small_survives_storage_and_a_state_from_before_is_read()
    {
        var meter = NewMeter(RuleSettings.Changning);
        Live(meter, 0, 2, _ => 6, _ => 124);
        meter.State = JsonSerializer.Deserialize<WaterState>(JsonSerializer.Serialize(meter.State))!;
        meter.Context = meter.Context with { Settings = Wanted };
        Live(meter, 2, 120, _ => 6, _ => 124);
        Assert.InRange(JsonSerializer.Serialize(meter.State.Nights).Length, 60, 140);
        Assert.InRange(JsonSerializer.Serialize(meter.State.Days).Length, 60, 190);
        var stored = JsonSerializer.Serialize(meter.State);
        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize<WaterState>(stored)));
    }

    [Fact]
    public void Amounts_are_those_that_were_put_in_within_two_percent_or_half_a_litre() =>
        Gen.Select(Gen.Int[20_000, 20_040], Gen.Double[0, 1_600]).Array[1, 60].Sample(put =>
        {
            var (amounts, model) = (DailyAmounts.None(14), new Dictionary<long, double>());
            foreach (var (day, litres) in put)
            {
                amounts = amounts.With(day, litres);
                if (day > model.Keys.DefaultIfEmpty(0).Max() - 14) model[day] = litres;
                model = model.Where(pair => pair.Key > model.Keys.Max() - 14).ToDictionary();
            }

            var known = amounts.Between(0, 14);
            Assert.Equal(model.Count, known.Length);
            Assert.All(known.Zip(model.Values.Order()), pair => Assert.InRange(pair.First, Math.Min(0.98 * pair.Second, pair.Second - 0.5), Math.Max(1.02 * pair.Second, pair.Second + 0.5)));
            Assert.Equal(model.Keys.Max(), amounts.NewestDay);
        });

    [Fact]
    public void In_any_batches_the_same_days_and_nights_are_known() =>
        Gen.Select(TrueHome.Any(1_000), Gen.Int[0, 400].Array[0, 8]).Sample((home, cuts) =>
        {
            var (oneByOne, batched, mixed) = (NewMeter(), NewMeter(), NewMeter());
            foreach (var reading in home.Readings) oneByOne.Sends([reading]);
            foreach (var batch in TrueHome.Cut(home.Readings, cuts)) batched.Sends([.. batch.Reverse(), batch[0]]);
            foreach (var reading in home.Readings.SelectMany(reading => new[] { reading, reading })) mixed.Sends([reading]);
            Assert.All([batched, mixed], meter => Assert.Equal(oneByOne.State.Days?.Codes.AsEnumerable(), meter.State.Days?.Codes.AsEnumerable()));
            Assert.All([batched, mixed], meter => Assert.Equal(oneByOne.State.Nights?.Codes.AsEnumerable(), meter.State.Nights?.Codes.AsEnumerable()));
        });

    private IEnumerable<Finding.Raised> Nights(Func<int, double> night, Func<int, double>? noon = null)
    {
        var meter = NewMeter();
        Live(meter, 0, 70, night, noon ?? (_ => 80));
        return meter.Raised(Rule.NightUse);
    }
}
