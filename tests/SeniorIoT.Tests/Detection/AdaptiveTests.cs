using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class AdaptiveTests
{
    private readonly QuietLife _life = new(QuietLife.Shanghai, QuietLife.AtHome);

    private static Meter MeterIn(TimeZoneInfo zone, Absences? away = null, long resolutionLitres = 1)
    {
        var meter = new Meter(RuleSettings.ByHabit, away, resolutionLitres);
        meter.Context = meter.Context with { Zone = zone };
        return meter;
    }

    private static void SendEach(Meter meter, IEnumerable<Reading> readings)
    {
        foreach (var reading in readings) meter.Sends([reading], (reading.At - Meter.Start).TotalHours);
    }

    private static Finding.Raised Alert(Meter meter) => Assert.Single(meter.Raised(Rule.NoWater));

    private Meter After(int days)
    {
        var meter = MeterIn(QuietLife.Shanghai);
        SendEach(meter, _life.Days(0, days));
        Assert.Empty(meter.Raised(Rule.NoWater));
        return meter;
    }

    [Fact]
    public void A_silent_morning_in_a_home_with_habits_is_told_sooner_than_in_one_that_is_not_known()
    {
        var known = After(42);
        SendEach(known, _life.Days(42, 43, (_, _) => false));
        var unknown = MeterIn(QuietLife.Shanghai);
        SendEach(unknown, _life.Days(43, 44, (_, _) => false));

        var (soon, late) = (Alert(known).Evidence, Alert(unknown).Evidence);
        Assert.InRange(soon.CoveredHours!.Value, 11, 15);
        Assert.Equal(16, late.CoveredHours);
        Assert.Equal(("adaptive-1", _life.At(41, 21)), (soon.RuleVersion, soon.FromAt));
    }

    [Fact]
    public void What_alerts_say()
    {
        var morning = After(42);
        SendEach(morning, _life.Days(42, 43, (_, _) => false));
        var unknown = MeterIn(QuietLife.Shanghai);
        SendEach(unknown, _life.Days(43, 44, (_, _) => false));
        var day = MeterIn(QuietLife.Shanghai, resolutionLitres: 10);
        SendEach(day, _life.Days(44, 86));
        SendEach(day, _life.Hours(86, 0, 24, (_, hour) => hour == 8));
        SendEach(day, _life.Hours(87, 0, 2, (_, _) => false));
        Snapshot.Match(string.Join('\n', new[] { morning, unknown, day }.Select(meter => Alert(meter).Evidence.Note)));
    }

    [Fact]
    public void Nobody_is_called_before_a_reading_proves_the_time()
    {
        var meter = After(42);
        SendEach(meter, _life.Hours(42, 0, 5));
        Assert.Empty(meter.Raised(Rule.NoWater));
        SendEach(meter, _life.Hours(44, 3, 4, (_, _) => true));
        Assert.Empty(meter.Findings);
    }

    [Fact]
    public void An_absence_with_a_short_visit_is_one_alert_and_ends_when_the_home_is_lived_in_again()
    {
        var meter = After(42);
        SendEach(meter, _life.Days(42, 44, (day, hour) => day == 43 && hour == 10));
        Assert.Single(meter.Raised(Rule.NoWater), raised => raised.Cause.Split('/').Length == 3);
        Assert.Empty(meter.Findings.OfType<Finding.Cleared>());
        SendEach(meter, _life.Days(44, 46, (day, hour) => day == 45 && QuietLife.AtHome.Contains(hour)));
        Assert.Equal(_life.At(45, 8), Assert.Single(meter.Findings.OfType<Finding.Cleared>()).At);
        Assert.Single(meter.Raised(Rule.NoWater), raised => raised.Cause.Split('/').Length == 3);
    }

    [Fact]
    public void Somebody_who_comes_home_and_falls_is_told_again_within_a_day()
    {
        var meter = After(42);
        SendEach(meter, _life.Days(42, 44, (_, _) => false));
        var told = meter.Findings.Count;
        SendEach(meter, _life.Hours(44, 0, 24, (_, hour) => hour == 1));
        SendEach(meter, _life.Days(45, 46, (_, _) => false));
        Assert.Contains(meter.Findings.Skip(told).OfType<Finding.Raised>(), raised => raised.Evidence.FromAt == _life.At(44, 1) && raised.Evidence.CoveredHours <= 24);
    }

    [Fact]
    public void A_holiday_does_not_change_the_hours_of_the_habit()
    {
        var meter = After(42);
        var before = JsonSerializer.Serialize(meter.State.Habit!.Cells);
        SendEach(meter, _life.Days(42, 56, (_, _) => false));
        Assert.Equal(before, JsonSerializer.Serialize(meter.State.Habit!.Cells));
        SendEach(meter, _life.Days(56, 57, (_, hour) => hour is 7 or 8));
        Assert.True(JsonSerializer.Deserialize<HabitCells>(before)!.ShareOf(false, 11) - meter.State.Habit.Cells.ShareOf(false, 11) < 0.05);
    }

    [Fact]
    public void A_stretch_is_judged_by_what_was_known_before_it()
    {
        var meter = After(42);
        var before = JsonSerializer.Serialize(meter.State.Habit);
        SendEach(meter, _life.Hours(42, 0, 7));
        Assert.Equal(before, JsonSerializer.Serialize(meter.State.Habit));
    }

    [Fact]
    public void Weekdays_and_weekends_have_habits_of_their_own()
    {
        var meter = MeterIn(QuietLife.Shanghai);
        SendEach(meter, _life.Days(0, 70, (day, hour) => day % 7 < 5 ? hour is 6 or 19 or 22 : hour is 9 or 13 or 16 or 19 or 22));
        Assert.True(meter.State.Habit!.Cells.ShareOf(false, 5) > 0.7);
        Assert.True(meter.State.Habit.Cells.ShareOf(true, 5) < 0.45);
        Assert.True(meter.State.Habit.Cells.ShareOf(true, 12) > 2 * meter.State.Habit.Cells.ShareOf(false, 12));
    }

    [Fact]
    public void Seven_in_the_morning_stays_seven_when_the_clocks_change()
    {
        var life = new QuietLife(QuietLife.Madrid, 7, 12, 18);
        var meter = MeterIn(QuietLife.Madrid);
        SendEach(meter, life.Days(0, 112)); // 29 March is day 83
        Assert.True(meter.State.Habit!.Cells.ShareOf(false, 6) > 0.9);
        Assert.True(meter.State.Habit.Cells.ShareOf(false, 5) < 0.1);
        Assert.True(meter.State.Habit.Cells.ShareOf(false, 7) < 0.1);
    }

    [Fact]
    public void Nobody_is_called_while_the_home_is_known_to_be_empty_and_the_time_counts_from_the_return()
    {
        var meter = MeterIn(QuietLife.Shanghai, Absences.Of(new AwayPeriod(_life.At(42, 0), _life.At(44, 12))));
        SendEach(meter, _life.Days(0, 42));
        SendEach(meter, _life.Days(42, 45, (_, _) => false));
        Assert.Empty(meter.Raised(Rule.NoWater));
        SendEach(meter, _life.Days(45, 46, (_, _) => false));
        Assert.Equal(_life.At(44, 12), meter.Raised(Rule.NoWater).First().Evidence.FromAt);
    }

    [Fact]
    public void A_day_in_one_batch_that_ended_well_calls_nobody()
    {
        var meter = After(42);
        meter.Sends(_life.Hours(42, 0, 24, (_, hour) => hour is 21 or 22), (_life.At(43, 0) - Meter.Start).TotalHours);
        Assert.Empty(meter.Raised(Rule.NoWater));
        Assert.Single(meter.Findings.OfType<Finding.OverBeforeKnown>());
    }

    [Fact]
    public void A_state_from_before_there_were_habits_is_still_read_and_a_habit_takes_a_few_hundred_bytes()
    {
        var old = new Meter();
        old.Sends([Meter.Litres(0, 5), Meter.Litres(1, 9)]);
        var stored = JsonSerializer.Serialize(old.State);
        Assert.DoesNotContain("Habit", stored);
        var meter = MeterIn(QuietLife.Shanghai);
        meter.State = JsonSerializer.Deserialize<WaterState>(stored)!;
        SendEach(meter, _life.Days(6, 60));
        var habit = JsonSerializer.Serialize(meter.State.Habit);
        Assert.InRange(habit.Length, 100, 600);
        Assert.Equal(habit, JsonSerializer.Serialize(JsonSerializer.Deserialize<Habit>(habit)));
    }
}
