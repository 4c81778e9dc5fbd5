using SeniorIoT.Api;
using SeniorIoT.Domain.Kpis;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Kpis;

/// <summary>Key figures, and the report of exceptions: each call that took too long stays on it until somebody says why.</summary>
internal static class KpiApi
{
    private const int NoteLengthMax = 500;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapKpis(this IEndpointRouteBuilder routes)
    {
        var kpi = routes.MapGroup("/api/v1/kpi").WithTags("KPI").RequireAuthorization();
        kpi.MapGet("", (AreaScope scope, KpiDesk desk, TimeProvider clock, string? from, string? to) =>
            Over(from, to, clock, (since, until) => TypedResults.Ok(desk.Figures(since, until, scope.Area)))).Produces<Kpi>().ProducesValidationProblem();
        kpi.MapGet("/exceptions", Exceptions).Produces<Page<KpiException>>().ProducesValidationProblem();
        kpi.MapPost("/exceptions/{alertId}", ExplainAsync).RequireAuthorization(AccessPolicies.Operator).Produces(204).ProducesValidationProblem().ProducesProblem(404);
        return routes;
    }

    private static IResult Exceptions(AreaScope scope, KpiDesk desk, TimeProvider clock, string? from, string? to, string? state)
    {
        if (state is not (null or "" or "open" or "explained"))
        {
            var faults = new Faults();
            faults.Add("state", "Must be open or explained; leave it out for both.");
            return faults.ToResult();
        }

        return Over(from, to, clock, (since, until) => TypedResults.Ok(new Page<KpiException>(
            [.. desk.Exceptions(since, until, scope.Area).Where(exception => string.IsNullOrEmpty(state) || (state == "open") == (exception.Cause is null))], null)));
    }

    private static async Task<IResult> ExplainAsync(
        string alertId, NewExplanation request, HttpContext http, AreaScope scope, KpiDesk desk, AlertQueries alerts, AuditLog audit, TimeProvider clock)
    {
        var faults = new Faults();
        if (request.Cause is null || !NewExplanation.All.Contains(request.Cause)) faults.Add("cause", $"Must be one of {string.Join(", ", NewExplanation.All)}.");
        faults.CheckText("note", request.Note, NoteLengthMax);
        if (faults.Any) return faults.ToResult();
        if (alerts.Find(alertId, scope.Area) is not { } found) return Refusals.NotFound("alert", alertId);
        var raised = found.Alert.RaisedAt;
        if (alerts.ReadFacts(raised, raised.AddMilliseconds(1), scope.Area).All(fact => fact.Id.Value != alertId || KpiRules.ExceptionsOf(fact, clock.GetUtcNow()).Count == 0))
            return Refusals.NotFound("exception of alert", alertId);
        await desk.ExplainAsync(alertId, request.Cause!, request.Note!, http.UserName);
        await audit.AddAsync(http.UserName, "kpi.explain", alertId, request.Cause);
        return TypedResults.NoContent();
    }

    private static IResult Over(string? from, string? to, TimeProvider clock, Func<DateTimeOffset, DateTimeOffset, IResult> answer)
    {
        var faults = new Faults();
        var until = Instants.Read("to", to, faults) ?? clock.GetUtcNow();
        var since = Instants.Read("from", from, faults) ?? until.AddDays(-30);
        if (since >= until) faults.Add("from", "Must be before to.");
        return faults.Any ? faults.ToResult() : answer(since, until);
    }
}
