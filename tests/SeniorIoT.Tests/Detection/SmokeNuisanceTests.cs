using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Detector;

namespace SeniorIoT.Tests.Detection;

public sealed class SmokeNuisanceTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("test+8", TimeSpan.FromHours(8), null, null);

    [Fact]
    public void The_third_alarm_in_a_fortnight_that_is_soon_over_is_named_with_its_hours_and_every_alarm_is_raised_all_the_same()
    {
        var detector = new Detector();
        detector.Context = detector.Context with { Zone = Shanghai };
        detector.Rings(Day(0, 9.6 * 60), 4);
        detector.Rings(Day(3, 10.2 * 60), 10, SmokeEventKind.Hush);
        Assert.Empty(detector.Raised(Rule.SmokeNuisance));
        detector.Rings(Day(12, 11.1 * 60), 2);

        var raised = Assert.Single(detector.Raised(Rule.SmokeNuisance));
        Assert.Equal((Day(12, 11.1 * 60), $"f1/smoke-nuisance/{Day(12, 11.1 * 60).ToUnixTimeMilliseconds()}"), (raised.At, raised.Cause));
        Assert.Equal("3 alarms in 14 days were over or silenced within 15 minutes. Mostly between 17:00 and 20:00: cooking or steam?", raised.Evidence.Note);
        Assert.Equal(3, detector.Raised(Rule.Smoke).Count());
    }

    [Fact]
    public void Alarms_at_all_hours_are_named_without_an_hour()
    {
        var detector = new Detector();
        foreach (var hour in new[] { 2, 9, 17 }) detector.Rings(Day(1, hour * 60), 5);
        Assert.Equal("3 alarms in 14 days were over or silenced within 15 minutes.", Assert.Single(detector.Raised(Rule.SmokeNuisance)).Evidence.Note);
    }

    [Fact]
    public void Long_alarms_and_alarms_that_nobody_ends_are_not_counted_and_one_that_repeats_itself_is_one()
    {
        var detector = new Detector();
        for (var day = 0; day < 5; day++) detector.Rings(Day(day), 16);
        for (var day = 5; day < 9; day++) detector.Says(SmokeEventKind.Alarm, Day(day));
        for (var minute = 0; minute < 9; minute++) detector.Says(SmokeEventKind.Alarm, Day(9, minute));
        detector.Says(SmokeEventKind.Hush, Day(9, 10));
        detector.Says(SmokeEventKind.Clear, Day(9, 11));
        Assert.Empty(detector.Raised(Rule.SmokeNuisance));
        Assert.Equal([Day(9)], detector.State.BriefAlarms);
    }

    [Fact]
    public void It_is_told_once_and_again_after_thirty_days_of_the_same()
    {
        var detector = new Detector();
        for (var day = 0; day <= 70; day += 2) detector.Rings(Day(day), 3);
        Assert.Equal(["", "/2", "/3"], detector.Raised(Rule.SmokeNuisance).Select(raised => raised.Cause[$"f1/smoke-nuisance/{Day(4).ToUnixTimeMilliseconds()}".Length..]));
        Assert.Equal([4, 34, 64], detector.Raised(Rule.SmokeNuisance).Select(raised => (raised.At - Meter.Start).TotalDays));
    }

    [Fact]
    public void A_fortnight_without_ends_it_and_the_next_time_is_told_anew()
    {
        var detector = new Detector();
        for (var day = 0; day < 3; day++) detector.Rings(Day(day), 3);
        detector.Beats(Day(16, -1));
        Assert.Equal(Day(16), detector.Wakes(Day(16, -1)));
        Assert.Empty(detector.Cleared(Rule.SmokeNuisance));
        detector.Wakes(Day(16));
        Assert.Equal((Day(16), "No such alarm for 14 days."), detector.Cleared(Rule.SmokeNuisance).Select(cleared => (cleared.At, cleared.Note)).Single());
        for (var day = 20; day < 23; day++) detector.Rings(Day(day), 3);
        Assert.Equal(2, detector.Raised(Rule.SmokeNuisance).Count());
    }

    [Fact]
    public void Switched_off_it_raises_nothing_ends_what_was_on_and_leaves_smoke_alone()
    {
        var off = RuleSettings.Changning with { Off = ["smoke-nuisance"] };
        var detector = new Detector();
        for (var day = 0; day < 3; day++) detector.Rings(Day(day), 3);
        detector.Context = detector.Context with { Settings = off };
        detector.Wakes(Day(3));
        Assert.Equal("The rule was switched off.", Assert.Single(detector.Cleared(Rule.SmokeNuisance)).Note);
        for (var day = 4; day < 9; day++) detector.Rings(Day(day), 3);
        Assert.Single(detector.Raised(Rule.SmokeNuisance));
        Assert.Equal(8, detector.Raised(Rule.Smoke).Count());
    }

    [Fact]
    public void It_is_found_exactly_when_some_fortnight_held_enough_short_alarms() =>
        Gen.Select(Gen.Int[1, 20 * 24].Array[1, 12], Gen.Int[1, 30].Array[12]).Sample((gaps, minutes) =>
        {
            var detector = new Detector();
            var (hour, brief) = (0, new List<DateTimeOffset>());
            foreach (var (gap, minute) in gaps.Zip(minutes))
            {
                var at = Day(0).AddHours(hour += gap);
                detector.Rings(at, minute);
                if (minute <= 15) brief.Add(at);
            }

            var enough = Enumerable.Range(0, Math.Max(0, brief.Count - 2)).Any(i => brief[i + 2] - brief[i] < TimeSpan.FromDays(14));
            Assert.Equal(enough, detector.Raised(Rule.SmokeNuisance).Any());
            Assert.Equal(gaps.Length, detector.Raised(Rule.Smoke).Count());
        });
}
