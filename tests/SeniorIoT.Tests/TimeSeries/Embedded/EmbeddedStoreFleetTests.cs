using CsCheck;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

public sealed class EmbeddedStoreFleetTests : IDisposable
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;

    private static readonly DateOnly NewYear = new(2026, 1, 1);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_tally_is_the_count_and_sum_of_what_reading_the_day_gives()
    {
        var points = Gen.Select(
            Gen.Int[1, 4], Gen.Int[1, 3].Select(number => (Metric)number), Gen.Long[Jan - DayMs, Jan + 2 * DayMs], Gen.Long[-1_000, 1_000_000],
            (device, metric, at, value) => new Point($"wm-{device}", metric, at, value)).List[1, 60];
        points.Sample(written =>
        {
            using var folder = new TempFolder();
            CompareAsync(folder.Path, written).GetAwaiter().GetResult();
        }, iter: 30, threads: 1);

        static async Task CompareAsync(string folder, List<Point> written)
        {
            await using var store = new EmbeddedStore(folder);
            await store.AppendAsync(written, [], Cancel);
            foreach (var metric in Enum.GetValues<Metric>())
            {
                for (var offset = -1; offset <= 2; offset++)
                {
                    var fromMs = Jan + offset * DayMs;
                    var expected = new List<Tally>();
                    foreach (var device in (string[])["wm-1", "wm-2", "wm-3", "wm-4"])
                        if (await store.ReadAsync(device, metric, fromMs, fromMs + DayMs, Cancel) is { Count: > 0 } samples)
                            expected.Add(new Tally(device, samples.Count, samples.Sum(sample => sample.Value)));
                    Assert.Equal(expected, await store.ReadTalliesAsync(metric, NewYear.AddDays(offset), Cancel));
                }
            }

            var span = await store.ReadSpanAsync(Cancel);
            Assert.Equal((Day(written.Min(point => point.AtMs)), Day(written.Max(point => point.AtMs))), span);
        }

        static DateOnly Day(long atMs) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(atMs).UtcDateTime);
    }

    [Fact]
    public async Task An_empty_store_has_no_span_and_a_month_of_events_alone_has_one()
    {
        await using var store = new EmbeddedStore(_folder.Path);
        Assert.Null(await store.ReadSpanAsync(Cancel));
        File.WriteAllBytes(Path.Combine(_folder.Path, "telemetry-202512.db"), []);
        await store.AppendAsync([], [new EventPoint("s-1", Jan + 5 * DayMs, "sos.press", "{}")], Cancel);
        Assert.Equal((NewYear.AddDays(5), NewYear.AddDays(5)), await store.ReadSpanAsync(Cancel));
    }

    [Fact]
    public async Task A_read_only_store_reads_beside_the_writer_and_refuses_to_write()
    {
        await using var server = new EmbeddedStore(_folder.Path);
        await server.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan, 5)], [], Cancel);
        await using var beside = ReadOnly();
        Assert.Equal([new Sample(Jan, 5)], await ReadAll(beside));
        await server.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 1, 6)], [], Cancel);
        Assert.Equal([new Sample(Jan, 5), new Sample(Jan + 1, 6)], await ReadAll(beside));
        await Assert.ThrowsAsync<InvalidOperationException>(() => beside.AppendAsync([], [], Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => beside.RetainAsync(default, Cancel));
    }

    [Fact]
    public async Task A_read_only_store_makes_nothing()
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "telemetry-202601.db"), []);
        await using (var store = ReadOnly())
        {
            Assert.Empty(await ReadAll(store));
            Assert.Null(await store.ReadSpanAsync(Cancel));
        }

        Assert.Equal(["telemetry-202601.db"], _folder.Files);
        Assert.Equal(0, new FileInfo(Path.Combine(_folder.Path, "telemetry-202601.db")).Length);
        Assert.Throws<DirectoryNotFoundException>(() => new EmbeddedStore(Path.Combine(_folder.Path, "none"), new EmbeddedStoreOptions { IsReadOnly = true }));
    }

    [Fact]
    public async Task Months_that_another_process_makes_or_deletes_are_noticed()
    {
        await using var server = new EmbeddedStore(_folder.Path);
        Assert.Empty(await ReadAll(server));
        await using (var other = new EmbeddedStore(_folder.Path)) await other.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan, 5)], [], Cancel);
        Assert.Equal([new Sample(Jan, 5)], await ReadAll(server));
        await using (var other = new EmbeddedStore(_folder.Path)) Assert.Equal(1, await other.RetainAsync(new Cutoffs(new(2026, 2, 1), default, default), Cancel));
        Assert.Empty(await ReadAll(server));
    }

    [Fact]
    public async Task What_is_written_after_a_month_was_replaced_goes_into_the_new_file()
    {
        await using var server = new EmbeddedStore(_folder.Path);
        await server.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan, 5)], [], Cancel);
        foreach (var name in _folder.Files) File.Delete(Path.Combine(_folder.Path, name));
        await using (var other = new EmbeddedStore(_folder.Path)) await other.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 1, 6)], [], Cancel);
        await server.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 2, 7)], [], Cancel);
        await using var fresh = ReadOnly();
        Assert.Equal([new Sample(Jan + 1, 6), new Sample(Jan + 2, 7)], await ReadAll(fresh));
    }

    [Fact]
    public void A_file_keeps_its_identity_when_it_is_written_and_another_of_its_name_has_another()
    {
        var path = Path.Combine(_folder.Path, "a");
        File.WriteAllText(path, "a");
        using var open = File.OpenRead(path);
        var identity = FileIdentity.Of(path);
        File.AppendAllText(path, "b");
        Assert.Equal(identity, FileIdentity.Of(path));
        File.Delete(path);
        File.WriteAllText(path, "c");
        Assert.Equal(OperatingSystem.IsLinux(), identity != FileIdentity.Of(path));
        Assert.Equal(0UL, FileIdentity.Of(path + "-none"));
    }

    [Fact]
    public async Task Two_processes_that_write_the_same_day_lose_nothing()
    {
        await using EmbeddedStore one = new(_folder.Path), two = new(_folder.Path);
        await Task.WhenAll(WriteAsync(one, 0), WriteAsync(two, 1));
        Assert.Equal(200, (await ReadAll(one)).Count);
        Assert.Equal(200, (await ReadAll(two)).Count);

        static async Task WriteAsync(EmbeddedStore store, int odd)
        {
            for (var i = 0; i < 100; i++) await store.AppendAsync([new Point("wm-1", Metric.TotalMillilitres, Jan + 2 * i + odd, i)], [], Cancel);
        }
    }

    private static Task<IReadOnlyList<Sample>> ReadAll(EmbeddedStore store) => store.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel);

    private EmbeddedStore ReadOnly() => new(_folder.Path, new EmbeddedStoreOptions { IsReadOnly = true });
}
