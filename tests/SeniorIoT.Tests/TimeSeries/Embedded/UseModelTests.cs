using CsCheck;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

/// <summary>Roll-ups in the embedded store against a dictionary.</summary>
public sealed class UseModelTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly string[] Devices = ["wm-1", "wm-2", "水表"];
    private static readonly DateOnly First = new(2026, 2, 26);

    private static readonly Gen<long?> AnyUse = Gen.OneOf(Gen.Const((long?)null), Gen.Long[0, 9].Select(n => (long?)n * 1_000), Gen.Long[0, long.MaxValue].Select(n => (long?)n));

    private static readonly Gen<UseDay> AnyDay =
        from device in Gen.OneOf(Devices)
        from day in Gen.Int[0, 6].Select(n => First.AddDays(n))
        from use in AnyUse
        from hours in AnyUse.Array[23, 25]
        select new UseDay(device, day, Edges.StartOf(day, Shanghai), use, hours);

    [Fact]
    public Task Writing_a_day_again_replaces_it() =>
        Gen.Select(AnyDay.Array[0, 8], Gen.Int[0, 5]).Array[1, 12].SampleAsync(async steps =>
        {
            using var folder = new TempFolder();
            var store = new EmbeddedStore(folder.Path, new EmbeddedStoreOptions { OpenMonthsMax = 1 });
            var model = new SortedDictionary<(DateOnly Day, string Device), UseDay>(
                Comparer<(DateOnly Day, string Device)>.Create((a, b) => a.Day != b.Day ? a.Day.CompareTo(b.Day) : string.CompareOrdinal(a.Device, b.Device)));
            var (hourlyFrom, dailyFrom) = (DateOnly.MinValue, DateOnly.MinValue);
            foreach (var (days, next) in steps)
            {
                await store.WriteUseAsync(days, CancellationToken.None);
                foreach (var day in days) model[(day.Day, day.Device)] = day;
                if (next == 0)
                {
                    await store.DisposeAsync();
                    store = new EmbeddedStore(folder.Path);
                }

                // Hours of February go, then its days too.
                if (next is 1 or 2)
                {
                    var march = new DateOnly(2026, 3, 15);
                    await store.RetainAsync(new Cutoffs(march, march, next == 2 ? march : DateOnly.MinValue), CancellationToken.None);
                    foreach (var key in model.Keys.Where(key => key.Day.Month == 2).ToList())
                    {
                        if (next == 2) model.Remove(key);
                        else model[key] = model[key] with { HourlyMillilitres = [] };
                    }
                }

                var (from, to) = (First.AddDays(next - 1), First.AddDays(next + 2));
                foreach (var device in Devices)
                    Assert.Equal(
                        model.Where(pair => pair.Key.Device == device && pair.Key.Day >= from && pair.Key.Day <= to).Select(pair => Say(pair.Value)),
                        (await store.ReadUseAsync(device, from, to, CancellationToken.None)).Select(Say));
                Assert.Equal(model.Values.Where(day => day.Day == from).Select(Say), (await store.ReadUseOfDayAsync(from, CancellationToken.None)).Select(Say));
            }

            await store.DisposeAsync();
        }, iter: 40);

    [Fact]
    public async Task Stored_bytes_depend_only_on_what_was_written_last()
    {
        using var folder = new TempFolder();
        var (once, twice) = (Path.Combine(folder.Path, "once"), Path.Combine(folder.Path, "twice"));
        var (before, after) = (Whole(1_000), Whole(7));
        await using (var store = new EmbeddedStore(once)) await store.WriteUseAsync([after], CancellationToken.None);
        await using (var store = new EmbeddedStore(twice))
        {
            await store.WriteUseAsync([before], CancellationToken.None);
            await store.WriteUseAsync([before, after], CancellationToken.None);
        }

        Assert.NotEmpty(EmbeddedStoreBytesTests.Dump(once));
        Assert.Equal(EmbeddedStoreBytesTests.Dump(once), EmbeddedStoreBytesTests.Dump(twice));
    }

    [Fact]
    public async Task Days_and_samples_are_in_files_of_their_own()
    {
        using var folder = new TempFolder();
        await using (var store = new EmbeddedStore(folder.Path))
        {
            await store.WriteUseAsync([Whole(5)], CancellationToken.None);
            Assert.Empty(await store.ReadAsync("wm-1", (Metric)101, 0, long.MaxValue, CancellationToken.None));
        }

        Assert.Equal(["daily-202602.db", "hourly-202602.db"], folder.Files);
    }

    [Fact]
    public async Task A_year_of_a_meter_takes_a_few_kilobytes()
    {
        using var folder = new TempFolder();
        const int Meters = 200;
        var random = new Random(1);
        await using (var store = new EmbeddedStore(folder.Path))
        {
            for (var day = new DateOnly(2026, 1, 1); day.Year == 2026; day = day.AddDays(1))
                await store.WriteUseAsync([.. Enumerable.Range(0, Meters).Select(meter => Likely($"wm{meter:D7}", day))], CancellationToken.None);
        }

        var hourly = Bytes("hourly-*") / Meters;
        var daily = Bytes("daily-*") / Meters;
        TestContext.Current.TestOutputHelper!.WriteLine($"a meter and year: {hourly} B by hour, {daily} B by day");
        Assert.InRange(hourly + daily, 1_000, 60_000);

        UseDay Likely(string device, DateOnly day)
        {
            // Whole litres: quiet at night, a few in most other hours.
            var hours = Enumerable.Range(0, 24).Select(hour => (long?)(hour < 6 || random.Next(3) == 0 ? 0 : random.Next(40) * 1_000L)).ToArray();
            return new UseDay(device, day, Edges.StartOf(day, Shanghai), hours.Sum(), hours);
        }

        long Bytes(string files) => Directory.GetFiles(folder.Path, files).Sum(file => new FileInfo(file).Length);
    }

    private static UseDay Whole(long use) => new("wm-1", First, Edges.StartOf(First, Shanghai), use, [.. Enumerable.Repeat((long?)use, 24)]);

    private static string Say(UseDay day) => $"{day.Device} {day.Day:O} {day.StartMs} {day.Millilitres}: {string.Join(' ', day.HourlyMillilitres.Select(hour => hour?.ToString() ?? "?"))}";
}
