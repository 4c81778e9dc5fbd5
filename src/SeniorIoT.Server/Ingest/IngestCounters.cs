using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace SeniorIoT.Server.Ingest;

/// <summary>What the door has seen, for the meter <c>SeniorIoT</c> and, as totals since start, for the overview. Thread-safe. No device ids anywhere.</summary>
internal sealed class IngestCounters
{
    private readonly ConcurrentDictionary<string, long> _quarantined = new();
    private readonly ConcurrentDictionary<string, long> _shedBy = new();
    private readonly ConcurrentDictionary<string, long> _refusedConnections = new();
    private readonly Counter<long> _messages;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _unknownFields;
    private readonly Counter<long> _quarantineDropped;
    private readonly Counter<long> _slowed;
    private readonly Histogram<double> _commit;
    private readonly KeyValuePair<string, object?> _storedTag = new("outcome", "stored");
    private long _stored;
    private long _retried;
    private int _connections;

    public IngestCounters(IMeterFactory meters)
    {
        var meter = meters.Create("SeniorIoT");
        _messages = meter.CreateCounter<long>("senioriot.ingest.messages", "{message}", "Messages that came through the door, by what became of them.");
        _refusals = meter.CreateCounter<long>("senioriot.ingest.refused_connections", "{connection}", "Connections that were not admitted or were closed for cause.");
        _retries = meter.CreateCounter<long>("senioriot.ingest.retries", "{delivery}", "Deliveries to a device grain that failed and were put back.");
        _unknownFields = meter.CreateCounter<long>("senioriot.ingest.unknown_fields", "{field}", "Fields of accepted messages that version 1 does not know.");
        _quarantineDropped = meter.CreateCounter<long>("senioriot.quarantine.dropped", "{message}", "Oldest entries that made room for new ones.");
        _slowed = meter.CreateCounter<long>("senioriot.ingest.slowed", "{message}", "Messages that waited because their client, or all together, were too fast. By whose limit.");
        _commit = meter.CreateHistogram(
            "senioriot.journal.commit_duration", "s", "From handing a group to the writer until it is on disk.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2] });
        meter.CreateObservableGauge("senioriot.ingest.connections", () => Volatile.Read(ref _connections), "{connection}", "Open MQTT connections.");
        meter.CreateObservableGauge("senioriot.journal.depth", () => JournalLength(), "{message}", "Messages that have not left the journal.");
        meter.CreateObservableGauge("senioriot.journal.oldest_age", () => JournalOldestAge().TotalSeconds, "s", "Age of the oldest message that has not left the journal.");
    }

    /// <summary>Messages committed to the journal.</summary>
    public long StoredTotal => Volatile.Read(ref _stored);

    /// <summary>Messages committed to quarantine, by reason.</summary>
    public IReadOnlyDictionary<string, long> QuarantinedTotals => _quarantined;

    /// <summary>Messages that were neither: not acknowledged, so that a QoS 1 client sends them again. By reason.</summary>
    public IReadOnlyDictionary<string, long> ShedTotals => _shedBy;

    /// <summary>Connections refused or closed for cause, by reason.</summary>
    public IReadOnlyDictionary<string, long> RefusedConnectionTotals => _refusedConnections;

    /// <summary>Failed deliveries.</summary>
    public long RetriesTotal => Volatile.Read(ref _retried);

    /// <summary>Open connections, admitted or not.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Set by the journal: its length and the age of its oldest message.</summary>
    public Func<int> JournalLength { get; set; } = () => 0;

    /// <inheritdoc cref="JournalLength"/>
    public Func<TimeSpan> JournalOldestAge { get; set; } = () => TimeSpan.Zero;

    public void Stored(int count)
    {
        Interlocked.Add(ref _stored, count);
        _messages.Add(count, _storedTag);
    }

    public void Quarantined(QuarantineReason reason)
    {
        Count(_quarantined, reason.Word(), 1);
        _messages.Add(1, new("outcome", "quarantined"), new("reason", reason.Word()));
    }

    public void Shed(string reason, int count)
    {
        Count(_shedBy, reason, count);
        _messages.Add(count, new("outcome", "shed"), new("reason", reason));
    }

    public void RefusedConnection(string reason)
    {
        Count(_refusedConnections, reason, 1);
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));
    }

    public void Retried()
    {
        Interlocked.Increment(ref _retried);
        _retries.Add(1);
    }

    public void Slowed(string whose) => _slowed.Add(1, new KeyValuePair<string, object?>("limit", whose));

    public void UnknownFields(int count) => _unknownFields.Add(count);

    public void QuarantineDropped(int count) => _quarantineDropped.Add(count);

    public void Committed(TimeSpan took) => _commit.Record(took.TotalSeconds);

    /// <summary>One connection more; returns how many there are now.</summary>
    public int Connected() => Interlocked.Increment(ref _connections);

    public void Disconnected() => Interlocked.Decrement(ref _connections);

    private static void Count(ConcurrentDictionary<string, long> totals, string key, int by) =>
        totals.AddOrUpdate(key, static (_, add) => add, static (_, now, add) => now + add, by);
}
