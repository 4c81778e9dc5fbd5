using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Degraded when something owed has waited for too long (the outbox does not run, or the provider is out of reach), when a provider fails,
/// and when what a provider told us could not be worked off.
/// </summary>
internal sealed class OutboxHealth(NoticeStore notices, ProviderDesk desk, CallbackStore callbacks, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var problems = desk.Failing().Where(provider => !provider.Condition.IsUp(clock.GetUtcNow())).Select(provider => $"The provider {provider.Name} is down. {provider.Condition.Problem}").ToList();
        var waits = clock.GetUtcNow() - notices.ReadOldestOwed();
        if (waits > WaitMax) problems.Add($"A notice has been owed for {waits.Value.TotalMinutes:0} minutes. See the log for the outbox or the provider.");
        if (callbacks.CountBroken() is > 0 and var broken) problems.Add($"Messages of a provider that could not be worked off: {broken}. See the log.");
        return Task.FromResult(problems.Count > 0 ? HealthCheckResult.Degraded(string.Join(' ', problems)) : HealthCheckResult.Healthy());
    }
}
