using CsCheck;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

public sealed class RollupTests
{
    private const long Minute = 60_000, Hour = 60 * Minute;

    /// <summary>A register that only rises, read at most two hours apart, with edges in between.</summary>
    private static readonly Gen<(Sample[] Samples, long[] Edges)> Covered =
        from steps in Gen.Select(Gen.Long[1, 2 * Hour], Gen.OneOf(Gen.Const(0L), Gen.Long[0, 500_000])).Array[1, 60]
        from edges in Gen.Double[0, 1].Array[0, 20]
        let samples = steps.Aggregate(new List<Sample> { new(0, 1_000_000) }, (list, step) => [.. list, new(list[^1].AtMs + step.Item1, list[^1].Value + step.Item2)])
        select (samples.ToArray(), edges.Select(e => (long)(e * samples[^1].AtMs)).Append(0).Append(samples[^1].AtMs).Distinct().Order().ToArray());

    [Fact]
    public void Buckets_side_by_side_add_up_to_what_the_register_did() => Covered.Sample(given =>
    {
        var use = Rollup.UsePerBucket(given.Samples, given.Edges);
        return use.Sum(u => u!.Value) == given.Samples[^1].Value - given.Samples[0].Value && use.All(u => u >= 0);
    });

    [Fact]
    public void Readings_in_between_never_change_a_bucket_whose_edges_were_read() =>
        Gen.Select(Covered, Gen.Int).Sample((given, seed) =>
        {
            var edges = given.Samples.Where((_, i) => i % 3 == 0).Select(s => s.AtMs).ToArray();
            var random = new Random(seed);
            Sample[] thinned = [.. given.Samples.Where((_, i) => i % 3 == 0 || random.Next(2) == 0)];
            return Rollup.UsePerBucket(given.Samples, edges).SequenceEqual(Rollup.UsePerBucket(thinned, edges));
        });

    [Fact]
    public void Use_is_never_negative_and_an_unread_time_is_never_a_number() =>
        Gen.Select(Gen.Select(Gen.Long[1, 6 * Hour], Gen.Long[0, 60_000]).Array[0, 40], Gen.Long[1, 5 * Hour].Array[2, 30]).Sample((steps, widths) =>
        {
            var at = 0L;
            Sample[] samples = [.. steps.Select(step => new Sample(at += step.Item1, step.Item2))];
            var edge = -10 * Hour;
            long[] edges = [.. widths.Select(width => edge += width)];
            var use = Rollup.UsePerBucket(samples, edges);
            return use.All(u => u is null or >= 0)
                && use.Select((u, i) => u is null || samples.Length > 0 && edges[i] >= samples[0].AtMs && edges[i + 1] <= samples[^1].AtMs).All(ok => ok);
        });

    [Fact]
    public void Between_readings_water_counts_as_drawn_evenly()
    {
        // 12 L from 0:45 to 1:15: half before the hour, half after it.
        Sample[] samples = [new(0, 0), new(45 * Minute, 1_000), new(75 * Minute, 13_000), new(120 * Minute, 13_000)];
        Assert.Equal([7_000L, 6_000L], Rollup.UsePerBucket(samples, [0, Hour, 2 * Hour]));
    }

    [Fact]
    public void A_gap_with_use_is_a_gap_up_to_the_edges_that_readings_surround()
    {
        Sample[] samples = [new(0, 0), new(Hour, 1_000), new(4 * Hour + 1, 9_000), new(5 * Hour, 9_000), new(6 * Hour, 9_500)];
        Assert.Equal([1_000L, null, null, null, null, 500L], Rollup.UsePerBucket(samples, Hours(6)));
        Assert.Equal([9_500L], Rollup.UsePerBucket(samples, [0, 6 * Hour]));
        Assert.DoesNotContain(null, Rollup.UsePerBucket(samples, Hours(6), TimeSpan.FromHours(4)));
    }

    [Fact]
    public void A_gap_with_the_same_register_at_both_ends_is_no_use()
    {
        Sample[] samples = [new(0, 7_000), new(5 * Hour, 7_000)];
        Assert.Equal([0L, 0L, 0L, 0L, 0L], Rollup.UsePerBucket(samples, Hours(5)));
    }

    [Fact]
    public void Before_the_first_and_after_the_last_reading_nothing_is_known()
    {
        Sample[] samples = [new(Hour, 0), new(2 * Hour, 1_000), new(2 * Hour + Minute, 1_000)];
        Assert.Equal([null, 1_000L, null], Rollup.UsePerBucket(samples, Hours(3)));
        Assert.Equal([null, null, null], Rollup.UsePerBucket([], Hours(3)));
        Assert.Empty(Rollup.UsePerBucket(samples, [0]));
    }

    [Fact]
    public void A_step_back_of_five_litres_is_jitter_and_its_recovery_counts_nothing()
    {
        Sample[] samples = [new(0, 100_000), new(Hour, 110_000), new(2 * Hour, 105_000), new(3 * Hour, 109_000), new(4 * Hour, 112_000)];
        Assert.Equal([10_000L, 0L, 0L, 2_000L], Rollup.UsePerBucket(samples, Hours(4)));
    }

    [Fact]
    public void A_larger_step_back_is_another_meter_from_which_counting_goes_on()
    {
        Sample[] samples = [new(0, 100_000), new(Hour, 110_000), new(2 * Hour, 104_999), new(3 * Hour, 106_999), new(4 * Hour, 0), new(5 * Hour, 250)];
        Assert.Equal([10_000L, 0L, 2_000L, 0L, 250L], Rollup.UsePerBucket(samples, Hours(5)));
    }

    [Fact]
    public void Small_steps_back_that_add_up_are_another_meter()
    {
        Sample[] samples = [new(0, 10_000), new(Hour, 7_000), new(2 * Hour, 4_000), new(3 * Hour, 6_000)];
        Assert.Equal([0L, 0L, 2_000L], Rollup.UsePerBucket(samples, Hours(3)));
    }

    [Fact]
    public void A_swap_in_a_gap_is_unknown_inside_the_gap()
    {
        Sample[] samples = [new(0, 90_000), new(3 * Hour, 1_000), new(4 * Hour, 1_500)];
        Assert.Equal([null, null, null, 500L], Rollup.UsePerBucket(samples, Hours(4)));
    }

    [Fact]
    public void The_last_value_at_an_edge_is_the_newest_that_is_not_too_old()
    {
        Sample[] samples = [new(30 * Minute, 5), new(Hour, 6), new(Hour + 1, 4)];
        Assert.Equal([null, 6L, 4L, 4L, null], Rollup.LastAtEdges(samples, Hours(4)));
        Assert.Equal([null, 6L, 4L, null, null], Rollup.LastAtEdges(samples, Hours(4), TimeSpan.FromHours(1)));
        Assert.Equal([null, null], Rollup.LastAtEdges([], Hours(1)));
    }

    [Fact]
    public void Readings_and_edges_out_of_order_are_refused()
    {
        Assert.Throws<ArgumentException>("samples", () => Rollup.UsePerBucket([new(2, 0), new(2, 0)], [0, 1]));
        Assert.Throws<ArgumentException>("edgesMs", () => Rollup.UsePerBucket([], [1, 1]));
        Assert.Throws<ArgumentException>("edgesMs", () => Rollup.LastAtEdges([], [1, 0]));
    }

    private static long[] Hours(int count) => [.. Enumerable.Range(0, count + 1).Select(hour => hour * Hour)];
}
