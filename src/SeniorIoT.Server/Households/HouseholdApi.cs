using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Households;

/// <summary>Households and their people.</summary>
internal static class HouseholdApi
{
    private const string Route = "/api/v1/households";

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapHouseholds(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Route).WithTags("Households").RequireAuthorization();
        api.MapGet("", List).Produces<Page<Household>>().ProducesValidationProblem();
        api.MapGet("/{id}", Open).Produces<Household>().ProducesProblem(404);
        api.MapPost("", Enrol).RequireAuthorization(AccessPolicies.Administrator)
            .Produces<Household>(201).ProducesValidationProblem().ProducesProblem(409);
        api.MapPatch("/{id}", Change).RequireAuthorization(AccessPolicies.Administrator)
            .Produces<Household>().ProducesValidationProblem().ProducesProblem(404);
        api.MapDelete("/{id}", Delete).RequireAuthorization(AccessPolicies.Administrator)
            .Produces(204).ProducesProblem(404).ProducesProblem(409);
        api.MapAbsences();
        api.MapGet("/{id}/history", History).Produces<Page<HistoryEntry>>().ProducesProblem(404);
        return routes;
    }

    private static IResult List(
        string? q, string? committee, string? subDistrict, string? cursor, int? limit, AreaScope scope, Registry registry, HouseholdView view)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var within = AreaNames.Filter(committee, subDistrict);
        var ids = registry.File.Read(connection =>
            HouseholdStore.List(connection, new HouseholdFilter(scope, q, within.Committee, within.SubDistrict), page.After, page.Limit + 1));
        var ofPage = PageRequest.Cut(ids, page.Limit, id => id, id => id);
        return TypedResults.Ok(new Page<Household>(view.Show(ofPage.Items), ofPage.Next));
    }

    private static async Task<IResult> Open(string id, AreaScope scope, HttpContext http, HouseholdDirectory households, HouseholdView view, AuditLog audit)
    {
        if (!IsVisible(id, scope, households)) return Refusals.NotFound("household", id);
        await audit.AddAsync(http.UserName, "household.view", id);
        return view.Show([id]) is [var household] ? TypedResults.Ok(household) : Refusals.NotFound("household", id);
    }

    private static async Task<IResult> Enrol(
        NewHousehold request, HttpContext http, Registry registry, HouseholdView view, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var faults = new Faults();
        HouseholdRules.Check(request, now, faults);
        if (faults.Any) return faults.ToResult();
        var isNew = await registry.ChangeAsync((connection, touched) =>
        {
            if (!HouseholdStore.TryInsert(connection, request, now)) return false;
            AuditLog.Write(connection, now, http.UserName, "household.enrol", request.HouseholdId);
            return touched.Households.Add(request.HouseholdId);
        }, cancel);
        return isNew && view.Show([request.HouseholdId]) is [var household]
            ? TypedResults.Created($"{Route}/{household.HouseholdId}", household)
            : Refusals.Conflict($"A household {request.HouseholdId} is enrolled already. Change it with PATCH, or choose another id.");
    }

    private static async Task<IResult> Change(
        string id, HouseholdPatch request, HttpContext http, AreaScope scope, Registry registry, HouseholdDirectory households, HouseholdView view,
        TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var refusal = await registry.ChangeAsync<IResult?>((connection, touched) =>
        {
            if (!households.TryGet(id, out var before) || !scope.CanSee(before)) return Refusals.NotFound("household", id);
            var after = new NewHousehold(
                id, request.Address ?? before.Address, request.Committee ?? before.Committee, request.SubDistrict ?? before.SubDistrict,
                request.Residents ?? before.Residents, request.Contacts ?? before.Contacts, request.ContactFirst ?? before.ContactFirst);
            var faults = new Faults();
            HouseholdRules.Check(after, now, faults);
            if (faults.Any) return faults.ToResult();
            HouseholdStore.Update(connection, after);
            AuditLog.Write(connection, now, http.UserName, "household.change", id, Fields(request));
            touched.Households.Add(id);
            return null;
        }, cancel);
        return refusal ?? (view.Show([id]) is [var household] ? TypedResults.Ok(household) : Refusals.NotFound("household", id));
    }

    private static async Task<IResult> Delete(
        string id, bool? force, HttpContext http, AreaScope scope, Registry registry, HouseholdDirectory households, DeviceLiveTable live,
        DevicePresence presence, TimeProvider clock, CancellationToken cancel)
    {
        List<DeviceRow> devices = [];
        var refusal = await registry.ChangeAsync<IResult?>((connection, touched) =>
        {
            if (!households.TryGet(id, out var household) || !scope.CanSee(household)) return Refusals.NotFound("household", id);
            if (household.Devices.Count > 0 && force is not true)
                return Refusals.Conflict(
                    $"Household {id} has {household.Devices.Count} devices in use. Retire, move or delete them, or send ?force=true to delete them too.");
            devices = DeviceStore.OfHouseholds(connection, [id]);
            if (devices.FirstOrDefault(device => DeviceStore.CountBehind(connection, device.DeviceId, except: id) > 0) is { } gateway)
                return Refusals.Conflict(
                    $"Gateway {gateway.DeviceId} speaks for devices of other households. Give those another gateway, or move it to another household.");
            foreach (var device in devices) DeviceStore.DetachFrom(connection, device.DeviceId);
            foreach (var device in devices) DeviceStore.Delete(connection, device.DeviceId);
            HouseholdStore.Delete(connection, id);
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "household.delete", id, $"devices: {devices.Count}");
            touched.Devices.UnionWith(devices.Select(device => device.DeviceId));
            touched.Households.Add(id);
            return null;
        }, cancel);
        if (refusal is not null) return refusal;
        foreach (var device in devices)
        {
            live.Remove(device.DeviceId);
            await presence.Disconnect(device.DeviceId);
        }

        return TypedResults.NoContent();
    }

    private static IResult History(string id, string? cursor, int? limit, AreaScope scope, HouseholdDirectory households, HistoryStore history)
    {
        if (!IsVisible(id, scope, households)) return Refusals.NotFound("household", id);
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        return TypedResults.Ok(PageRequest.Cut(history.List(id, page.After, page.Limit + 1), page.Limit, HistoryStore.KeyOf, entry => entry));
    }

    private static bool IsVisible(string id, AreaScope scope, HouseholdDirectory households) =>
        households.TryGet(id, out var household) && scope.CanSee(household);

    private static string Fields(HouseholdPatch patch) => string.Join(", ", new (string Name, object? Value)[]
    {
        ("address", patch.Address), ("committee", patch.Committee), ("subDistrict", patch.SubDistrict),
        ("residents", patch.Residents), ("contacts", patch.Contacts), ("contactFirst", patch.ContactFirst),
    }.Where(field => field.Value is not null).Select(field => field.Name));
}
