// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Net;
using System.Net.Http.Json;
using System.Text;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Devices;

public sealed class DeviceTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task An_enrolled_device_may_log_in_and_must_be_heard_within_25_hours()
    {
        await using var host = await RegistryHost.StartAsync(clock: new FakeTimeProvider(Start));
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        using var answer = await admin.PostAsJsonAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        Assert.Equal((HttpStatusCode.Created, "/api/v1/devices/W1"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        var enrolled = await answer.Content.ReadFromJsonAsync<EnrolledDevice>();

        host.Services.GetRequiredService<DeviceDirectory>().TryGet("W1", out var entry);
        Assert.Equal((DeviceKind.Water, "H1", false), (entry!.Kind, entry.HouseholdId, entry.IsRetired));
        Assert.Equal(("W1", true), (enrolled!.Mqtt.Username, DeviceSecret.Matches(entry.SecretHash, Encoding.UTF8.GetBytes(enrolled.Mqtt.Password))));
        var deadlines = host.Services.GetRequiredService<DeadlineTable>();
        Assert.Empty(deadlines.Due(Start.AddHours(25).AddSeconds(-1), 10));
        Assert.Equal([new Deadline("W1", "silent", Start.AddHours(25))], deadlines.Due(Start.AddHours(25), 10));
        host.Services.GetRequiredService<HouseholdDirectory>().TryGet("H1", out var household);
        Assert.Equal(new InstalledDevice("W1", "water", Start), Assert.Single(household!.Devices));

        var device = await admin.GetFromJsonAsync<Device>("/api/v1/devices/W1");
        Assert.Equal(new Device("W1", "water", "H1", null, "new", false, null, null, null, null, null, Start) { Address = "Lane H1", Residents = "Resident of H1" }, device);
        Assert.Equal(device, Assert.Single((await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Devices));
        Assert.DoesNotContain(enrolled.Mqtt.Password, await admin.GetStringAsync("/api/v1/devices/W1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_enrolled_is_refused_with_field_and_remedy()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        Assert.Equal(["deviceId", "kind", "householdId", "gatewayId"], await FaultsAsync(new NewDevice("a/b", "camera", "H9", "G9")));
        Assert.Equal(["householdId"], await FaultsAsync(new NewDevice("W2", "water", null)));
        Assert.Equal(["gatewayId"], await FaultsAsync(new NewDevice("W2", "water", "H1", "W1")));
        Assert.Equal(["gatewayId"], await FaultsAsync(new NewDevice("G1", "gateway", null, "G2")));
        await admin.RefusedAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"), HttpStatusCode.Conflict);
        await (await admin.GetAsync("/api/v1/devices/W2")).ProblemAsync(HttpStatusCode.NotFound);

        async Task<string[]> FaultsAsync(NewDevice device) =>
            (await admin.RefusedAsync("/api/v1/devices", device)).Fields();
    }

    [Fact]
    public async Task A_new_password_ends_the_old_one_and_the_open_connection()
    {
        var thrownOut = new List<string>();
        await using var host = await RegistryHost.StartAsync(presence: new DevicePresence(_ => true, id => { thrownOut.Add(id); return Task.CompletedTask; }));
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var first = await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        var second = await admin.PostOkAsync("/api/v1/devices/W1/credentials", new { });

        host.Services.GetRequiredService<DeviceDirectory>().TryGet("W1", out var entry);
        Assert.False(DeviceSecret.Matches(entry!.SecretHash, Password(first)));
        Assert.True(DeviceSecret.Matches(entry.SecretHash, Password(second)));
        Assert.Equal(["W1"], thrownOut);
        Assert.True((await admin.GetFromJsonAsync<Device>("/api/v1/devices/W1"))!.Connected);
        await (await admin.PostAsync("/api/v1/devices/W9/credentials", null)).ProblemAsync(HttpStatusCode.NotFound);

        static byte[] Password(System.Text.Json.JsonElement enrolled) => Encoding.UTF8.GetBytes(enrolled.GetProperty("mqtt").GetProperty("password").GetString()!);
    }

    [Fact]
    public async Task A_device_is_moved_retired_and_taken_back_into_use()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("G1", "gateway", null));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
        var (devices, households, deadlines) = (
            host.Services.GetRequiredService<DeviceDirectory>(), host.Services.GetRequiredService<HouseholdDirectory>(), host.Services.GetRequiredService<DeadlineTable>());

        await PatchAsync(new { householdId = "H2", gatewayId = "G1" });
        households.TryGet("H1", out var left);
        households.TryGet("H2", out var now);
        devices.TryGet("W1", out var moved);
        Assert.Equal((0, 1, "H2", "G1"), (left!.Devices.Count, now!.Devices.Count, moved!.HouseholdId, moved.GatewayId));
        await (await admin.DeleteAsync("/api/v1/devices/G1")).ProblemAsync(HttpStatusCode.Conflict);

        Assert.Equal("retired", await PatchAsync(new { retired = true, gatewayId = "" }));
        devices.TryGet("W1", out var retired);
        Assert.Equal((true, null), (retired!.IsRetired, retired.GatewayId));
        Assert.Empty(deadlines.Due(Start.AddDays(9), 10));
        await (await admin.DeleteAsync("/api/v1/devices/G1")).OkAsync();
        await (await admin.DeleteAsync("/api/v1/households/H1")).OkAsync();

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("new", await PatchAsync(new { retired = false }));
        Assert.Equal([new Deadline("W1", "silent", Start.AddHours(26))], deadlines.Due(Start.AddDays(9), 10));
        await (await admin.DeleteAsync("/api/v1/devices/W1")).OkAsync();
        Assert.Empty(deadlines.Due(Start.AddDays(9), 10));

        async Task<string?> PatchAsync(object patch) =>
            (await (await admin.PatchAsJsonAsync("/api/v1/devices/W1", patch)).OkAsync()).GetProperty("state").GetString();
    }

    [Fact]
    public async Task What_a_device_said_last_survives_a_restart_once_flushed()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        var said = new LiveDevice(Start.AddMinutes(1), Start, 12_345_000, 88, -97, IsSilent: false);
        await using (var host = await RegistryHost.StartAsync(folder))
        {
            using var admin = await host.LoginAsync();
            await admin.EnrolAsync(Homes.Household("H1"));
            await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
            await admin.PostOkAsync("/api/v1/devices", new NewDevice("W2", "water", "H1"));
            var live = host.Services.GetRequiredService<DeviceLiveTable>();
            live.Update("W1", said);
            live.Update("W2", new LiveDevice(Start, null, null, null, null, IsSilent: true));
            live.Update("deleted meanwhile", said);
            await host.Services.GetRequiredService<ICheckpointed>().FlushAsync(CancellationToken.None);
            live.Update("W1", new LiveDevice(Start, null, null, 1, null, IsSilent: false));
        }

        await using (var host = await RegistryHost.StartAsync(folder))
        {
            Assert.True(host.Services.GetRequiredService<DeviceLiveTable>().TryGet("W1", out var live));
            Assert.Equal(said, live);
            using var admin = await host.LoginAsync();
            var device = await admin.GetFromJsonAsync<Device>("/api/v1/devices/W1");
            Assert.Equal(("ok", 12_345.0, 88, -97), (device!.State, device.TotalLitres, device.BatteryPercent, device.RssiDbm));
            Assert.Equal("silent", (await admin.GetFromJsonAsync<Device>("/api/v1/devices/W2"))!.State);
            Assert.Equal(1, host.Services.GetRequiredService<DeviceLiveTable>().CountSilent);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Pages_of_any_filter_visit_every_device_of_it_once()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2"));
        var live = host.Services.GetRequiredService<DeviceLiveTable>();
        for (var n = 0; n < 24; n++)
        {
            await admin.PostOkAsync("/api/v1/devices", new NewDevice($"D{n}", DeviceStore.Kinds[n % 3], n % 2 == 0 ? "H1" : "H2"));
            if (n % 4 == 1) live.Update($"D{n}", new LiveDevice(Start, null, null, null, null, IsSilent: n % 8 == 1));
        }

        var all = (await admin.GetFromJsonAsync<Page<Device>>("/api/v1/devices"))!.Items;
        Assert.Equal(24, all.Count);
        string?[] kinds = [null, "water", "smoke"], places = [null, "H1", "H2"], states = [null, "new", "ok", "silent", "retired"];
        await Gen.Select(Gen.Int[0, kinds.Length - 1].Select(i => kinds[i]), Gen.Int[0, places.Length - 1].Select(i => places[i]), Gen.Int[0, states.Length - 1].Select(i => states[i]), Gen.Int[1, 9]).SampleAsync(
            async (kind, place, state, limit) =>
            {
                var seen = new List<Device>();
                for (string? cursor = ""; cursor is not null;)
                {
                    var page = await admin.GetFromJsonAsync<Page<Device>>($"/api/v1/devices?kind={kind}&householdId={place}&state={state}&limit={limit}&cursor={cursor}");
                    seen.AddRange(page!.Items);
                    cursor = page.Next;
                }

                Assert.Equal(all.Where(device => (kind ?? device.Kind) == device.Kind && (place ?? device.HouseholdId) == device.HouseholdId && (state ?? device.State) == device.State), seen);
            },
            iter: 60, threads: 1);
        var problem = await (await admin.GetAsync("/api/v1/devices?kind=camera&state=asleep")).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["kind", "state"], problem.Fields());
    }
}
