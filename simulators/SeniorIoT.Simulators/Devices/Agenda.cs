namespace SeniorIoT.Simulators.Devices;

/// <summary>
/// What is to be done, and when: one queue and one waiting task for a whole district, instead of a timer for every device.
/// Everything on the agenda runs on one thread at a time, so agents need no locks. An act that throws ends the agenda.
/// </summary>
internal sealed class Agenda(TimeProvider clock)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Action, (DateTimeOffset Due, long Order)> _queue = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _order;

    /// <summary>The clock the agenda goes by.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Does this at its time; at once when that has passed. Same time: in the order they were put in. Any thread may call.</summary>
    public void At(DateTimeOffset due, Action act)
    {
        lock (_lock)
        {
            _queue.Enqueue(act, (due, _order++));
            if (_queue.TryPeek(out _, out var first) && first.Due == due)
            {
                _changed.TrySetResult();
            }
        }
    }

    /// <summary>
    /// Does this at <paramref name="first"/> and every <paramref name="interval"/> after, counted from the time it was due, so that lateness
    /// never adds up. Turns missed altogether (the machine slept) are left out.
    /// </summary>
    public void Every(DateTimeOffset first, TimeSpan interval, Action<DateTimeOffset> act) =>
        At(first, () =>
        {
            act(first);
            var next = first + interval;
            var missed = Now > next ? (long)((Now - next) / interval) : 0;
            Every(next + (interval * missed), interval, act);
        });

    /// <summary>Does something among the agents' acts and hands back its answer.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        At(DateTimeOffset.MinValue, () =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }

    /// <summary>Does everything that is due and says when the next is; null when nothing is left.</summary>
    public DateTimeOffset? RunDue()
    {
        while (true)
        {
            Action act;
            lock (_lock)
            {
                if (!_queue.TryPeek(out var first, out var key))
                {
                    return null;
                }

                if (key.Due > Now)
                {
                    return key.Due;
                }

                _queue.Dequeue();
                act = first;
            }

            act();
        }
    }

    /// <summary>Lives by the agenda until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Task changed;
            lock (_lock)
            {
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            var wait = RunDue() is { } due ? due - Now : LongestWait;
            if (wait > TimeSpan.Zero)
            {
                await WaitAsync(wait < LongestWait ? wait : LongestWait, changed, cancellation);
            }
        }
    }

    private async Task WaitAsync(TimeSpan wait, Task changed, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var elapsed = Task.Delay(wait, clock, enough.Token);
        await Task.WhenAny(elapsed, changed);
        await enough.CancelAsync();
    }
}
