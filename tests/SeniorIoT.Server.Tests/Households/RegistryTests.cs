using System.Net.Http.Json;
using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

public sealed class RegistryTests
{
    [Fact]
    public async Task Whatever_people_do_memory_is_what_a_restart_would_load()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        var (devices, households) = (host.Services.GetRequiredService<DeviceDirectory>(), host.Services.GetRequiredService<HouseholdDirectory>());
        var (done, rules) = (0, host.Services.GetRequiredService<RuleDirectory>());
        await Gen.Select(Gen.Int[0, 16], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Bool).Array[1, 12].SampleAsync(
            async steps =>
            {
                foreach (var (verb, home, thing, flag) in steps)
                    if ((await DoAsync(admin, verb, $"H{home}", $"D{thing}", flag)).IsSuccessStatusCode)
                        done++;
                var (loadedDevices, loadedHouseholds, loadedRules) = (new DeviceDirectory(), new HouseholdDirectory(), new RuleDirectory(RuleSettings.Changning));
                await using var again = new Registry(host.Folder, loadedDevices, loadedHouseholds, loadedRules, new UserDirectory());
                await again.LoadAsync();
                Assert.Equal(Show(loadedDevices, loadedHouseholds, loadedRules), Show(devices, households, rules));
            },
            iter: 30, threads: 1);
        Assert.True(done > 20, $"Only {done} steps did anything.");
    }

    private static Task<HttpResponseMessage> DoAsync(HttpClient admin, int verb, string home, string thing, bool flag) => verb switch
    {
        0 or 1 => admin.PostAsJsonAsync("/api/v1/households", Homes.Household(home)),
        2 or 3 => admin.PostAsJsonAsync("/api/v1/devices", new NewDevice(thing, thing == "D0" ? "gateway" : "water", home, flag && thing != "D0" ? "D0" : null)),
        4 => admin.PatchAsJsonAsync($"/api/v1/devices/{thing}", new { householdId = home, gatewayId = flag ? "D0" : "" }),
        5 => admin.PatchAsJsonAsync($"/api/v1/devices/{thing}", new { retired = flag }),
        6 => admin.DeleteAsync($"/api/v1/devices/{thing}"),
        7 => admin.DeleteAsync($"/api/v1/households/{home}?force={flag}"),
        8 => admin.PatchAsJsonAsync($"/api/v1/households/{home}", new { committee = flag ? "North" : "South", residents = Array.Empty<Resident>() }),
        14 => admin.PutAsJsonAsync($"/api/v1/rules/household/{home}", new { numbers = new { noWaterHours = flag ? 6 : 7 }, note = "test" }),
        15 => admin.PutAsJsonAsync("/api/v1/rules/committee/North", new { shadow = new { noWaterHours = 9 }, note = "test" }),
        16 => admin.DeleteAsync(flag ? $"/api/v1/rules/household/{home}" : "/api/v1/rules/committee/North"),
        9 or 10 => admin.PostAsJsonAsync($"/api/v1/households/{home}/away", new { until = TimeProvider.System.GetUtcNow().AddDays(thing[1] - '0' + 1) }),
        11 => admin.PostAsJsonAsync($"/api/v1/households/{home}/absences", new NewAbsence("sunday", null, "08:00", $"2{thing[1]}:00", null, $"{TimeProvider.System.GetUtcNow().AddDays(30):yyyy-MM-dd}")),
        12 => admin.DeleteAsync($"/api/v1/households/{home}/away"),
        _ => admin.PutAsJsonAsync("/api/v1/responders/North", new { responders = flag ? [new Contact("Sun", "12345", "supervisor")] : Array.Empty<Contact>() }),
    };

    private static string Show(DeviceDirectory devices, HouseholdDirectory households, RuleDirectory rules) => string.Join('\n',
        [
            .. devices.All.OrderBy(device => device.DeviceId, StringComparer.Ordinal).Select(device =>
                $"{device.DeviceId} {device.Kind} {device.HouseholdId} {device.GatewayId} {device.IsRetired} {Convert.ToHexString(device.SecretHash)}"),
            .. households.All.OrderBy(household => household.HouseholdId, StringComparer.Ordinal).Select(household =>
                $"{household.HouseholdId} {household.Address} {household.Committee} {string.Join(',', household.Residents)} {string.Join(',', household.Devices)} {string.Join(',', household.Absences.Absences)}"),
            .. households.RespondersOfArea(new("Hill", "North")).Select(responder => responder.ToString()),
            .. rules.Book.Places.OrderBy(place => place.ToString(), StringComparer.Ordinal).Select(place => JsonSerializer.Serialize(rules.Book.At(place))),
        ]);
}
