using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;

namespace SeniorIoT.Server.Ladders;

/// <summary>Who is told when, by place and priority; and changing it.</summary>
internal static class LadderApi
{
    private const int NoteLengthMax = 200;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapLadders(this IEndpointRouteBuilder routes)
    {
        var ladders = routes.MapGroup("/api/v1/ladders").WithTags("Ladders").RequireAuthorization();
        ladders.MapGet("", List).Produces<Page<LadderSet>>();
        ladders.MapGet("/{scope}/{area}/{priority}", ListVersions).WithSummary("Every version, the newest first")
            .Produces<Page<LadderSet>>().ProducesValidationProblem().ProducesProblem(404);
        ladders.MapPut("/{scope}/{area}/{priority}", PutAsync).RequireAuthorization(AccessPolicies.Administrator)
            .Produces<LadderSet>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        ladders.MapDelete("/{scope}/{area}/{priority}", DeleteAsync).RequireAuthorization(AccessPolicies.Administrator)
            .Produces(204).ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        routes.MapGet("/api/v1/households/{id}/ladders", OfHousehold).WithTags("Ladders").RequireAuthorization()
            .WithSummary("Who would be told now").Produces<Page<LadderSet>>().ProducesProblem(404);
        return routes;
    }

    private static IResult List(AreaScope scope, LadderStore store, HouseholdDirectory households)
    {
        var rows = store.ReadCurrent();
        var visible = RulePlaces.Visible(rows.Select(row => row.Place), scope, households).ToHashSet();
        return TypedResults.Ok(new Page<LadderSet>(
            [
                .. Enum.GetValues<Priority>().Select(LadderView.Default),
                .. rows.Where(row => visible.Contains(row.Place)).OrderByDescending(row => row.Place.Scope).ThenBy(row => row.Place.Area, StringComparer.Ordinal).Select(row => LadderView.Show(row, households)),
            ],
            null));
    }

    private static IResult ListVersions(string scope, string area, string priority, AreaScope viewer, LadderStore store, HouseholdDirectory households)
    {
        var faults = new Faults();
        var urgency = LadderView.ReadPriority(priority, faults);
        if (faults.Any) return faults.ToResult();
        return Find(scope, area, viewer, households, out var meant) is { } place && RulePlaces.IsVisible(place, viewer, households)
            ? TypedResults.Ok(new Page<LadderSet>([.. store.ReadVersions(place, urgency).Select(row => LadderView.Show(row, households))], null))
            : NoPlace(scope, area, meant);
    }

    private static async Task<IResult> PutAsync(
        string scope, string area, string priority, NewLadder request, HttpContext http, LadderStore store, HouseholdDirectory households, TimeProvider clock)
    {
        var faults = new Faults();
        var urgency = LadderView.ReadPriority(priority, faults);
        faults.CheckText("note", request.Note, NoteLengthMax);
        var ladder = LadderView.Read(request, urgency, faults);
        if (Find(scope, area, AreaScope.Whole, households, out var meant) is not { } place) return NoPlace(scope, area, meant);
        faults.CheckText("area", area, HouseholdRules.AreaLengthMax);
        if (faults.Any) return faults.ToResult();
        if (!RulePlaces.Exists(place, households))
            return TypedResults.Problem(statusCode: 404, detail: $"No household is in {scope} {area}. Check the spelling, or enrol its households first.");
        var now = clock.GetUtcNow();
        LadderRow? made = null;
        var refused = await store.AddAsync(
            place, urgency, latest => Outdated(latest, request.Version), version => made = new LadderRow(place, urgency, version, ladder, now, http.UserName, request.Note!),
            (connection, row) => AuditLog.Write(connection, now, http.UserName, "ladder.change", area, $"{row.Name}: {LadderView.Say(row.Ladder!)}"));
        return refused ?? TypedResults.Ok(LadderView.Show(made!, households));
    }

    private static async Task<IResult> DeleteAsync(
        string scope, string area, string priority, int? version, string? note, HttpContext http, LadderStore store, HouseholdDirectory households, TimeProvider clock)
    {
        var faults = new Faults();
        var urgency = LadderView.ReadPriority(priority, faults);
        faults.CheckText("note", note, NoteLengthMax, isRequired: false);
        if (Find(scope, area, AreaScope.Whole, households, out var meant) is not { } place) return NoPlace(scope, area, meant);
        if (faults.Any) return faults.ToResult();
        var now = clock.GetUtcNow();
        return await store.AddAsync(
            place, urgency, latest => latest?.Ladder is null ? NoLadder(scope, area, urgency) : version is null ? null : Outdated(latest, version),
            next => new LadderRow(place, urgency, next, null, now, http.UserName, note ?? ""),
            (connection, row) => AuditLog.Write(connection, now, http.UserName, "ladder.delete", area, $"{row.Name}: what is further up is in force"))
            ?? TypedResults.NoContent();
    }

    private static IResult OfHousehold(string id, AreaScope scope, HouseholdDirectory households, AlertSurroundings around, TimeProvider clock)
    {
        if (!households.TryGet(id, out var household) || !scope.CanSee(household)) return Refusals.NotFound("household", id);
        var place = around.PlaceOf(new(id));
        var people = around.RespondersOf(place, clock.GetUtcNow());
        return TypedResults.Ok(new Page<LadderSet>(
            [.. Enum.GetValues<Priority>().Select(priority => LadderView.Show(around.LadderOf(place, priority), priority, people))], null));
    }

    private static IResult? Outdated(LadderRow? latest, int? version) => (latest, version) switch
    {
        ({ Ladder: not null }, _) when latest.Version != version => Refusals.Conflict(
            $"The ladder in force is version {latest.Version}, made at {latest.At:u} by {latest.By}. Read it, and send your change with \"version\": {latest.Version}."),
        (null or { Ladder: null }, { } read) when latest?.Version != read => Refusals.Conflict($"You read version {read}, but there is no ladder here. To set one leave \"version\" out."),
        _ => null,
    };

    private static RulePlace? Find(string scope, string area, AreaScope viewer, HouseholdDirectory households, out IReadOnlyList<Area> meant) =>
        RulePlaces.Find(scope, area, viewer, households, out meant) is { Scope: not PlaceScope.Household } place ? place : null;

    private static IResult NoPlace(string scope, string area, IReadOnlyList<Area> meant) => TypedResults.Problem(
        statusCode: 404, detail: meant.Count > 1 ? AreaNames.Choice(area, meant) : $"There is no place '{scope} {area}' with a ladder in your area; use committee, sub-district or district/{HouseholdDirectory.District}.");

    private static IResult NoLadder(string scope, string area, Priority priority) => TypedResults.Problem(
        statusCode: 404, detail: $"{scope} {area} has no ladder of its own for {priority}.");
}
