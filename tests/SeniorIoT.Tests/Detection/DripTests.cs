using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>What drips in a home where somebody lives, by a register of litres.</summary>
public sealed class DripTests
{
    private static readonly RuleSettings Wanted = RuleSettings.Changning with { Off = RuleSettings.OffUnlessWanted.Remove(Rule.Drip.Id) };

    /// <summary>Hours in which something drips evenly, and flushes of 6 L at some hours of the day.</summary>
    private static Reading[] Home(int hours, double dripLitresAnHour, int[] flushes, double everyHours = 1, long stepLitres = 1)
    {
        var readings = new List<Reading>();
        for (var hour = 0.0; hour <= hours; hour += everyHours)
        {
            var flushed = Enumerable.Range(0, (int)hour + 1).Count(at => flushes.Contains(at % 24) && at + 0.5 <= hour) * 6;
            readings.Add(Litres(hour, Math.Floor((0.4 + flushed + hour * dripLitresAnHour) / stepLitres) * stepLitres));
        }

        return [.. readings];
    }

    private static Meter After(IEnumerable<Reading> readings, RuleSettings? settings = null, long resolutionLitres = 1)
    {
        var meter = new Meter(settings ?? Wanted, resolutionLitres: resolutionLitres);
        foreach (var reading in readings) meter.Sends([reading]);
        return meter;
    }

    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(0.3, 0.25)]
    [InlineData(0.7, 1)]
    public void What_drips_for_three_days_is_told_once_in_words(double litresAnHour, double everyHours)
    {
        var raised = Assert.Single(After(Home(100, litresAnHour, [7, 12, 18, 22], everyHours)).Raised(Rule.Drip));
        Assert.Equal((72.0, null), (raised.Evidence.CoveredHours, raised.Evidence.LimitLitres));
        Assert.Matches(@"^No 6 hours without water in 72 hours\. At quiet times the register rose \d+ times by a litre or less, \d+ L in all\.$", raised.Evidence.Note);
    }

    [Fact]
    public void It_is_over_when_the_water_stood_still_for_as_long()
    {
        var readings = Home(100, 0.3, [7, 12, 18, 22]);
        var meter = After(readings);
        var last = readings[^1].TotalMillilitres;
        foreach (var hour in Enumerable.Range(101, 6)) meter.Sends([new(At(hour), last)]);
        var cleared = Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.Drip);
        Assert.Equal((Rule.Drip, At(105), "The water stood still for 6 hours."), (cleared.Rule, cleared.At, cleared.Note));
    }

    [Fact]
    public void Somebody_who_gets_up_twice_a_night_is_no_drip() => Assert.Empty(After(Home(200, 0, [0, 4, 7, 10, 13, 16, 20])).Raised(Rule.Drip));

    [Fact]
    public void Nights_in_which_the_water_stands_still_are_no_drip() =>
        Assert.Empty(After(Home(200, 0, [7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22])).Raised(Rule.Drip));

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    public void A_register_of_coarse_steps_says_nothing_of_drops(long stepLitres) =>
        Assert.Empty(After(Home(400, 0.7, [7, 12, 18, 22], stepLitres: stepLitres), resolutionLitres: stepLitres).Raised(Rule.Drip));

    [Fact]
    public void What_the_leak_rule_tells_already_is_not_told_again()
    {
        var meter = After(Home(200, 1.2, [7, 12, 18, 22]));
        Assert.Single(meter.Raised(Rule.Leak));
        Assert.Empty(meter.Raised(Rule.Drip));
    }

    [Fact]
    public void Unless_wanted_nothing_is_said() => Assert.Empty(After(Home(100, 0.3, [7, 12, 18, 22]), RuleSettings.Changning).Raised(Rule.Drip));

    private static readonly Gen<Reading[]> Records =
        from drip in Gen.Double[0.2, 0.9]
        from flushes in Gen.Int[0, 23].Array[0, 5]
        from minutes in Gen.Int[0, 50].Array[97]
        select Home(96, drip, flushes).Zip(minutes, (reading, minute) => reading with { At = reading.At.AddMinutes(minute) }).ToArray();

    [Fact]
    public void Leaving_readings_out_never_makes_one_that_the_whole_record_does_not_justify() =>
        (from full in Records
         from keep in Gen.Int[0, 9].Array[full.Length]
         from share in Gen.Int[6, 10]
         select (full, kept: full.Where((_, i) => keep[i] < share).ToHashSet())).Sample(story =>
        {
            var context = new Meter(Wanted).Context;
            ReadingWindow whole = ReadingWindow.Empty, kept = ReadingWindow.Empty;
            foreach (var reading in story.full)
            {
                whole = whole.With([reading]);
                if (!story.kept.Contains(reading)) continue;
                kept = kept.With([reading]);
                if (DripRule.Condition.Judge(kept, kept.Count - 1, context) == Verdict.On)
                    Assert.Equal(Verdict.On, DripRule.Condition.Judge(whole, whole.Count - 1, context));
            }
        });

    [Fact]
    public void Repeats_and_order_within_a_batch_change_nothing() =>
        Gen.Select(Records.SelectMany(record => Gen.Shuffle(record).Select(mixed => (record, mixed))), Gen.Int[0, 96]).Sample((story, again) =>
        {
            var (plain, mixed) = (new Meter(Wanted), new Meter(Wanted));
            plain.Sends(story.record);
            mixed.Sends([.. story.mixed, story.record[again]]);
            Assert.Equal(JsonSerializer.Serialize(plain.Findings), JsonSerializer.Serialize(mixed.Findings));
        });

    [Fact]
    public void Days_later_the_same_happens_with_other_dates() =>
        Gen.Select(Records, Gen.Int[1, 500]).Sample((record, days) =>
        {
            var later = After(record.Select(reading => reading with { At = reading.At.AddDays(days) }));
            Assert.Equal(After(record).Raised(Rule.Drip).Select(raised => raised.At.AddDays(days)), later.Raised(Rule.Drip).Select(raised => raised.At));
        });
}
