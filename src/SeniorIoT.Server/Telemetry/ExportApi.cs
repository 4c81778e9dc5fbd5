using Microsoft.AspNetCore.Http.Features;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Exports over HTTP. An order gets a ticket; the file is made while the ticket's address is fetched, and kept nowhere. Everybody
/// who logged in may export what lies in his own area.
/// </summary>
internal static partial class ExportApi
{
    private const string Route = "/api/v1/exports";

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup(Route).WithTags("Exports");
        api.MapPost("", OrderAsync).RequireAuthorization().Produces<Export>(201).ProducesValidationProblem();
        api.MapGet("/{id}", Find).RequireAuthorization().Produces<Export>().ProducesProblem(404);
        // No login: a browser fetches a file without our header. The ticket is the permission.
        api.MapGet("/{id}/file", SendAsync).Produces(200, contentType: "application/octet-stream").ProducesProblem(404).ProducesProblem(503);
        return routes;
    }

    private static async Task<IResult> OrderAsync(
        NewExport request, HttpContext http, AreaScope scope, DeviceDirectory devices, HouseholdDirectory households, ExportDesk desk, AuditLog audit)
    {
        var faults = new Faults();
        if (ExportOrder.Read(request, scope, households.Names, faults) is not { } order) return faults.ToResult();
        var homes = Meters(order.Choice, scope, devices, households).DistinctBy(meter => meter.HouseholdId).Count();
        if (homes == 0)
        {
            var (field, name) = order.Choice.HouseholdId is { } id ? ("householdId", id)
                : (order.Choice.Area.Committee.Length > 0 ? "committee" : order.Choice.Area == Area.District ? "householdId" : "subDistrict", households.Names.Of(order.Choice.Area));
            faults.Add(field, $"There is no household with a water meter for {name} in your area. Check the name in the list.");
            return faults.ToResult();
        }

        var ordered = desk.Add(http.UserName, scope, order, homes);
        await audit.AddAsync(http.UserName, "export", order.Choice.Subject, $"{order.Detail}, {homes} households");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"{Route}/{ordered.Id}", ExportDesk.Show(ordered, $"{Route}/{ordered.Id}/file?ticket={ordered.Ticket}"));
    }

    private static IResult Find(string id, HttpContext http, ExportDesk desk) =>
        desk.Find(id, http.UserName, http.User.IsInRole(Roles.Administrator)) is { } export
            ? TypedResults.Ok(export)
            : TypedResults.Problem(statusCode: 404, detail: $"There is no export {id} of yours. Exports are forgotten when newer ones come or the server restarts: order it again.");

    private static async Task<IResult> SendAsync(
        string id, string? ticket, HttpContext http, DeviceDirectory devices, HouseholdDirectory households, ExportDesk desk, ExportSource source,
        TimeZoneInfo zone, ILoggerFactory logs, CancellationToken cancel)
    {
        switch (desk.Take(id, ticket, out var export))
        {
            case TicketAnswer.Unknown:
                return Refuse(http, 404, "This address was used already, or is older than ten minutes. Order the export again.", "此链接已使用过，或已超过十分钟。请重新导出。");
            case TicketAnswer.Busy:
                http.Response.Headers.RetryAfter = "30";
                return Refuse(http, 503, "Other exports are being made. Open this address again in half a minute.", "正在生成其他导出文件，请半分钟后再打开此链接。");
        }

        var order = export!.Order;
        var problem = "The download was broken off. Order it again.";
        try
        {
            List<ExportMeter> meters = [.. Meters(order.Choice, export.Scope, devices, households)
                .OrderBy(meter => meter.HouseholdId, StringComparer.Ordinal).ThenBy(meter => meter.DeviceId, StringComparer.Ordinal)];
            http.Response.ContentType = order.Format switch
            {
                "csv" => "text/csv; charset=utf-8",
                "csv.gz" => "application/gzip",
                _ => "application/vnd.apache.parquet",
            };
            http.Response.Headers.ContentDisposition = $"attachment; filename=\"{order.FileName(zone)}\"";
            http.Response.Headers.CacheControl = "no-store";
            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await ExportRun.WriteAsync(source, order, meters, http.Response.Body, export.Progress, cancel);
            problem = null;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The browser left, or the server stops. Nobody is there to be told; the state says so.
        }
        catch (IOException error)
        {
            // The store refused. What was sent must not look like the whole file: the connection is cut, so that the browser says so.
            problem = "Telemetry could not be read. Look at the system page, and order the export again.";
            LogBrokeOff(logs.CreateLogger(typeof(ExportApi)), error, id);
            if (!http.Response.HasStarted)
            {
                http.Response.Headers.ContentDisposition = default;
                return TypedResults.Problem(statusCode: 503, detail: problem);
            }

            // Before the cut, so that whoever sees it and asks hears why.
            desk.End(export, problem);
            http.Abort();
        }
        finally
        {
            desk.End(export, problem);
        }

        return TypedResults.Empty;
    }

    /// <summary>Says no: to a person who opened the address in a browser with a sentence that he can read, to a program as always.</summary>
    private static IResult Refuse(HttpContext http, int status, string english, string chinese) =>
        http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Text($"{chinese}\n{english}\n", "text/plain; charset=utf-8", statusCode: status)
            : TypedResults.Problem(statusCode: status, detail: english);

    /// <summary>The meters of the households that were chosen and that this person may see; retired meters too, for what they measured.</summary>
    private static IEnumerable<ExportMeter> Meters(ExportChoice choice, AreaScope scope, DeviceDirectory devices, HouseholdDirectory households)
    {
        foreach (var device in devices.All)
        {
            if (device is { Kind: DeviceKind.Water, HouseholdId: { } id } && households.TryGet(id, out var home) && scope.CanSee(home)
                && choice.Takes(id, home.Area)) yield return new ExportMeter(id, device.DeviceId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Export {Id} broke off because telemetry could not be read")]
    private static partial void LogBrokeOff(ILogger log, IOException error, string id);
}
