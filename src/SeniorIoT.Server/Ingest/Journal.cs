using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Where a message becomes a promise: what is in here survives <c>kill -9</c> and is delivered until its device's grain took it.
/// Everything that arrives while one commit runs shares the next; with nothing waiting there is no added delay. A commit that
/// fails (disk full) is never acknowledged: its senders are told, close their connections, and the devices send again.
/// </summary>
internal sealed class Journal : IAsyncDisposable
{
    private const int ReplayPageRows = 1_000;
    private const int RemovedPerWrite = 500;

    // 32 MB: rows come and go so fast that copying them from the log into the file more often would only hold up commits.
    private const int LogPagesMax = 8_192;

    private readonly Lock _lock = new();
    private readonly JournalRows _rows = new();
    private readonly SqliteFile _file;
    private readonly Dispatcher _dispatcher;
    private readonly IngestCounters _counters;
    private readonly IngestOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<Journal> _log;

    private List<Arrival> _waiting = [];
    private List<Arrival> _spare = [];
    private Task _drain = Task.CompletedTask;
    private bool _isDraining;
    private bool _isClosed;
    private long _lastSeq;
    private int _length;
    private DateTimeOffset? _oldestAt;
    private volatile TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Journal(IngestOptions options, Dispatcher dispatcher, IngestCounters counters, TimeProvider clock, ILogger<Journal> log)
    {
        (_options, _dispatcher, _counters, _clock, _log) = (options, dispatcher, counters, clock, log);
        _file = new SqliteFile(Path.Combine(options.DataDirectory, "journal.db"), JournalRows.Migrations, LogPagesMax);
        counters.JournalLength = () => Length;
        counters.JournalOldestAge = () => OldestAge;
    }

    /// <summary>The file, for readers and for tests that hold up or break its writer.</summary>
    internal SqliteFile File => _file;

    /// <summary>Messages accepted that have not left the journal: waiting for a commit, for delivery or for a checkpoint.</summary>
    public int Length => Volatile.Read(ref _length);

    /// <summary>Age of the oldest row as of the last checkpoint; zero when the journal was empty then.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            lock (_lock) return _oldestAt is { } at ? _clock.GetUtcNow() - at : TimeSpan.Zero;
        }
    }

    /// <summary>Why the last commit failed; null when it succeeded.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// Waits until there is room for telemetry of this device. Never waits for an event: events are few, bounded by what
    /// connections may have in flight, and must not stand behind a jam.
    /// </summary>
    public async ValueTask WaitForRoomAsync(AcceptedMessage message, CancellationToken cancel)
    {
        while (message.Topic.Channel != Channel.Event && !HasRoom(message.Topic.DeviceId)) await _room.Task.WaitAsync(cancel);
    }

    /// <summary>
    /// Takes an arrival for the next commit. Its sender is told of the outcome in order of arrival. Does not block.
    /// False after <see cref="CloseAsync"/>: then nothing is promised and the sender is not told.
    /// </summary>
    public bool TryAppend(Arrival arrival)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            if (arrival is AcceptedMessage) Interlocked.Increment(ref _length);
            _waiting.Add(arrival);
            if (_isDraining) return true;
            _isDraining = true;
            _drain = Task.Run(DrainAsync);
            return true;
        }
    }

    /// <summary>Appends and waits. False when the disk refused, or the journal is closed.</summary>
    public async Task<bool> WriteAsync(Func<ISender, Arrival> arrival)
    {
        var waiter = new CommitWaiter();
        return TryAppend(arrival(waiter)) && await waiter.IsOnDisk;
    }

    /// <summary>
    /// Hands what an earlier run left behind to the dispatcher, in order. Call once, before the first append: that keeps the order of
    /// each device. A row that is not understood any more goes to quarantine.
    /// </summary>
    /// <returns>How many messages were handed over.</returns>
    public async Task<int> ReplayAsync()
    {
        var replayed = 0;
        while (_file.Read(reader => JournalRows.ReadAfter(reader, _lastSeq, ReplayPageRows)) is { Count: > 0 } page)
        {
            var messages = new List<AcceptedMessage>(page.Count);
            foreach (var row in page)
            {
                _lastSeq = row.Seq;
                if (Codec.TryDecode(row.Topic, row.Payload, out var message, out var refusal))
                    messages.Add(new AcceptedMessage(row.Topic, Reports.From(message, row.ReceivedAt, row.Payload), row.Payload) { Seq = row.Seq });
                else
                    await MoveToQuarantineAsync(row, refusal);
            }

            Interlocked.Add(ref _length, messages.Count);
            _dispatcher.Enqueue(messages);
            replayed += messages.Count;
        }

        if (replayed > 0) _log.LogInformation("{Count} messages of the last run are delivered again.", replayed);
        return replayed;
    }

    /// <summary>Removes delivered messages and lets those in who wait for room. Throws when the disk refuses; safe to retry.</summary>
    /// <param name="delivered">Numbers of the messages, sorted.</param>
    public async Task RemoveAsync(IReadOnlyList<long> delivered)
    {
        if (delivered.Count > 0 || Failure is not null)
        {
            // In slices, with the commits of messages in between: a call must not wait for ten thousand rows to go.
            for (var first = 0; first < delivered.Count; first += RemovedPerWrite)
            {
                var last = Math.Min(first + RemovedPerWrite, delivered.Count);
                await _file.WriteAsync(writer => _rows.Delete(writer, delivered, first, last));
            }

            await _file.WriteAsync(writer => _rows.NoteCheckpoint(writer, _clock.GetUtcNow()));
            Interlocked.Add(ref _length, -delivered.Count);
            Failure = null;
        }

        var oldest = Length == 0 ? null : _file.Read(reader => JournalRows.ReadAfter(reader, 0, 1)) is [var row] ? row.ReceivedAt : (DateTimeOffset?)null;
        lock (_lock) _oldestAt = oldest;
        var waiting = _room;
        _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }

    /// <summary>Takes nothing more, and finishes what was taken.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            return _drain;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _file.WriteAsync(_ => _rows.Dispose());
        await _file.DisposeAsync();
    }

    private bool HasRoom(string deviceId) => Length < _options.JournalLengthMax && !_dispatcher.IsJammed(deviceId, _options.FailingDeviceLengthMax);

    private async Task DrainAsync()
    {
        while (true)
        {
            var started = _clock.GetTimestamp();
            List<Arrival> group = [];
            try
            {
                // The group is taken when the writer begins, so that everything that arrived until then is in it.
                await _file.WriteAsync(writer =>
                {
                    lock (_lock) (group, _waiting) = (_waiting, _spare);
                    WriteGroup(writer, group);
                });
                Failure = null;
                _counters.Committed(_clock.GetElapsedTime(started));
                Settle(group);
            }
            catch (Exception error)
            {
                // Whatever it was, the group is not on disk. Its senders do not acknowledge; health says so until a commit succeeds.
                Failure = error;
                if (group.Count == 0)
                {
                    // The transaction did not even begin. Those who wait must hear of it too, else this would spin on a full disk.
                    lock (_lock) (group, _waiting) = (_waiting, _spare);
                }

                _log.LogError(error, "The journal could not be written; {Count} messages were not acknowledged.", group.Count);
                Abandon(group);
            }

            lock (_lock)
            {
                group.Clear();
                _spare = group;
                if (_waiting.Count > 0) continue;
                _isDraining = false;
                return;
            }
        }
    }

    private void WriteGroup(Microsoft.Data.Sqlite.SqliteConnection writer, List<Arrival> group)
    {
        var dropped = 0;
        foreach (var arrival in group)
        {
            if (arrival is AcceptedMessage accepted)
            {
                accepted.Seq = ++_lastSeq;
                _rows.Insert(writer, accepted);
            }
            else if (arrival is RefusedArrival refused)
            {
                dropped += _rows.Quarantine(writer, refused, _options.QuarantineLengthMax);
            }
        }

        if (dropped > 0) _counters.QuarantineDropped(dropped);
    }

    private void Settle(List<Arrival> group)
    {
        var accepted = new List<AcceptedMessage>(group.Count);
        foreach (var arrival in group)
        {
            if (arrival is AcceptedMessage message) accepted.Add(message);
            else if (arrival is RefusedArrival { IsMessage: true } refused) _counters.Quarantined(refused.Reason);
            else if (arrival is ShedArrival) _counters.Shed("too_fast", 1);
        }

        if (accepted.Count > 0) _counters.Stored(accepted.Count);
        Tell(group, isOnDisk: true);
        _dispatcher.Enqueue(accepted);
    }

    private void Abandon(List<Arrival> group)
    {
        var messages = group.Count(arrival => arrival is not RefusedArrival { IsMessage: false });
        if (messages > 0) _counters.Shed("commit_failed", messages);
        Interlocked.Add(ref _length, -group.Count(arrival => arrival is AcceptedMessage));
        Tell(group, isOnDisk: false);
    }

    private static void Tell(List<Arrival> group, bool isOnDisk)
    {
        var senders = new List<ISender>();
        foreach (var arrival in group)
            if (arrival.Sender is { } sender && sender.Settle(arrival, isOnDisk)) senders.Add(sender);
        foreach (var sender in senders) sender.Flush();
    }

    private Task MoveToQuarantineAsync(JournalRow row, Refusal refusal)
    {
        _counters.Quarantined(QuarantineReason.Undecodable);
        var refused = new RefusedArrival(
            row.ReceivedAt, row.Topic.DeviceId, row.Topic.ToString(), QuarantineReason.Undecodable, refusal.Field, refusal.Detail, row.Payload);
        return _file.WriteAsync(writer =>
        {
            _rows.Quarantine(writer, refused, _options.QuarantineLengthMax);
            _rows.Delete(writer, [row.Seq], 0, 1);
        });
    }
}
