using System.Reflection;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Notices;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Hosting;

/// <summary>How the system itself is, and what it refused.</summary>
internal static class OverviewApi
{
    /// <summary>The version of the running program.</summary>
    internal static readonly string Version = typeof(OverviewApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapOverview(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization().WithTags("Overview");
        api.MapGet("/overview", Show).Produces<Overview>();
        api.MapGet("/quarantine", ListQuarantine).RequireAuthorization(AccessPolicies.Operator).Produces<Page<QuarantinedMessage>>().ProducesValidationProblem();
        return routes;
    }

    private static Overview Show(
        AreaScope scope, HouseholdDirectory households, DeviceDirectory devices, ConnectedDevices connected, DeviceLiveTable live, AlertQueries alerts,
        IngestCounters counters, ProviderDesk providers, ITimeSeriesStore store, TimeZoneInfo zone, TimeProvider clock) => new(
        clock.GetUtcNow(), households.Count, devices.Count, connected.Count, live.CountSilent, alerts.CountOpen(scope.Area),
        counters.StoredTotal, counters.QuarantinedTotals.Values.Sum(), providers.HasSms, Version, zone.Id)
    {
        // An area can do nothing about it and is not worried by it.
        TelemetryState = scope.Area is null ? SystemApi.Word(store.Status.State) : null,
        TelemetryWaiting = scope.Area is null ? store.Status.WaitingPoints : null,
    };

    private static IResult ListQuarantine(Quarantine quarantine, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = quarantine.Read(before == long.MaxValue ? null : before, count + 1);
        return TypedResults.Ok(PageRequest.Cut(rows, count, row => row.Id.ToString(), row => row));
    }
}
