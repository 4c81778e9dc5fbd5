using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Server.Ingest;

/// <summary>Something that came through the door and takes part in the next commit.</summary>
internal abstract class Arrival(DateTimeOffset receivedAt, byte[] payload)
{
    /// <summary>Stamped once, whole milliseconds, so that a replay sees the same instant.</summary>
    public DateTimeOffset ReceivedAt { get; } = receivedAt;

    public byte[] Payload { get; } = payload;

    /// <summary>Who waits to hear that the row is on disk; null when nobody does.</summary>
    public ISender? Sender { get; init; }

    /// <summary>MQTT packet id to acknowledge; 0 when no acknowledgement is owed (QoS 0).</summary>
    public ushort PacketId { get; init; }
}

/// <summary>A message that was understood: journalled, then delivered to its device's grain.</summary>
internal sealed class AcceptedMessage(Topic topic, Report report, byte[] payload) : Arrival(report.ReceivedAt, payload)
{
    public Topic Topic { get; } = topic;

    public Report Report { get; } = report;

    /// <summary>The rule of a call for help; null for everything else.</summary>
    public Rule? Call { get; } = CallRules.RuleOf(report);

    /// <summary>Place in the journal; given when the row is written.</summary>
    public long Seq { get; set; }
}

/// <summary>A message or a connection that was refused: kept in quarantine for a person to look at.</summary>
internal sealed class RefusedArrival(DateTimeOffset receivedAt, string? deviceId, string topic, QuarantineReason reason, string field, string detail, byte[] payload)
    : Arrival(receivedAt, payload)
{
    public string? DeviceId { get; } = deviceId;

    /// <summary>As the client wrote it, cut to 512 characters; empty for a refused connection.</summary>
    public string Topic { get; } = topic.Length <= 512 ? topic : topic[..512];

    public QuarantineReason Reason { get; } = reason;

    public string Field { get; } = field;

    public string Detail { get; } = detail;

    /// <summary>False when it was a connection that was refused: those are counted apart from messages.</summary>
    public bool IsMessage => Reason is not (QuarantineReason.NotEnrolled or QuarantineReason.BadCredentials);

    /// <summary>Length as announced; <see cref="Arrival.Payload"/> is empty when it was too long to be read.</summary>
    public int PayloadBytes { get; init; } = payload.Length;
}

/// <summary>A message that its client sent too fast: no row, only its place in the order of acknowledgements.</summary>
internal sealed class ShedArrival(DateTimeOffset receivedAt) : Arrival(receivedAt, []);

/// <summary>Waits for the commit of what it handed in.</summary>
internal interface ISender
{
    /// <summary>Told once for every arrival, in order. True when this is the first since the last <see cref="Flush"/>.</summary>
    bool Settle(Arrival arrival, bool isOnDisk);

    /// <summary>Told after the last arrival of a commit. Must not block.</summary>
    void Flush();
}

/// <summary>Turns a commit into a task, for the rare arrival that is no acknowledged PUBLISH.</summary>
internal sealed class CommitWaiter : ISender
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when the row is on disk; false when the disk refused.</summary>
    public Task<bool> IsOnDisk => _done.Task;

    public bool Settle(Arrival arrival, bool isOnDisk)
    {
        _done.TrySetResult(isOnDisk);
        return false;
    }

    public void Flush()
    {
    }
}
