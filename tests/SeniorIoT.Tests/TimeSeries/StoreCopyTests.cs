using CsCheck;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries;

public sealed class StoreCopyTests : IAsyncLifetime
{
    private const long Jan = 1_767_225_600_000; // 2026-01-01T00:00Z
    private const long DayMs = 86_400_000;

    private readonly TempFolder _from = new(), _to = new();
    private EmbeddedStore _source = null!, _target = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        (_source, _target) = (new EmbeddedStore(_from.Path), new EmbeddedStore(_to.Path));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _target.DisposeAsync();
        _from.Dispose();
        _to.Dispose();
    }

    [Fact]
    public async Task The_target_holds_everything_and_a_second_run_writes_nothing()
    {
        await FillAsync(_source, devices: 7, days: 40);
        var first = await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.True(first.IsComplete);
        Assert.Equal([new CopyCount("BatteryPercent", 0, 280, 0), new CopyCount("Events", 0, 40, 0), new CopyCount("TotalMillilitres", 0, 280, 0)], first.Counts);
        Assert.Equal(7 * 40 * 5 + 40, first.Points);
        var second = await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.Equal([new CopyCount("BatteryPercent", 280, 0, 0), new CopyCount("Events", 40, 0, 0), new CopyCount("TotalMillilitres", 280, 0, 0)], second.Counts);
        Assert.Equal(0, second.Points);
        Assert.Equal(
            await _source.ReadAsync("wm-3", Metric.TotalMillilitres, 0, long.MaxValue, Cancel), await _target.ReadAsync("wm-3", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
    }

    [Fact]
    public void Whatever_both_sides_hold_the_target_holds_all_of_the_source_afterwards_unless_it_is_named()
    {
        var point = Gen.Select(
            Gen.Int[1, 3], Gen.Long[0, 2], Gen.Long[0, 3], Gen.Long[0, 2],
            (device, day, time, value) => new Point($"wm-{device}", Metric.TotalMillilitres, Jan + day * DayMs + time, value));
        Gen.Select(point.List[0, 20], point.List[0, 20]).Sample((mine, theirs) => CompareAsync(mine, theirs).GetAwaiter().GetResult(), iter: 40, threads: 1);

        static async Task CompareAsync(List<Point> mine, List<Point> theirs)
        {
            using TempFolder from = new(), to = new();
            await using EmbeddedStore source = new(from.Path), target = new(to.Path);
            await source.AppendAsync(mine, [], Cancel);
            await target.AppendAsync(theirs, [], Cancel);
            var report = await new StoreCopy(source, target).RunAsync(cancel: Cancel);
            var named = report.Differences.Select(difference => (difference.Device, difference.Day)).ToHashSet();
            foreach (var device in (string[])["wm-1", "wm-2", "wm-3"])
            {
                var kept = (await target.ReadAsync(device, Metric.TotalMillilitres, 0, long.MaxValue, Cancel)).ToHashSet();
                foreach (var sample in await source.ReadAsync(device, Metric.TotalMillilitres, 0, long.MaxValue, Cancel))
                {
                    var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(sample.AtMs).UtcDateTime);
                    Assert.True(kept.Contains(sample) || named.Contains((device, day)), $"{device} {sample}");
                }
            }
        }
    }

    [Fact]
    public async Task Newer_data_of_the_target_stays_and_another_value_is_named()
    {
        await _source.AppendAsync([Water("wm-1", Jan, 5), Water("wm-2", Jan, 5)], [], Cancel);
        await _target.AppendAsync([Water("wm-1", Jan + 1, 6), Water("wm-2", Jan, 9)], [], Cancel);
        var report = await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.False(report.IsComplete);
        Assert.Equal([new CopyCount("TotalMillilitres", 0, 1, 1)], report.Counts);
        Assert.Equal([new CopyDifference(new(2026, 1, 1), "TotalMillilitres", "wm-2", "1 samples have another value in the target")], report.Differences);
        Assert.Equal([new Sample(Jan, 5), new Sample(Jan + 1, 6)], await _target.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel));
    }

    [Fact]
    public async Task Comparing_alone_writes_nothing_and_says_what_is_missing()
    {
        await FillAsync(_source, devices: 2, days: 2);
        var report = await new StoreCopy(_source, _target).RunAsync(verifyOnly: true, cancel: Cancel);
        Assert.Equal([0, 2, 0], report.Counts.Select(count => count.What == "Events" ? count.Different : count.Copied));
        Assert.Equal(10, report.Differences.Count);
        Assert.Empty(_to.Files);
    }

    [Fact]
    public async Task Days_go_backwards_within_the_range_and_the_last_progress_is_all_of_it()
    {
        await FillAsync(_source, devices: 1, days: 10);
        List<CopyProgress> told = [];
        await new StoreCopy(_source, _target).RunAsync(new(2026, 1, 3), new(2026, 1, 5), progress: told.Add, cancel: Cancel);
        Assert.Equal([new(2026, 1, 5), new(2026, 1, 4), new(2026, 1, 3)], told.Select(progress => progress.Day).Distinct());
        Assert.Equal((3, 3), (told[^1].DaysDone, told[^1].DaysTotal));
        Assert.Equal((new(2026, 1, 3), new(2026, 1, 5)), await _target.ReadSpanAsync(Cancel));
    }

    [Fact]
    public async Task A_copy_that_was_cut_short_goes_on_where_it_stopped()
    {
        await FillAsync(_source, devices: 3, days: 10);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new StoreCopy(_source, _target).RunAsync(
            progress: progress => { if (progress.DaysDone == 4) stop.Cancel(); }, cancel: stop.Token));
        var report = await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.Contains(new CopyCount("TotalMillilitres", 12, 18, 0), report.Counts);
        Assert.True(report.IsComplete);
    }

    [Fact]
    public async Task Roll_ups_go_along_also_of_days_whose_readings_are_gone()
    {
        await FillAsync(_source, devices: 1, days: 2);
        UseDay old = Use(-400, 5), recent = Use(1, 7);
        await _source.WriteUseAsync([old, recent], Cancel);
        var report = await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.Contains(new CopyCount("Use", 0, 2, 0), report.Counts);
        Assert.Equal([5, 7], (await _target.ReadUseAsync("wm-1", old.Day, recent.Day, Cancel)).Select(use => use.Millilitres));
        Assert.Contains(new CopyCount("Use", 2, 0, 0), (await new StoreCopy(_source, _target).RunAsync(cancel: Cancel)).Counts);
        Assert.Equal((new(2026, 1, 1), new(2026, 1, 2)), report.Written["wm-1"]);
    }

    [Fact]
    public async Task A_target_that_knows_more_may_keep_its_roll_ups()
    {
        await FillAsync(_source, devices: 1, days: 1);
        await _source.WriteUseAsync([Use(0, 5)], Cancel);
        await _target.WriteUseAsync([Use(0, 6)], Cancel);
        await new StoreCopy(_source, _target) { KeepsUseOfTarget = true }.RunAsync(cancel: Cancel);
        Assert.Equal(6, Assert.Single(await _target.ReadUseOfDayAsync(new(2026, 1, 1), Cancel)).Millilitres);
        await new StoreCopy(_source, _target).RunAsync(cancel: Cancel);
        Assert.Equal(5, Assert.Single(await _target.ReadUseOfDayAsync(new(2026, 1, 1), Cancel)).Millilitres);
    }

    [Fact]
    public async Task What_waits_in_the_target_is_flushed_before_it_is_compared()
    {
        await FillAsync(_source, devices: 1, days: 1);
        var flushed = 0;
        var report = await new StoreCopy(_source, _target, _ => { flushed++; return Task.CompletedTask; }).RunAsync(cancel: Cancel);
        Assert.Equal((3, true), (flushed, report.IsComplete));
    }

    [Fact]
    public async Task A_device_day_that_grows_while_it_is_copied_is_copied_again()
    {
        await _source.AppendAsync([Water("wm-1", Jan, 5)], [], Cancel);
        var late = 0;
        var report = await new StoreCopy(_source, _target, async cancel =>
        {
            if (late++ == 0) await _source.AppendAsync([Water("wm-1", Jan + 1, 6)], [], cancel);
            // Something newer in the target, so that the counts cannot agree by themselves.
            await _target.AppendAsync([Water("wm-1", Jan + 9, 9)], [], cancel);
        }).RunAsync(cancel: Cancel);
        Assert.True(report.IsComplete);
        Assert.Equal([5, 6, 9], (await _target.ReadAsync("wm-1", Metric.TotalMillilitres, 0, long.MaxValue, Cancel)).Select(sample => sample.Value));
    }

    private static async Task FillAsync(EmbeddedStore store, int devices, int days)
    {
        List<Point> points = [];
        List<EventPoint> events = [];
        for (var day = 0; day < days; day++)
        {
            for (var device = 1; device <= devices; device++)
            {
                for (var i = 0; i < 4; i++) points.Add(Water($"wm-{device}", Jan + day * DayMs + i * 3_600_000, day * 1000 + i));
                points.Add(new Point($"wm-{device}", Metric.BatteryPercent, Jan + day * DayMs, 90));
            }

            events.Add(new EventPoint("wm-1", Jan + day * DayMs, "water.leak", "{}"));
        }

        await store.AppendAsync(points, events, Cancel);
    }

    private static UseDay Use(int day, long millilitres) =>
        new("wm-1", new DateOnly(2026, 1, 1).AddDays(day), Jan + day * DayMs, millilitres, [.. Enumerable.Range(0, 24).Select(hour => hour == 5 ? (long?)null : hour)]);

    private static Point Water(string device, long atMs, long value) => new(device, Metric.TotalMillilitres, atMs, value);
}
