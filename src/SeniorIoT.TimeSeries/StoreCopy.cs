namespace SeniorIoT.TimeSeries;

/// <summary>
/// Copies history from one store to another, and proves it. Days go from the newest to the oldest, so that what people look at is
/// there first. What is on both sides already is recognised by count and sum and left alone: so a copy that was cut short goes
/// on where it stopped, a copy of a copy does nothing, and a second run is the verification of the first.
/// <para>
/// Both stores may be in use meanwhile. Memory holds the tallies and events of one day, and one batch.
/// </para>
/// </summary>
/// <param name="source">Is only read.</param>
/// <param name="target">Is written in batches of at most <see cref="BatchMax"/>. It may hold more than the source.</param>
/// <param name="flush">For a target in which points wait before they can be read: completes when nothing waits any more. Null when nothing waits.</param>
/// <param name="clock">Measures the pace; null for the system's.</param>
public sealed partial class StoreCopy(ITimeSeriesStore source, ITimeSeriesStore target, Func<CancellationToken, Task>? flush = null, TimeProvider? clock = null)
{
    /// <summary>Most points in one append.</summary>
    public const int BatchMax = 5_000;

    /// <summary>How often a device-day is copied again because the source went on while it was copied.</summary>
    private const int RoundsMax = 3;

    /// <summary>
    /// On the last days of the source both stores may have been written by devices, each with another part of the day. Then equal counts and
    /// sums prove little (a battery that always says 90, a register that stands still), and samples are compared one by one.
    /// </summary>
    private const int DaysLookedAtClosely = 3;

    private static readonly Metric[] Metrics = Enum.GetValues<Metric>();

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly CopyTally _done = new();
    private bool _looksClosely;

    /// <summary>As <see cref="CopyReport.Written"/>, so far: also what was written before a copy was cancelled or failed.</summary>
    public IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> Written => _done.Written;

    /// <summary>Copies the days in <c>[from, to]</c>, or compares them only. Run it once for each instance.</summary>
    /// <param name="from">First UTC day; null for the source's first.</param>
    /// <param name="to">Last UTC day; null for the source's last.</param>
    /// <param name="verifyOnly">Writes nothing: says what a copy would have to write.</param>
    /// <param name="progress">Called after every day and every batch, on the thread that copies; null for nobody.</param>
    /// <param name="cancel">What was written until then stays, and is whole day by day or continued by the next run.</param>
    /// <exception cref="IOException">A store cannot be read or written; run again after mending it.</exception>
    public async Task<CopyReport> RunAsync(
        DateOnly? from = null, DateOnly? to = null, bool verifyOnly = false, Action<CopyProgress>? progress = null, CancellationToken cancel = default)
    {
        if (await source.ReadSpanAsync(cancel) is not { } span) return _done.Report();
        var (first, last) = (Later(span.First, from), Earlier(span.Last, to));
        var (started, total) = (_clock.GetTimestamp(), Math.Max(0, last.DayNumber - first.DayNumber + 1));
        for (var i = 0; i < total; i++)
        {
            var (day, done) = (last.AddDays(-i), i);
            _looksClosely = day.DayNumber > span.Last.DayNumber - DaysLookedAtClosely;
            _done.Tell = () => progress?.Invoke(Progress(day, done));
            foreach (var metric in Metrics) await CopyMetricAsync(metric, day, verifyOnly, cancel);
            await CopyEventsAsync(day, verifyOnly, cancel);
            // East of Greenwich the local day is a day ahead for a while.
            if (i == 0) await CopyUseAsync(day.AddDays(1), verifyOnly, cancel);
            await CopyUseAsync(day, verifyOnly, cancel);
            progress?.Invoke(Progress(day, done + 1));
        }

        await CopyOldUseAsync(first, from, verifyOnly, cancel);
        return _done.Report();

        CopyProgress Progress(DateOnly day, int done)
        {
            var spent = _clock.GetElapsedTime(started);
            return new CopyProgress(
                day, done, total, _done.Points, spent > TimeSpan.Zero ? _done.Points / spent.TotalSeconds : 0, done > 0 ? spent * ((double)(total - done) / done) : null);
        }
    }

    private async Task CopyMetricAsync(Metric metric, DateOnly day, bool verifyOnly, CancellationToken cancel)
    {
        var found = await source.ReadTalliesAsync(metric, day, cancel);
        if (found.Count == 0) return;
        var kept = await TargetAsync(metric, day, cancel);
        var open = new List<Tally>();
        foreach (var tally in found)
            if (kept.GetValueOrDefault(tally.Device) != tally || _looksClosely && await FindDifferenceAsync(metric, day, tally.Device, cancel) is not null) open.Add(tally);
        _done.Equal(metric.ToString(), found.Count - open.Count);
        for (var round = 1; open.Count > 0; round++)
        {
            if (!verifyOnly) await WriteAsync(metric, day, open, cancel);
            open = await VerifyAsync(metric, day, open, mayChange: !verifyOnly && round < RoundsMax, verifyOnly, cancel);
        }
    }

    private async Task WriteAsync(Metric metric, DateOnly day, List<Tally> open, CancellationToken cancel)
    {
        var batch = new List<Point>(BatchMax);
        foreach (var tally in open)
        {
            if (metric == Metric.TotalMillilitres) _done.Touched(tally.Device, day);
            foreach (var sample in await ReadAsync(source, tally.Device, metric, day, cancel))
            {
                batch.Add(new Point(tally.Device, metric, sample.AtMs, sample.Value));
                if (batch.Count == BatchMax) await AppendAsync();
            }
        }

        if (batch.Count > 0) await AppendAsync();
        if (flush is not null) await flush(cancel);

        async Task AppendAsync()
        {
            await target.AppendAsync(batch, [], cancel);
            _done.Wrote(batch.Count);
            batch = new List<Point>(BatchMax); // a store may keep what it was given until it is on its way
        }
    }

    /// <summary>Counts what is whole and what differs; returns what the source has changed meanwhile and must be copied again.</summary>
    private async Task<List<Tally>> VerifyAsync(Metric metric, DateOnly day, List<Tally> open, bool mayChange, bool verifyOnly, CancellationToken cancel)
    {
        var kept = await TargetAsync(metric, day, cancel);
        var now = mayChange ? (await source.ReadTalliesAsync(metric, day, cancel)).ToDictionary(tally => tally.Device, StringComparer.Ordinal) : [];
        var again = new List<Tally>();
        foreach (var tally in open)
        {
            if (!verifyOnly && !_looksClosely && kept.GetValueOrDefault(tally.Device) == tally) _done.Copied(metric.ToString());
            else if (mayChange && now.TryGetValue(tally.Device, out var changed) && changed != tally) again.Add(changed);
            else if (await FindDifferenceAsync(metric, day, tally.Device, cancel) is { } problem) _done.Different(day, metric.ToString(), tally.Device, problem);
            else if (verifyOnly) _done.Equal(metric.ToString(), 1);
            else _done.Copied(metric.ToString());
        }

        return again;
    }

    /// <summary>Null when the target has every sample of the source with the same value.</summary>
    private async Task<string?> FindDifferenceAsync(Metric metric, DateOnly day, string device, CancellationToken cancel)
    {
        var kept = (await ReadAsync(target, device, metric, day, cancel)).ToDictionary(sample => sample.AtMs, sample => sample.Value);
        long missing = 0, other = 0;
        foreach (var sample in await ReadAsync(source, device, metric, day, cancel))
        {
            if (!kept.TryGetValue(sample.AtMs, out var value)) missing++;
            else if (value != sample.Value) other++;
        }

        return (missing, other) switch
        {
            (0, 0) => null,
            (_, 0) => $"{missing} samples are missing in the target",
            (0, _) => $"{other} samples have another value in the target",
            _ => $"{missing} samples are missing in the target, {other} have another value there",
        };
    }

    private async Task CopyEventsAsync(DateOnly day, bool verifyOnly, CancellationToken cancel)
    {
        var found = await source.ReadEventsOfDayAsync(day, cancel);
        if (found.Count == 0) return;
        var kept = (await target.ReadEventsOfDayAsync(day, cancel)).ToHashSet();
        var open = found.Where(happened => !kept.Contains(happened)).ToList();
        _done.Equal(CopyTally.Events, found.Count - open.Count);
        if (open.Count == 0) return;
        if (!verifyOnly)
        {
            foreach (var batch in open.Chunk(BatchMax))
            {
                await target.AppendAsync([], batch, cancel);
                _done.Wrote(batch.Length);
            }

            if (flush is not null) await flush(cancel);
            kept = (await target.ReadEventsOfDayAsync(day, cancel)).ToHashSet();
        }

        foreach (var happened in open)
        {
            if (kept.Contains(happened)) _done.Copied(CopyTally.Events);
            else _done.Different(day, CopyTally.Events, happened.Device, $"{happened.Kind} at {DateTimeOffset.FromUnixTimeMilliseconds(happened.AtMs):O} is missing, or has another detail");
        }
    }

    private async Task<Dictionary<string, Tally>> TargetAsync(Metric metric, DateOnly day, CancellationToken cancel) =>
        (await target.ReadTalliesAsync(metric, day, cancel)).ToDictionary(tally => tally.Device, StringComparer.Ordinal);

    private static Task<IReadOnlyList<Sample>> ReadAsync(ITimeSeriesStore store, string device, Metric metric, DateOnly day, CancellationToken cancel)
    {
        var fromMs = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return store.ReadAsync(device, metric, fromMs, fromMs + 86_400_000, cancel);
    }

    private static DateOnly Later(DateOnly one, DateOnly? other) => other > one ? other.Value : one;

    private static DateOnly Earlier(DateOnly one, DateOnly? other) => other < one ? other.Value : one;
}
