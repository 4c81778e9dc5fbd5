using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.TimeSeries;
using DeadLetter = SeniorIoT.Api.DeadLetter;

namespace SeniorIoT.Server.Telemetry;

/// <summary>What the database refused for ever: to be read, written again after the cause was mended, or forgotten. Both go into the audit.</summary>
internal static class DeadLetterApi
{
    /// <summary>Subject of the audit's entries.</summary>
    public const string Subject = "telemetry";

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1/system/dead-letters").RequireAuthorization(AccessPolicies.Administrator).WithTags("System");
        api.MapGet("", List).Produces<Page<DeadLetter>>().ProducesValidationProblem();
        api.MapPost("retry", (DeadLetterRetry request, HttpContext http, ITimeSeriesStore store, AuditLog audit) =>
            DoAsync("dead-letters.retry", request.UpToId, http, store.RetryDeadLettersAsync, audit)).Produces<DeadLettersDone>().ProducesValidationProblem();
        api.MapDelete("", (long? upToId, HttpContext http, ITimeSeriesStore store, AuditLog audit) =>
            DoAsync("dead-letters.forget", upToId, http, store.DiscardDeadLettersAsync, audit)).Produces<DeadLettersDone>().ProducesValidationProblem();
        return routes;
    }

    private static IResult List(ITimeSeriesStore store, string? cursor, int? limit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = store.ReadDeadLetters(before == long.MaxValue ? null : before, count + 1);
        return TypedResults.Ok(PageRequest.Cut(
            rows, count, row => row.Id.ToString(CultureInfo.InvariantCulture), row => new DeadLetter(row.Id, row.At, row.Database, row.Line, row.Error)));
    }

    private static async Task<IResult> DoAsync(
        string action, long? upToId, HttpContext http, Func<long, CancellationToken, Task<int>> act, AuditLog audit)
    {
        var faults = new Faults();
        if (upToId is not { } id || id < 1) faults.Add("upToId", "Is required: the id of the newest dead letter that you have seen, 1 or more.");
        if (faults.Any) return faults.ToResult();
        // Once begun it is finished and written down, also when the caller has gone.
        var count = await act(upToId!.Value, CancellationToken.None);
        await audit.AddAsync(http.UserName, action, Subject, string.Create(CultureInfo.InvariantCulture, $"{count} lines up to id {upToId}"));
        return TypedResults.Ok(new DeadLettersDone(count));
    }
}
