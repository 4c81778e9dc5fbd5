using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Hosting;

/// <summary>How the program and what it stands on are, for whoever looks after it.</summary>
internal static class SystemApi
{
    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapSystem(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/system", ShowAsync).RequireAuthorization(AccessPolicies.WholeDistrict).WithTags("System").Produces<SystemState>();
        return routes;
    }

    /// <summary>A store's state as the API says it.</summary>
    public static string Word(StoreState state) => state.ToString().ToLowerInvariant();

    private static async Task<SystemState> ShowAsync(
        ITimeSeriesStore store, RollupWorker rollup, Journal journal, IngestCounters counters, HealthCheckService health, TimeProvider clock, CancellationToken cancel)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), cancel);
        return new SystemState(
            clock.GetUtcNow(), OverviewApi.Version, Show(store.Status), Show(rollup.Status),
            new JournalState(journal.Length, Math.Round(journal.OldestAge.TotalSeconds, 1), journal.Failure?.Message),
            new IngestState(counters.StoredTotal, counters.QuarantinedTotals.Values.Sum(), counters.ShedTotals.Values.Sum(), counters.Connections),
            [.. report.Entries.OrderBy(check => check.Key, StringComparer.Ordinal).Select(check =>
                new SystemCheck(check.Key, check.Value.Status.ToString().ToLowerInvariant(), check.Value.Description))]);
    }

    private static TelemetryStore Show(StoreStatus status) => new(
        status.Kind, Word(status.State), status.Since, status.Problem, status.WaitingPoints, status.WaitingBytes, status.WaitingBytesMax, status.OldestWaitingAt,
        status.WrittenPoints, status.ExpiredPoints, status.DeadLetters, status.DroppedDeadLetters);

    private static RollupState Show(RollupStatus status) => new(status.Waiting, status.OldestDay, status.Problem, status.Written, status.Expired);
}
