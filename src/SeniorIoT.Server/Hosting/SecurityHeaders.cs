namespace SeniorIoT.Server.Hosting;

/// <summary>
/// What a browser may do with our pages: run our own scripts and WebAssembly, talk to this server, and nothing else. A text
/// that somebody smuggled into a name or a note can then not load or send anything.
/// </summary>
internal static class SecurityHeaders
{
    private const string Policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; frame-ancestors 'none'; form-action 'self'";

    /// <summary>Put it before everything that answers.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        // The dashboard of the jobs is not ours and has inline scripts; it is for administrators alone.
        if (!context.Request.Path.StartsWithSegments(Access.AccessSetup.DashboardPath)) headers.ContentSecurityPolicy = Policy;
        return next(context);
    });
}
