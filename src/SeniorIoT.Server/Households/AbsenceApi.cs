using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Households;

/// <summary>Absences of a household, single and weekly. A committee marks its own people.</summary>
internal static class AbsenceApi
{
    /// <summary>Maps the routes below a household's.</summary>
    public static void MapAbsences(this IEndpointRouteBuilder households)
    {
        households.MapPost("/{id}/away", SetAway).Produces<AwayMarked>().ProducesValidationProblem().ProducesProblem(404);
        households.MapDelete("/{id}/away", EndAway).Produces(204).ProducesProblem(404);
        households.MapGet("/{id}/absences", List).Produces<Page<Api.Absence>>().ProducesProblem(404);
        households.MapPost("/{id}/absences", Add).Produces<Api.Absence>(201).ProducesValidationProblem().ProducesProblem(404);
        households.MapDelete("/{id}/absences/{absenceId}", End).Produces(204).ProducesProblem(404);
    }

    private static async Task<IResult> SetAway(string id, NewAway request, Desk desk, CancellationToken cancel)
    {
        var faults = new Faults();
        var absence = AbsenceRequests.Read(request, desk.By, desk.Now, faults);
        return await desk.ChangeAsync(id, plan => desk.Added(plan, absence, faults, "until"), "household.away", (before, after) =>
        {
            var (period, all) = (absence!.Period, AbsenceRequests.Show(after, desk.Now, desk.Zone));
            return TypedResults.Ok(new AwayMarked(period.From, period.Until, absence.Reason, absence.By, all));
        }, cancel);
    }

    private static async Task<IResult> EndAway(string id, Desk desk, CancellationToken cancel) => await desk.ChangeAsync(
        id, plan => (plan.Back(desk.Now, desk.Zone), null), "household.back", (_, _) => TypedResults.NoContent(), cancel);

    private static IResult List(string id, Desk desk) => desk.Find(id) is { } household
        ? TypedResults.Ok(new Page<Api.Absence>(AbsenceRequests.Show(household.Absences, desk.Now, desk.Zone), null))
        : Refusals.NotFound("household", id);

    private static async Task<IResult> Add(string id, NewAbsence request, Desk desk, CancellationToken cancel)
    {
        var faults = new Faults();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(desk.Now, desk.Zone).DateTime);
        var absence = AbsenceRequests.Read(request, desk.By, today, faults);
        return await desk.ChangeAsync(id, plan => desk.Added(plan, absence, faults, "endsOn"), "household.away", (before, after) =>
        {
            var made = after.Absences.MaxBy(one => one.Id)!; // numbers only rise
            return AbsenceRequests.Show(made, desk.Now, desk.Zone) is { } shown
                ? TypedResults.Created($"/api/v1/households/{id}/absences/{shown.AbsenceId}", shown)
                : throw new System.Diagnostics.UnreachableException();
        }, cancel);
    }

    private static async Task<IResult> End(string id, string absenceId, Desk desk, CancellationToken cancel)
    {
        var number = long.TryParse(absenceId, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        return await desk.ChangeAsync(
            id,
            plan => plan.Absences.Any(absence => absence.Id == number)
                ? (plan.Without(number, desk.Now, desk.Zone), null)
                : (plan, Refusals.NotFound("absence", absenceId)),
            "household.back", (_, _) => TypedResults.NoContent(), cancel);
    }

    /// <summary>What every change of absences needs, and does alike. As a handler's parameter it belongs to one request.</summary>
    internal sealed record Desk(string By, AreaScope Scope, DateTimeOffset Now, TimeZoneInfo Zone, Registry Registry, HouseholdDirectory Households)
    {
        /// <summary>For minimal APIs.</summary>
        public static ValueTask<Desk> BindAsync(HttpContext http)
        {
            var services = http.RequestServices;
            return ValueTask.FromResult(new Desk(
                http.UserName, AreaScope.Of(http.User), services.GetRequiredService<TimeProvider>().GetUtcNow(), services.GetRequiredService<TimeZoneInfo>(),
                services.GetRequiredService<Registry>(), services.GetRequiredService<HouseholdDirectory>()));
        }

        /// <summary>The household; null when it is not in the area of whoever asks.</summary>
        public HouseholdEntry? Find(string id) => Households.TryGet(id, out var household) && Scope.CanSee(household) ? household : null;

        /// <summary>A plan with one more absence, or why not.</summary>
        public (AbsencePlan Plan, IResult? Refusal) Added(AbsencePlan plan, Domain.Households.Absence? absence, Faults faults, string field)
        {
            if (absence is null) return (plan, faults.ToResult());
            var after = plan.With(absence);
            if (after.Absences.Count(one => one.CurrentOrNext(Now, Zone) is not null) <= AbsenceRequests.CountMax) return (after, null);
            faults.Add(field, $"A household has at most {AbsenceRequests.CountMax} absences that are not over; end one that is not needed.");
            return (plan, faults.ToResult());
        }

        /// <summary>Decide, save, answer. What changes nothing is not saved.</summary>
        public Task<IResult> ChangeAsync(
            string id, Func<AbsencePlan, (AbsencePlan Plan, IResult? Refusal)> decide, string action, Func<AbsencePlan, AbsencePlan, IResult> answer, CancellationToken cancel) =>
            Registry.ChangeAsync((connection, touched) =>
            {
                if (Find(id) is null) return Refusals.NotFound("household", id);
                var before = AbsenceStore.Read(connection, id);
                var (after, refusal) = decide(before);
                if (refusal is not null) return refusal;
                if (after == before) return answer(before, before);
                AbsenceStore.Replace(connection, id, after, Now, Zone);
                AuditLog.Write(connection, Now, By, action, id);
                touched.Households.Add(id);
                return answer(before, AbsenceStore.Read(connection, id));
            }, cancel);
    }
}
