using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SeniorIoT.Api;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Access;

/// <summary>Names of the authorization policies. Without one, a route that requires authorization takes everybody who logged in.</summary>
internal static class AccessPolicies
{
    /// <summary>Administrators only.</summary>
    public const string Administrator = "administrator";

    /// <summary>Operators and administrators.</summary>
    public const string Operator = "operator";

    /// <summary>Operators and administrators of the whole district: for what belongs to no area.</summary>
    public const string WholeDistrict = "whole-district";

    /// <summary>Administrators, known by the cookie of <see cref="AccessSetup.DashboardScheme"/>: for pages that a browser opens by itself.</summary>
    public const string Dashboard = "dashboard";
}

/// <summary>Who may do what: tokens, the dashboard's cookie, policies.</summary>
internal static class AccessSetup
{
    /// <summary>Name of the cookie scheme for the jobs' dashboard.</summary>
    public const string DashboardScheme = "dashboard";

    /// <summary>Where that cookie is sent.</summary>
    public const string DashboardPath = "/hangfire";

    /// <summary>How long a login lasts.</summary>
    public static readonly TimeSpan LoginFor = TimeSpan.FromHours(12);

    /// <summary>
    /// Adds authentication and authorization. Keys that sign tokens live in <c>keys</c> under <paramref name="dataFolder"/>, so a
    /// restart logs nobody out. Needs <see cref="RegistrySetup.AddRegistry"/>.
    /// </summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Passwords>().AddSingleton<LoginThrottle>().AddSingleton<Logins>();
        services.AddDataProtection().SetApplicationName("SeniorIoT").PersistKeysToFileSystem(KeysFolder(dataFolder));
        services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme)
            .AddBearerToken(options =>
            {
                options.BearerTokenExpiration = LoginFor;
                options.Events.OnMessageReceived = TakeHubToken;
            })
            .AddCookie(DashboardScheme, options =>
            {
                options.Cookie.Name = "senioriot-dashboard";
                options.Cookie.Path = DashboardPath;
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.ExpireTimeSpan = LoginFor;
                options.SlidingExpiration = false;
                options.Events.OnRedirectToLogin = context => Answer(context.Response, StatusCodes.Status401Unauthorized);
                options.Events.OnRedirectToAccessDenied = context => Answer(context.Response, StatusCodes.Status403Forbidden);
            });
        services.AddOptions<BearerTokenOptions>(BearerTokenDefaults.AuthenticationScheme).PostConfigure<UserDirectory>((options, users) =>
            options.BearerTokenProtector = new CurrentTickets(options.BearerTokenProtector, users));
        services.AddOptions<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions>(DashboardScheme).PostConfigure<UserDirectory>(
            (options, users) => options.TicketDataFormat = new CurrentTickets(options.TicketDataFormat, users));
        services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Administrator, policy => policy.RequireRole(Roles.Administrator))
            .AddPolicy(AccessPolicies.Operator, policy => policy.RequireRole(Roles.Operator, Roles.Administrator))
            .AddPolicy(AccessPolicies.WholeDistrict, policy => policy
                .RequireRole(Roles.Operator, Roles.Administrator).RequireAssertion(asked => AreaScope.Of(asked.User).Area is null))
            .AddPolicy(AccessPolicies.Dashboard, policy => policy.AddAuthenticationSchemes(DashboardScheme).RequireRole(Roles.Administrator));
        return services;
    }

    // Whoever reads the keys can log in as anybody.
    private static DirectoryInfo KeysFolder(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "keys");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    // A browser cannot set a header on a web socket.
    private static Task TakeHubToken(MessageReceivedContext context)
    {
        if (context.Request.Path.StartsWithSegments("/hubs") && context.Request.Query["access_token"].ToString() is { Length: > 0 } token)
            context.Token = token;
        return Task.CompletedTask;
    }

    private static Task Answer(HttpResponse response, int status)
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Opens only tickets of people who still exist and have not changed their password since, and takes role and area from
    /// what they are now. So a deleted user is out at the next request.
    /// </summary>
    private sealed class CurrentTickets(ISecureDataFormat<AuthenticationTicket> inner, UserDirectory users) : ISecureDataFormat<AuthenticationTicket>
    {
        public string Protect(AuthenticationTicket data) => inner.Protect(data);

        public string Protect(AuthenticationTicket data, string? purpose) => inner.Protect(data, purpose);

        public AuthenticationTicket? Unprotect(string? protectedText) => Current(inner.Unprotect(protectedText));

        public AuthenticationTicket? Unprotect(string? protectedText, string? purpose) => Current(inner.Unprotect(protectedText, purpose));

        private AuthenticationTicket? Current(AuthenticationTicket? ticket) => users.Current(ticket?.Principal) is { } user
            ? new AuthenticationTicket(user.ToPrincipal(ticket!.AuthenticationScheme), ticket.Properties, ticket.AuthenticationScheme)
            : null;
    }
}
