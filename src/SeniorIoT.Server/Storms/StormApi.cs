using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Storms;

/// <summary>Incidents, shelves and the load.</summary>
internal static class StormApi
{
    private const int MembersMax = 500;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapStorms(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").RequireAuthorization();
        var incidents = api.MapGroup("/incidents").WithTags("Incidents");
        incidents.MapGet("", ListIncidents).Produces<Page<Api.Incident>>().ProducesValidationProblem();
        incidents.MapGet("/{id}", GetIncident).Produces<IncidentDetail>().ProducesValidationProblem().ProducesProblem(404);
        incidents.MapGet("/{id}/alerts", ListMembers).Produces<Page<Api.Alert>>().ProducesValidationProblem().ProducesProblem(404);
        incidents.MapPost("/{id}/acknowledge", (string id, IncidentAction? action, Desk desk) => desk.ActAsync(id, action, (by, asked, _) => new IncidentCommand.Acknowledge(by, asked.Note)))
            .Produces<IncidentDetail>().ProducesProblem(404).ProducesProblem(409);
        incidents.MapPost("/{id}/close", (string id, IncidentAction? action, Desk desk) => desk.ActAsync(id, action, (by, asked, faults) =>
        {
            faults.CheckText("outcome", asked.Outcome, 64);
            return new IncidentCommand.Close(by, Outcome.Read(asked.Outcome ?? ""), asked.Note);
        })).Produces<IncidentDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);
        incidents.MapPost("/{id}/take-out", (string id, IncidentAction? action, Desk desk) => desk.TakeOutAsync(id, action))
            .Produces<IncidentDetail>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(409);

        var shelves = api.MapGroup("/shelves").WithTags("Shelves");
        shelves.MapGet("", ListShelves).Produces<Page<Api.Shelf>>().ProducesValidationProblem();
        shelves.MapGet("/rules", () => TypedResults.Ok(new Page<ShelfRule>([.. Domain.Alerts.Rule.All.Select(IncidentView.ShelfOf)], null))).Produces<Page<ShelfRule>>();
        shelves.MapPost("", Shelve).RequireAuthorization(AccessPolicies.Operator).Produces<Api.Shelf>(201).ProducesValidationProblem();
        shelves.MapDelete("/{id}", Unshelve).RequireAuthorization(AccessPolicies.Operator).Produces(204).ProducesProblem(404);
        api.MapGet("/load", (AreaScope scope, LoadQueries load) => TypedResults.Ok(load.Read(scope.Area))).WithTags("Load").Produces<Load>();
        return routes;
    }

    private static IResult ListIncidents(AreaScope scope, IncidentStore store, string? state, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        var isOpen = ReadState(state, "open", faults);
        if (faults.Any) return faults.ToResult();
        return TypedResults.Ok(PageRequest.Cut(
            store.List(isOpen, scope.Area, before, count + 1), count, row => row.N.ToString(CultureInfo.InvariantCulture),
            row => IncidentView.Of(row.Incident, row.Incident.IsOver ? null : store.Count(row.Incident.Id))));
    }

    private static IResult GetIncident(string id, int? members, Desk desk)
    {
        var faults = new Faults();
        if (members is < 0 or > MembersMax) faults.Add("members", $"Must be 0 to {MembersMax}; leave it out for {MembersMax}.");
        if (faults.Any) return faults.ToResult();
        return desk.Find(id) is { } incident ? TypedResults.Ok(desk.Show(incident, members ?? MembersMax)) : Refusals.NotFound("incident", id);
    }

    private static IResult ListMembers(string id, string? cursor, int? limit, Desk desk)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (!long.TryParse(page.After.Length == 0 ? "0" : page.After, CultureInfo.InvariantCulture, out var after)) faults.Add("cursor", "Belongs to another list; leave it out to begin anew.");
        if (faults.Any) return faults.ToResult();
        return desk.Find(id) is null ? Refusals.NotFound("incident", id) : TypedResults.Ok(PageRequest.Cut(
            desk.Incidents.ReadMembers(id, after, page.Limit + 1), page.Limit, row => row.N.ToString(CultureInfo.InvariantCulture), row => AlertView.Of(row.Alert)));
    }

    private static IResult ListShelves(
        AreaScope scope, HeldStore held, HouseholdDirectory households, TimeProvider clock, string? state, string? householdId, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        var isOn = ReadState(state, "on", faults);
        var now = clock.GetUtcNow();
        return faults.Any ? faults.ToResult() : TypedResults.Ok(PageRequest.Cut(
            held.List(isOn, scope.Area, before, count + 1, now, householdId), count, shelf => shelf.Id.ToString(CultureInfo.InvariantCulture),
            shelf => IncidentView.Of(shelf, now) with { Address = households.TryGet(shelf.Household.Value, out var home) ? home.Address : "" }));
    }

    private static async Task<IResult> Shelve(NewShelf request, HttpContext http, AreaScope scope, HeldStore held, ShelfDesk shelves, HouseholdDirectory households, DeviceDirectory devices, AuditLog audit, TimeProvider clock)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        if (!households.TryGet(request.HouseholdId ?? "", out var home) || !scope.CanSee(home))
            faults.Add("householdId", $"There is no household {request.HouseholdId} in your area. Check the id in the list.");
        var device = string.IsNullOrWhiteSpace(request.DeviceId) ? null : request.DeviceId;
        if (device is not null && (!devices.TryGet(device, out var entry) || entry.HouseholdId != request.HouseholdId))
            faults.Add("deviceId", $"Household {request.HouseholdId} has no device {device}; leave it out for all of its devices.");
        var rule = Domain.Alerts.Rule.All.FirstOrDefault(one => one.Id == request.Rule);
        if (rule is null) faults.Add("rule", $"There is no rule '{request.Rule}'; give an id such as leak.");
        else if (ShelfRules.WhyNot(rule) is { } why) faults.Add("rule", why);
        else if (request.Until <= now) faults.Add("until", "Must lie ahead.");
        else if (request.Until > now + ShelfRules.LongestFor(rule.Priority))
            faults.Add("until", $"'{rule.Id}' is {rule.Priority}: it can be shelved for at most {ShelfRules.LongestFor(rule.Priority).TotalHours:0} hours, then again.");
        faults.CheckText("reason", request.Reason, ShelfRules.ReasonLengthMax);
        if (faults.Any) return faults.ToResult();
        var shelf = await held.AddAsync(
            new Domain.Storms.Shelf(0, new HouseholdId(home!.HouseholdId), device is null ? null : new DeviceId(device), rule!.Id, http.UserName, request.Reason.Trim(), now, request.Until),
            home.Committee, home.SubDistrict);
        await shelves.ApplyAsync(shelf);
        await audit.AddAsync(http.UserName, "shelf.add", home.HouseholdId, $"{rule.Id} {device} until {request.Until:u}");
        return TypedResults.Created($"/api/v1/shelves/{shelf.Id}", IncidentView.Of(shelf, now) with { Address = home.Address });
    }

    private static async Task<IResult> Unshelve(long id, HttpContext http, AreaScope scope, HeldStore held, ShelfDesk shelves, AuditLog audit, TimeProvider clock)
    {
        if (held.Find(id, scope.Area) is not { } shelf) return Refusals.NotFound("shelf", id.ToString(CultureInfo.InvariantCulture));
        if (shelf.EndedAt is not null) return TypedResults.NoContent();
        await shelves.ApplyAsync(await held.EndAsync(shelf, http.UserName, clock.GetUtcNow()));
        await audit.AddAsync(http.UserName, "shelf.end", shelf.Household.Value, shelf.RuleId);
        return TypedResults.NoContent();
    }

    private static bool? ReadState(string? state, string on, Faults faults)
    {
        if (state is not (null or "" or "ended") && state != on) faults.Add("state", $"Must be {on} or ended; leave it out for both.");
        return string.IsNullOrEmpty(state) ? null : state == on;
    }

    /// <summary>What every action on an incident needs. As a handler's parameter it belongs to one request.</summary>
    internal sealed record Desk(HttpContext Http, AreaScope Scope, IncidentStore Incidents, AlertQueries Alerts, NoticeStore Notices, IGrainFactory Grains)
    {
        /// <summary>For minimal APIs.</summary>
        public static ValueTask<Desk> BindAsync(HttpContext http) => ValueTask.FromResult(new Desk(
            http, AreaScope.Of(http.User), http.RequestServices.GetRequiredService<IncidentStore>(), http.RequestServices.GetRequiredService<AlertQueries>(),
            http.RequestServices.GetRequiredService<NoticeStore>(), http.RequestServices.GetRequiredService<IGrainFactory>()));

        public Domain.Storms.Incident? Find(string id) => Incidents.Read(id, Scope.Area);

        public IncidentDetail Show(Domain.Storms.Incident incident, int members = MembersMax) => new(IncidentView.Of(incident, Incidents.Count(incident.Id)))
        {
            Timeline = Alerts.TimelineOf(incident.Id),
            Alerts = members == 0 ? [] : [.. Incidents.ReadMembers(incident.Id, members).Select(AlertView.Of)],
            Notices = Notices.ReadOf(incident.Id),
            Terms = IncidentView.TermsOf(incident),
        };

        public async Task<IResult> ActAsync(string id, IncidentAction? action, Func<string, IncidentAction, Faults, IncidentCommand> toCommand)
        {
            var (faults, asked) = (new Faults(), action ?? new IncidentAction());
            CheckNote(asked, faults);
            var command = toCommand(Http.UserName, asked, faults);
            if (faults.Any) return faults.ToResult();
            if (Find(id) is null) return Refusals.NotFound("incident", id);
            var answer = await Grains.GetGrain<IIncidentGrain>(id).Act(command, Me with { Seen = asked.Version });
            return answer.Rejected is { } reason ? Refusals.Conflict(reason, Winner(answer.Incident?.Touch)) : TypedResults.Ok(Show(answer.Incident!));
        }

        private static Dictionary<string, object?>? Winner(Domain.Alerts.Touch? touch) =>
            touch is null ? null : new() { ["by"] = touch.By, ["at"] = touch.At, ["kind"] = touch.Kind, ["version"] = touch.Version };

        public async Task<IResult> TakeOutAsync(string id, IncidentAction? action)
        {
            var (faults, asked) = (new Faults(), action ?? new IncidentAction());
            CheckNote(asked, faults);
            faults.CheckText("alertId", asked.AlertId, 32);
            if (faults.Any) return faults.ToResult();
            if (Find(id) is not { } incident) return Refusals.NotFound("incident", id);
            if (Alerts.Find(asked.AlertId!, Scope.Area) is not { } found || found.Alert.Incident != id) return Refusals.Conflict($"Alert {asked.AlertId} is not in incident {id}.");
            var answer = await Grains.GetGrain<IAlertGrain>(found.Key).Act(found.Alert.Id, new AlertCommand.Leave(Http.UserName, asked.Note ?? $"taken out of incident {id}"), Me);
            return answer.Rejected is { } reason ? Refusals.Conflict(reason) : TypedResults.Ok(Show(incident));
        }

        private Actor Me => new(Http.UserName, $"console {Http.Connection.RemoteIpAddress}");

        private static void CheckNote(IncidentAction asked, Faults faults)
        {
            if (asked.Note?.Length > AlertRules.TextLengthMax) faults.Add("note", $"Has {asked.Note.Length} characters; shorten it to {AlertRules.TextLengthMax}.");
        }
    }
}
