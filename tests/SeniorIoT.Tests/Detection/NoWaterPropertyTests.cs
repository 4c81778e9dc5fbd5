using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Detection;

public sealed class NoWaterPropertyTests
{
    private const long LimitMillilitres = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromHours(12);

    private static readonly Gen<(TrueHome Home, Reading[][] Batches)> InAnyOrder = TrueHome.InAnyOrder(1, 1_000, 10_000);

    private static readonly Gen<(TrueHome Home, Reading[][] Batches)> InOrder =
        from home in TrueHome.Any(1, 1_000, 10_000)
        from cuts in Gen.Int[0, home.ReadAt.Length].Array[0, 12]
        select (home, TrueHome.Cut(home.Readings, cuts));

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

    private static Meter OneByOne(TrueHome home)
    {
        var meter = new Meter();
        foreach (var reading in home.Readings) meter.Sends([reading]);
        return meter;
    }
}
