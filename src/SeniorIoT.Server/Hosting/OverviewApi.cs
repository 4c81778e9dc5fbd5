using System.Reflection;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Hosting;

/// <summary>How the system itself is, and what it refused.</summary>
internal static class OverviewApi
{
    private static readonly string Version = typeof(OverviewApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

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
        IngestCounters counters, TwilioOptions twilio, TimeZoneInfo zone, TimeProvider clock) => new(
        clock.GetUtcNow(), households.Count, devices.Count, connected.Count, live.CountSilent, alerts.CountOpen(scope.Area),
        counters.StoredTotal, counters.QuarantinedTotals.Values.Sum(), twilio.AccountSid is not null, Version, zone.Id);

    private static IResult ListQuarantine(Quarantine quarantine, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = quarantine.Read(before == long.MaxValue ? null : before, count + 1);
        return TypedResults.Ok(PageRequest.Cut(rows, count, row => row.Id.ToString(), row => row));
    }
}
