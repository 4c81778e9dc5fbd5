using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SeniorIoT.Server.Ingest;

/// <summary>Unhealthy: messages cannot be made durable, so devices are not acknowledged. Degraded: they are safe, but not all arrive where they belong.</summary>
internal sealed class IngestHealth(Journal journal, Dispatcher dispatcher, Checkpoint checkpoint, IngestOptions options) : IHealthCheck
{
    private const int CheckpointFailuresMax = 3;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (journal.Failure is { } failure) return HealthCheckResult.Unhealthy("The journal cannot be written; is the disk full?", failure);
        if (checkpoint.FailuresInRow >= CheckpointFailuresMax)
            return HealthCheckResult.Unhealthy($"{checkpoint.FailuresInRow} checkpoints failed in a row; the journal grows.");
        if (dispatcher.FailingDevices is > 0 and var failing)
            return HealthCheckResult.Degraded($"Messages of {failing} devices cannot be delivered; they are kept and tried again.");
        if (journal.Length > options.JournalLengthMax * 0.8)
            return HealthCheckResult.Degraded($"{journal.Length} messages wait; at {options.JournalLengthMax} devices must wait too.");
        return HealthCheckResult.Healthy();
    }
}
