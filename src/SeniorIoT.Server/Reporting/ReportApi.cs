using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Reporting;

/// <summary>Monthly reports and time accounts. Everybody gets those of the own area; a file is fetched with a ticket from the list.</summary>
internal static class ReportApi
{
    private const string Route = "/api/v1/reports";

    private static readonly Dictionary<string, string> Types = new()
    {
        ["html"] = "text/html; charset=utf-8",
        ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ["csv"] = "text/csv; charset=utf-8",
    };

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapReports(this IEndpointRouteBuilder routes)
    {
        var reports = routes.MapGroup(Route).WithTags("Reports");
        reports.MapGet("", List).RequireAuthorization().Produces<Page<MonthlyReport>>();
        reports.MapGet("/time-accounts-key", (TimeAccounts accounts) => TypedResults.Text(accounts.PublicKey, "application/x-pem-file")).WithSummary("The public key that signs time accounts");
        // No login: the ticket is the permission.
        reports.MapGet("/{file}", SendAsync).Produces(200, contentType: "application/octet-stream").ProducesProblem(404);
        return routes;
    }

    private static IResult List(HttpContext http, AreaScope scope, PhoneSight sight, ReportDesk desk, FileTickets tickets)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Page<MonthlyReport>(
            [
                .. Enumerable.Range(0, ReportDesk.MonthsBack + 1).Select(back => desk.ThisMonth.AddMonths(-back)).Select(month => new MonthlyReport(
                    ReportDesk.NameOf(month), Address(month, "html"), Address(month, "xlsx"), scope.Area is null ? desk.WrittenAt(month) : null) { TimeAccounts = Address(month, "csv") }),
            ],
            null));

        string Address(DateOnly month, string kind)
        {
            var file = $"{ReportDesk.NameOf(month)}.{kind}";
            return $"{Route}/{file}?ticket={tickets.Issue(file, scope, sight)}";
        }
    }

    private static async Task<IResult> SendAsync(
        string file, string? ticket, HttpContext http, FileTickets tickets, ReportDesk desk, TimeAccounts accounts, TimeZoneInfo zone, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        var dot = file.IndexOf('.', StringComparison.Ordinal);
        if (tickets.Check(file, ticket) is not { } permit || dot < 0 || !Types.TryGetValue(file[(dot + 1)..], out var type))
            return TypedResults.Problem(statusCode: 404, detail: "There is no such file, or its ticket is too old: open the list of reports again.");
        var month = VisitApi.ReadMonth(file[..dot], zone, clock, faults);
        if (faults.Any) return faults.ToResult();
        http.Response.Headers.CacheControl = "no-store";
        var bytes = file.EndsWith(".csv", StringComparison.Ordinal) ? accounts.Csv(month, permit.Scope, permit.Sight) : await desk.ReadAsync(month, file[(dot + 1)..], permit.Scope, cancel);
        // A page with a style of its own: shown, but nothing in it may run or load.
        if (file.EndsWith(".html", StringComparison.Ordinal))
        {
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
            return TypedResults.Bytes(bytes, type);
        }

        return TypedResults.File(bytes, type, $"senioriot-{file}");
    }
}
