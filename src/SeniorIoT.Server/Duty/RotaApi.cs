using SeniorIoT.Api;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Duty;

/// <summary>Rotas, the district's holidays and swaps. Administrators enter rotas; everybody who logs in enters swaps of his or her own area.</summary>
internal static class RotaApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapRotas(this RouteGroupBuilder duty)
    {
        duty.MapGet("/rotas", List).Produces<Page<DutyRota>>().ProducesValidationProblem();
        duty.MapPut("/rotas/{area}/{role}", Put).RequireAuthorization(AccessPolicies.Administrator).Produces<DutyRota>().ProducesValidationProblem();
        duty.MapDelete("/rotas/{area}/{role}", Remove).RequireAuthorization(AccessPolicies.Administrator).Produces(204).ProducesProblem(404);
        duty.MapGet("/calendar", (DutyDirectory directory) => new DutyCalendar(DutyRequests.Show(directory.Book.Calendar)));
        duty.MapPut("/calendar", PutCalendar).RequireAuthorization(AccessPolicies.Administrator).Produces<DutyCalendar>().ProducesValidationProblem();
        duty.MapGet("/swaps", Swaps).Produces<Page<DutySwap>>();
        duty.MapPost("/swaps", AddSwap).Produces<DutySwap>(201).ProducesValidationProblem().ProducesProblem(404);
        duty.MapDelete("/swaps/{id}", EndSwap).Produces(204).ProducesProblem(404);
    }

    private static IResult List(string? area, string? from, AreaScope scope, DutyDirectory directory, DutyReport report, DutyOptions options, TimeZoneInfo zone, TimeProvider clock)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        var start = from is null ? monday : Households.AbsenceRequests.ReadDay("from", from, faults) ?? monday;
        if (faults.Any) return faults.ToResult();
        var (areas, book) = (report.AreasOf(scope), directory.Book);
        return TypedResults.Ok(new Page<DutyRota>(
            [.. book.Rotas.Where(rota => areas.Contains(rota.Area) && (string.IsNullOrEmpty(area) || report.NameOf(rota.Area) == area || rota.Area.Name == area))
                .OrderBy(rota => report.NameOf(rota.Area), StringComparer.Ordinal).ThenBy(rota => DutyBook.Roles.ToList().IndexOf(rota.Role))
                .Select(rota => DutyRequests.Show(report.NameOf(rota.Area), rota, book, now, LocalTime.StartOf(start, zone), options.GapDays, zone))],
            null));
    }

    private static async Task<IResult> Put(
        string area, string role, NewRota request, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, DutyOptions options, TimeZoneInfo zone,
        TimeProvider clock, CancellationToken cancel)
    {
        var (faults, now) = (new Faults(), clock.GetUtcNow());
        var place = report.Find(area, scope, faults) ?? default;
        if (DutyRequests.Read(place, role, request, faults) is not { } rota || faults.Any) return faults.ToResult();
        await directory.ChangeAsync(
            (connection, _) =>
            {
                DutyStore.Set(connection, rota);
                AuditLog.Write(connection, now, http.UserName, "duty.rota", area, $"{role}: people {rota.People.Length}, shifts {rota.Shifts.Length}, holidays {rota.Holidays.Length}");
                return true;
            },
            cancel);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        return TypedResults.Ok(DutyRequests.Show(report.NameOf(place), directory.Book.RotaOf(place, role)!, directory.Book, now, LocalTime.StartOf(today, zone), options.GapDays, zone));
    }

    private static async Task<IResult> Remove(string area, string role, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        var place = report.Find(area, scope, faults);
        if (place is null) return faults.ToNotFound();
        var isGone = await directory.ChangeAsync(
            (connection, _) =>
            {
                if (!DutyStore.Remove(connection, place.Value, role)) return false;
                AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "duty.rota.delete", area, role);
                return true;
            },
            cancel);
        return isGone ? TypedResults.NoContent() : Refusals.NotFound("rota", $"{area}/{role}");
    }

    private static async Task<IResult> PutCalendar(DutyCalendar request, HttpContext http, DutyDirectory directory, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        if (request.Holidays is null) faults.Add("holidays", "Is required: the whole list; an empty one removes all.");
        var holidays = DutyRequests.ReadHolidays(request.Holidays ?? [], null, faults);
        if (faults.Any) return faults.ToResult();
        await directory.ChangeAsync(
            (connection, _) =>
            {
                DutyStore.Set(connection, holidays);
                AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "duty.calendar", "district", $"dates: {holidays.Length}");
                return true;
            },
            cancel);
        return TypedResults.Ok(new DutyCalendar(DutyRequests.Show(holidays)));
    }

    private static Page<DutySwap> Swaps(AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock)
    {
        var (areas, now) = (report.AreasOf(scope), clock.GetUtcNow());
        return new([.. directory.Book.Rotas.Where(rota => areas.Contains(rota.Area)).SelectMany(rota => rota.Swaps.Where(swap => swap.Until > now).Select(swap => Show(report.NameOf(rota.Area), rota, swap)))
            .OrderBy(swap => swap.From)], null);
    }

    private static async Task<IResult> AddSwap(NewDutySwap request, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var (area, role, now) = (request.Area ?? "", request.Role ?? "", clock.GetUtcNow());
        var unclear = new Faults();
        if (report.Find(area, scope, unclear) is not { } place) return unclear.ToNotFound();
        var (refusal, id) = await directory.ChangeAsync<(IResult?, long)>(
            (connection, book) =>
            {
                if (book.RotaOf(place, role) is not { } rota) return (Refusals.NotFound("rota", $"{area}/{role}"), 0);
                var faults = new Faults();
                if (DutyRequests.Read(rota, request, http.UserName, now, faults) is not { } swap) return (faults.ToResult(), 0);
                AuditLog.Write(connection, now, http.UserName, "duty.swap", area, role);
                return (null, DutyStore.Add(connection, place, role, swap));
            },
            cancel);
        if (refusal is not null) return refusal;
        var made = directory.Book.RotaOf(place, role)!;
        return TypedResults.Created($"/api/v1/duty/swaps/{id}", Show(report.NameOf(place), made, made.Swaps.First(swap => swap.Id == id)));
    }

    private static async Task<IResult> EndSwap(long id, HttpContext http, AreaScope scope, DutyDirectory directory, DutyReport report, TimeProvider clock, CancellationToken cancel)
    {
        var areas = report.AreasOf(scope);
        var isEnded = await directory.ChangeAsync(
            (connection, book) =>
            {
                if (book.Rotas.FirstOrDefault(rota => areas.Contains(rota.Area) && rota.Swaps.Any(swap => swap.Id == id)) is not { } rota) return false;
                DutyStore.EndSwap(connection, id, clock.GetUtcNow());
                AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "duty.swap.end", report.NameOf(rota.Area), rota.Role);
                return true;
            },
            cancel);
        return isEnded ? TypedResults.NoContent() : Refusals.NotFound("swap", $"{id}");
    }

    private static DutySwap Show(string area, Rota rota, Swap swap) => new(
        $"{swap.Id}", area, rota.Role, new(rota.People.FirstOrDefault(person => person.Number == swap.Out)?.Name ?? swap.Out, swap.Out), new(swap.In.Name, swap.In.Number),
        swap.From, swap.Until, swap.Reason, swap.By);
}
