using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using Xunit;

namespace SeniorIoT.Server.Tests.Access;

/// <summary>A real Kestrel on a free port with the rooms of the registry and nothing else.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    public const string AdminPassword = "correct horse battery";

    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private RegistryHost(WebApplication app, string folder, bool ownsFolder) => (_app, Folder, _ownsFolder) = (app, folder, ownsFolder);

    public string Folder { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RegistryHost> StartAsync(
        string? folder = null, TimeProvider? clock = null, DevicePresence? presence = null, string? password = AdminPassword,
        Action<IServiceCollection, string>? addRooms = null, Action<WebApplication>? mapRooms = null, ITimeSeriesStore? telemetry = null)
    {
        var ownsFolder = folder is null;
        folder ??= Directory.CreateTempSubdirectory("senioriot-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        if (clock is not null) builder.Services.AddSingleton(clock);
        if (presence is not null) builder.Services.AddSingleton(presence);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        builder.Services.AddSingleton(zone);
        if (telemetry is not null)
        {
            builder.Services.AddSingleton(telemetry).AddSingleton<UseSeries>().AddSingleton<ExportSource>().AddSingleton<ExportDesk>();
            builder.Services.AddSingleton(services => new RollupMarks(
                new SqliteFile(Path.Combine(folder, "rollup.db"), RollupMarks.Migrations), zone, services.GetRequiredService<TimeProvider>()));
        }

        builder.Services.AddApiProblems().AddRegistry(folder).AddAccess(folder);
        addRooms?.Invoke(builder.Services, folder);
        var app = builder.Build();
        mapRooms?.Invoke(app);
        app.UseApiProblems();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAccess().MapHouseholds().MapRules().MapRuleComparison().MapDevices().MapCommands().MapResponders().MapImport();
        if (telemetry is not null) app.MapExports();
        app.MapGet("/hubs/who", (HttpContext http) => http.UserName).RequireAuthorization();
        app.MapGet("/hangfire/who", (HttpContext http) => http.UserName).RequireAuthorization(AccessPolicies.Dashboard);
        await RegistryLoader.LoadAsync(app.Services);
        await FirstAdministrator.EnsureAsync(app.Services, password, TextWriter.Null);
        await app.StartAsync();
        return new RegistryHost(app, folder, ownsFolder);
    }

    public HttpClient Anonymous() => new() { BaseAddress = new Uri(_app.Urls.First()) };

    public async Task<HttpClient> LoginAsync(string user = FirstAdministrator.Name, string password = AdminPassword)
    {
        var client = Anonymous();
        var answer = await client.PostAsJsonAsync("/api/v1/login", new LoginRequest(user, password));
        answer.EnsureSuccessStatusCode();
        var login = await answer.Content.ReadFromJsonAsync<LoginResponse>();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", login!.AccessToken);
        return client;
    }

    /// <summary>Somebody new with a role, logged in.</summary>
    public async Task<HttpClient> LoginAsAsync(HttpClient admin, string role, string? area)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{role}-{Guid.NewGuid():N}");
        await admin.PostOkAsync("/api/v1/users", new NewUser(name, "long enough password", role, area));
        return await LoginAsync(name, "long enough password");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder) Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Short forms for requests in tests.</summary>
internal static class HttpShortForms
{
    public static async Task<JsonElement> GetOkAsync(this HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return await answer.OkAsync();
    }

    public static async Task<JsonElement> PostOkAsync<T>(this HttpClient client, string path, T body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return await answer.OkAsync();
    }

    public static async Task<JsonElement> OkAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>Asserts the status and that the body is problem details; returns it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>Posts something that must be refused; returns the problem.</summary>
    public static async Task<JsonElement> RefusedAsync<T>(this HttpClient client, string path, T body, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        return await answer.ProblemAsync(status);
    }

    public static string[] Fields(this JsonElement problem) => [.. problem.GetProperty("errors").EnumerateObject().Select(field => field.Name)];
}

/// <summary>Households of two made-up committees in two sub-districts.</summary>
internal static class Homes
{
    public static NewHousehold Household(string id, string committee = "North", string subDistrict = "Hill") => new(
        id, $"Lane {id}", committee, subDistrict,
        [new Resident($"Resident of {id}", 1940, LivesAlone: true)], [new Contact("Li", "+86 138 0000 0000", "volunteer")]);

    public static async Task EnrolAsync(this HttpClient admin, params NewHousehold[] households)
    {
        foreach (var household in households) await admin.PostOkAsync("/api/v1/households", household);
    }
}
