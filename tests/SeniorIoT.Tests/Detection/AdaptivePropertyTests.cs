using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class AdaptivePropertyTests
{
    private const int DaysMax = 12;

    /// <summary>A register read about every hour, with hours of use that lean to some time of the day, and stretches of absence.</summary>
    private static readonly Gen<Reading[]> Records =
        from days in Gen.Int[2, DaysMax]
        from usual in Gen.Int[0, 23].Array[1, 6]
        from minute in Gen.Int[0, 59]
        from spare in Gen.Int[0, 9].Array[DaysMax * 24]
        from away in Gen.Select(Gen.Int[0, DaysMax * 24], Gen.Int[0, 40]).Array[0, 3]
        select Record(days, usual, minute, spare, away);

    private static readonly Gen<(Reading[] Full, Reading[] Kept, Habit Habit)> WithHoles =
        from full in Records
        from keep in Gen.Int[0, 9].Array[full.Length]
        from share in Gen.Int[1, 9]
        from learnt in Records
        select (full, full.Where((_, i) => keep[i] < share).ToArray(), HabitOf(learnt));

    [Fact]
    public void With_the_same_habit_leaving_readings_out_never_makes_an_alert_that_the_whole_record_does_not_justify() =>
        WithHoles.Sample(story =>
        {
            var context = ContextWith(story.Habit);
            ReadingWindow whole = ReadingWindow.Empty, kept = ReadingWindow.Empty;
            foreach (var reading in story.Full)
            {
                whole = whole.With([reading]);
                if (!story.Kept.Contains(reading)) continue;
                kept = kept.With([reading]);
                if (AdaptiveNoWaterRule.Condition.Judge(kept, kept.Count - 1, context) == Verdict.On)
                    Assert.Equal(Verdict.On, AdaptiveNoWaterRule.Condition.Judge(whole, whole.Count - 1, context));
            }
        });

    [Fact]
    public void A_habit_learnt_where_the_ends_of_long_nights_are_missing_tells_no_sooner_than_the_whole_record()
    {
        // Water at 8, 12, 16 and 20 o'clock; of each night the hours around its ends are not read, so only eight of its eleven hours are proven.
        var (whole, holes) = (NewMeter(), NewMeter());
        whole.Context = holes.Context = whole.Context with { Zone = TimeZoneInfo.Utc };
        for (var hour = 0; hour < 28 * 24; hour++)
        {
            Reading[] reading = [Meter.Litres(hour, 30 * (hour / 24 * 4 + Math.Clamp(hour % 24 / 4 - 1, 0, 4)))];
            whole.Sends(reading);
            if (hour % 24 is not (20 or 21 or 7)) holes.Sends(reading);
        }

        Assert.InRange(holes.State.Habit!.LongLately, whole.State.Habit!.LongLately, 1.1 * whole.State.Habit.LongLately);
        for (var hour = 0; hour < 7 * 24; hour++)
        {
            var began = new Began(null, Meter.At(28 * 24 + hour));
            Assert.True(DueAt(began, whole) <= DueAt(began, holes), $"hour {hour}");
        }

        static DateTimeOffset DueAt(Began began, Meter meter) => AdaptiveRule.Default.DueAt(began, meter.State.Habit!, TimeZoneInfo.Utc);
    }

    [Fact]
    public void A_stretch_that_begins_later_is_never_due_earlier() =>
        Gen.Select(Records, Gen.Int[0, 20_000], Gen.Int[0, 2_000]).Sample((learnt, minute, later) =>
        {
            var (habit, zone) = (HabitOf(learnt), QuietLife.Madrid);
            var (first, second) = (Meter.Start.AddMinutes(minute), Meter.Start.AddMinutes(minute + later));
            var early = AdaptiveRule.Default.DueAt(new(first, first), habit, zone);
            var late = AdaptiveRule.Default.DueAt(new(first, second), habit, zone);
            Assert.True(early <= late.AddMilliseconds(1), $"{early:u} {late:u}");
            Assert.InRange(early - first, AdaptiveRule.Default.AtLeast, AdaptiveRule.Default.AtMost);
        });

    [Fact]
    public void Whenever_it_fires_the_register_stood_still_from_beginning_to_end_and_no_proven_stretch_as_long_as_the_longest_is_left_out() =>
        Records.Sample(record =>
        {
            var meter = NewMeter();
            foreach (var reading in record)
            {
                foreach (var evidence in meter.Sends([reading]).OfType<Finding.Raised>().Where(raised => raised.Rule == Rule.NoWater).Select(raised => raised.Evidence))
                {
                    Assert.True(evidence.CoveredHours >= 11);
                    Assert.Single(record.Where(one => one.At >= evidence.FromAt && one.At <= evidence.UntilAt).Select(one => one.TotalMillilitres).Distinct());
                }

                var since = record.First(one => one.TotalMillilitres == reading.TotalMillilitres).At;
                if (reading.At - since >= AdaptiveRule.Default.AtMost) Assert.True(meter.State.Status.Has(Rule.NoWater));
            }
        });

    [Fact]
    public void Repeats_and_order_within_a_batch_change_nothing() =>
        (from record in Records
         from shuffled in Gen.Shuffle(record)
         from again in Gen.Int[0, record.Length - 1].Array[0, 5]
         select (record, mixed: shuffled.Concat(again.Select(i => record[i])).ToArray())).Sample(story =>
        {
            var (plain, mixed) = (NewMeter(), NewMeter());
            plain.Sends(story.record);
            mixed.Sends(story.mixed);
            Assert.Equal(JsonSerializer.Serialize(plain.Findings), JsonSerializer.Serialize(mixed.Findings));
            Assert.Equal(JsonSerializer.Serialize(plain.State), JsonSerializer.Serialize(mixed.State));
        });

    [Fact]
    public void Repeats_one_by_one_change_nothing() =>
        Records.Sample(record =>
        {
            var (once, twice) = (NewMeter(), NewMeter());
            foreach (var reading in record)
            {
                once.Sends([reading]);
                twice.Sends([reading]);
                twice.Sends([reading]);
            }

            Assert.Equal(JsonSerializer.Serialize(once.Findings), JsonSerializer.Serialize(twice.Findings));
            Assert.Equal(JsonSerializer.Serialize(once.State.Habit), JsonSerializer.Serialize(twice.State.Habit));
        });

    [Fact]
    public void Whole_weeks_later_the_same_happens_with_other_dates() =>
        Gen.Select(Records, Gen.Int[1, 200]).Sample((record, weeks) =>
        {
            var (now, then) = (NewMeter(), NewMeter());
            var by = TimeSpan.FromDays(7 * weeks);
            foreach (var reading in record)
            {
                now.Sends([reading]);
                then.Sends([reading with { At = reading.At + by }]);
            }

            Assert.Equal(now.Raised(Rule.NoWater).Select(raised => (raised.At + by, raised.Evidence.FromAt + by, raised.Evidence.Note)),
                then.Raised(Rule.NoWater).Select(raised => (raised.At, raised.Evidence.FromAt, raised.Evidence.Note)));
            // A record in which no water ran at all taught nothing, at whatever date (seed 09be0cKr13i5).
            var learnt = now.State.Habit!.LearntHour;
            Assert.Equal(learnt == 0 ? 0 : learnt + 168 * weeks, then.State.Habit!.LearntHour);
            Assert.Equal(JsonSerializer.Serialize(now.State.Habit with { LearntHour = 0 }), JsonSerializer.Serialize(then.State.Habit with { LearntHour = 0 }));
        });

    [Fact]
    public void In_batches_the_same_habit_is_learnt_as_one_by_one() =>
        Gen.Select(Records, Gen.Int[1, 30]).Sample((record, size) =>
        {
            var (oneByOne, batched) = (NewMeter(), NewMeter());
            foreach (var reading in record) oneByOne.Sends([reading]);
            foreach (var batch in record.Chunk(size)) batched.Sends(batch);
            Assert.Equal(JsonSerializer.Serialize(oneByOne.State.Habit), JsonSerializer.Serialize(batched.State.Habit));
            Assert.Equal(JsonSerializer.Serialize(oneByOne.State.Window), JsonSerializer.Serialize(batched.State.Window));
        });

    private static Meter NewMeter() => new(RuleSettings.ByHabit) { Context = ContextWith(Habit.Unknown) };

    private static DeviceContext ContextWith(Habit habit) =>
        new(new("w1"), RuleSettings.ByHabit, Meter.Start, DeviceContext.UsualInterval, Absences.None) { Zone = TimeZoneInfo.Utc, Habit = habit };

    private static Habit HabitOf(Reading[] record)
    {
        var meter = NewMeter();
        foreach (var reading in record) meter.Sends([reading]);
        return meter.State.Habit!;
    }

    private static Reading[] Record(int days, int[] usual, int minute, int[] spare, (int From, int Hours)[] away)
    {
        long litres = 100;
        var readings = new List<Reading>();
        for (var hour = 0; hour < days * 24; hour++)
        {
            var isAway = away.Any(absence => hour >= absence.From && hour < absence.From + absence.Hours);
            if (!isAway && (usual.Contains(hour % 24) ? spare[hour] > 1 : spare[hour] > 8)) litres += 1 + spare[hour];
            readings.Add(new(Meter.Start.AddHours(hour).AddMinutes(minute), litres * 1000));
        }

        return [.. readings];
    }
}
