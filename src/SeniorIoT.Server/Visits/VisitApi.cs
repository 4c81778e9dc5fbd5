using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using Visit = SeniorIoT.Domain.Visits.Visit;

namespace SeniorIoT.Server.Visits;

/// <summary>Visits: entering, correcting, and what is still to do. Everybody works within the own area.</summary>
internal static class VisitApi
{
    private const int NameLengthMax = 64;
    private const int NoteLengthMax = 200;
    private static readonly TimeSpan EnteredWithin = TimeSpan.FromDays(62);

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapVisits(this IEndpointRouteBuilder routes)
    {
        var visits = routes.MapGroup("/api/v1/visits").WithTags("Visits").RequireAuthorization();
        visits.MapGet("", List).Produces<Page<Api.Visit>>().ProducesValidationProblem();
        visits.MapPost("", AddAsync).Produces<Api.Visit>(201).ProducesValidationProblem().ProducesProblem(404);
        visits.MapGet("/{id}", History).WithSummary("The record and everything it replaced, the newest first").Produces<Page<Api.Visit>>().ProducesProblem(404);
        visits.MapPost("/{id}/correct", CorrectAsync).Produces<Api.Visit>().ProducesValidationProblem().ProducesProblem(404);
        visits.MapGet("/coverage", Coverage).Produces<VisitMonth>().ProducesValidationProblem();
        visits.MapGet("/overdue", Overdue).Produces<Page<OverdueVisit>>().ProducesValidationProblem();
        visits.MapGet("/people", People).Produces<Page<VisitPerson>>().ProducesValidationProblem();
        return routes;
    }

    private static IResult List(string? householdId, string? from, string? to, string? cursor, int? limit, AreaScope scope, PhoneSight sight, VisitStore visits, HouseholdDirectory households)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        var (since, until) = (Instants.Read("from", from, faults), Instants.Read("to", to, faults));
        if (faults.Any) return faults.ToResult();
        var rows = visits.List(scope.Area, string.IsNullOrEmpty(householdId) ? null : householdId, since, until, before, count + 1);
        return TypedResults.Ok(PageRequest.Cut([.. rows], count, row => row.N.ToString(CultureInfo.InvariantCulture),
            row => VisitStore.Show(row, sight) with { Address = households.TryGet(row.Visit.Household.Value, out var home) ? home.Address : "" }));
    }

    private static IResult History(string id, AreaScope scope, PhoneSight sight, VisitStore visits) => visits.Find(id, scope.Area) is null
        ? Refusals.NotFound("visit", id)
        : TypedResults.Ok(new Page<Api.Visit>([.. visits.History(id).Select(row => VisitStore.Show(row, sight))], null));

    private static async Task<IResult> AddAsync(
        NewVisit request, HttpContext http, AreaScope scope, PhoneSight sight, VisitStore visits, HouseholdDirectory households, UserDirectory users, AuditLog audit, TimeProvider clock)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        faults.CheckId("householdId", request.HouseholdId);
        if (!VisitKind.Entered.Contains(request.Kind ?? VisitKind.Round)) faults.Add("kind", $"Must be one of {string.Join(", ", VisitKind.Entered)}; visits because of an alert are written when it is closed.");
        Check(request, now, faults);
        if (faults.Any) return faults.ToResult();
        if (!households.TryGet(request.HouseholdId!, out var home) || !scope.CanSee(home)) return Refusals.NotFound("household", request.HouseholdId!);
        var known = new KnownPeople(home.HouseholdId, households, users, faults);
        var (by, byId) = known.Read(request.By, request.ByPhone, "byPhone", http.UserName);
        var helpers = known.Read(request.Helpers ?? [], by, byId);
        if (faults.Any) return faults.ToResult();
        var visit = new Visit(
            "", new HouseholdId(home.HouseholdId), request.Kind ?? VisitKind.Round, request.At ?? now, by, request.Minutes, Domain.Alerts.Outcome.Read(Given(request.Outcome) ?? "safe"), null,
            Given(request.Note)) { ById = byId, Helpers = helpers };
        var row = await visits.AddAsync(visit, new VisitPlace(home.Committee, home.SubDistrict), now, http.UserName);
        await audit.AddAsync(http.UserName, "visit.add", row.Visit.Id, row.Visit.Kind);
        return TypedResults.Created($"/api/v1/visits/{row.Visit.Id}", VisitStore.Show(row, sight));
    }

    private static async Task<IResult> CorrectAsync(
        string id, NewVisit request, HttpContext http, AreaScope scope, PhoneSight sight, VisitStore visits, HouseholdDirectory households, UserDirectory users, AuditLog audit, TimeProvider clock)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        faults.CheckText("reason", request.Reason, NoteLengthMax);
        if (request.Kind is not null && !VisitKind.All.Contains(request.Kind)) faults.Add("kind", $"Must be one of {string.Join(", ", VisitKind.All)}.");
        Check(request, now, faults);
        if (faults.Any) return faults.ToResult();
        if (visits.Find(id, scope.Area) is not { } before) return Refusals.NotFound("visit", id);
        var was = before.Visit;
        var isNamed = (Given(request.By) ?? Given(request.ByPhone)) is not null;
        var known = new KnownPeople(was.Household.Value, households, users, faults);
        var (by, byId) = isNamed ? known.Read(request.By, request.ByPhone, "byPhone", was.By) : (was.By, was.ById);
        var helpers = request.Helpers is { } sent ? known.Read(sent, by, byId) : was.Helpers;
        if (faults.Any) return faults.ToResult();
        var visit = was with
        {
            Kind = request.Kind ?? was.Kind,
            At = request.At ?? was.At,
            By = by,
            ById = byId,
            Helpers = helpers,
            Minutes = request.Minutes ?? was.Minutes,
            Outcome = Given(request.Outcome) is { } outcome ? Domain.Alerts.Outcome.Read(outcome) : was.Outcome,
            Note = Given(request.Note) ?? was.Note,
        };
        var row = await visits.AddAsync(visit, before.Place, now, http.UserName, request.Reason);
        await audit.AddAsync(http.UserName, "visit.correct", id, null);
        return TypedResults.Ok(VisitStore.Show(row, sight));
    }

    private static IResult Coverage(string? month, AreaScope scope, VisitDesk desk, TimeZoneInfo zone, TimeProvider clock)
    {
        var faults = new Faults();
        var asked = ReadMonth(month, zone, clock, faults);
        return faults.Any ? faults.ToResult() : TypedResults.Ok(desk.Coverage(asked, scope));
    }

    private static IResult Overdue(int? days, string? cursor, int? limit, AreaScope scope, VisitDesk desk)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (days is < 1 or > 3650) faults.Add("days", "Must be 1 to 3650.");
        if (faults.Any) return faults.ToResult();
        var rows = desk.Overdue(days ?? VisitCoverage.DaysMax, scope).Where(home => string.CompareOrdinal(KeyOf(home), page.After) > 0).Take(page.Limit + 1).ToList();
        return TypedResults.Ok(PageRequest.Cut(rows, page.Limit, KeyOf, row => row));

        static string KeyOf(OverdueVisit home) => string.Create(CultureInfo.InvariantCulture, $"{home.SeenAt?.ToUnixTimeMilliseconds() ?? 0:00000000000000} {home.HouseholdId}");
    }

    private static IResult People(string? from, string? to, AreaScope scope, PhoneSight sight, VisitDesk desk, TimeProvider clock)
    {
        var faults = new Faults();
        var until = Instants.Read("to", to, faults) ?? clock.GetUtcNow();
        var since = Instants.Read("from", from, faults) ?? until.AddDays(-28);
        if (since >= until) faults.Add("from", "Must be before to.");
        return faults.Any ? faults.ToResult() : TypedResults.Ok(new Page<VisitPerson>(desk.People(since, until, scope, sight), null));
    }

    /// <summary>A month <c>yyyy-MM</c>; left out: the present one.</summary>
    public static DateOnly ReadMonth(string? month, TimeZoneInfo zone, TimeProvider clock, Faults faults)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).DateTime);
        if (string.IsNullOrEmpty(month)) return new DateOnly(today.Year, today.Month, 1);
        if (DateOnly.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) && read.Year is >= 2000 and < 2100) return read;
        faults.Add("month", "Must be a month such as 2026-11.");
        return today;
    }

    private static void Check(NewVisit request, DateTimeOffset now, Faults faults)
    {
        if (request.At > now.AddMinutes(5)) faults.Add("at", "Is in the future; give the time of the visit.");
        if (request.At < now - EnteredWithin) faults.Add("at", $"Is more than {EnteredWithin.TotalDays:0} days ago: the months that it would change are reported already.");
        if (request.Minutes is < 1 or > VisitRules.MinutesMax) faults.Add("minutes", $"Must be 1 to {VisitRules.MinutesMax}, or left out.");
        if (request.Helpers?.Count > VisitRules.HelpersMax) faults.Add("helpers", $"Has {request.Helpers.Count} people; name at most {VisitRules.HelpersMax}.");
        foreach (var (i, helper) in (request.Helpers ?? []).Index())
        {
            faults.CheckText($"helpers[{i}].name", helper.Name, NameLengthMax);
            faults.CheckText($"helpers[{i}].phone", helper.Phone, NameLengthMax, isRequired: false);
            if (helper.Minutes is < 1 or > VisitRules.MinutesMax) faults.Add($"helpers[{i}].minutes", $"Must be 1 to {VisitRules.MinutesMax}, or left out.");
        }

        faults.CheckText("by", request.By, NameLengthMax, isRequired: false);
        faults.CheckText("byPhone", request.ByPhone, NameLengthMax, isRequired: false);
        faults.CheckText("outcome", request.Outcome, NameLengthMax, isRequired: false);
        faults.CheckText("note", request.Note, NoteLengthMax, isRequired: false);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
