using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;
using SeniorIoT.Api;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Access;

/// <summary>Gives out tokens.</summary>
internal sealed class Logins(IOptionsMonitor<BearerTokenOptions> options, HouseholdDirectory households, TimeProvider clock)
{
    /// <summary>A token for a person whose password was checked; an administrator also gets the dashboard's cookie.</summary>
    public async Task<LoginResponse> AdmitAsync(HttpContext http, UserEntry user)
    {
        const string scheme = BearerTokenDefaults.AuthenticationScheme;
        var bearer = options.Get(scheme);
        var properties = new AuthenticationProperties { ExpiresUtc = clock.GetUtcNow() + bearer.BearerTokenExpiration };
        var ticket = new AuthenticationTicket(user.ToPrincipal(scheme), properties, scheme);
        var token = bearer.BearerTokenProtector.Protect(ticket);
        if (user.Role == Roles.Administrator)
            await http.SignInAsync(AccessSetup.DashboardScheme, user.ToPrincipal(AccessSetup.DashboardScheme));
        http.Response.Headers.CacheControl = "no-store";
        return new LoginResponse(token, (long)bearer.BearerTokenExpiration.TotalSeconds, user.Name, user.Role, user.Area is { } area ? households.Names.Of(area) : null);
    }
}
