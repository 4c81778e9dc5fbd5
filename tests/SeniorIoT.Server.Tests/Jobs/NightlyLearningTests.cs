using Microsoft.Extensions.Logging.Abstractions;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Jobs;

public sealed class NightlyLearningTests
{
    [Fact]
    public async Task A_home_whose_rules_were_changed_to_habit_knows_three_weeks_of_it_the_next_morning_and_nobody_is_told_anything()
    {
        await using var district = await AfterThreeWeeksAsync();
        var (before, habit) = (district.Alerts().Count, new RulePlace(PlaceScope.Household, "H1"));
        Assert.Null(State(district).Habit);
        district.Get<RuleDirectory>().Set([new(habit, new PlacedRules(habit, RuleSettings.ByHabit))]);
        Assert.Equal(1, await RunAsync(district));
        Assert.InRange(State(district).Habit!.DaysSeen(), 10, 20);
        Assert.Equal(before, district.Alerts().Count);

        // The grain itself has learnt, not only what is on disk: the next reading goes on from it.
        district.Clock.Advance(TimeSpan.FromHours(1));
        await district.DeliverAsync("w1", district.Water([(0, 1610)]));
        Assert.InRange(State(district).Habit!.DaysSeen(), 10, 20);
    }

    [Fact]
    public async Task Rules_that_are_tried_out_beside_know_the_last_weeks_the_next_morning_too_and_those_in_force_learn_nothing_for_it()
    {
        await using var district = await AfterThreeWeeksAsync();
        var (home, shadow) = (new RulePlace(PlaceScope.Household, "H1"), new ShadowRules("run", district.Clock.GetUtcNow(), RuleSettings.ByHabit));
        district.Get<RuleDirectory>().Set([new(home, new PlacedRules(home, RuleSettings.Changning with { Off = RuleSettings.Changning.Off.Add("likely-away") }, shadow))]);
        Assert.Equal(1, await RunAsync(district));
        Assert.InRange(district.Get<ShadowDesk>().ReadWater(shadow, "w1")!.Habit!.DaysSeen(), 10, 20);
        Assert.Null(State(district).Habit);
        Assert.Null(district.Get<ShadowDesk>().ReadWater(shadow with { Run = "another" }, "w1"));

        district.Clock.Advance(TimeSpan.FromHours(1));
        await district.DeliverAsync("w1", district.Water([(0, 1610)]));
        Assert.InRange(district.Get<ShadowDesk>().ReadWater(shadow, "w1")!.Habit!.DaysSeen(), 10, 20);
    }

    [Fact]
    public async Task An_absence_that_was_over_eleven_weeks_ago_is_still_known_to_the_night_that_learns_from_twelve()
    {
        await using var district = await District.StartAsync();
        var (away, now) = (new AwayPeriod(District.Start.AddDays(3), District.Start.AddDays(6)), District.Start.AddDays(6 + 77));
        district.Get<HouseholdDirectory>().TryGet("H1", out var home);
        var plan = AbsencePlan.Empty.With(new Absence.Once(away)).Since(now - AbsencePlan.Behind, TimeZoneInfo.Utc);
        district.Get<HouseholdDirectory>().Set(home! with { Absences = plan });
        district.Clock.Advance(now - District.Start);
        Assert.Equal([away], district.Get<DeviceDesk>().ContextOf("w1", out _)!.Absences.Periods);
    }

    /// <summary>Water three times a day, 10 L each.</summary>
    private static async Task<District> AfterThreeWeeksAsync()
    {
        var district = await District.StartAsync();
        for (var day = 0; day < 20; day++)
        {
            district.Clock.Advance(TimeSpan.FromDays(1));
            var first = day;
            await district.DeliverAsync("w1", district.Water(Enumerable.Range(0, 24).Select(hour => (23.0 - hour, 1000L + (first * 30) + (hour >= 6 ? 10 : 0) + (hour >= 12 ? 10 : 0) + (hour >= 18 ? 10 : 0)))));
        }

        await district.Get<TelemetryWriter>().FlushAsync(TestContext.Current.CancellationToken);
        return district;
    }

    private static WaterState State(District district) => district.Get<GrainStateStore>().Read<WaterState>("water", "w1")!;

    private static Task<int> RunAsync(District district) => new NightlyLearning(
        district.Get<DeviceDirectory>(), district.Get<HouseholdDirectory>(), district.Get<RuleDirectory>(), district.Get<GrainStateStore>(), district.Get<ShadowDesk>(), district.Get<ITimeSeriesStore>(),
        district.Get<IGrainFactory>(), district.Clock, NullLogger<NightlyLearning>.Instance).RunAsync(TestContext.Current.CancellationToken);
}
