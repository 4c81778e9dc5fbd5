using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Telemetry;

public sealed class ReadingWindowTests
{
    // A register with steps forward, jitter and exchanges, at any times.
    private static readonly Gen<Reading[]> AnyReadings =
        Gen.Select(Gen.Int[0, 4000], Gen.Long[0, 60_000]).Array[1, 60]
            .Select(pairs => pairs.Select(pair => new Reading(Start.AddMinutes(pair.Item1), pair.Item2)).ToArray());

    private static readonly Gen<Reading[]> RisingReadings =
        Gen.Select(Gen.Int[1, 300], Gen.OneOf(Gen.Const(0L), Gen.Long[0, 20_000])).Array[1, 60].Select(steps =>
        {
            long minute = 0, total = 0;
            return steps.Select(step => new Reading(Start.AddMinutes(minute += step.Item1), total += step.Item2)).ToArray();
        });

    [Fact]
    public void Inner_readings_of_a_constant_run_are_left_out() =>
        Assert.Equal([Litres(0, 5), Litres(3, 5), Litres(4, 6)], ReadingWindow.Empty.With([Litres(4, 6), Litres(1, 5), Litres(0, 5), Litres(3, 5), Litres(2, 5)]).Readings);

    [Fact]
    public void Of_two_values_for_one_moment_the_greater_wins()
    {
        Assert.Equal([Litres(1, 7)], ReadingWindow.Empty.With([Litres(1, 7), Litres(1, 5)]).Readings);
        Assert.Equal([Litres(1, 7)], ReadingWindow.Empty.With([Litres(1, 5)]).With([Litres(1, 7)]).With([Litres(1, 6)]).Readings);
    }

    [Theory]
    [InlineData(95, 2)]
    [InlineData(94.999, 1)]
    public void A_step_back_of_five_litres_is_jitter_and_a_larger_one_another_meter(double litres, int kept) =>
        Assert.Equal(kept, ReadingWindow.Empty.With([Litres(0, 100), Litres(1, litres)]).Count);

    [Fact]
    public void Use_is_bounded_from_both_sides_by_the_readings_around()
    {
        var window = ReadingWindow.Empty.With([Litres(0, 0), Litres(2, 10), Litres(4, 30)]);
        Assert.Equal((30_000, 0), (window.UseAtMost(At(1), At(3)), window.UseAtLeast(At(1), At(3))));
        Assert.Equal((20_000, 20_000), (window.UseAtMost(At(2), At(4)), window.UseAtLeast(At(2), At(4))));
        Assert.Null(window.UseAtMost(At(1), At(5)));
        Assert.Null(window.UseAtMost(At(-1), At(1)));
        Assert.Null(ReadingWindow.Empty.UseAtMost(At(0), At(1)));
    }

    [Fact]
    public void Leaving_readings_out_changes_no_bound() =>
        Gen.Select(RisingReadings, Gen.Int[0, 9000], Gen.Int[0, 9000]).Sample((readings, from, length) =>
        {
            var (fromAt, untilAt) = (Start.AddMinutes(from), Start.AddMinutes(from + length));
            var window = ReadingWindow.Empty.With(readings);
            long? before = readings.Where(r => r.At <= fromAt).Select(r => (long?)r.TotalMillilitres).Max();
            long? after = readings.Where(r => r.At >= untilAt).Select(r => (long?)r.TotalMillilitres).Min();
            Assert.Equal(after - before, window.UseAtMost(fromAt, untilAt));
            var inside = readings.Where(r => r.At >= fromAt && r.At <= untilAt).Select(r => r.TotalMillilitres).DefaultIfEmpty().ToArray();
            Assert.True(window.UseAtLeast(fromAt, untilAt) >= inside[^1] - inside[0]);
            Assert.True(after - before is not { } most || window.UseAtLeast(fromAt, untilAt) <= most);
        });

    [Fact]
    public void Whatever_arrives_use_is_never_negative_and_times_never_repeat() =>
        AnyReadings.Array[1, 4].Sample(batches =>
        {
            var window = batches.Aggregate(ReadingWindow.Empty, (window, batch) => window.With(batch).Within(TimeSpan.FromHours(48)));
            Assert.All(window.Readings.Zip(window.Readings.Skip(1)), pair =>
            {
                Assert.True(pair.First.At < pair.Second.At);
                Assert.True(pair.First.TotalMillilitres <= pair.Second.TotalMillilitres);
            });
        });

    [Fact]
    public void Pruning_between_batches_gives_what_pruning_at_the_end_gives() =>
        Gen.Select(RisingReadings.SelectMany(readings => Gen.Shuffle(readings)), Gen.Int[1, 8]).Sample((shuffled, size) =>
        {
            var span = TimeSpan.FromHours(48);
            var pruned = shuffled.Chunk(size).Aggregate(ReadingWindow.Empty, (window, batch) => window.With(batch).Within(span));
            Assert.Equal(ReadingWindow.Empty.With(shuffled).Within(span).Readings.AsEnumerable(), pruned.Readings.AsEnumerable());
        });

    [Fact]
    public void A_meter_that_speaks_every_minute_is_thinned_and_keeps_its_ends()
    {
        var window = ReadingWindow.Empty.With(Enumerable.Range(0, 3000).Select(minute => Litres(minute / 60.0, minute))).Within(TimeSpan.FromHours(48));
        Assert.InRange(window.Count, 190, ReadingWindow.ReadingsMax);
        Assert.Equal((Litres(2999 / 60.0, 2999), 48 * 60_000), (window.Last, window.UseAtMost(window.Last.At.AddHours(-48), window.Last.At)));
    }

    [Fact]
    public void A_window_is_stored_small()
    {
        // Two days of a quarter-hourly meter in a home that uses water in one quarter of three.
        long total = 700_000_000;
        var window = ReadingWindow.Empty.With(Enumerable.Range(0, 193).Select(quarter => new Reading(At(quarter / 4.0), total += quarter % 12 < 4 ? 7_000 : 0)));
        var stored = JsonSerializer.Serialize(window);
        Assert.InRange(stored.Length, 100, 1_500);
        Assert.Equal(window.Readings.AsEnumerable(), JsonSerializer.Deserialize<ReadingWindow>(stored)!.Readings.AsEnumerable());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[1,\"2\"]")]
    public void A_damaged_window_is_refused(string stored) =>
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize<ReadingWindow>(stored));
}
