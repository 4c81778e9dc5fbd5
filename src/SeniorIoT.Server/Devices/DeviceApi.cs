using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Devices;

/// <summary>Enrolled devices and their credentials.</summary>
internal static class DeviceApi
{
    private const string Route = "/api/v1/devices";
    private const int RowsScannedMax = 20_000;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapDevices(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Route).WithTags("Devices").RequireAuthorization();
        api.MapGet("", List).Produces<Page<Device>>().ProducesValidationProblem();
        api.MapGet("/{id}", Open).Produces<Device>().ProducesProblem(404);

        var enrolment = api.MapGroup("").RequireAuthorization(AccessPolicies.Administrator);
        enrolment.MapPost("", Enrol).Produces<EnrolledDevice>(201).ProducesValidationProblem().ProducesProblem(409);
        enrolment.MapPatch("/{id}", Change).Produces<Device>().ProducesValidationProblem().ProducesProblem(404);
        enrolment.MapDelete("/{id}", Delete).Produces(204).ProducesProblem(404).ProducesProblem(409);
        enrolment.MapPost("/{id}/credentials", Rotate).Produces<EnrolledDevice>().ProducesProblem(404);
        return routes;
    }

    private static IResult List(
        string? q, string? kind, string? householdId, string? state, string? cursor, int? limit, AreaScope scope, Registry registry, DeviceView view)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (!string.IsNullOrEmpty(kind) && !DeviceStore.Kinds.Contains(kind)) faults.Add("kind", $"Must be one of {string.Join(", ", DeviceStore.Kinds)}.");
        if (!string.IsNullOrEmpty(state) && !DeviceView.States.Contains(state)) faults.Add("state", $"Must be one of {string.Join(", ", DeviceView.States)}.");
        if (faults.Any) return faults.ToResult();
        var filter = new DeviceFilter(scope, q, string.IsNullOrEmpty(kind) ? null : kind, string.IsNullOrEmpty(householdId) ? null : householdId);
        return TypedResults.Ok(registry.File.Read(connection => string.IsNullOrEmpty(state)
            ? PageRequest.Cut(DeviceStore.List(connection, filter, page.After, page.Limit + 1), page.Limit, row => row.DeviceId, view.Show)
            : InState(connection, filter, state, page, view)));
    }

    // The state is known in memory, not in the file: look through rows until the page is full. A page may be short, or even
    // empty, and still have a next one; so no request looks at more than a bounded number of rows.
    private static Page<Device> InState(SqliteConnection connection, DeviceFilter filter, string state, PageRequest page, DeviceView view)
    {
        List<Device> found = [];
        var after = page.After;
        for (var scanned = 0; scanned < RowsScannedMax; scanned += PageRequest.LimitMax)
        {
            var rows = DeviceStore.List(connection, filter, after, PageRequest.LimitMax);
            foreach (var row in rows)
            {
                if (found.Count == page.Limit) return new Page<Device>(found, PageRequest.Encode(after));
                if (view.StateOf(row) == state) found.Add(view.Show(row));
                after = row.DeviceId;
            }

            if (rows.Count < PageRequest.LimitMax) return new Page<Device>(found, null);
        }

        return new Page<Device>(found, PageRequest.Encode(after));
    }

    private static IResult Open(string id, AreaScope scope, Registry registry, DeviceView view) =>
        registry.File.Read(connection => DeviceStore.Find(connection, id, scope)) is { } row
            ? TypedResults.Ok(view.Show(row))
            : Refusals.NotFound("device", id);

    private static async Task<IResult> Enrol(NewDevice request, HttpContext http, Registry registry, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var secret = DeviceSecret.Create();
        var device = new DeviceRow(request.DeviceId, request.Kind, Blank(request.HouseholdId), Blank(request.GatewayId), now, null);
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            var faults = new Faults();
            faults.CheckId("deviceId", device.DeviceId);
            if (!DeviceStore.Kinds.Contains(device.Kind)) faults.Add("kind", $"Must be one of {string.Join(", ", DeviceStore.Kinds)}.");
            CheckPlace(connection, device, faults);
            if (faults.Any) return faults.ToResult();
            if (!DeviceStore.TryInsert(connection, device, DeviceSecret.Hash(secret)))
                return Refusals.Conflict(
                    $"A device {device.DeviceId} is enrolled already. Get a new password with POST {Route}/{device.DeviceId}/credentials, or delete it first.");
            AuditLog.Write(connection, now, http.UserName, "device.enrol", device.DeviceId, device.Kind);
            Touch(touched, device);
            return TypedResults.Created($"{Route}/{device.DeviceId}", Credentials(http, device, secret));
        }, cancel);
    }

    private static async Task<IResult> Change(
        string id, DevicePatch request, HttpContext http, AreaScope scope, Registry registry, DeviceView view, DevicePresence presence, TimeProvider clock,
        CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (refusal, after) = await registry.ChangeAsync<(IResult?, DeviceRow?)>((connection, touched) =>
        {
            if (DeviceStore.Find(connection, id, scope) is not { } before) return (Refusals.NotFound("device", id), null);
            var after = before with
            {
                // An empty text takes it away; a member left out leaves it alone.
                HouseholdId = request.HouseholdId is null ? before.HouseholdId : Blank(request.HouseholdId),
                GatewayId = request.GatewayId is null ? before.GatewayId : Blank(request.GatewayId),
                RetiredAt = request.Retired switch { null => before.RetiredAt, true => before.RetiredAt ?? now, false => null },
            };
            var faults = new Faults();
            CheckPlace(connection, after, faults);
            if (faults.Any) return (faults.ToResult(), null);
            DeviceStore.Update(connection, before, after, now);
            AuditLog.Write(connection, now, http.UserName, "device.change", id, Changes(before, after));
            Touch(touched, before);
            Touch(touched, after);
            return (null, after);
        }, cancel);
        if (refusal is not null) return refusal;
        if (after!.RetiredAt is not null) await presence.Disconnect(id);
        return TypedResults.Ok(view.Show(after));
    }

    private static async Task<IResult> Delete(
        string id, HttpContext http, AreaScope scope, Registry registry, DeviceLiveTable live, DevicePresence presence, TimeProvider clock,
        CancellationToken cancel)
    {
        var refusal = await registry.ChangeAsync<IResult?>((connection, touched) =>
        {
            if (DeviceStore.Find(connection, id, scope) is not { } device) return Refusals.NotFound("device", id);
            if (DeviceStore.CountBehind(connection, id) is > 0 and var count)
                return Refusals.Conflict(
                    $"Gateway {id} speaks for {count} devices. Give them another gateway first: PATCH {{\"gatewayId\": \"…\"}}, empty for none.");
            DeviceStore.Delete(connection, id);
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "device.delete", id);
            Touch(touched, device);
            return null;
        }, cancel);
        if (refusal is not null) return refusal;
        live.Remove(id);
        await presence.Disconnect(id);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> Rotate(
        string id, HttpContext http, AreaScope scope, Registry registry, DevicePresence presence, TimeProvider clock, CancellationToken cancel)
    {
        var secret = DeviceSecret.Create();
        var device = await registry.ChangeAsync((connection, touched) =>
        {
            if (DeviceStore.Find(connection, id, scope) is not { } device) return null;
            DeviceStore.SetSecret(connection, id, DeviceSecret.Hash(secret));
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "device.credentials", id);
            Touch(touched, device);
            return device;
        }, cancel);
        if (device is null) return Refusals.NotFound("device", id);
        await presence.Disconnect(id);
        return TypedResults.Ok(Credentials(http, device, secret));
    }

    private static void CheckPlace(SqliteConnection connection, DeviceRow device, Faults faults)
    {
        if (device.HouseholdId is { } household && !HouseholdStore.Exists(connection, household))
            faults.Add("householdId", $"There is no household {household}. Enrol it first, or correct the id.");
        if (device.HouseholdId is null && device.Kind != DeviceStore.Gateway)
            faults.Add("householdId", "Is required: the household where the device is. Only a gateway may have none.");
        if (device.GatewayId is { } gateway && device.Kind == DeviceStore.Gateway)
            faults.Add("gatewayId", "A gateway speaks for itself; leave it out.");
        else if (device.GatewayId is { } relay && DeviceStore.Find(connection, relay, AreaScope.Whole) is not { Kind: DeviceStore.Gateway, RetiredAt: null })
            faults.Add("gatewayId", $"There is no gateway {relay} in use. Enrol it first with kind gateway, or correct the id.");
    }

    private static void Touch(Touched touched, DeviceRow device)
    {
        touched.Devices.Add(device.DeviceId);
        if (device.HouseholdId is { } household) touched.Households.Add(household);
    }

    private static EnrolledDevice Credentials(HttpContext http, DeviceRow device, string secret)
    {
        http.Response.Headers.CacheControl = "no-store";
        return new EnrolledDevice(device.DeviceId, device.Kind, device.HouseholdId, new MqttCredentials(device.DeviceId, secret));
    }

    private static string Changes(DeviceRow before, DeviceRow after) => string.Join(", ", new[]
    {
        before.HouseholdId == after.HouseholdId ? null : $"household {before.HouseholdId} -> {after.HouseholdId}",
        before.GatewayId == after.GatewayId ? null : $"gateway {before.GatewayId} -> {after.GatewayId}",
        before.RetiredAt is null == after.RetiredAt is null ? null : after.RetiredAt is null ? "back in use" : "retired",
    }.Where(change => change is not null));

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
