using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Embedded;

public sealed class EmbeddedStoreTests : IDisposable
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_month_that_is_closed_is_one_file()
    {
        await using (var store = Open()) await store.AppendAsync([Water(Jan, 5)], [new EventPoint("wm-1", Jan, "water.leak", "{}")], Cancel);
        Assert.Equal(["telemetry-202601.db"], _folder.Files);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_crash()
    {
        await using var store = Open();
        await store.AppendAsync([Water(Jan, 5)], [], Cancel);
        using var crashed = new TempFolder();
        // What a crash leaves: the file and its log, as they are on disk while the store is still open.
        foreach (var name in (string[])["telemetry-202601.db", "telemetry-202601.db-wal"]) File.Copy(Path.Combine(_folder.Path, name), Path.Combine(crashed.Path, name));
        File.WriteAllBytes(Path.Combine(crashed.Path, "telemetry-202602.db"), []);
        await using var survivor = new EmbeddedStore(crashed.Path);
        Assert.Equal([new Sample(Jan, 5)], await ReadAll(survivor));
    }

    [Fact]
    public async Task Months_without_a_file_are_empty_and_reading_makes_none()
    {
        await using var store = Open();
        Assert.Empty(await ReadAll(store));
        Assert.Empty(await store.ReadEventsAsync("wm-1", 0, long.MaxValue, Cancel));
        Assert.Empty(await store.ReadDaysAsync("wm-1", Metric.TotalMillilitres, DateOnly.MinValue, DateOnly.MaxValue, Cancel));
        Assert.Null(await store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, long.MinValue, TimeSpan.MaxValue, Cancel));
        Assert.Null(await store.ReadLastBeforeAsync("wm-1", Metric.TotalMillilitres, long.MaxValue, TimeSpan.MaxValue, Cancel));
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task Retention_deletes_the_months_that_end_before_the_day_and_no_other()
    {
        await using var store = Open();
        await store.AppendAsync([Water(Jan, 1), Water(Jan + 31 * DayMs, 2), Water(Jan + 59 * DayMs, 3)], [], Cancel);
        Assert.Equal(1, await store.RetainAsync(RawFrom(new DateOnly(2026, 2, 28)), Cancel));
        Assert.DoesNotContain(_folder.Files, name => name.StartsWith("telemetry-202601", StringComparison.Ordinal));
        Assert.Equal([2L, 3L], (await ReadAll(store)).Select(sample => sample.Value));
        Assert.Equal(0, await store.RetainAsync(RawFrom(new DateOnly(2026, 2, 28)), Cancel));

        // A reading that is late beyond retention makes the month anew, without ghosts.
        await store.AppendAsync([Water(Jan + 1, 9)], [], Cancel);
        Assert.Equal([9L, 2L, 3L], (await ReadAll(store)).Select(sample => sample.Value));
    }

    [Fact]
    public async Task Retention_and_reading_at_the_same_time_do_not_disturb_each_other()
    {
        await using var store = Open();
        for (var round = 0; round < 20; round++)
        {
            await store.AppendAsync([Water(Jan, 1), Water(Jan + 31 * DayMs, 2)], [], Cancel);
            var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(() => ReadAll(store), Cancel)).ToList();
            await store.RetainAsync(RawFrom(new DateOnly(2026, 2, 1)), Cancel);
            foreach (var samples in await Task.WhenAll(readers)) Assert.Equal(2, samples[^1].Value);
            Assert.Equal([2L], (await ReadAll(store)).Select(sample => sample.Value));
        }
    }

    [Fact]
    public async Task Readers_and_writers_may_meet_on_more_months_than_may_be_open()
    {
        await using var store = new EmbeddedStore(_folder.Path, new EmbeddedStoreOptions { OpenMonthsMax = 2 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var n = 0; n < 8; n++)
            {
                await store.AppendAsync([Water(Jan + n * 32 * DayMs + i, n)], [], Cancel);
                await ReadAll(store);
            }
        }, Cancel)));
        Assert.Equal(64, (await ReadAll(store)).Count);
    }

    [Fact]
    public async Task A_full_disk_is_an_IOException_that_keeps_what_was_there_and_a_retry_is_safe()
    {
        Point[] many = [.. Enumerable.Range(0, 3_000).Select(i => new Point($"wm-{i}", Metric.TotalMillilitres, Jan, i))];
        await using (var store = new EmbeddedStore(_folder.Path, new EmbeddedStoreOptions { MonthBytesMax = 100_000 }))
        {
            await store.AppendAsync([Water(Jan, 5)], [], Cancel);
            var error = await Assert.ThrowsAsync<IOException>(() => store.AppendAsync([Water(Jan + 1, 6), .. many], [], Cancel));
            Assert.Contains("telemetry-202601.db", error.Message);
            Assert.Contains("full", error.Message);
            Assert.Equal([new Sample(Jan, 5)], await ReadAll(store));
            await store.AppendAsync([Water(Jan + 2, 7)], [], Cancel);
        }

        await using var roomy = Open();
        await roomy.AppendAsync([Water(Jan + 1, 6), .. many], [], Cancel);
        Assert.Equal([5L, 6L, 7L], (await ReadAll(roomy)).Select(sample => sample.Value));
        Assert.Equal(new Sample(Jan, 2_999), await roomy.ReadLastBeforeAsync("wm-2999", Metric.TotalMillilitres, Jan + 1, TimeSpan.FromDays(1), Cancel));
    }

    [Fact]
    public async Task A_month_that_cannot_be_opened_is_an_IOException_and_spares_the_others()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "telemetry-202601.db"));
        await using var store = Open();
        var error = await Assert.ThrowsAsync<IOException>(() => store.AppendAsync([Water(Jan, 1)], [], Cancel));
        Assert.Contains("telemetry-202601.db", error.Message);
        await store.AppendAsync([Water(Jan + 31 * DayMs, 2)], [], Cancel);
        Assert.Equal([2L], (await ReadAll(store)).Select(sample => sample.Value));
    }

    [Fact]
    public async Task A_damaged_month_is_an_IOException_that_names_the_file()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "telemetry-202601.db"), new string('x', 8_192), Cancel);
        await using var store = Open();
        Assert.Contains("telemetry-202601.db", (await Assert.ThrowsAsync<IOException>(() => ReadAll(store))).Message);
        Assert.Contains("telemetry-202601.db", (await Assert.ThrowsAsync<IOException>(() => store.AppendAsync([Water(Jan, 1)], [], Cancel))).Message);
    }

    private static Point Water(long atMs, long value) => new("wm-1", Metric.TotalMillilitres, atMs, value);

    private static Task<IReadOnlyList<Sample>> ReadAll(EmbeddedStore store) =>
        store.ReadAsync("wm-1", Metric.TotalMillilitres, long.MinValue, long.MaxValue, TestContext.Current.CancellationToken);

    private EmbeddedStore Open() => new(_folder.Path);

    private static Cutoffs RawFrom(DateOnly oldest) => new(oldest, DateOnly.MinValue, DateOnly.MinValue);
}
