using SeniorIoT.Api;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Households;

/// <summary>Import over HTTP.</summary>
internal static class ImportApi
{
    /// <summary>
    /// Maps the route. The body is the file itself, or a form with one file. The answer is always a report: look at
    /// <c>written</c> and <c>errors</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapImport(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/import", Import).WithTags("Households").RequireAuthorization(AccessPolicies.Administrator)
            .Accepts<IFormFile>("multipart/form-data", "text/csv", "application/octet-stream")
            .Produces<ImportReport>().ProducesValidationProblem().ProducesProblem(413);
        return routes;
    }

    private static async Task<IResult> Import(bool? dryRun, bool? skipBad, HttpContext http, Importer importer, CancellationToken cancel)
    {
        var request = http.Request;
        byte[]? file;
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(cancel);
            if (form.Files is not [var upload])
            {
                var faults = new Faults();
                faults.Add("file", "Send exactly one file: CSV, XLSX or XLS.");
                return faults.ToResult();
            }

            file = await ReadAsync(upload.OpenReadStream(), cancel);
        }
        else
        {
            file = await ReadAsync(request.Body, cancel);
        }

        if (file is null)
            return TypedResults.Problem(statusCode: 413, detail: $"The file has more than {Spreadsheet.BytesMax / 1_000_000} MB. Split it.");
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await importer.ImportAsync(file, new ImportOrder(dryRun is true, skipBad is true, http.UserName), cancel: cancel));
    }

    /// <summary>The whole stream, or null when it is too long.</summary>
    private static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var file = new MemoryStream();
        var buffer = new byte[81_920];
        while (await stream.ReadAsync(buffer, cancel) is > 0 and var count)
        {
            if (file.Length + count > Spreadsheet.BytesMax) return null;
            file.Write(buffer, 0, count);
        }

        return file.ToArray();
    }
}
