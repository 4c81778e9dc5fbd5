using CsCheck;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

/// <summary>Every store against a sorted dictionary.</summary>
public sealed class StoreModelTests
{
    private const long DayMs = 86_400_000;
    private static readonly string[] Devices = ["wm-1", "wm-2", "水表"];
    private static readonly Metric[] Metrics = [Metric.TotalMillilitres, Metric.BatteryPercent];

    /// <summary>Times crowd around a few month borders, so that points meet each other.</summary>
    private static readonly Gen<long> AnyTime =
        from month in Gen.OneOf(new DateOnly(2000, 1, 1), new DateOnly(2026, 2, 1), new DateOnly(2026, 3, 1), new DateOnly(2100, 12, 1))
        from offset in Gen.OneOf(Gen.Long[-3, 3].Select(n => n * 900_000), Gen.Long[-DayMs, 2 * DayMs].Select(n => n / 60_000 * 60_000), Gen.Long[-3, 3], Gen.Long[0, 2 * DayMs])
        select Math.Max(Ms(new DateOnly(2000, 1, 1)), Ms(month) + offset);

    internal static readonly Gen<Point> AnyPoint = Gen.Select(
        Gen.OneOf(Devices), Gen.OneOf(Metrics), AnyTime, Gen.OneOf(Gen.Long[0, 9].Select(n => n * 1_000), Gen.Long),
        (device, metric, at, value) => new Point(device, metric, at, value));

    internal static readonly Gen<EventPoint> AnyEvent = Gen.Select(
        Gen.OneOf(Devices), AnyTime, Gen.OneOf("sos.press", "smoke.alarm"), Gen.OneOf("{}", """{"n":1}""", """{"n":2}"""),
        (device, at, kind, detail) => new EventPoint(device, at, kind, detail));

    private abstract record Step
    {
        public sealed record Append(Point[] Points, EventPoint[] Events) : Step;

        public sealed record Read(string Device, Metric Metric, long A, long B, TimeSpan LookBack) : Step;

        public sealed record Reopen : Step;

        public sealed record Retain(DateOnly Oldest) : Step;
    }

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (5, Gen.Select(AnyPoint.Array[0, 30], AnyEvent.Array[0, 4], (points, events) => (Step)new Step.Append(points, events))),
        (8, Gen.Select(Gen.OneOf(Devices), Gen.OneOf(Metrics), AnyTime, Gen.OneOf(AnyTime, Gen.Const(long.MaxValue)), Gen.Int[0, 60],
            (device, metric, a, b, days) => (Step)new Step.Read(device, metric, a, b, TimeSpan.FromDays(days)))),
        (1, Gen.Const((Step)new Step.Reopen())),
        (1, Gen.OneOf(new DateOnly(2026, 1, 31), new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 28)).Select(day => (Step)new Step.Retain(day))));

    [Theory]
    [InlineData(Kind.Embedded, 50)]
    [InlineData(Kind.RealInflux16, 25)]
    [InlineData(Kind.ContractInflux2, 25)]
    public async Task The_store_behaves_as_a_sorted_dictionary(Kind kind, int rounds)
    {
        // InfluxDB's store is the same for all rounds, each with devices of its own: to make a database anew takes longer than the round.
        await using var lasting = kind == Kind.Embedded ? null : await StoreUnderTest.OpenAsync(kind);
        var round = 0;
        await AnyStep.Array[1, 25].SampleAsync(async steps =>
        {
            await using var own = lasting is null ? await StoreUnderTest.OpenAsync(kind) : null;
            await CompareAsync((lasting ?? own)!, steps, lasting is null ? "" : $"{Interlocked.Increment(ref round)}-");
        }, iter: rounds, threads: lasting is null ? -1 : 1);
    }

    private static async Task CompareAsync(StoreUnderTest test, Step[] steps, string prefix)
    {
        var model = new SortedDictionary<(long At, string Device, Metric Metric), long>();
        var events = new SortedDictionary<(long At, string Kind, string Device), string>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Append append:
                    await test.AppendAsync([.. append.Points.Select(p => p with { Device = prefix + p.Device })], [.. append.Events.Select(e => e with { Device = prefix + e.Device })]);
                    foreach (var p in append.Points.GroupBy(p => (p.AtMs, prefix + p.Device, p.Metric), p => p.Value))
                        model[p.Key] = test.GreaterStays ? Math.Max(p.Max(), model.GetValueOrDefault(p.Key, long.MinValue)) : p.Max();
                    foreach (var e in append.Events.GroupBy(e => (e.AtMs, e.Kind, prefix + e.Device), e => e.Detail))
                        events[e.Key] = e.Append(test.GreaterStays ? events.GetValueOrDefault(e.Key, "") : "").Max(StringComparer.Ordinal)!;
                    break;
                case Step.Read read:
                    await ReadAllWays(test.Store, read with { Device = prefix + read.Device }, model, events);
                    break;
                case Step.Reopen:
                    await test.ReopenAsync();
                    break;
                case Step.Retain retain when test.Kind == Kind.Embedded:
                    await test.Store.RetainAsync(RawFrom(retain.Oldest), CancellationToken.None);
                    var first = Ms(new DateOnly(retain.Oldest.Year, retain.Oldest.Month, 1));
                    foreach (var key in model.Keys.Where(key => key.At < first).ToList()) model.Remove(key);
                    foreach (var key in events.Keys.Where(key => key.At < first).ToList()) events.Remove(key);
                    break;
                case Step.Retain retain:
                    Assert.Equal(0, await test.Store.RetainAsync(RawFrom(retain.Oldest), CancellationToken.None));
                    break;
            }
        }
    }

    private static async Task ReadAllWays(
        ITimeSeriesStore store, Step.Read read, SortedDictionary<(long At, string Device, Metric Metric), long> model, SortedDictionary<(long At, string Kind, string Device), string> events)
    {
        var (device, metric, from, to) = (read.Device, read.Metric, Math.Min(read.A, read.B), Math.Max(read.A, read.B));
        Sample[] series = [.. model.Where(m => m.Key.Device == device && m.Key.Metric == metric).Select(m => new Sample(m.Key.At, m.Value))];
        Assert.Equal(series.Where(s => s.AtMs >= from && s.AtMs < to), await store.ReadAsync(device, metric, from, to, CancellationToken.None));

        var oldest = to - (long)read.LookBack.TotalMilliseconds;
        Assert.Equal(
            series.Where(s => s.AtMs >= oldest && s.AtMs < to).Select(s => (Sample?)s).LastOrDefault(),
            await store.ReadLastBeforeAsync(device, metric, to, read.LookBack, CancellationToken.None));

        var (fromDay, toDay) = (DayOf(from), to == long.MaxValue ? DateOnly.MaxValue : DayOf(to));
        var days = series.GroupBy(s => DayOf(s.AtMs)).Where(d => d.Key >= fromDay && d.Key <= toDay).Select(d => new DaySummary(
            d.Key, d.Count(), d.First(), d.Last(), d.Min(s => s.Value), d.Max(s => s.Value),
            (long)Int128.Clamp(d.Aggregate((Int128)0, (sum, s) => sum + s.Value), long.MinValue, long.MaxValue)));
        Assert.Equal(days, await store.ReadDaysAsync(device, metric, fromDay, toDay, CancellationToken.None));

        Assert.Equal(
            events.Where(e => e.Key.Device == device && e.Key.At >= from && e.Key.At < to).Select(e => new EventPoint(device, e.Key.At, e.Key.Kind, e.Value)),
            await store.ReadEventsAsync(device, from, to, CancellationToken.None));
    }

    private static long Ms(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static DateOnly DayOf(long ms) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);

    private static Cutoffs RawFrom(DateOnly oldest) => new(oldest, DateOnly.MinValue, DateOnly.MinValue);
}
