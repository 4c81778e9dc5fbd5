namespace SeniorIoT.Server.Storage;

/// <summary>
/// Something that keeps effects of journalled messages in memory for a moment (samples, device states). The journal may forget
/// a message only after every such thing was flushed: see <c>Ingest/Checkpoint</c>.
/// </summary>
internal interface ICheckpointed
{
    /// <summary>When the task completes, everything handed over before the call is on disk. Throws when the disk refuses; safe to retry.</summary>
    Task FlushAsync(CancellationToken cancel);
}
