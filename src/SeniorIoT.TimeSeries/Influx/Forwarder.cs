namespace SeniorIoT.TimeSeries.Influx;

/// <summary>
/// Carries what waits in the spool to InfluxDB: in order, one request at a time, at least once. Rows leave the spool when every line of them is accounted
/// for: written, kept as a dead letter, or counted as expired. While the database is away or refuses all of it, a single row is tried
/// now and then; the others follow when that one got through.
/// </summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private const int RequestBytesMax = 1_000_000;
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(30), StopWithin = TimeSpan.FromSeconds(0.9);

    private sealed record Trouble(StoreState State, DateTimeOffset Since, string Problem, int Failures, long ProbeAt);

    private sealed record Mended(DateTimeOffset At);

    private readonly Spool _spool;
    private readonly Func<string, ReadOnlyMemory<byte>, CancellationToken, Task<WriteAnswer>> _write;
    private readonly InfluxOptions _options;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new(), _abandon = new();
    private readonly Lock _lock = new();
    private readonly List<(long UpToId, TaskCompletionSource Left)> _waiting = [];
    private volatile TaskCompletionSource _woken = NewSignal();
    private volatile Trouble? _trouble;
    private volatile Mended? _mended;
    private Delivery? _delivery;
    private Task _running = Task.CompletedTask;
    private long _written, _expired;

    /// <param name="spool">What is forwarded; it is not disposed here.</param>
    /// <param name="write">Sends gzip line protocol to a database. Says network trouble as an answer.</param>
    /// <param name="options">Limits of a request, and how long points wait for company.</param>
    /// <param name="clock">Measures waits.</param>
    /// <param name="random">Spreads retries; null for one with a seed of its own.</param>
    public Forwarder(
        Spool spool, Func<string, ReadOnlyMemory<byte>, CancellationToken, Task<WriteAnswer>> write, InfluxOptions options, TimeProvider clock, Random? random = null)
    {
        (_spool, _write, _options, _clock, _random) = (spool, write, options, clock, random ?? new Random());
        spool.Appended = Wake;
    }

    /// <summary>How it is now. Cheap; never throws.</summary>
    public StoreStatus Status
    {
        get
        {
            var (trouble, depth, room) = (_trouble, _spool.Depth, _spool.Room);
            var (state, since, problem) = (room.Problem, trouble) switch
            {
                ({ } full, _) => (StoreState.Full, room.Since, trouble is null ? full : $"{full} {trouble.Problem}"),
                (null, { } other) => (other.State, other.Since, other.Problem),
                _ => (StoreState.Ok, Later(room.Since, _mended?.At), (string?)null),
            };
            return new StoreStatus("influx", state, since, problem)
            {
                WaitingPoints = depth.Points,
                WaitingBytes = depth.Bytes,
                WaitingBytesMax = _spool.BytesMax,
                OldestWaitingAt = depth.OldestAt,
                WrittenPoints = Volatile.Read(ref _written),
                ExpiredPoints = Volatile.Read(ref _expired),
                DeadLetters = depth.DeadLetters,
                NewestDeadLetter = depth.NewestDeadLetter,
                DroppedDeadLetters = depth.DroppedDeadLetters,
            };
        }
    }

    /// <summary>Begins to forward, in the background. Once.</summary>
    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Completes when everything that was appended before the call has left the spool; it does not wait for company then.</summary>
    public async Task WhenEmptyAsync(CancellationToken cancel)
    {
        var left = NewSignal();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
            _waiting.Add((_spool.Depth.LastId, left));
        }

        Tell();
        Wake();
        await left.Task.WaitAsync(cancel);
    }

    /// <inheritdoc cref="ITimeSeriesStore.ReadDeadLetters"/>
    public IReadOnlyList<DeadLetter> ReadDeadLetters(long? beforeId, int limit) => _spool.ReadDeadLetters(beforeId, limit);

    /// <inheritdoc cref="ITimeSeriesStore.DiscardDeadLettersAsync"/>
    public Task<int> DiscardDeadLettersAsync(long upToId, CancellationToken cancel) => _spool.DiscardDeadLettersAsync(upToId, cancel);

    /// <inheritdoc cref="ITimeSeriesStore.RetryDeadLettersAsync"/>
    public Task<int> RetryDeadLettersAsync(long upToId, CancellationToken cancel) => _spool.RetryDeadLettersAsync(upToId, cancel);

    /// <summary>Stops within a second: a request in flight may finish, or is abandoned. What was not acknowledged is sent again after a restart.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        using (var grace = new CancellationTokenSource(StopWithin, _clock))
        await using (grace.Token.Register(_abandon.Cancel))
            await _running;
        lock (_lock)
        {
            foreach (var (_, left) in _waiting) left.TrySetException(new ObjectDisposedException(nameof(Forwarder)));
            _waiting.Clear();
        }
    }

    /// <summary>Sends one request, if one is due.</summary>
    /// <returns>How long until there may be something to do; null when there is nothing until something is appended.</returns>
    internal async Task<TimeSpan?> StepAsync()
    {
        try
        {
            if (_trouble is { } trouble && _clock.GetElapsedTime(_clock.GetTimestamp(), trouble.ProbeAt) is { Ticks: > 0 } wait) return wait;
            if (_delivery is null)
            {
                var until = UntilDue(_spool.Depth);
                if (until is not { Ticks: <= 0 }) return until;
                var rows = await _spool.ReadAsync(_trouble is null ? int.MaxValue : 1, _options.BatchPointsMax, RequestBytesMax, _stop.Token);
                if (rows.Count == 0) return TimeSpan.Zero;
                _delivery = new Delivery(rows);
            }

            if (!_delivery.IsDone) Apply(_delivery, await _write(_delivery.Database, _delivery.Next, _abandon.Token));
            if (_delivery is { IsDone: true } done) await FinishAsync(done);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error)
        {
            // The spool's disk, or a mistake of ours: neither may end the forwarding. It is shown, and tried again; nothing has left the spool.
            Fail(StoreState.Retrying, $"Forwarding to InfluxDB failed: {error.Message} It is tried again.", null);
        }

        return TimeSpan.Zero;
    }

    private void Apply(Delivery delivery, WriteAnswer answer)
    {
        var ruling = WriteRules.Judge(answer, delivery.Database);
        var words = answer.Message.Length > 0 ? answer.Message : $"{answer.StatusCode}";
        switch (ruling.Verdict)
        {
            case Verdict.Pause:
            case Verdict.Garbled when !delivery.IsDamaged:
                Fail(StoreState.Paused, ruling.Problem!, ProbeEvery);
                return;
            case Verdict.Retry:
                Fail(StoreState.Retrying, ruling.Problem!, answer.RetryAfter);
                return;
            case Verdict.Written:
                delivery.Written();
                break;
            case Verdict.Expired:
                delivery.Expire(ruling.Dropped, words);
                break;
            default:
                delivery.Refuse(words);
                break;
        }

        if (_trouble is not null) _mended = new Mended(_clock.GetUtcNow());
        _trouble = null;
    }

    private async Task FinishAsync(Delivery delivery)
    {
        // Also while stopping: what was acknowledged need not be sent again.
        await _spool.FinishAsync(delivery.Rows, delivery.Refused, CancellationToken.None);
        _delivery = null;
        Interlocked.Add(ref _written, delivery.WrittenPoints);
        Interlocked.Add(ref _expired, delivery.ExpiredPoints);
        Tell();
    }

    private void Fail(StoreState state, string problem, TimeSpan? asked)
    {
        var failures = _trouble is { } trouble && trouble.State == state ? trouble.Failures + 1 : 1;
        var since = failures > 1 ? _trouble!.Since : _clock.GetUtcNow();
        var wait = Backoff.After(failures, asked, _random.NextDouble());
        _trouble = new Trouble(state, since, problem, failures, _clock.GetTimestamp() + (long)(wait.TotalSeconds * _clock.TimestampFrequency));
        // The next try is one row alone, unless work on these has begun.
        if (_delivery is { IsSplit: false, IsDone: false }) _delivery = null;
    }

    /// <summary>How long until enough waits, or it waits long enough, or null when nothing does.</summary>
    private TimeSpan? UntilDue(SpoolDepth depth)
    {
        if (depth.OldestAt is not { } oldest) return null;
        if (_trouble is not null || depth.Points >= _options.BatchPointsMax || depth.BodyBytes >= RequestBytesMax) return TimeSpan.Zero;
        lock (_lock)
            if (_waiting.Count > 0) return TimeSpan.Zero;
        var age = _clock.GetUtcNow() - oldest;
        // Older than now: the clock was set back. Waiting for it to catch up could take days.
        return age < TimeSpan.Zero ? TimeSpan.Zero : _options.FlushEvery - age;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            // Replaced before the look, so that what is appended after the look is not slept over.
            var woken = _woken = NewSignal();
            var wait = await StepAsync();
            if (wait is { Ticks: <= 0 }) continue;
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var time = Task.Delay(wait ?? Timeout.InfiniteTimeSpan, _clock, cut.Token);
            // A wait for the database is not shortened by what is appended meanwhile.
            await (_trouble is null || wait is null ? Task.WhenAny(time, woken.Task) : Task.WhenAny(time));
            await cut.CancelAsync();
        }
    }

    private void Wake() => _woken.TrySetResult();

    private void Tell()
    {
        lock (_lock)
        {
            var depth = _spool.Depth;
            foreach (var (_, left) in _waiting.Where(waiting => waiting.UpToId < depth.FirstId)) left.TrySetResult();
            _waiting.RemoveAll(waiting => waiting.UpToId < depth.FirstId);
        }
    }

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
