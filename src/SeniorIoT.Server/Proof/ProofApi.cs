using SeniorIoT.Api;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Proof;

/// <summary>How the server proves that it works, for operators and administrators of the whole district.</summary>
internal static class ProofApi
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapProof(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("System").RequireAuthorization(AccessPolicies.WholeDistrict);
        api.MapGet("/system/proof", Show).Produces<ProofState>();
        api.MapPost("/system/probe", ProbeAsync).RequireAuthorization(AccessPolicies.Administrator).Produces<ProbeTimes>();
        api.MapGet("/reconciliation", Look).Produces<Reconciliation>().ProducesValidationProblem();
        api.MapPost("/reconciliation", MendAsync).RequireAuthorization(AccessPolicies.Administrator).Produces<Reconciliation>().ProducesValidationProblem();
        return routes;
    }

    private static ProofState Show(ProofStore store, Heartbeat heartbeat, Prober prober, ProofOptions options, TimeProvider clock) =>
        new(store.ReadNewest(), heartbeat.State, ProbeView.Of(prober.IsOn, options, store.ReadProbes(clock.GetUtcNow() - Day)));

    /// <summary>Presses the server's own button now; answers when the press was followed to its end.</summary>
    private static async Task<ProbeTimes> ProbeAsync(Prober prober, CancellationToken cancel) => ProbeView.Of(await prober.ProbeAsync(cancel));

    /// <summary>Closes the books and changes nothing.</summary>
    private static IResult Look(string? from, string? to, Reconciler reconciler, TimeProvider clock)
    {
        var faults = new Faults();
        var (since, until) = Read(from, to, clock.GetUtcNow(), faults);
        return faults.Any ? faults.ToResult() : TypedResults.Ok(reconciler.Look(since, until));
    }

    /// <summary>Closes the books, mends what can be mended, and tells.</summary>
    private static async Task<IResult> MendAsync(string? from, string? to, HttpContext http, Reconciler reconciler, AuditLog audit, TimeProvider clock)
    {
        var faults = new Faults();
        var (since, until) = Read(from, to, clock.GetUtcNow(), faults);
        if (faults.Any) return faults.ToResult();
        var closed = await reconciler.RunAsync("asked", since, until);
        await audit.AddAsync(http.UserName, "reconciliation.run", "system", $"{since:u} to {until:u}: {closed.BreakCount} breaks");
        return TypedResults.Ok(closed);
    }

    private static (DateTimeOffset From, DateTimeOffset To) Read(string? from, string? to, DateTimeOffset now, Faults faults)
    {
        var until = Instants.Read("to", to, faults) ?? now;
        var since = Instants.Read("from", from, faults) ?? until - Day;
        if (since >= until) faults.Add("from", "Must be before to.");
        else if (until - since > Reconciler.SpanMax) faults.Add("from", $"Must be at most {Reconciler.SpanMax.TotalDays:0} days before to; ask for a part of it.");
        return (since, until);
    }
}
