// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Rules;
using Xunit;

namespace SeniorIoT.Server.Tests.Access;

public sealed class LoginTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task A_login_lets_in_and_says_who_came()
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = host.Anonymous();
        var login = await client.PostOkAsync("/api/v1/login", new { user = "ADMIN", password = RegistryHost.AdminPassword });
        Assert.Equal(("admin", "administrator", 43_200), (login.GetProperty("user").GetString(), login.GetProperty("role").GetString(), login.GetProperty("expiresIn").GetInt32()));

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.GetProperty("accessToken").GetString());
        var users = await client.GetOkAsync("/api/v1/users");
        Assert.Equal("admin", users.GetProperty("items")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_user_look_the_same()
    {
        await using var host = await RegistryHost.StartAsync();
        using var client = host.Anonymous();
        var wrong = await client.RefusedAsync("/api/v1/login", new LoginRequest("admin", "guess"), HttpStatusCode.Unauthorized);
        var unknown = await client.RefusedAsync("/api/v1/login", new LoginRequest("nobody", "guess"), HttpStatusCode.Unauthorized);
        Assert.Equal(wrong.GetProperty("detail").GetString(), unknown.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task After_ten_wrong_passwords_even_the_right_one_waits()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var client = host.Anonymous();
        for (var i = 0; i < LoginThrottle.FailuresMax; i++)
            await client.RefusedAsync("/api/v1/login", new LoginRequest("admin", "guess"), HttpStatusCode.Unauthorized);

        var locked = await client.PostAsJsonAsync("/api/v1/login", new LoginRequest("Admin", RegistryHost.AdminPassword));
        await locked.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromMinutes(5), locked.Headers.RetryAfter?.Delta);

        clock.Advance(LoginThrottle.Window);
        await client.PostOkAsync("/api/v1/login", new LoginRequest("admin", RegistryHost.AdminPassword));
    }

    [Fact]
    public async Task A_login_ends_after_twelve_hours()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await host.LoginAsync();
        clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        await admin.GetOkAsync("/api/v1/users");
        clock.Advance(TimeSpan.FromSeconds(1));
        await (await admin.GetAsync("/api/v1/users")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_restart_logs_nobody_out()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        string token;
        await using (var host = await RegistryHost.StartAsync(folder))
        {
            using var admin = await host.LoginAsync();
            token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        }

        await using (var host = await RegistryHost.StartAsync(folder))
        {
            using var client = host.Anonymous();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            Assert.Equal(1, (await client.GetOkAsync("/api/v1/users")).GetProperty("items").GetArrayLength());
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_deleted_user_is_out_at_the_next_request()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.PostOkAsync("/api/v1/users", new NewUser("wang", "long enough password", Roles.Operator, null));
        using var wang = await host.LoginAsync("wang", "long enough password");
        await wang.GetOkAsync("/api/v1/households");

        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/v1/users/wang")).StatusCode);
        await (await wang.GetAsync("/api/v1/households")).ProblemAsync(HttpStatusCode.Unauthorized);

        // Somebody new of the same name is somebody else.
        await admin.PostOkAsync("/api/v1/users", new NewUser("wang", "long enough password", Roles.Operator, null));
        await (await wang.GetAsync("/api/v1/households")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_password_ends_earlier_logins_and_gives_a_new_one()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var elsewhere = await host.LoginAsync();
        var refused = await admin.RefusedAsync("/api/v1/password", new PasswordChange("not it", "short"));
        Assert.Equal(["new"], refused.Fields());
        refused = await admin.RefusedAsync("/api/v1/password", new PasswordChange("not it", "another long password"));
        Assert.Equal(["old"], refused.Fields());

        var login = await admin.PostOkAsync("/api/v1/password", new PasswordChange(RegistryHost.AdminPassword, "another long password"));
        await (await elsewhere.GetAsync("/api/v1/users")).ProblemAsync(HttpStatusCode.Unauthorized);
        elsewhere.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login.GetProperty("accessToken").GetString());
        await elsewhere.GetOkAsync("/api/v1/users");
        using var again = await host.LoginAsync(password: "another long password");
        await again.GetOkAsync("/api/v1/users");
    }

    [Fact]
    public async Task A_token_in_the_query_counts_for_the_hub_only()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var token = admin.DefaultRequestHeaders.Authorization!.Parameter;
        using var browser = host.Anonymous();
        Assert.Equal("admin", await browser.GetStringAsync($"/hubs/who?access_token={token}"));
        await (await browser.GetAsync($"/api/v1/users?access_token={token}")).ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_dashboard_opens_for_an_administrator_who_logged_in_and_for_nobody_else()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.PostOkAsync("/api/v1/users", new NewUser("wang", "long enough password", Roles.Operator, null));

        using var browser = host.Anonymous();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/hangfire/who")).StatusCode);
        var ofOperator = await browser.PostAsJsonAsync("/api/v1/login", new LoginRequest("wang", "long enough password"));
        Assert.False(ofOperator.Headers.Contains("Set-Cookie"));
        var ofAdmin = await browser.PostAsJsonAsync("/api/v1/login", new LoginRequest("admin", RegistryHost.AdminPassword));
        var cookie = Assert.Single(ofAdmin.Headers.GetValues("Set-Cookie"));
        Assert.Contains("path=/hangfire; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        // The client keeps the cookie, as a browser would.
        Assert.Equal("admin", await browser.GetStringAsync("/hangfire/who"));
        await (await browser.GetAsync("/api/v1/users")).ProblemAsync(HttpStatusCode.Unauthorized);
        await browser.PostAsync("/api/v1/logout", null);
    }

    [Fact]
    public async Task Every_refusal_is_problem_details()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var watch = await host.LoginAsAsync(admin, Roles.Operator, null);
        using var nobody = host.Anonymous();
        await (await nobody.GetAsync("/api/v1/households")).ProblemAsync(HttpStatusCode.Unauthorized);
        await (await watch.GetAsync("/api/v1/audit")).ProblemAsync(HttpStatusCode.Forbidden);
        await watch.RefusedAsync("/api/v1/households", Homes.Household("H1"), HttpStatusCode.Forbidden);
        await (await admin.GetAsync("/api/v1/no-such-thing")).ProblemAsync(HttpStatusCode.NotFound);
        await (await admin.PutAsync("/api/v1/households", null)).ProblemAsync(HttpStatusCode.MethodNotAllowed);
        await (await admin.GetAsync("/api/v1/households?limit=many")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["limit", "cursor"], (await (await admin.GetAsync("/api/v1/households?limit=501&cursor=!!")).ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    [Theory]
    [InlineData("""{"householdId":"H1",}""", "line 1, byte 21")]
    [InlineData("{\"householdId\":\"H1\",\n\"residents\":[{\"name\":\"x\",\"birthYear\":\"old\"}]}", "residents[0].birthYear")]
    [InlineData("", "has no body")]
    public async Task Unreadable_json_is_refused_with_the_place(string body, string place)
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await (await admin.PostAsync("/api/v1/households", content)).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Contains(place, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configured_password_one_is_printed_at_the_first_start_only()
    {
        await using var host = await RegistryHost.StartAsync(password: null);
        host.Services.GetRequiredService<UserDirectory>().TryGet("admin", out var made);
        Assert.NotNull(made);
        var printed = new StringWriter();
        await FirstAdministrator.EnsureAsync(host.Services, null, printed);
        Assert.Equal("", printed.ToString());

        await FirstAdministrator.EnsureAsync(host.Services, "forgotten, so set anew", printed);
        using var admin = await host.LoginAsync(password: "forgotten, so set anew");
        await admin.GetOkAsync("/api/v1/users");
        Assert.Equal("", printed.ToString());
    }

    [Fact]
    public async Task The_printed_password_works()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        var (users, devices, households) = (new UserDirectory(), new SeniorIoT.Server.Devices.DeviceDirectory(), new SeniorIoT.Server.Households.HouseholdDirectory());
        var printed = new StringWriter();
        await using (var registry = new SeniorIoT.Server.Households.Registry(folder, devices, households, new RuleDirectory(RuleSettings.Changning), users))
        {
            using var passwords = new Passwords();
            await FirstAdministrator.EnsureAsync(registry, users, passwords, TimeProvider.System, null, printed);
        }

        var password = printed.ToString().Split("password ")[1].Split(' ')[0];
        await using (var host = await RegistryHost.StartAsync(folder, password: null))
        {
            using var admin = await host.LoginAsync(password: password);
            await admin.GetOkAsync("/api/v1/users");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Users_are_checked_and_nobody_deletes_himself()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var bad = await admin.RefusedAsync("/api/v1/users", new NewUser("a b", "short", "king", new string('x', 65)));
        Assert.Equal(["name", "password", "role", "area"], bad.Fields());
        bad = await admin.RefusedAsync("/api/v1/users", new NewUser("duty", "long enough password", Roles.Committee, null));
        Assert.Equal(["area"], bad.Fields());
        await admin.RefusedAsync("/api/v1/users", new NewUser("Admin", "long enough password", Roles.Administrator, null), HttpStatusCode.Conflict);
        await (await admin.DeleteAsync("/api/v1/users/admin")).ProblemAsync(HttpStatusCode.Conflict);
        await (await admin.DeleteAsync("/api/v1/users/nobody")).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Writes_and_opened_households_are_in_the_audit_without_personal_data()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await admin.GetOkAsync("/api/v1/households/H1");
        await (await admin.PatchAsJsonAsync("/api/v1/households/H1", new { address = "Lane 2" })).OkAsync();

        var first = await admin.GetOkAsync("/api/v1/audit?limit=2");
        var rest = await admin.GetOkAsync("/api/v1/audit?cursor=" + first.GetProperty("next").GetString());
        Assert.Equal(
            ["household.change", "household.view", "household.enrol", "login", "user.reset"],
            first.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).Select(entry => entry.GetProperty("action").GetString()!));
        Assert.DoesNotContain("Lane", first.ToString() + rest, StringComparison.Ordinal);
    }
}
