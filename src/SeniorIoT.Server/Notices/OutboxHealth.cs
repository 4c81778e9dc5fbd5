using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SeniorIoT.Server.Notices;

/// <summary>Degraded when something owed has waited for too long: the outbox does not run, or the provider is out of reach.</summary>
internal sealed class OutboxHealth(NoticeStore notices, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var waits = clock.GetUtcNow() - notices.ReadOldestOwed();
        return Task.FromResult(waits > WaitMax
            ? HealthCheckResult.Degraded($"A notice has been owed for {waits.Value.TotalMinutes:0} minutes. See the log for the outbox or the provider.")
            : HealthCheckResult.Healthy());
    }
}
