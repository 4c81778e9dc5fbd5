using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

/// <summary>What holds for every preset through the whole of the water rules, message by message.</summary>
public sealed class WaterFoldPropertyTests
{
    private static readonly RuleSettings[] Fixed = [RuleSettings.Changning, RuleSettings.Jingan, RuleSettings.Zhenhai];

    private static readonly Gen<RuleSettings> AnySettings =
        from preset in Gen.Int[0, Fixed.Length].Select(i => i < Fixed.Length ? Fixed[i] : RuleSettings.ByHabit)
        from wanted in Gen.Bool
        select wanted ? preset with { Off = [] } : preset;

    private static readonly Gen<Absences> AnyAbsences =
        from periods in Gen.Select(Gen.Int[0, 100], Gen.Int[1, 40]).Array[0, 2]
        select Absences.Of(periods.Select(period => new AwayPeriod(Meter.At(period.Item1), Meter.At(period.Item1 + period.Item2))));

    [Fact]
    public void Leaving_readings_out_never_makes_a_no_water_alert_that_the_whole_record_does_not_justify() =>
        (from home in TrueHome.Any(1_000, 10_000)
         from settings in AnySettings
         from kept in Gen.Int[0, 3].Array[home.Readings.Length]
         select (home.Readings, settings, kept)).Sample(story =>
        {
            var meter = new Meter(story.settings);
            for (var i = 0; i < story.kept.Length; i++)
                if (story.kept[i] > 0) meter.Sends([story.Readings[i]]);
            foreach (var evidence in meter.Raised(Rule.NoWater).Select(raised => raised.Evidence))
            {
                // By habit what was left out has taught nothing, so when it is due may differ; that the register stood still may not.
                // With the same habit see AdaptivePropertyTests.
                var (limit, atLeast) = story.settings.Adaptive is { } adaptive ? (1_000, adaptive.AtLeast) : (story.settings.NoWaterLitres * 1000, story.settings.NoWaterWindow);
                var until = story.Readings.Last(reading => reading.At <= evidence.UntilAt);
                var from = story.Readings.Last(reading => reading.At <= evidence.UntilAt - atLeast);
                Assert.Equal(evidence.UntilAt, until.At);
                Assert.True(until.TotalMillilitres - from.TotalMillilitres < limit);
                Assert.True(until.At - from.At >= atLeast);
            }
        });

    [Fact]
    public void Repeats_and_order_within_a_message_change_nothing() =>
        (from home in TrueHome.Any(1, 1_000, 10_000)
         from settings in AnySettings
         from away in AnyAbsences
         from cuts in Gen.Int[0, 300].Array[0, 8]
         from seed in Gen.Int
         select (batches: TrueHome.Cut(home.Readings, cuts), settings, away, seed)).Sample(story =>
        {
            var (plain, mixed, random) = (new Meter(story.settings, story.away), new Meter(story.settings, story.away), new Random(story.seed));
            foreach (var batch in story.batches)
            {
                var hour = (batch[^1].At - Meter.Start).TotalHours;
                plain.Sends(batch, hour, key: $"{hour}");
                Reading[] shuffled = [.. batch, batch[random.Next(batch.Length)]];
                random.Shuffle(shuffled);
                mixed.Sends(shuffled, hour, key: $"{hour}");
                mixed.Sends([batch[random.Next(batch.Length)]], hour);
            }

            Assert.Equal(JsonSerializer.Serialize(plain.Findings), JsonSerializer.Serialize(mixed.Findings));
            Assert.Equal(Facts(plain.State), Facts(mixed.State));
        });

    [Fact]
    public void In_any_order_the_conditions_of_the_end_are_those_of_the_whole_record() =>
        Gen.Select(TrueHome.InAnyOrder(1, 1_000, 10_000, 100_000), Gen.Int[0, Fixed.Length - 1].Select(i => Fixed[i])).Sample((story, settings) =>
        {
            var (whole, meter) = (new Meter(settings), new Meter(settings));
            whole.Sends(story.Home.Readings);
            foreach (var batch in story.Batches) meter.Sends(batch);
            Assert.Equal(whole.State.Window.Readings.AsEnumerable(), meter.State.Window.Readings.AsEnumerable());
            Assert.Equal(whole.State.Status.Has(Rule.NoWater), meter.State.Status.Has(Rule.NoWater));
            Assert.Null(meter.State.StepsBack);
        });

    [Fact]
    public void Whole_days_later_or_whole_weeks_by_habit_the_same_is_found_with_other_dates() =>
        (from home in TrueHome.Any(1, 1_000, 10_000)
         from settings in AnySettings
         from away in AnyAbsences
         from times in Gen.Int[1, 400]
         select (home.Readings, settings, away, later: TimeSpan.FromDays(settings.Adaptive is null ? times : 7 * times))).Sample(story =>
        {
            var now = new Meter(story.settings, story.away);
            var then = new Meter(story.settings, Absences.Of(story.away.Periods.Select(period => new AwayPeriod(period.From + story.later, period.Until + story.later))));
            foreach (var reading in story.Readings)
            {
                now.Sends([reading]);
                then.Sends([reading with { At = reading.At + story.later }]);
            }

            Assert.Equal(now.Findings.Select(finding => Told(finding, story.later)), then.Findings.Select(finding => Told(finding, TimeSpan.Zero)));
            Assert.Equal(now.State.Departures?.Hours.Select(hour => hour + (long)story.later.TotalHours), then.State.Departures?.Hours.AsEnumerable());
            Assert.Equal(now.State.Days?.Codes.AsEnumerable(), then.State.Days?.Codes.AsEnumerable());
            Assert.Equal(now.State.Nights?.Codes.AsEnumerable(), then.State.Nights?.Codes.AsEnumerable());
        });

    [Theory]
    [InlineData("changning", 1)]
    [InlineData("changning", 10)]
    [InlineData("changning", 100)]
    [InlineData("zhenhai", 10)]
    [InlineData("adaptive", 1)]
    [InlineData("adaptive", 10)]
    [InlineData("adaptive", 100)]
    public void Whatever_a_step_of_the_register_is_worth_no_water_never_fires_when_the_limit_and_a_step_ran_and_fires_when_the_register_proves_it(string preset, long stepLitres)
    {
        var settings = RuleSettings.ByName(preset)!;
        var window = settings.Adaptive?.AtMost ?? settings.NoWaterWindow;
        TrueHome.Any(stepLitres * 1000).Sample(home =>
        {
            var meter = new Meter(settings, resolutionLitres: stepLitres);
            foreach (var reading in home.Readings)
            {
                foreach (var evidence in meter.Sends([reading]).OfType<Finding.Raised>().Where(raised => raised.Rule == Rule.NoWater).Select(raised => raised.Evidence))
                {
                    Assert.True(home.TrueUse(evidence.FromAt!.Value, evidence.UntilAt!.Value) < (settings.NoWaterLitres + stepLitres) * 1000);
                    Assert.True(evidence.UsedLitres < settings.NoWaterLitres);
                    if (stepLitres >= settings.NoWaterLitres && stepLitres > 1) Assert.Equal(0, evidence.UsedLitres);
                    Assert.Equal(stepLitres > settings.NoWaterLitres, evidence.Note?.Contains("may have run unseen", StringComparison.Ordinal) ?? false);
                }

                var still = home.Readings.LastOrDefault(earlier => earlier.At <= reading.At - window);
                if (still != default && still.TotalMillilitres == reading.TotalMillilitres) Assert.True(meter.State.Status.Has(Rule.NoWater));
            }
        });
    }

    private static string Facts(WaterState state) => JsonSerializer.Serialize(state with { Status = new() { Latches = state.Status.Latches } });

    private static string Told(Finding finding, TimeSpan by) => finding switch
    {
        Finding.Raised raised => $"{raised.Rule} {raised.At + by:u} {raised.Evidence.FromAt + by:u} {raised.Evidence.UntilAt + by:u} {raised.Evidence.UsedLitres} {Undated(raised.Evidence.Note)} {raised.Cause.Split('/').Length}",
        Finding.Cleared cleared => $"{cleared.Rule} over {cleared.At + by:u} {cleared.Note}",
        Finding.OverBeforeKnown over => $"{over.Rule} known late {over.FromAt + by:u} {over.UntilAt + by:u}",
        Finding.Recorded recorded => $"{recorded.Kind} {recorded.At + by:u}",
        _ => throw new InvalidOperationException($"{finding} is not of the water rules."),
    };

    // A note may name a day.
    private static string Undated(string? note) => System.Text.RegularExpressions.Regex.Replace(note ?? "", @"\b\d\d-\d\d\b", "");
}
