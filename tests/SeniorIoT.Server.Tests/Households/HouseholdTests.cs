// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Net;
using System.Net.Http.Json;
using System.Text;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

public sealed class HouseholdTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public async Task An_enrolled_household_is_found_by_id_address_and_name()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var answer = await admin.PostAsJsonAsync("/api/v1/households", Homes.Household("H1"));
        Assert.Equal((HttpStatusCode.Created, "/api/v1/households/H1"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        await admin.EnrolAsync(Homes.Household("H2"));

        var opened = await admin.GetFromJsonAsync<Household>("/api/v1/households/H1");
        Assert.Equal(
            ("Lane H1", "North", "Hill", new Resident("Resident of H1", 1940, true), new Contact("Li", "+86 138 0000 0000", "volunteer"), 0),
            (opened!.Address, opened.Committee, opened.SubDistrict, opened.Residents[0], opened.Contacts[0], opened.Devices.Count));
        foreach (var search in (string[])["h1", "lane h1", "Resident of H1"])
            Assert.Equal(["H1"], await IdsAsync(admin, "?q=" + Uri.EscapeDataString(search)));
        Assert.Empty(await IdsAsync(admin, "?q=%25"));
        Assert.Equal(["H1", "H2"], await IdsAsync(admin, "?committee=North&subDistrict=Hill"));
        Assert.Empty(await IdsAsync(admin, "?committee=South"));
    }

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        await using var host = await RegistryHost.StartAsync(clock: new FakeTimeProvider(Start));
        using var admin = await host.LoginAsync();
        var problem = await (await admin.PostAsJsonAsync("/api/v1/households", new
        {
            householdId = "a b",
            address = new string('x', 201),
            residents = new object?[] { new { name = "", birthYear = 1889 }, null, new { name = "x", birthYear = 2027 } },
            contacts = new[] { new { name = "Li\nWang", phone = "call me", role = new string('r', 33) } },
            unknown = true,
        })).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "householdId", "address", "committee", "subDistrict", "residents[0].name", "residents[0].birthYear", "residents[1]",
                "residents[2].birthYear", "contacts[0].name", "contacts[0].phone", "contacts[0].role",
            ],
            problem.Fields());
    }

    [Fact]
    public async Task A_second_household_of_the_same_id_is_a_conflict()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await admin.RefusedAsync("/api/v1/households", Homes.Household("H1") with { Address = "Other" }, HttpStatusCode.Conflict);
        Assert.Equal("Lane H1", (await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Address);
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await (await admin.PatchAsJsonAsync("/api/v1/households/H1", new { contacts = new[] { new Contact("Zhao", "12345", "neighbour") } })).OkAsync();
        host.Services.GetRequiredService<HouseholdDirectory>().TryGet("H1", out var entry);
        Assert.Equal(("Lane H1", "Zhao", "Resident of H1"), (entry!.Address, entry.Contacts[0].Name, entry.Residents[0].Name));
        var problem = await (await admin.PatchAsJsonAsync("/api/v1/households/H1", new { address = "", contacts = new[] { new Contact("Zhao", "?", "x") } })).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["address", "contacts[0].phone"], problem.Fields());
        await (await admin.PatchAsJsonAsync("/api/v1/households/H9", new { address = "x" })).ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_committee_sees_its_own_households_only()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("N1"), Homes.Household("S1", "South"), Homes.Household("V1", "Lake", "Valley"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("N1-sos", "sos", "N1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("V1-sos", "sos", "V1"));
        await admin.PostOkAsync("/api/v1/devices", new NewDevice("gate", "gateway", null));
        using var north = await host.LoginAsAsync(admin, Roles.Committee, "North");
        using var hill = await host.LoginAsAsync(admin, Roles.Operator, "Hill");

        Assert.Equal(["N1"], await IdsAsync(north));
        Assert.Equal(["N1", "S1"], await IdsAsync(hill));
        Assert.Equal(["N1", "S1", "V1"], await IdsAsync(admin));
        foreach (var hidden in (string[])["households/S1", "households/S1/history", "devices/V1-sos", "devices/gate", "responders/South", "responders/district"])
            await (await north.GetAsync("/api/v1/" + hidden)).ProblemAsync(HttpStatusCode.NotFound);
        await north.RefusedAsync("/api/v1/households/S1/away", new { until = Start.AddYears(900) }, HttpStatusCode.NotFound);
        await (await north.DeleteAsync("/api/v1/households/S1/away")).ProblemAsync(HttpStatusCode.NotFound);
        var devices = await north.GetFromJsonAsync<Page<Device>>("/api/v1/devices");
        Assert.Equal(["N1-sos"], devices!.Items.Select(device => device.DeviceId));
        await north.GetOkAsync("/api/v1/households/N1");
        await north.GetOkAsync("/api/v1/responders/North");
    }

    [Fact]
    public async Task Pages_of_any_size_visit_every_household_once_and_in_order()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        string[] ids = [.. Enumerable.Range(1, 23).Select(n => $"H{n}").Order(StringComparer.Ordinal)];
        await admin.EnrolAsync([.. ids.Select(id => Homes.Household(id))]);
        await Gen.Int[1, 30].SampleAsync(
            async limit =>
            {
                var seen = new List<string>();
                for (string? cursor = ""; cursor is not null;)
                {
                    var page = await admin.GetFromJsonAsync<Page<Household>>($"/api/v1/households?limit={limit}&cursor={cursor}");
                    Assert.InRange(page!.Items.Count, 1, limit);
                    seen.AddRange(page.Items.Select(household => household.HouseholdId));
                    cursor = page.Next;
                }

                Assert.Equal(ids, seen);
            },
            iter: 30, threads: 1);
    }

    [Fact]
    public async Task An_absence_begins_and_ends_by_itself_or_by_hand()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var directory = host.Services.GetRequiredService<HouseholdDirectory>();
        using var duty = await host.LoginAsAsync(admin, Roles.Committee, "North");

        var problem = await duty.RefusedAsync("/api/v1/households/H1/away", new { from = Start, until = Start });
        Assert.Equal(["until"], problem.Fields());
        var away = await duty.PostOkAsync("/api/v1/households/H1/away", new { until = Start.AddHours(8), reason = "hospital" });
        Assert.Equal(Start, away.GetProperty("from").GetDateTimeOffset());
        Assert.NotNull((await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Away);

        clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.NoContent, (await duty.DeleteAsync("/api/v1/households/H1/away")).StatusCode);
        Assert.Null((await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Away);
        directory.TryGet("H1", out var entry);
        Assert.Equal(new AwayPeriod(Start, Start.AddHours(2)), Assert.IsType<Domain.Households.Absence.Once>(Assert.Single(entry!.Absences.Absences)).Period);

        await duty.PostOkAsync("/api/v1/households/H1/away", new { until = Start.AddHours(4) });
        clock.Advance(TimeSpan.FromHours(2));
        Assert.Null((await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Away);
    }

    [Fact]
    public async Task A_household_with_devices_is_deleted_only_by_force_and_then_without_a_trace()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        await using (var host = await RegistryHost.StartAsync(folder))
        {
            using var admin = await host.LoginAsync();
            await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2"));
            await admin.PostOkAsync("/api/v1/devices", new NewDevice("W1", "water", "H1"));
            await host.Services.GetRequiredService<HistoryStore>().AddAsync("H1", Start, "smoke-test", "Tested by Resident of H1", null);
            await (await admin.DeleteAsync("/api/v1/households/H1")).ProblemAsync(HttpStatusCode.Conflict);
            Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync("/api/v1/households/H1?force=true")).StatusCode);
            await (await admin.GetAsync("/api/v1/households/H1")).ProblemAsync(HttpStatusCode.NotFound);
            await (await admin.GetAsync("/api/v1/devices/W1")).ProblemAsync(HttpStatusCode.NotFound);
            Assert.False(host.Services.GetRequiredService<DeviceDirectory>().TryGet("W1", out _));
            Assert.False(host.Services.GetRequiredService<HouseholdDirectory>().TryGet("H1", out _));
        }

        var file = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(Path.Combine(folder, "registry.db")));
        Assert.Contains("Resident of H2", file, StringComparison.Ordinal);
        Assert.DoesNotContain("Resident of H1", file, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Responders_are_told_nearest_first()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        foreach (var area in (string[])["district", "Hill", "North", "Hill·South"])
            await (await admin.PutAsJsonAsync($"/api/v1/responders/{area}", new { responders = new[] { new Contact($"Duty of {area}", "021-1", "committee_duty") } })).OkAsync();
        var problem = await (await admin.PutAsJsonAsync("/api/v1/responders/Hill", new { responders = new[] { new Contact("x", "1", "") } })).ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(["responders[0].phone", "responders[0].role"], problem.Fields());
        var directory = host.Services.GetRequiredService<HouseholdDirectory>();
        Assert.Equal(["Li", "Duty of North", "Duty of Hill", "Duty of district"], directory.RespondersOf("H1").Select(responder => responder.Name));
        Assert.Equal("Duty of Hill·South", (await admin.GetFromJsonAsync<AreaResponders>("/api/v1/responders/Hill·South"))!.Responders[0].Name);
    }

    [Fact]
    public async Task History_and_service_requests_are_kept_once_however_often_they_come()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("S1", "South"));
        var history = host.Services.GetRequiredService<HistoryStore>();
        var requests = host.Services.GetRequiredService<ServiceRequestStore>();
        for (var i = 0; i < 2; i++)
        {
            await history.AddAsync("H1", Start, "smoke-test", "Test by hand.", "m1");
            await history.AddAsync("H1", Start.AddHours(1), "no-water", "Over before it became known.", null);
            await history.AddAsync("gone", Start, "smoke-test", "Test by hand.", null);
            Assert.Equal(i == 0, await requests.AddAsync("H1", "B1", "taxi", Start, "B1/7/1"));
            await requests.AddAsync("S1", "B2", "consult", Start, "B2/7/1");
            Assert.False(await requests.AddAsync("gone", "B3", "taxi", Start, "B3/7/1"));
        }

        var first = await admin.GetOkAsync("/api/v1/households/H1/history?limit=1");
        var second = await admin.GetOkAsync("/api/v1/households/H1/history?limit=1&cursor=" + first.GetProperty("next").GetString());
        Assert.Equal(("no-water", "smoke-test"), (first.GetProperty("items")[0].GetProperty("kind").GetString(), second.GetProperty("items")[0].GetProperty("kind").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, second.GetProperty("next").ValueKind);

        using var north = await host.LoginAsAsync(admin, Roles.Committee, "North");
        var open = await north.GetFromJsonAsync<Page<ServiceRequest>>("/api/v1/service-requests?state=open");
        var request = Assert.Single(open!.Items);
        Assert.Equal(("H1", "B1", "taxi"), (request.HouseholdId, request.DeviceId, request.Service));
        var done = await north.PostOkAsync($"/api/v1/service-requests/{request.RequestId}/done", new { });
        Assert.StartsWith("committee-", done.GetProperty("doneBy").GetString(), StringComparison.Ordinal);
        Assert.Empty((await north.GetFromJsonAsync<Page<ServiceRequest>>("/api/v1/service-requests?state=open"))!.Items);
        Assert.Single((await north.GetFromJsonAsync<Page<ServiceRequest>>("/api/v1/service-requests?state=done"))!.Items);
        await (await north.PostAsync("/api/v1/service-requests/S0002/done", null)).ProblemAsync(HttpStatusCode.NotFound);
    }

    private static async Task<string[]> IdsAsync(HttpClient client, string query = "") =>
        [.. (await client.GetFromJsonAsync<Page<Household>>("/api/v1/households" + query))!.Items.Select(household => household.HouseholdId)];
}
