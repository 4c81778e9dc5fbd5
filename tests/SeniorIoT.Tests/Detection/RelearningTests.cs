using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class RelearningTests
{
    private readonly QuietLife _life = new(QuietLife.Shanghai, QuietLife.AtHome);

    private static Meter MeterWith(RuleSettings settings)
    {
        var meter = new Meter(settings);
        meter.Context = meter.Context with { Zone = QuietLife.Shanghai };
        return meter;
    }

    private static void SendEach(Meter meter, IEnumerable<Reading> readings)
    {
        foreach (var reading in readings) meter.Sends([reading], (reading.At - Meter.Start).TotalHours);
    }

    [Fact]
    public void A_home_whose_rules_changed_today_knows_its_habit_as_if_they_had_always_been_so()
    {
        Reading[] readings = [.. _life.Days(0, 40)];
        var (always, changed) = (MeterWith(RuleSettings.ByHabit), MeterWith(RuleSettings.Changning));
        SendEach(always, readings);
        SendEach(changed, readings);
        Assert.Null(changed.State.Habit);

        // The newest day is in the window only: it has not been stored yet.
        var learnt = Relearning.Of(changed.State, readings[..^24], changed.Context with { Settings = RuleSettings.ByHabit });
        Assert.Equal(Habits(always.State.Habit!), Habits(learnt.Habit!));
        Assert.Equal(28, learnt.Habit!.DaysSeen());
        Assert.Equal((changed.State.Status, changed.State.Window), (learnt.Status, learnt.Window));
    }

    [Fact]
    public void Readings_that_came_when_their_days_had_been_learnt_count_after_all()
    {
        Reading[] readings = [.. _life.Days(0, 40)];
        var (inTime, late) = (MeterWith(RuleSettings.ByHabit), MeterWith(RuleSettings.ByHabit));
        SendEach(inTime, readings);
        SendEach(late, readings[..(10 * 24)]);
        SendEach(late, readings[(30 * 24)..]);
        late.Sends(readings[(10 * 24)..(30 * 24)], 40 * 24);
        Assert.NotEqual(Habits(inTime.State.Habit!), Habits(late.State.Habit!));
        Assert.Equal(Habits(inTime.State.Habit!), Habits(Relearning.Of(late.State, readings, late.Context).Habit!));
    }

    [Fact]
    public void A_short_history_teaches_nothing_and_a_lost_one_makes_nothing_forgotten()
    {
        var meter = MeterWith(RuleSettings.ByHabit);
        SendEach(meter, _life.Days(0, 20));
        Assert.Same(meter.State, Relearning.Of(meter.State, [], meter.Context));
        Assert.Same(meter.State, Relearning.Of(meter.State, [.. _life.Days(20, 23)], meter.Context));
    }

    [Fact]
    public void Every_home_has_one_turn_in_four_weeks_and_one_with_a_young_habit_every_night()
    {
        var meter = MeterWith(RuleSettings.ByHabit);
        SendEach(meter, _life.Days(0, 40));
        foreach (var turn in new[] { 0, 5, -9, int.MinValue, int.MaxValue })
            Assert.Single(Enumerable.Range(739_000, Relearning.TurnDays), day => Relearning.IsDue(meter.State, turn, RuleSettings.ByHabit, day));
        Assert.True(Relearning.IsDue(meter.State with { Habit = null }, 0, RuleSettings.ByHabit, 739_001));
        Assert.False(Relearning.IsDue(null, 0, RuleSettings.ByHabit, 739_000));
        var nothingLearnt = RuleSettings.Changning with { Off = [Rule.LikelyAway.Id, Rule.NightUse.Id, Rule.LessWater.Id, Rule.MoreWater.Id] };
        Assert.DoesNotContain(Enumerable.Range(0, Relearning.TurnDays), day => Relearning.IsDue(meter.State, 0, nothingLearnt, day));
    }

    private static string Habits(Habit habit) => System.Text.Json.JsonSerializer.Serialize(habit);
}
