using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Households;

/// <summary>Who is told in each area, and what people asked for by a service key.</summary>
internal static class ResponderApi
{
    private const int RespondersMax = 50;

    /// <summary>Body of <c>PUT /api/v1/responders/{area}</c>.</summary>
    internal sealed record NewResponders(IReadOnlyList<Contact>? Responders);

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapResponders(this IEndpointRouteBuilder routes)
    {
        var responders = routes.MapGroup("/api/v1/responders/{area}").WithTags("Responders").RequireAuthorization();
        responders.MapGet("", Get).Produces<AreaResponders>().ProducesProblem(404);
        responders.MapPut("", Put).RequireAuthorization(AccessPolicies.Administrator).Produces<AreaResponders>().ProducesValidationProblem();

        var requests = routes.MapGroup("/api/v1/service-requests").WithTags("Service requests").RequireAuthorization();
        requests.MapGet("", ListRequests).Produces<Page<ServiceRequest>>().ProducesValidationProblem();
        requests.MapPost("/{id}/done", FinishRequest).Produces<ServiceRequest>().ProducesProblem(404);
        return routes;
    }

    private static IResult Get(string area, AreaScope scope, HouseholdDirectory households)
    {
        Area[] meant = [.. households.Names.Meant(area).DefaultIfEmpty(Area.Unplaced(area)).Where(one => scope.CanSee(one) && (!one.IsUnplaced || households.RespondersOfArea(one).Count > 0))];
        return meant is [var only] ? TypedResults.Ok(new AreaResponders(area, households.RespondersOfArea(only)))
            : meant.Length == 0 ? Refusals.NotFound("area", area)
            : TypedResults.Problem(statusCode: 404, detail: AreaNames.Choice(area, meant));
    }

    private static async Task<IResult> Put(
        string area, NewResponders request, HttpContext http, Registry registry, HouseholdDirectory households, TimeProvider clock, CancellationToken cancel)
    {
        var responders = request.Responders ?? [];
        var faults = new Faults();
        // Whoever is named for an area before it has households is told of them as soon as it has.
        var (unplaced, place) = (Area.Unplaced(area), households.Names.ReadEarly("area", area, faults) ?? default);
        if (request.Responders is null) faults.Add("responders", "Is required: the whole list; an empty one removes everybody.");
        HouseholdRules.CheckContacts("responders", responders, RespondersMax, faults);
        if (faults.Any) return faults.ToResult();
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            ResponderStore.Replace(connection, unplaced, []);
            touched.Areas.Add(unplaced);
            ResponderStore.Replace(connection, place, responders);
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "responders.change", area, $"entries: {responders.Count}");
            touched.Areas.Add(place);
            return TypedResults.Ok(new AreaResponders(area, responders));
        }, cancel);
    }

    private static IResult ListRequests(string? state, string? cursor, int? limit, AreaScope scope, ServiceRequestStore requests, HouseholdDirectory households)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (state is not (null or "" or "open" or "done")) faults.Add("state", "Must be open or done; leave it out for both.");
        if (faults.Any) return faults.ToResult();
        var rows = requests.List(scope, state is "open" ? true : state is "done" ? false : null, before, count + 1);
        return TypedResults.Ok(PageRequest.Cut(
            rows, count, row => ServiceRequestStore.NumberOf(row.RequestId).ToString(CultureInfo.InvariantCulture), row => Placed(row, households)));
    }

    private static async Task<IResult> FinishRequest(string id, HttpContext http, AreaScope scope, ServiceRequestStore requests, HouseholdDirectory households, TimeProvider clock) =>
        await requests.FinishAsync(id, scope, http.UserName, clock.GetUtcNow()) is { } done ? TypedResults.Ok(Placed(done, households)) : Refusals.NotFound("service request", id);

    // Whoever sees to it must know where to go.
    private static ServiceRequest Placed(ServiceRequest request, HouseholdDirectory households) => households.TryGet(request.HouseholdId, out var home)
        ? request with { Address = home.Address, Residents = string.Join('、', home.Residents.Select(resident => resident.Name)) }
        : request;
}
