using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

/// <summary>Somebody who spends some weekends with a daughter: gone on Saturday at nine, back on Sunday evening. Day 5 is a Saturday.</summary>
public sealed class LikelyAwayTests
{
    private readonly QuietLife _life = new(QuietLife.Shanghai, QuietLife.AtHome);

    private static Meter NewMeter(RuleSettings? settings = null)
    {
        var meter = new Meter(settings);
        meter.Context = meter.Context with { Zone = QuietLife.Shanghai };
        return meter;
    }

    private static void SendEach(Meter meter, IEnumerable<Reading> readings)
    {
        foreach (var reading in readings) meter.Sends([reading], (reading.At - Meter.Start).TotalHours);
    }

    private static bool IsHome(int day, int hour) => (day % 7, hour) switch
    {
        (5, > 9) => false,
        (6, < 20) => false,
        _ => QuietLife.AtHome.Contains(hour),
    };

    [Fact]
    public void A_second_weekend_like_the_first_is_proposed_after_fourteen_hours_and_over_when_the_home_is_lived_in()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 12, IsHome));
        Assert.Empty(meter.Raised(Rule.LikelyAway));
        SendEach(meter, _life.Days(12, 16, IsHome));
        var raised = Assert.Single(meter.Raised(Rule.LikelyAway));
        Assert.Equal((_life.At(12, 22), _life.At(12, 8), 14.0, 0.0), (raised.At, raised.Evidence.FromAt, raised.Evidence.CoveredHours, raised.Evidence.UsedLitres));
        Assert.Equal(
            "Stretches of a day or longer without water that began at this time in 8 weeks: 1, on this weekday 1. If the home is empty, enter an absence; until then it is watched as before.",
            raised.Evidence.Note);
        Assert.Equal(_life.At(14, 8), Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.LikelyAway).At);
    }

    [Fact]
    public void Two_absences_from_the_same_time_of_any_day_are_enough_and_one_of_another_weekday_is_not()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 30, (day, hour) => day is not (8 or 17) && !(day is 7 or 16 or 25 && hour > 9) && QuietLife.AtHome.Contains(hour)));
        Assert.Equal(_life.At(25, 8), Assert.Single(meter.Raised(Rule.LikelyAway)).Evidence.FromAt);
    }

    [Fact]
    public void A_silence_that_begins_at_another_time_is_not_taken_for_an_absence()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 33, IsHome));
        var told = meter.Raised(Rule.LikelyAway).Count();
        SendEach(meter, _life.Days(33, 34, (_, hour) => hour is 7 or 8 or 12 or 18));
        SendEach(meter, _life.Days(34, 37, (_, _) => false));
        Assert.Equal(told, meter.Raised(Rule.LikelyAway).Count());
        Assert.Contains(meter.Raised(Rule.NoWater), raised => raised.Evidence.FromAt == _life.At(33, 18));
    }

    [Fact]
    public void It_changes_nothing_of_what_else_is_found()
    {
        var (with, without) = (NewMeter(RuleSettings.ByHabit), NewMeter(RuleSettings.ByHabit with { Off = RuleSettings.ByHabit.Off.Add(Rule.LikelyAway.Id) }));
        SendEach(with, _life.Days(0, 40, IsHome));
        var again = new QuietLife(QuietLife.Shanghai, QuietLife.AtHome);
        SendEach(without, again.Days(0, 40, IsHome));
        Assert.NotEmpty(with.Raised(Rule.LikelyAway));
        Assert.Empty(without.Raised(Rule.LikelyAway));
        Assert.Null(without.State.Departures);
        Assert.NotEmpty(without.Raised(Rule.NoWater));
        Assert.Equal(
            JsonSerializer.Serialize(without.Findings),
            JsonSerializer.Serialize(with.Findings.Where(finding => finding is not (Finding.Raised { Rule.Id: "likely-away" } or Finding.Cleared { Rule.Id: "likely-away" }))));
    }

    [Fact]
    public void Once_the_absence_is_entered_the_proposal_is_over()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 13, IsHome));
        Assert.Single(meter.Raised(Rule.LikelyAway));
        meter.Context = meter.Context with { Absences = Absences.Of(new AwayPeriod(_life.At(12, 9), _life.At(13, 20))) };
        var cleared = meter.Sends(_life.Hours(13, 0, 1, IsHome), (_life.At(13, 0) - Meter.Start).TotalHours).OfType<Finding.Cleared>().Single(each => each.Rule == Rule.LikelyAway);
        Assert.Equal("Nobody is at home, and that is known.", cleared.Note);
        SendEach(meter, _life.Hours(13, 1, 20, IsHome));
        Assert.Single(meter.Raised(Rule.LikelyAway));
    }

    [Fact]
    public void A_register_of_a_hundred_litres_stands_still_too_often_to_show_an_absence()
    {
        var meter = new Meter(resolutionLitres: 100);
        meter.Context = meter.Context with { Zone = QuietLife.Shanghai };
        SendEach(meter, _life.Days(0, 40, IsHome));
        Assert.Empty(meter.Raised(Rule.LikelyAway));
        Assert.Null(meter.State.Departures);
    }

    [Fact]
    public void A_meter_that_is_read_once_a_day_does_not_know_when_somebody_left()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 60, IsHome).Where((_, hour) => hour % 24 == 0));
        Assert.Empty(meter.Raised(Rule.LikelyAway));
        Assert.Null(meter.State.Departures);
    }

    [Fact]
    public void Departures_are_few_forgotten_after_eight_weeks_and_survive_storage()
    {
        var meter = NewMeter();
        SendEach(meter, _life.Days(0, 28, IsHome));
        Assert.Equal(4, meter.State.Departures!.Hours.Length);
        Assert.InRange(JsonSerializer.Serialize(meter.State.Departures).Length, 10, 60);
        var stored = JsonSerializer.Serialize(meter.State);
        Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize<WaterState>(stored)));
        SendEach(meter, _life.Days(28, 91));
        SendEach(meter, _life.Days(91, 98, IsHome));
        Assert.Single(meter.Raised(Rule.LikelyAway), raised => raised.Evidence.FromAt < _life.At(28, 0) && raised.Evidence.FromAt > _life.At(20, 0));
        Assert.DoesNotContain(meter.Raised(Rule.LikelyAway), raised => raised.Evidence.FromAt >= _life.At(91, 0));
        SendEach(meter, _life.Days(98, 99));
        Assert.Single(meter.State.Departures!.Hours);
    }
}
