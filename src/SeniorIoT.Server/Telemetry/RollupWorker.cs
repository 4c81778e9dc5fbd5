using System.Diagnostics.Metrics;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Jobs;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>When days are rolled up.</summary>
internal sealed class RollupOptions
{
    /// <summary>How long after its end a day is rolled up, in minutes: time for the readings that reach over midnight.</summary>
    public int GraceMinutes { get; set; } = 10;
}

/// <summary>How rolling up goes.</summary>
/// <param name="Waiting">Marks of days that are over and wait to be rolled up.</param>
/// <param name="OldestDay">The oldest of those days; null when none waits.</param>
/// <param name="Problem">What went wrong last, with the remedy; null when the last pass did all it could.</param>
/// <param name="Written">Days written since the start.</param>
/// <param name="Expired">Days left as they were since the start, because late readings came when the other readings were no longer kept.</param>
internal sealed record RollupStatus(int Waiting, DateOnly? OldestDay, string? Problem, long Written, long Expired);

/// <summary>
/// Rolls up the days that are over and marked: reads what decides them, computes them, writes them, and only then removes the mark. A
/// crash in between repeats the work with the same result. Nobody waits for it: until a day is rolled up, its readings answer.
/// </summary>
internal sealed class RollupWorker(
    RollupMarks marks, ITimeSeriesStore store, DeviceDirectory devices, TimeZoneInfo zone, RetentionOptions retention, RollupOptions options, IMeterFactory meters, TimeProvider clock,
    ILogger<RollupWorker> log)
    : BackgroundService
{
    private const int MarksPerRead = 500;
    private const int DaysPerWrite = 4_000;
    private const int DaysPerRead = 62;

    /// <summary>So many meters in a row that cannot be read are not one damaged file but a store that is away.</summary>
    private const int RefusalsMax = 3;

    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestMax = TimeSpan.FromMinutes(15);

    private readonly List<UseDay> _days = [];
    private readonly List<RollupMark> _done = [];
    private RollupMark? _after;
    private DateTimeOffset _restUntil;
    private TimeSpan _rest;
    private int _refusals;
    private volatile string? _problem;
    private long _written, _expired;

    /// <summary>How it goes, for the system page.</summary>
    public RollupStatus Status
    {
        get
        {
            var (count, oldest) = marks.CountRipe(LastDay(clock.GetUtcNow()));
            return new RollupStatus(count, oldest, _problem, Interlocked.Read(ref _written), Interlocked.Read(ref _expired));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        RollupMeter.Register(meters, () => Status);
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            await RunOnceAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One pass over all that waits. What fails stays marked for a later pass; when everything fails, the passes become rarer.</summary>
    internal async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (now < _restUntil) return;
        try
        {
            _days.Clear();
            _done.Clear();
            var problem = await PassAsync(now, cancel);
            if (problem is not null && _problem is null) log.LogError("Some days could not be rolled up and stay marked: {Problem}", problem);
            (_problem, _rest) = (problem, TimeSpan.Zero);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            // The marks are still there. The store is away or the disk full: rest, and try again.
            if (_rest == TimeSpan.Zero) log.LogError(error, "Rolling up rests: the store cannot be read or written");
            _rest = _rest == TimeSpan.Zero ? Every : TimeSpan.FromTicks(Math.Min(2 * _rest.Ticks, RestMax.Ticks));
            (_problem, _restUntil) = (error.Message, now + _rest);
        }
    }

    /// <summary>The newest day that is over and had its time of grace.</summary>
    private DateOnly LastDay(DateTimeOffset now) => Edges.DayOf(now.AddMinutes(-options.GraceMinutes).ToUnixTimeMilliseconds(), zone).AddDays(-1);

    /// <summary>
    /// Which marks stand for readings that can all be read: up to which day, and made before when. What waits on its way into the
    /// database cannot. A day's mark is not made again while the day runs, so all of the day must be older than what waits.
    /// </summary>
    internal (DateOnly LastDay, DateTimeOffset Before) Readable(DateTimeOffset now, DateTimeOffset? oldestWaitingAt)
    {
        var lastDay = LastDay(now);
        if (oldestWaitingAt is not { } waiting || waiting > now) return (lastDay, now);
        var whole = Edges.DayOf(waiting.ToUnixTimeMilliseconds(), zone).AddDays(-1);
        return (whole < lastDay ? whole : lastDay, waiting.AddMilliseconds(-1));
    }

    private async Task<string?> PassAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await marks.RaiseRawFromAsync(DateOnly.FromDateTime(now.UtcDateTime).AddDays(-retention.TelemetryDays), cancel);
        await PrepareAsync(cancel);
        // Asked before the marks: what they stand for was handed to the store earlier.
        var (lastDay, arrived) = Readable(now, store.Status.OldestWaitingAt);
        string? problem = null;
        // A pass that was broken off is gone on with, and then begun anew for what it had left.
        var isRest = _after is not null;
        _refusals = 0;
        while (true)
        {
            var ripe = marks.ReadRipe(lastDay, arrived, _after, MarksPerRead);
            foreach (var mark in ripe)
            {
                cancel.ThrowIfCancellationRequested();
                // Also when it fails: what cannot be read must not keep the others from their turn.
                _after = mark;
                problem = await TryRollAsync(mark, lastDay, cancel) ?? problem;
            }

            await SaveAsync(cancel);
            if (ripe.Count == MarksPerRead) continue;
            _after = null;
            if (!isRest) return problem;
            isRest = false;
        }
    }

    /// <summary>
    /// History from before the file of marks: a span a meter, from the oldest sample that may be kept. The days up to today, and tomorrow
    /// for clocks that are fast, are marks of their own, so that the rest need not wait for them.
    /// </summary>
    private async Task PrepareAsync(CancellationToken cancel)
    {
        if (marks.IsPrepared) return;
        var now = clock.GetUtcNow();
        var (over, today) = (LastDay(now), Edges.DayOf(now.ToUnixTimeMilliseconds(), zone));
        string[] meters = [.. devices.All.Where(device => device.Kind == DeviceKind.Water).Select(device => device.DeviceId)];
        await marks.MarkHistoryAsync(meters, today.AddDays(-retention.TelemetryDays), over, cancel);
        for (var day = over.AddDays(1); day <= today.AddDays(1); day = day.AddDays(1)) await marks.MarkHistoryAsync(meters, day, day, cancel);
        await marks.SetPreparedAsync(cancel);
    }

    private async Task<string?> TryRollAsync(RollupMark mark, DateOnly lastDay, CancellationToken cancel)
    {
        try
        {
            for (var first = mark.First; first <= mark.Last; first = first.AddDays(DaysPerRead))
            {
                var last = first.AddDays(DaysPerRead - 1);
                await RollAsync(mark.Device, first, last < mark.Last ? last : mark.Last, lastDay, cancel);
                if (_days.Count >= DaysPerWrite) await SaveAsync(cancel);
            }

            _done.Add(mark);
            _refusals = 0;
            return null;
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            // Perhaps a damaged file, which keeps this mark and no other. If it is more, the pass ends with what it has.
            if (++_refusals < RefusalsMax) return error.Message;
            await SaveAsync(cancel);
            throw;
        }
    }

    private async Task RollAsync(string device, DateOnly first, DateOnly last, DateOnly lastDay, CancellationToken cancel)
    {
        // A meter that is read daily changes the day before at most, and one day more around it is enough to see whether it is one.
        var samples = await ReadAsync(device, first.AddDays(-1), last.AddDays(1), cancel);
        var (from, to) = RollupDay.Affected(samples, first, last, zone);
        if (from < first.AddDays(-1) || to > last.AddDays(1)) samples = await ReadAsync(device, from, to, cancel);
        if (to > lastDay) to = lastDay;
        var stored = (await store.ReadUseAsync(device, from, to, cancel)).ToDictionary(day => day.Day);
        foreach (var day in RollupDay.Of(device, samples, from, to, zone))
        {
            var was = stored.GetValueOrDefault(day.Day);
            // A day of which nothing is known is not stored: its absence says the same. A day that says the same is not written again.
            if (was is null ? !IsKnown(day) : SaysTheSame(was, day)) continue;
            if (was is not null && IsExpired(day.Day)) Interlocked.Increment(ref _expired);
            else _days.Add(day);
        }
    }

    private Task<IReadOnlyList<Sample>> ReadAsync(string device, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var (fromMs, toMs) = RollupDay.Readings(first, last, zone);
        return store.ReadAsync(device, Metric.TotalMillilitres, fromMs, toMs, cancel);
    }

    private async Task SaveAsync(CancellationToken cancel)
    {
        if (_days.Count > 0) await store.WriteUseAsync(_days, cancel);
        Interlocked.Add(ref _written, _days.Count);
        _days.Clear();
        if (_done.Count > 0) await marks.RemoveAsync(_done);
        _done.Clear();
    }

    /// <summary>Whether some of the readings that decide a day may be gone: then what was stored of it knew more.</summary>
    private bool IsExpired(DateOnly day) =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(RollupDay.Readings(day, day, zone).FromMs).UtcDateTime) < marks.RawFrom;

    private static bool IsKnown(UseDay day) => day.Millilitres is not null || day.HourlyMillilitres.Any(hour => hour is not null);

    private static bool SaysTheSame(UseDay a, UseDay b) =>
        a.StartMs == b.StartMs && a.Millilitres == b.Millilitres && (a.HourlyMillilitres.Count == 0 || a.HourlyMillilitres.SequenceEqual(b.HourlyMillilitres));
}
