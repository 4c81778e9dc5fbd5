using System.Reflection;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SeniorIoT.Simulators.Demo;
using SeniorIoT.Simulators.Devices;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators.Control;

/// <summary>A home as the control page lists it.</summary>
internal sealed record HomeRow(
    string HouseholdId,
    string Address,
    string Resident,
    string Committee,
    string SubDistrict,
    string Devices,
    bool HasButton,
    bool HasSmoke,
    bool WaterStopped,
    bool Smoking,
    bool Silent,
    bool CanStop13h);

/// <summary>What a search finds: at most <see cref="ControlPage.RowsMax"/> of all.</summary>
internal sealed record HomeList(IReadOnlyList<HomeRow> Items, int Total, string Wire);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HomeList))]
[JsonSerializable(typeof(Answer))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>The puppeteer's page: search a home, make something happen in it. Plain HTML, no login: it belongs on the loopback address.</summary>
internal static class ControlPage
{
    /// <summary>Rows of one search.</summary>
    public const int RowsMax = 60;

    /// <summary>Listens until disposed.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<WebApplication> StartAsync(Uri address, IReadOnlyList<Home> homes, Agenda agenda, WireCounts counts, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseUrls(address.ToString());
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ControlJson.Default));
        var page = builder.Build();
        var byId = homes.ToDictionary(home => home.Plan.HouseholdId, StringComparer.OrdinalIgnoreCase);

        page.MapGet("/", () => Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));
        page.MapGet("/homes", async (string? q) => Results.Ok(await agenda.AskAsync(() => Search(homes, q ?? "", counts))));
        page.MapPost("/homes/{id}/{action}", async (string id, string action) =>
        {
            if (!byId.TryGetValue(id, out var home))
            {
                var (first, last) = (homes[0].Plan.HouseholdId, homes[^1].Plan.HouseholdId);
                return Results.NotFound(new Answer(false, $"There is no home \"{id}\"; homes are {first} to {last}.", $"没有住户“{id}”；编号从 {first} 到 {last}。"));
            }

            if (!Actions.Names.Contains(action))
            {
                var names = string.Join(", ", Actions.Names);
                return Results.BadRequest(new Answer(false, $"There is no action \"{action}\"; actions are {names}.", $"没有操作“{action}”；可用操作：{names}。"));
            }

            var answer = await agenda.AskAsync(() => Actions.Do(action, home, agenda.Now));
            return answer.Done ? Results.Ok(answer) : Results.Conflict(answer);
        });
        await page.StartAsync(cancellation);
        return page;
    }

    private static HomeList Search(IReadOnlyList<Home> homes, string query, WireCounts counts)
    {
        var words = query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = homes.Where(home => words.All(word => Matches(home, word))).ToList();
        return new HomeList([.. found.Take(RowsMax).Select(Row)], found.Count, counts.ToString());
    }

    private static bool Matches(Home home, string word) => word switch
    {
        "13h" => home.CanStopInThePast,
        "stopped" => home.IsWaterStopped,
        "silent" => home.Devices.Any(device => device.IsSilent),
        "smoke" => home.Smoke is { IsAlarming: true },
        _ => $"{home.Plan.HouseholdId} {home.Plan.Address} {home.Plan.Resident} {home.Plan.Committee} {home.Plan.SubDistrict} {DevicesOf(home)}"
            .Contains(word, StringComparison.OrdinalIgnoreCase),
    };

    private static HomeRow Row(Home home) => new(
        home.Plan.HouseholdId,
        home.Plan.Address,
        home.Plan.Resident,
        home.Plan.Committee,
        home.Plan.SubDistrict,
        DevicesOf(home),
        home.Button is not null,
        home.Smoke is not null,
        home.IsWaterStopped,
        home.Smoke is { IsAlarming: true },
        home.Devices.Any(device => device.IsSilent),
        home.CanStopInThePast);

    private static string DevicesOf(Home home) => string.Join(' ', home.Devices.Select(device => device.DeviceId));

    // The command line decides when to stop, not the web host.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
