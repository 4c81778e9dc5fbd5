using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using SeniorIoT.Api;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Access;

/// <summary>Logging in, one's own password, users, and the audit.</summary>
internal static class AccessApi
{
    private const int NameLengthMax = 64;

    /// <summary>Maps the routes.</summary>
    public static IEndpointRouteBuilder MapAccess(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Access");
        api.MapPost("/login", Login).Produces<LoginResponse>().ProducesValidationProblem().ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
        api.MapPost("/logout", Logout).Produces(204);
        api.MapPost("/password", ChangePassword).RequireAuthorization().Produces<LoginResponse>().ProducesValidationProblem();

        var users = api.MapGroup("/users").RequireAuthorization(AccessPolicies.Administrator);
        users.MapGet("", ListUsers).Produces<Page<User>>();
        users.MapPost("", AddUser).Produces<User>(201).ProducesValidationProblem().ProducesProblem(409);
        users.MapDelete("/{name}", DeleteUser).Produces(204).ProducesProblem(404).ProducesProblem(409);

        api.MapGet("/audit", ListAudit).RequireAuthorization(AccessPolicies.Administrator).Produces<Page<AuditEntry>>();
        return routes;
    }

    private static async Task<IResult> Login(
        LoginRequest request, HttpContext http, UserDirectory users, Passwords passwords, LoginThrottle throttle, Logins logins, AuditLog audit,
        HouseholdDirectory households, Registry registry, TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        faults.CheckText("user", request.User, NameLengthMax);
        if (string.IsNullOrEmpty(request.Password)) faults.Add("password", "Is required.");
        if (faults.Any) return faults.ToResult();

        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (throttle.Begin(request.User, address) is { } wait) return TooMany(http, wait);
        users.TryGet(request.User, out var user);
        switch (await passwords.CheckAsync(user, request.Password, cancel))
        {
            case null:
                return TooMany(http, TimeSpan.FromSeconds(5));
            case false:
                // A name that does not exist may be a password typed into the wrong field: it is not written down. Something is,
                // so that the answer takes as long as for a name that exists.
                await audit.AddAsync(user?.Name ?? AuditLog.System, "login.refused", user?.Name ?? "unknown user");
                return Wrong();
            default:
                throttle.Succeeded(request.User, address);
                if (await PlaceAsync(user!, users, households, registry, clock, cancel) is { } whyNot)
                {
                    await audit.AddAsync(user!.Name, "login.refused", user.Name, "no area");
                    return TypedResults.Problem(statusCode: 403, detail: whyNot);
                }

                if (!users.TryGet(request.User, out user)) return Wrong();
                await audit.AddAsync(user.Name, "login", user.Name);
                return TypedResults.Ok(await logins.AdmitAsync(http, user));
        }
    }

    /// <summary>
    /// An account that was made before its area had a household sees nothing until then; it gets its area at a login, when one has that name. Where several have, nobody
    /// knows which is meant, and it may not come in: returns why.
    /// </summary>
    private static async Task<string?> PlaceAsync(UserEntry user, UserDirectory users, HouseholdDirectory households, Registry registry, TimeProvider clock, CancellationToken cancel)
    {
        if (!user.IsUnplaced || households.Names.Meant(user.Area!.Value.Name) is not { Count: > 0 } meant) return null;
        if (meant is not [var only])
            return $"{AreaNames.Several(user.Area!.Value.Name, meant)} Ask an administrator to delete the account and to add it again for one of them.";

        return await registry.ChangeAsync<string?>((connection, touched) =>
        {
            if (users.TryGet(user.Name, out var now) && now.IsUnplaced) UserStore.Update(connection, now with { Area = only });
            AuditLog.Write(connection, clock.GetUtcNow(), AuditLog.System, "user.place", user.Name, only.Key);
            touched.Users.Add(user.Name);
            return null;
        }, cancel);
    }

    private static async Task<NoContent> Logout(HttpContext http, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await http.SignOutAsync(AccessSetup.DashboardScheme);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> ChangePassword(
        PasswordChange request, HttpContext http, Registry registry, UserDirectory users, Passwords passwords, LoginThrottle throttle, Logins logins,
        TimeProvider clock, CancellationToken cancel)
    {
        var faults = new Faults();
        CheckPassword(faults, "new", request.New);
        if (string.IsNullOrEmpty(request.Old)) faults.Add("old", "Is required: the password you have now.");
        if (faults.Any || users.Current(http.User) is not { } user) return faults.ToResult();

        var address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (throttle.Begin(user.Name, address) is { } wait) return TooMany(http, wait);
        var isRight = await passwords.CheckAsync(user, request.Old, cancel);
        if (isRight is null) return TooMany(http, TimeSpan.FromSeconds(5));
        if (isRight is false)
        {
            faults.Add("old", "Is not the password you have now.");
            return faults.ToResult();
        }

        throttle.Succeeded(user.Name, address);
        var changed = user with { PasswordHash = passwords.Hash(request.New), Stamp = UserStore.NewStamp() };
        await registry.ChangeAsync((connection, touched) =>
        {
            UserStore.Update(connection, changed);
            AuditLog.Write(connection, clock.GetUtcNow(), user.Name, "user.password", user.Name);
            touched.Users.Add(user.Name);
            return true;
        }, cancel);
        return TypedResults.Ok(await logins.AdmitAsync(http, changed));
    }

    private static IResult ListUsers(string? cursor, int? limit, UserDirectory users, HouseholdDirectory households)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = users.All.Where(user => string.CompareOrdinal(user.Name, page.After) > 0).OrderBy(user => user.Name, StringComparer.Ordinal).ToList();
        return TypedResults.Ok(PageRequest.Cut(rows, page.Limit, user => user.Name, user => Show(user, households)));
    }

    private static async Task<IResult> AddUser(
        NewUser request, HttpContext http, Registry registry, UserDirectory users, HouseholdDirectory households, Passwords passwords, TimeProvider clock, CancellationToken cancel)
    {
        var faults = Check(request);
        var area = Blank(request.Area) is { } named && named != HouseholdDirectory.District && request.Role != Roles.Administrator ? households.Names.ReadEarly("area", named, faults) : null;
        if (faults.Any) return faults.ToResult();
        var user = new UserEntry(request.Name, passwords.Hash(request.Password), request.Role, area, UserStore.NewStamp());
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            if (users.TryGet(user.Name, out _) || !UserStore.TryInsert(connection, user, clock.GetUtcNow()))
                return Refusals.Conflict($"A user named {user.Name} exists. Choose another name, or delete that user first.");
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "user.add", user.Name, user.Role);
            touched.Users.Add(user.Name);
            return TypedResults.Created("/api/v1/users/" + Uri.EscapeDataString(user.Name), Show(user, households));
        }, cancel);
    }

    private static async Task<IResult> DeleteUser(string name, HttpContext http, Registry registry, TimeProvider clock, CancellationToken cancel)
    {
        if (string.Equals(name, http.UserName, StringComparison.OrdinalIgnoreCase))
            return Refusals.Conflict("Nobody deletes himself, so an administrator always remains. Ask another administrator.");
        return await registry.ChangeAsync<IResult>((connection, touched) =>
        {
            if (!UserStore.Delete(connection, name)) return TypedResults.Problem(statusCode: 404, detail: "There is no such user. Check the name in the list.");
            AuditLog.Write(connection, clock.GetUtcNow(), http.UserName, "user.delete", name);
            touched.Users.Add(name);
            return TypedResults.NoContent();
        }, cancel);
    }

    private static IResult ListAudit(string? user, string? subject, string? cursor, int? limit, AuditLog audit)
    {
        var faults = new Faults();
        var (before, count) = PageRequest.ReadFalling(cursor, limit, faults);
        if (faults.Any) return faults.ToResult();
        var rows = audit.List(before, user, subject, count + 1);
        return TypedResults.Ok(PageRequest.Cut(rows, count, row => row.Id.ToString(CultureInfo.InvariantCulture), row => row.Entry));
    }

    private static Faults Check(NewUser request)
    {
        var faults = new Faults();
        if (request.Name is null or "" || request.Name.Length > NameLengthMax || !request.Name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-'))
            faults.Add("name", $"Must be 1 to {NameLengthMax} letters, digits, dots, underscores or hyphens.");
        CheckPassword(faults, "password", request.Password);
        if (request.Role is not (Roles.Administrator or Roles.Operator or Roles.Committee))
            faults.Add("role", $"Must be {Roles.Administrator}, {Roles.Operator} or {Roles.Committee}.");
        faults.CheckText("area", request.Area, HouseholdRules.AreaLengthMax, isRequired: false);
        if (request.Role == Roles.Committee && Blank(request.Area) is null)
            faults.Add("area", "Is required for a committee: its name, as households carry it.");
        if (request.Area == HouseholdDirectory.District) faults.Add("area", "Leave it out for the whole district.");
        if (request.Role == Roles.Administrator && Blank(request.Area) is not null)
            faults.Add("area", "Leave it out: administrators serve the whole district.");
        return faults;
    }

    private static void CheckPassword(Faults faults, string field, string? password)
    {
        if (password is null || password.Length is < Passwords.LengthMin or > Passwords.LengthMax)
            faults.Add(field, $"Must have {Passwords.LengthMin} to {Passwords.LengthMax} characters.");
    }

    private static IResult Wrong() => TypedResults.Problem(statusCode: 401, detail: "User or password is wrong. After 10 attempts wait 5 minutes.");

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static User Show(UserEntry user, HouseholdDirectory households) => new(user.Name, user.Role, user.Area is { } area ? households.Names.Of(area) : null);

    private static ProblemHttpResult TooMany(HttpContext http, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(statusCode: 429, detail: $"Too many attempts to log in. Try again in {seconds} seconds.");
    }
}

/// <summary>Short forms for whoever sent a request.</summary>
internal static class RequestPerson
{
    extension(HttpContext http)
    {
        /// <summary>Name of the user; throws when the route takes people who did not log in.</summary>
        public string UserName => http.User.Identity?.Name ?? throw new InvalidOperationException("This route must require authorization.");
    }
}
