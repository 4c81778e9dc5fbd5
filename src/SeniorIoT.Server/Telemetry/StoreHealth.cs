using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Degraded while telemetry does not get to where it is kept. Never unhealthy: what waits is safe, and when there is no room any more the
/// journal still holds what was acknowledged. Once that cannot take anything either, <see cref="Ingest.IngestHealth"/> says so.
/// </summary>
internal sealed class StoreHealth(ITimeSeriesStore store) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = store.Status;
        return Task.FromResult(status.State switch
        {
            StoreState.Ok => HealthCheckResult.Healthy(),
            StoreState.Full => HealthCheckResult.Degraded($"There is no room left for telemetry that waits; when the journal is full too, devices are not acknowledged. {status.Problem}".TrimEnd()),
            _ => HealthCheckResult.Degraded($"Telemetry waits on disk and is safe. {status.Problem}".TrimEnd()),
        });
    }
}
