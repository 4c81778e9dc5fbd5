using System.Collections.Concurrent;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Ingest;

/// <summary>Hands reports to a device's grain; completes when the grain took them, throws when they must be delivered again.</summary>
internal delegate Task Deliver(DeviceKind kind, string deviceId, Report[] reports);

/// <summary>
/// Delivers journalled messages: one device strictly in order, different devices side by side. A device with a call for help overtakes
/// those with other events, these overtake devices that only have telemetry, and some places are kept for each. A delivery that fails is put back with a growing delay and
/// holds up nobody else. Delivers at least once; grains recognise repeats. The journal bounds what is in here.
/// </summary>
internal sealed class Dispatcher(Deliver deliver, IngestCounters counters, TimeProvider clock, ILogger<Dispatcher> log)
{
    private const int Lanes = 3;
    private const int ReportsPerDeliveryMax = 100;
    private const int FailuresBeforeUnhealthy = 5;

    // How many run at once, by lane. Calls may take all places; the others leave them 32 in any case.
    private static readonly int[] RunningMax = [32, 64, 128];
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeviceLine> _lines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DeviceLine> _failing = new(StringComparer.Ordinal);
    private readonly Queue<DeviceLine>[] _lanes = [[], [], []];
    private readonly int[] _running = new int[Lanes];
    private List<long> _delivered = [];
    private int _workers;
    private bool _isOpen;
    private TaskCompletionSource? _idle;

    /// <summary>Devices whose grain refused their messages several times in a row.</summary>
    public int FailingDevices => _failing.Count(pair => pair.Value.Failures >= FailuresBeforeUnhealthy);

    /// <summary>Whether a device's grain fails and at least <paramref name="lengthMax"/> of its messages wait.</summary>
    public bool IsJammed(string deviceId, int lengthMax) =>
        !_failing.IsEmpty && _failing.TryGetValue(deviceId, out var line) && line.Length >= lengthMax;

    /// <summary>Begins to deliver. Until then messages gather: grains can be called only when the silo runs.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isOpen = true;
            StartWorkers();
        }
    }

    /// <summary>Starts no new delivery and waits for those that run. What is left stays in the journal.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        Task idle;
        lock (_lock)
        {
            _isOpen = false;
            if (_workers == 0) return;
            idle = (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await idle.WaitAsync(cancel);
    }

    /// <summary>Takes committed messages in their order.</summary>
    public void Enqueue(IReadOnlyList<AcceptedMessage> messages)
    {
        lock (_lock)
        {
            foreach (var message in messages)
            {
                if (!_lines.TryGetValue(message.Topic.DeviceId, out var line)) _lines.Add(message.Topic.DeviceId, line = new DeviceLine(message.Topic));
                line.Add(message);
                PutInLane(line);
            }

            StartWorkers();
        }
    }

    /// <summary>Numbers of the messages whose delivery completed since the last call.</summary>
    public List<long> TakeDelivered()
    {
        lock (_lock)
        {
            var taken = _delivered;
            _delivered = [];
            return taken;
        }
    }

    private void PutInLane(DeviceLine line)
    {
        // What is urgent waits neither for the end of a back-off nor in a slower lane; the old place there is skipped when its turn comes.
        var shouldMove = line.Place switch
        {
            Place.Running => false,
            Place.BackOff => line.Newest > Lane.Routine,
            Place.Waiting => line.Urgency > line.Lane,
            _ => true,
        };
        if (!shouldMove) return;
        (line.Place, line.Lane) = (Place.Waiting, line.Urgency);
        _lanes[(int)line.Lane].Enqueue(line);
    }

    private void StartWorkers()
    {
        var running = _running.Sum();
        var wanted = running;
        for (var lane = 0; lane < Lanes; lane++) wanted += Math.Min(_lanes[lane].Count, RunningMax[lane] - _running[lane]);
        for (wanted = Math.Min(wanted, RunningMax[^1]); _isOpen && _workers < wanted; _workers++) _ = Task.Run(WorkAsync);
    }

    private async Task WorkAsync()
    {
        while (TryTake(out var line, out var messages))
        {
            Exception? failure = null;
            try
            {
                await deliver(line.Kind, line.DeviceId, Array.ConvertAll(messages, message => message.Report));
            }
            catch (Exception error)
            {
                // Put back below, counted, and seen in health when it goes on.
                failure = error;
            }

            lock (_lock)
            {
                _running[(int)line.Lane]--;
                if (failure is null) Delivered(line, messages);
                else Failed(line, failure);
                StartWorkers();
            }
        }
    }

    private bool TryTake(out DeviceLine line, out AcceptedMessage[] messages)
    {
        lock (_lock)
        {
            for (var lane = Lanes - 1; _isOpen && lane >= 0; lane--)
            {
                if (_running[lane] >= RunningMax[lane] || !TryTake(_lanes[lane], (Lane)lane, out line!)) continue;
                _running[lane]++;
                line.Place = Place.Running;
                // After a failure one at a time: the messages before the one that fails get through.
                messages = line.Peek(line.Failures > 0 ? 1 : ReportsPerDeliveryMax);
                return true;
            }

            (line, messages) = (null!, []);
            if (--_workers == 0) _idle?.TrySetResult();
            return false;
        }
    }

    private static bool TryTake(Queue<DeviceLine> waiting, Lane lane, out DeviceLine? line)
    {
        while (waiting.TryDequeue(out line))
            if (line.Place == Place.Waiting && line.Lane == lane) return true;
        return false;
    }

    private void Delivered(DeviceLine line, AcceptedMessage[] messages)
    {
        foreach (var message in messages) _delivered.Add(message.Seq);
        line.Remove(messages.Length);
        if (line.Failures > 0)
        {
            line.Failures = 0;
            _failing.TryRemove(line.DeviceId, out _);
        }

        line.Place = Place.None;
        if (line.Length > 0)
        {
            PutInLane(line);
            return;
        }

        _lines.Remove(line.DeviceId);
        line.Retry?.Dispose();
    }

    private void Failed(DeviceLine line, Exception error)
    {
        line.Failures++;
        line.Place = Place.BackOff;
        _failing[line.DeviceId] = line;
        if (line.Failures is 1 or FailuresBeforeUnhealthy)
            log.LogWarning(error, "Delivery to {Kind} {DeviceId} failed {Failures} times in a row; it is tried again.", line.Kind, line.DeviceId, line.Failures);
        var after = FirstRetryAfter * Math.Min(1 << Math.Min(line.Failures - 1, 20), RetryAfterMax / FirstRetryAfter);
        line.Retry ??= clock.CreateTimer(_ => Retry(line), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        line.Retry.Change(after, Timeout.InfiniteTimeSpan);
        counters.Retried();
    }

    private void Retry(DeviceLine line)
    {
        lock (_lock)
        {
            if (line.Place != Place.BackOff) return;
            line.Place = Place.None;
            PutInLane(line);
            StartWorkers();
        }
    }

    private enum Place
    {
        None,
        Waiting,
        Running,
        BackOff,
    }

    /// <summary>The more urgent, the higher.</summary>
    private enum Lane
    {
        Routine,
        Event,
        Call,
    }

    /// <summary>What waits for one device. Guarded by the dispatcher's lock, except <see cref="Length"/> and <see cref="Failures"/>, which are only looked at.</summary>
    private sealed class DeviceLine(Topic topic)
    {
        private readonly Queue<AcceptedMessage> _messages = [];
        private readonly int[] _count = new int[Lanes];

        public DeviceKind Kind { get; } = topic.Kind;

        public string DeviceId { get; } = topic.DeviceId;

        public Place Place { get; set; }

        /// <summary>Where it waits, or from where it was taken.</summary>
        public Lane Lane { get; set; }

        public int Failures { get; set; }

        /// <summary>The lane of the most urgent message in it.</summary>
        public Lane Urgency => _count[(int)Lane.Call] > 0 ? Lane.Call : _count[(int)Lane.Event] > 0 ? Lane.Event : Lane.Routine;

        /// <summary>The lane of the message that came last.</summary>
        public Lane Newest { get; private set; }

        public int Length => _messages.Count;

        public ITimer? Retry { get; set; }

        public void Add(AcceptedMessage message)
        {
            _messages.Enqueue(message);
            _count[(int)(Newest = LaneOf(message))]++;
        }

        public AcceptedMessage[] Peek(int count) => [.. _messages.Take(count)];

        public void Remove(int count)
        {
            for (; count > 0; count--) _count[(int)LaneOf(_messages.Dequeue())]--;
        }

        private static Lane LaneOf(AcceptedMessage message) =>
            message.Call is not null ? Lane.Call : message.Topic.Channel == Channel.Event ? Lane.Event : Lane.Routine;
    }
}
