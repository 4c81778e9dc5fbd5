using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using Xunit;

namespace SeniorIoT.Server.Tests.Households;

/// <summary>A registry of the last program that knew areas by name: 新华 is a committee in two sub-districts, 北一 in one, 天山 a sub-district with a committee of its own name, and nobody lives in 别处.</summary>
public sealed class AreaMigrationTests
{
    private const int LastByName = 8;

    private static readonly Area[] Xinhua = [new("天山", "新华"), new("江苏路", "新华")];

    [Fact]
    public async Task What_hung_on_a_name_hangs_on_every_area_of_that_name_and_an_account_that_would_see_two_sees_none()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        await using (var old = new SqliteFile(Path.Combine(folder, "registry.db"), [.. RegistrySchema.Migrations.Take(LastByName)]))
            await old.WriteAsync(connection =>
            {
                foreach (var (id, subDistrict, committee) in new[] { ("H1", "天山", "新华"), ("H2", "江苏路", "新华"), ("H3", "江苏路", "北一"), ("H4", "天山", "天山"), ("H5", "江苏路", "北一") })
                    connection.Run("INSERT INTO households(household_id, address, committee, sub_district, created_at) VALUES(@id, 'Lane 1', @committee, @sub, 0)", ("@id", id), ("@committee", committee), ("@sub", subDistrict));
                foreach (var area in new[] { "district", "新华", "北一", "天山", "别处" })
                {
                    connection.Run("INSERT INTO responders VALUES(@area, 0, 'duty of ' || @area, '1', 'committee_duty')", ("@area", area));
                    connection.Run(
                        "INSERT INTO rotas VALUES(@area, 'committee_duty', json_object('Area', @area, 'Role', 'committee_duty', 'People', json('[]'), 'Shifts', json('[]'), 'Holidays', json('[]')))", ("@area", area));
                    connection.Run("INSERT INTO duty_swaps(area, role, out_number, in_name, in_number, from_at, until_at, made_by) VALUES(@area, 'committee_duty', '1', 'Li', '2', 0, 1, 'An')", ("@area", area));
                    connection.Run("INSERT INTO area_tellings VALUES(@area, 'en', 'a@example.org')", ("@area", area));
                    connection.Run("INSERT INTO area_channels VALUES(@area, 0, 'group', 'Webhook', 'https://example.org', NULL)", ("@area", area));
                    connection.Run("INSERT INTO users VALUES(@name, 'x', 'operator', @area, 's', 0)", ("@area", area == "district" ? null : area), ("@name", area));
                }

                foreach (var (scope, area) in new[] { ("committee", "新华"), ("committee", "天山"), ("sub-district", "天山"), ("household", "H1"), ("district", "district"), ("committee", "别处") })
                {
                    for (var version = 1; version <= 2; version++)
                    {
                        connection.Run("INSERT INTO ladder_versions VALUES(@scope, @area, 1, @version, NULL, 0, 'An', 'n')", ("@scope", scope), ("@area", area), ("@version", version));
                        connection.Run(
                            "INSERT INTO rule_versions(scope, area, version, based_on, at, user, note, household_id) VALUES(@scope, @area, @version, 'jingan', 0, 'An', 'n', iif(@scope = 'household', @area, NULL))",
                            ("@scope", scope), ("@area", area), ("@version", version));
                    }
                }
            }, TestContext.Current.CancellationToken);

        await using (var host = await RegistryHost.StartAsync(folder))
        {
            var (file, households) = (host.Services.GetRequiredService<Registry>().File, host.Services.GetRequiredService<HouseholdDirectory>());
            Area[] expected = [Area.District, .. Xinhua, new("江苏路", "北一"), new("天山", ""), new("", "别处")];
            Assert.Equal(expected.Select(area => area.Key).Order(), Keys("responders"));
            Assert.Equal(Keys("responders"), Keys("rotas"));
            Assert.Equal(Keys("responders"), Keys("duty_swaps"));
            Assert.Equal(Keys("responders"), Keys("area_tellings"));
            Assert.Equal(Keys("responders"), Keys("area_channels"));
            var book = file.Read(DutyStore.Read);
            Assert.All(expected, area => Assert.Equal("Li", book.RotaOf(area, Role.CommitteeDuty)!.Swaps.Single().In.Name));
            Assert.All(expected, area => Assert.Equal("group", new AreaChannels(file).Of(area).Channels.Single().Name));
            // Nobody who was told of a home before is not told of it now.
            foreach (var (id, told) in new[] { ("H1", "新华 天山"), ("H2", "新华"), ("H3", "北一"), ("H4", "天山") })
                Assert.Equal([.. told.Split(' ').Select(area => "duty of " + area), "duty of district"], households.RespondersOf(id).Select(person => person.Name));

            string[] places = ["committee 天山·天山", "committee 天山·新华", "committee 江苏路·新华", "committee ·别处", "district district", "household H1", "sub-district 天山·"];
            foreach (var table in (string[])["rule_versions", "ladder_versions"])
                Assert.Equal(
                    places.Order(StringComparer.Ordinal).SelectMany(place => new[] { place + " 1", place + " 2" }),
                    file.Read(connection => connection.Rows($"SELECT scope || ' ' || area || ' ' || version FROM {table}", row => row.GetString(0))).Order(StringComparer.Ordinal));

            Assert.Equal(
                ["北一 江苏路·北一", "天山 天山·", "新华 ·新华", "别处 ·别处"],
                file.Read(connection => connection.Rows("SELECT name || ' ' || area FROM users WHERE area IS NOT NULL", row => row.GetString(0))).OrderBy(row => "北天新别".IndexOf(row[0], StringComparison.Ordinal)));

            IEnumerable<string> Keys(string table) => file.Read(connection => connection.Rows($"SELECT area FROM {table}", row => row.GetString(0))).Order();
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task An_account_may_be_there_before_its_households_and_comes_in_when_one_area_has_its_name()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.PostOkAsync("/api/v1/users", new NewUser("north", "long enough password", Roles.Committee, "North"));
        using var early = await host.LoginAsync("north", "long enough password");
        await admin.EnrolAsync(Homes.Household("H1"));
        Assert.Empty((await early.GetFromJsonAsync<Page<Household>>("/api/v1/households", TestContext.Current.CancellationToken))!.Items);
        await admin.EnrolAsync(Homes.Household("H2") with { SubDistrict = "Dale" });
        Assert.StartsWith("Several areas are called 'North': Dale·North, Hill·North. Ask", await RefusedAsync(), StringComparison.Ordinal);
        using var gone = await admin.DeleteAsync("/api/v1/households/H2", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);

        using var north = await host.LoginAsync("north", "long enough password");
        await north.GetOkAsync("/api/v1/households/H1");
        await admin.EnrolAsync(Homes.Household("H2") with { SubDistrict = "Dale" });
        using var again = await host.LoginAsync("north", "long enough password");
        using var foreign = await again.GetAsync("/api/v1/households/H2", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);

        async Task<string?> RefusedAsync()
        {
            using var refused = await host.Anonymous().PostAsJsonAsync("/api/v1/login", new LoginRequest("north", "long enough password"), TestContext.Current.CancellationToken);
            return (await refused.ProblemAsync(HttpStatusCode.Forbidden)).GetProperty("detail").GetString();
        }
    }

    [Fact]
    public async Task Who_is_on_duty_for_an_area_may_be_named_before_it_has_households()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        (await PutAsync("13800000001")).EnsureSuccessStatusCode();
        await admin.EnrolAsync(Homes.Household("H1") with { Contacts = [] });
        await admin.EnrolAsync(Homes.Household("H2") with { Contacts = [], SubDistrict = "Dale" });
        Assert.Equal(("13800000001", "13800000001"), (Told("H1"), Told("H2")));
        Assert.Equal(HttpStatusCode.BadRequest, (await PutAsync("13800000002")).StatusCode);
        (await PutAsync("13800000003", "Dale·North")).EnsureSuccessStatusCode();
        Assert.Equal(("13800000001", "13800000003"), (Told("H1"), Told("H2")));
        using var gone = await admin.DeleteAsync("/api/v1/households/H2", TestContext.Current.CancellationToken);
        (await PutAsync("13800000004")).EnsureSuccessStatusCode();
        await admin.EnrolAsync(Homes.Household("H3") with { Contacts = [], SubDistrict = "Glen" });
        Assert.Equal(("13800000004", ""), (Told("H1"), Told("H3")));

        string Told(string home) => string.Join(' ', host.Services.GetRequiredService<HouseholdDirectory>().RespondersOf(home).Select(person => person.Phone));
        Task<HttpResponseMessage> PutAsync(string phone, string area = "North") => admin.PutAsJsonAsync(
            $"/api/v1/responders/{Uri.EscapeDataString(area)}", new { responders = new[] { new { name = "duty", phone, role = "committee_duty" } } }, TestContext.Current.CancellationToken);
    }
}
