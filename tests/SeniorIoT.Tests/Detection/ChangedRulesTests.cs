using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>Rules that are changed while homes are watched.</summary>
public sealed class ChangedRulesTests
{
    private static readonly RuleSettings[] Sets =
    [
        RuleSettings.Changning, RuleSettings.Jingan, RuleSettings.ByHabit,
        RuleSettings.Changning with { Version = "six", NoWaterWindow = TimeSpan.FromHours(6) },
        RuleSettings.Changning with { Version = "five-days", NoWaterWindow = TimeSpan.FromDays(5) },
        RuleSettings.Changning with { Version = "long-leak", HourlyLeak = new(TimeSpan.FromDays(6), TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(70)) },
        RuleSettings.Changning with { Version = "excess-week", ExcessWindow = TimeSpan.FromDays(7), ExcessLitres = 500 },
    ];

    [Fact]
    public void A_shorter_window_is_judged_at_the_next_reading_and_the_alert_names_the_new_version()
    {
        var meter = new Meter();
        for (var hour = 0; hour <= 8; hour++) meter.Sends([Litres(hour, 100)]);
        Assert.Empty(meter.Findings);
        Use(meter, Sets[3]);
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(meter.Sends([Litres(9, 100)])));
        Assert.Equal((Rule.NoWater, "six", 9.0), (raised.Rule, raised.Evidence.RuleVersion, raised.Evidence.CoveredHours));
    }

    [Fact]
    public void A_longer_window_than_was_kept_until_now_waits_until_readings_cover_it()
    {
        var meter = new Meter(RuleSettings.Changning with { Off = ["no-water"] });
        Use(meter, RuleSettings.Changning);
        for (var hour = 0; hour <= 100; hour++) meter.Sends([Litres(hour, hour < 90 ? hour * 20 : 1800)]);
        Assert.Empty(meter.Raised(Rule.NoWater));
        Use(meter, Sets[4]);
        meter.Sends([Litres(101, 1800)]);
        Assert.Empty(meter.Raised(Rule.NoWater));
        for (var hour = 102; hour <= 212; hour++) meter.Sends([Litres(hour, 1800)]);
        var evidence = Assert.Single(meter.Raised(Rule.NoWater)).Evidence;
        Assert.Equal(("five-days", true), (evidence.RuleVersion, evidence.CoveredHours >= 120));
    }

    [Fact]
    public void An_alert_that_a_longer_window_takes_back_is_over_with_words_that_are_true()
    {
        var meter = new Meter(Sets[3]);
        for (var hour = 0; hour <= 7; hour++) meter.Sends([Litres(hour, hour == 0 ? 80 : 100)]);
        Assert.Single(meter.Raised(Rule.NoWater));
        Use(meter, RuleSettings.Changning);
        // Nothing has run since: the use that counts now lies before the alert.
        var cleared = Assert.IsType<Finding.Cleared>(Assert.Single(meter.Sends([Litres(8, 100)])));
        Assert.Equal("10 L or more were used within 12 h.", cleared.Note);
    }

    [Fact]
    public void However_the_rules_change_an_alert_speaks_only_of_time_that_readings_cover_and_of_what_was_used_in_it() =>
        Gen.Select(Gen.Int[0, Sets.Length - 1], Gen.Int[1, 30], Gen.Int[0, 3]).Array[1, 14].Sample(spells =>
        {
            var meter = new Meter(Sets[0]);
            var (register, hour, record) = (0L, 0, new List<Reading>());
            foreach (var (set, hours, litresAnHour) in spells)
            {
                Use(meter, Sets[set]);
                for (var i = 0; i < hours; i++)
                {
                    register += litresAnHour * 20;
                    record.Add(Litres(hour++, register));
                    foreach (var raised in meter.Sends([record[^1]]).OfType<Finding.Raised>()) Check(raised, Sets[set], record);
                }
            }
        });

    [Fact]
    public void Whoever_tries_the_fixed_window_for_a_while_finds_the_habit_as_it_was()
    {
        var meter = new Meter(RuleSettings.ByHabit);
        for (var hour = 0; hour <= 24 * 20; hour++) meter.Sends([Litres(hour, Register(hour))]);
        var habit = meter.State.Habit;
        Assert.NotNull(habit);
        Use(meter, RuleSettings.Changning);
        for (var hour = (24 * 20) + 1; hour <= 24 * 22; hour++) meter.Sends([Litres(hour, Register(hour))]);
        Assert.Same(habit, meter.State.Habit);
        Use(meter, RuleSettings.ByHabit);
        for (var hour = (24 * 22) + 1; hour <= 24 * 24; hour++) meter.Sends([Litres(hour, Register(hour))]);
        Assert.Empty(meter.Raised(Rule.NoWater));
        Assert.NotSame(habit, meter.State.Habit);

        // Twenty litres in every hour of the day, nothing at night.
        static double Register(int hour) => (hour / 24 * 15 + Math.Clamp(hour % 24 - 7, 0, 15)) * 20;
    }

    [Fact]
    public void A_shadow_that_begins_anew_keeps_what_only_it_has_learnt()
    {
        var meter = new Meter(RuleSettings.ByHabit);
        for (var hour = 0; hour <= 60; hour++) meter.Sends([Litres(hour, hour * 5)]);
        Assert.NotNull(meter.State.Habit);
        Assert.Same(meter.State.Habit, WaterState.Initial.LearntFrom(meter.State).Habit);
        Assert.Equal(0, WaterState.Initial.LearntFrom(meter.State).Window.Count);
        Assert.Same(WaterState.Initial, WaterState.Initial.LearntFrom(null));
    }

    private static void Use(Meter meter, RuleSettings settings) => meter.Context = meter.Context with { Settings = settings };

    private static void Check(Finding.Raised raised, RuleSettings settings, List<Reading> record)
    {
        var evidence = raised.Evidence;
        Assert.Equal(settings.Version, evidence.RuleVersion);
        Assert.Equal(record[^1].At, evidence.UntilAt);
        if (raised.Rule == Rule.NoWater)
        {
            Assert.True(evidence.CoveredHours >= (settings.Adaptive?.AtLeast ?? settings.NoWaterWindow).TotalHours, $"{settings.Version} {evidence.CoveredHours} h");
            var used = (record[^1].TotalMillilitres - record.Last(reading => reading.At <= evidence.FromAt).TotalMillilitres) / 1000.0;
            Assert.Equal(used, evidence.UsedLitres);
            Assert.True(used < settings.NoWaterLitres, $"{settings.Version} {used} L");
        }
        else if (raised.Rule == Rule.Leak)
        {
            Assert.True(evidence.CoveredHours >= settings.HourlyLeak.Over.TotalHours, $"{settings.Version} {evidence.CoveredHours} h");
        }
        else if (raised.Rule == Rule.ExcessWater)
        {
            Assert.True(evidence.UsedLitres > settings.ExcessLitres, $"{settings.Version} {evidence.UsedLitres} L");
        }
    }
}
