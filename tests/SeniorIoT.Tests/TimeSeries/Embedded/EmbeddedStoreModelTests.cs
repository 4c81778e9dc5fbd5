using CsCheck;
using Microsoft.Data.Sqlite;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

/// <summary>The store against a sorted dictionary.</summary>
public sealed class EmbeddedStoreModelTests
{
    private const long DayMs = 86_400_000;
    private static readonly string[] Devices = ["wm-1", "wm-2", "水表"];
    private static readonly Metric[] Metrics = [Metric.TotalMillilitres, Metric.BatteryPercent];

    /// <summary>Times crowd around a few month borders, so that points meet each other.</summary>
    private static readonly Gen<long> AnyTime =
        from month in Gen.OneOf(new DateOnly(2000, 1, 1), new DateOnly(2026, 2, 1), new DateOnly(2026, 3, 1), new DateOnly(2100, 12, 1))
        from offset in Gen.OneOf(Gen.Long[-3, 3].Select(n => n * 900_000), Gen.Long[-DayMs, 2 * DayMs].Select(n => n / 60_000 * 60_000), Gen.Long[-3, 3], Gen.Long[0, 2 * DayMs])
        select Math.Max(Ms(new DateOnly(2000, 1, 1)), Ms(month) + offset);

    private static readonly Gen<Point> AnyPoint = Gen.Select(
        Gen.OneOf(Devices), Gen.OneOf(Metrics), AnyTime, Gen.OneOf(Gen.Long[0, 9].Select(n => n * 1_000), Gen.Long),
        (device, metric, at, value) => new Point(device, metric, at, value));

    private static readonly Gen<EventPoint> AnyEvent = Gen.Select(
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

    [Fact]
    public Task The_store_behaves_as_a_sorted_dictionary() => AnyStep.Array[1, 25].SampleAsync(async steps =>
    {
        using var folder = new TempFolder();
        // One open month at most, so that files are closed and opened all the time.
        var store = new EmbeddedStore(folder.Path, new EmbeddedStoreOptions { OpenMonthsMax = 1 });
        var model = new SortedDictionary<(long At, string Device, Metric Metric), long>();
        var events = new SortedDictionary<(long At, string Kind, string Device), string>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case Step.Append append:
                    await store.AppendAsync(append.Points, append.Events, CancellationToken.None);
                    foreach (var p in append.Points)
                        model[(p.AtMs, p.Device, p.Metric)] = Math.Max(p.Value, model.GetValueOrDefault((p.AtMs, p.Device, p.Metric), long.MinValue));
                    foreach (var e in append.Events)
                        if (!events.TryGetValue((e.AtMs, e.Kind, e.Device), out var old) || string.CompareOrdinal(e.Detail, old) > 0)
                            events[(e.AtMs, e.Kind, e.Device)] = e.Detail;
                    break;
                case Step.Read read:
                    await ReadAllWays(store, read, model, events);
                    break;
                case Step.Reopen:
                    await store.DisposeAsync();
                    store = new EmbeddedStore(folder.Path);
                    break;
                case Step.Retain retain:
                    await store.RetainAsync(RawFrom(retain.Oldest), CancellationToken.None);
                    var first = Ms(new DateOnly(retain.Oldest.Year, retain.Oldest.Month, 1));
                    foreach (var key in model.Keys.Where(key => key.At < first).ToList()) model.Remove(key);
                    foreach (var key in events.Keys.Where(key => key.At < first).ToList()) events.Remove(key);
                    break;
            }
        }

        await store.DisposeAsync();
    }, iter: 50);

    private static async Task ReadAllWays(
        EmbeddedStore store, Step.Read read, SortedDictionary<(long At, string Device, Metric Metric), long> model, SortedDictionary<(long At, string Kind, string Device), string> events)
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

    [Fact]
    public Task However_the_same_uploads_arrive_the_stored_bytes_are_the_same() =>
        Gen.Select(AnyPoint.Array[1, 120], AnyEvent.Array[0, 10], Gen.Int).SampleAsync(async (points, events, seed) =>
        {
            using var folder = new TempFolder();
            var (once, anyhow) = (Path.Combine(folder.Path, "once"), Path.Combine(folder.Path, "anyhow"));
            await using (var store = new EmbeddedStore(once)) await store.AppendAsync(points, events, CancellationToken.None);

            var random = new Random(seed);
            // Every point at least once, some twice, in any order, in uploads of any size.
            Point[] resent = [.. points, .. points.Where(_ => random.Next(4) == 0)];
            EventPoint[] alarms = [.. events, .. events.Where(_ => random.Next(4) == 0)];
            random.Shuffle(resent);
            random.Shuffle(alarms);
            await using (var store = new EmbeddedStore(anyhow))
            {
                for (int at = 0, size; at < resent.Length; at += size)
                {
                    size = random.Next(1, 1 + resent.Length / 2 + 1);
                    await store.AppendAsync([.. resent.Skip(at).Take(size)], [], CancellationToken.None);
                }

                foreach (var alarm in alarms) await store.AppendAsync([], [alarm], CancellationToken.None);
            }

            Assert.Equal(Dump(once), Dump(anyhow));
        }, iter: 25);

    /// <summary>Every row of every file, as text.</summary>
    internal static List<string> Dump(string folder)
    {
        var rows = new List<string>();
        foreach (var path in Directory.GetFiles(folder, "*.db").Order())
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            foreach (var table in (string[])["chunk", "event"])
            {
                using var command = connection.CreateCommand();
                command.CommandText = $"SELECT * FROM {table}";
                using var reader = command.ExecuteReader();
                while (reader.Read())
                    rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : $"{reader.GetValue(i)}")
                        .Prepend(Path.GetFileName(path))));
            }
        }

        return rows;
    }

    private static long Ms(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static DateOnly DayOf(long ms) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime);

    private static Cutoffs RawFrom(DateOnly oldest) => new(oldest, DateOnly.MinValue, DateOnly.MinValue);
}
