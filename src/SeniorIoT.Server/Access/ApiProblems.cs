using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace SeniorIoT.Server.Access;

/// <summary>Problem details for every refusal, also those that the framework makes: 401, 403, 404, 405, 413, unreadable JSON.</summary>
internal static class ApiProblems
{
    /// <summary>Adds what <see cref="UseApiProblems"/> needs.</summary>
    public static IServiceCollection AddApiProblems(this IServiceCollection services) => services
        .AddProblemDetails()
        .AddExceptionHandler<UnreadableRequests>()
        .Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

    /// <summary>Put it before everything that may refuse.</summary>
    public static IApplicationBuilder UseApiProblems(this IApplicationBuilder app) => app.UseExceptionHandler().UseStatusCodePages();

    /// <summary>Says where a body could not be read. Other exceptions are ours: they become a plain 500 and an entry in the log.</summary>
    private sealed class UnreadableRequests(IProblemDetailsService problems) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancel)
        {
            if (exception is not BadHttpRequestException bad) return false;
            context.Response.StatusCode = bad.StatusCode;
            return await problems.TryWriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails =
                {
                    Status = bad.StatusCode,
                    Detail = Describe(context.Request, bad),
                },
            });
        }

        private static string Describe(HttpRequest request, BadHttpRequestException bad) => bad switch
        {
            { InnerException: JsonException json } => Describe(json),
            { StatusCode: StatusCodes.Status400BadRequest } when !HttpMethods.IsGet(request.Method) && request.ContentLength is null or 0 =>
                "The request has no body; this route takes JSON.",
            _ => bad.Message,
        };

        private static string Describe(JsonException json) =>
            $"The body cannot be read at line {json.LineNumber + 1}, byte {json.BytePositionInLine + 1}"
            + (json.Path is null or "$" or "" ? "" : $" (field {json.Path.TrimStart('$', '.')})")
            + ": there it is not JSON, or the value is not of the kind the field takes. Correct it and send the request again.";
    }
}
