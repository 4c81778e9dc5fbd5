using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class NoWaterPropertyTests
{
    private const int DaysMax = 5;
    private const long LimitMillilitres = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(12);

    /// <summary>A home's true use to the minute, what one step of its meter is worth, and the minutes at which the meter is read.</summary>
    private sealed record Home(long[] UsedByMinute, long Step, int[] ReadAt)
    {
        public Reading[] Readings { get; } = [.. ReadAt.Select(minute => new Reading(Meter.Start.AddMinutes(minute), UsedByMinute[minute] / Step * Step))];

        public long TrueUse(DateTimeOffset from, DateTimeOffset until) => UsedByMinute[Minute(until)] - UsedByMinute[Math.Max(0, Minute(from))];

        public override string ToString() => $"step {Step} mL, read {string.Join(' ', Readings.Select(r => $"{(r.At - Meter.Start).TotalMinutes}:{r.TotalMillilitres}"))}";

        private static int Minute(DateTimeOffset at) => (int)(at - Meter.Start).TotalMinutes;
    }

    // Draws at random moments, some tiny (a dripping tap), some a shower; read hourly, quarter-hourly or whenever.
    private static readonly Gen<Home> Homes =
        from draws in Gen.Select(Gen.Int[0, DaysMax * 1440 - 1], Gen.Int[1, 90], Gen.Long[1, 9_000]).Array[0, 14]
        from step in Gen.OneOf(Gen.Const(1L), Gen.Const(1_000L), Gen.Const(10_000L))
        from readAt in Gen.OneOf(
            Gen.Int[0, DaysMax * 1440].Array[1, 40],
            Gen.Int[13, DaysMax * 24].Select(hours => Enumerable.Range(0, hours).Select(hour => hour * 60).ToArray()),
            Gen.Int[50, 300].Select(quarters => Enumerable.Range(0, quarters).Select(quarter => quarter * 15).ToArray()))
        select new Home(Used(draws), step, [.. readAt.Distinct().Order()]);

    private static readonly Gen<(Home Home, Reading[][] Batches)> InAnyOrder =
        from home in Homes
        from shuffled in Gen.Shuffle(home.Readings)
        from again in Gen.Int[0, shuffled.Length].Array[0, 4]
        from cuts in Gen.Int[0, shuffled.Length].Array[0, 8]
        select (home, Cut([.. shuffled, .. again.Select(i => shuffled[i % shuffled.Length])], cuts));

    private static readonly Gen<(Home Home, Reading[][] Batches)> InOrder =
        from home in Homes
        from cuts in Gen.Int[0, home.ReadAt.Length].Array[0, 12]
        select (home, Cut(home.Readings, cuts));

    [Fact]
    public void Whenever_it_fires_the_home_truly_used_less_than_the_limit() =>
        InAnyOrder.Sample(story =>
        {
            var meter = new Meter();
            var newest = DateTimeOffset.MinValue;
            foreach (var batch in story.Batches)
            {
                newest = batch.Select(reading => reading.At).Append(newest).Max();
                foreach (var evidence in meter.Sends(batch).OfType<Finding.Raised>().Where(raised => raised.Rule == Rule.NoWater).Select(raised => raised.Evidence))
                {
                    Assert.True(evidence.UntilAt <= newest);
                    Assert.Equal((evidence.UntilAt - evidence.FromAt)!.Value.TotalHours, evidence.CoveredHours);
                    Assert.True(evidence.CoveredHours >= 12);
                    Assert.True(evidence.UsedLitres < 10);
                    Assert.True(story.Home.TrueUse(evidence.UntilAt!.Value - Window, evidence.UntilAt.Value) < LimitMillilitres);
                    Assert.True(story.Home.TrueUse(evidence.FromAt!.Value, evidence.UntilAt.Value) < LimitMillilitres);
                }
            }
        });

    [Fact]
    public void It_fires_whenever_readings_prove_it() =>
        InAnyOrder.Sample(story =>
        {
            var meter = new Meter();
            List<Reading> known = [];
            foreach (var batch in story.Batches)
            {
                meter.Sends(batch);
                known.AddRange(batch);
                var last = known.MaxBy(reading => reading.At);
                var basis = known.Where(reading => reading.At <= last.At - Window).OrderBy(reading => reading.At).ToArray();
                var isProven = basis.Length > 0 && last.TotalMillilitres - basis[^1].TotalMillilitres < LimitMillilitres;
                Assert.Equal(isProven, meter.State.Status.Has(Rule.NoWater));
            }
        });

    [Fact]
    public void Any_order_repetition_and_splitting_ends_in_the_same_window_and_condition_with_at_most_one_alert_a_stretch() =>
        InAnyOrder.Sample(story =>
        {
            var whole = new Meter();
            whole.Sends(story.Home.Readings);
            var meter = new Meter();
            foreach (var batch in story.Batches) meter.Sends(batch);

            Assert.Equal(whole.State.Window.Readings.AsEnumerable(), meter.State.Window.Readings.AsEnumerable());
            Assert.Equal(whole.State.Status.Has(Rule.NoWater), meter.State.Status.Has(Rule.NoWater));

            // A stretch is what one-by-one delivery in order raises; nothing else may ring, and none twice.
            var stretches = OneByOne(story.Home).Raised(Rule.NoWater).Where(IsFirst).Select(raised => raised.Evidence.FromAt!.Value).ToArray();
            var rung = meter.Raised(Rule.NoWater).Where(IsFirst).Select(raised => Array.FindLastIndex(stretches, from => from <= raised.Evidence.FromAt)).ToArray();
            Assert.DoesNotContain(-1, rung);
            Assert.True(rung.Length <= stretches.Length);

            // Each window of a stretch rings at most once, and none of a stretch that never rang.
            var causes = meter.Raised(Rule.NoWater).Select(raised => raised.Cause).ToArray();
            Assert.Equal(causes.Length, causes.Distinct().Count());
            Assert.All(causes, cause => Assert.Contains(string.Join('/', cause.Split('/').Take(3)), causes));
        });

    [Fact]
    public void In_order_a_batch_ends_in_the_same_state_as_its_readings_one_by_one() =>
        InOrder.Sample(story =>
        {
            var oneByOne = OneByOne(story.Home);
            var batched = new Meter();
            foreach (var batch in story.Batches) batched.Sends(batch);

            Assert.Equal(oneByOne.State.Window.Readings.AsEnumerable(), batched.State.Window.Readings.AsEnumerable());
            Assert.Equal(oneByOne.State.Status.Latches.Order(ByRule), batched.State.Status.Latches.Order(ByRule));

            // Every stretch that one-by-one delivery raises is raised, or written down as over; and the other way round.
            var told = batched.Findings.Select(StartOf).OfType<long>().Order();
            Assert.Equal(oneByOne.Findings.Where(finding => finding is Finding.Raised).Select(StartOf).OfType<long>().Order(), told);
        });

    [Fact]
    public void A_constant_register_rings_once_for_each_full_window_in_order_and_never_oftener_in_any_order() =>
        Gen.Select(Gen.Int[0, 90], Gen.Int[0, int.MaxValue]).Sample((hours, seed) =>
        {
            var readings = Enumerable.Range(0, hours + 1).Select(hour => Meter.Litres(hour, 7)).ToArray();
            var inOrder = new Meter();
            foreach (var reading in readings) inOrder.Sends([reading]);
            Assert.Equal(hours / 12, inOrder.Raised(Rule.NoWater).Count());

            new Random(seed).Shuffle(readings);
            var shuffled = new Meter();
            foreach (var reading in readings) shuffled.Sends([reading]);
            Assert.InRange(shuffled.Raised(Rule.NoWater).Count(), Math.Min(1, hours / 12), hours / 12);
        });

    [Fact]
    public void The_state_survives_storage_at_any_moment() =>
        InAnyOrder.Sample(story =>
        {
            var meter = new Meter();
            foreach (var batch in story.Batches) meter.Sends(batch);
            var stored = JsonSerializer.Serialize(meter.State);
            Assert.Equal(stored, JsonSerializer.Serialize(JsonSerializer.Deserialize<WaterState>(stored)));
            Assert.Equal(meter.State.Window.Readings.AsEnumerable(), JsonSerializer.Deserialize<WaterState>(stored)!.Window.Readings.AsEnumerable());
        });

    private static readonly Comparer<Domain.Devices.Latch> ByRule = Comparer<Domain.Devices.Latch>.Create((a, b) => string.CompareOrdinal(a.RuleId, b.RuleId));

    /// <summary>Whether a stretch rings for the first time, not because it lasts.</summary>
    private static bool IsFirst(Finding.Raised raised) => raised.Cause.Split('/').Length == 3;

    private static long? StartOf(Finding finding) => finding switch
    {
        Finding.Raised { Rule: var rule, Cause: var cause } raised when rule == Rule.NoWater && IsFirst(raised) => long.Parse(cause.Split('/')[2]),
        Finding.OverBeforeKnown { Rule: var rule, FromAt: var fromAt } when rule == Rule.NoWater => fromAt.ToUnixTimeMilliseconds(),
        _ => null,
    };

    private static Meter OneByOne(Home home)
    {
        var meter = new Meter();
        foreach (var reading in home.Readings) meter.Sends([reading]);
        return meter;
    }

    private static long[] Used((int Minute, int Minutes, long MillilitresPerMinute)[] draws)
    {
        var used = new long[DaysMax * 1440 + 100];
        foreach (var (start, minutes, flow) in draws)
            for (var minute = start + 1; minute <= start + minutes && minute < used.Length; minute++) used[minute] += flow;
        for (var minute = 1; minute < used.Length; minute++) used[minute] += used[minute - 1];
        return used;
    }

    private static Reading[][] Cut(Reading[] readings, int[] cuts)
    {
        int[] edges = [0, .. cuts.Where(cut => cut < readings.Length).Order(), readings.Length];
        return [.. edges.Zip(edges.Skip(1)).Where(edge => edge.First < edge.Second).Select(edge => readings[edge.First..edge.Second])];
    }
}
