// Requests go to a server in this process and end with it: a token on each call would only be noise.
#pragma warning disable xUnit1051

using System.Net;
using System.Net.Http.Json;
using CsCheck;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Access;
using Xunit;
using LadderStep = SeniorIoT.Domain.Alerts.LadderStep;

namespace SeniorIoT.Server.Tests.Households;

/// <summary>Committees, and sub-districts, of one name.</summary>
public sealed class SameNameTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 4, 0, 0, TimeSpan.Zero);

    // Few names for both kinds of area, so that nearly every tree has some twice, also a committee called like a sub-district.
    private static readonly string[] SubDistricts = ["新华", "天山", "江苏路"], Names = ["新华", "天山", "北一"];

    private static readonly Gen<Area> Committees = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], (subDistrict, committee) => new Area(SubDistricts[subDistrict], Names[committee]));

    private static readonly Gen<Area[]> Trees = Committees.Array[1, 7];

    [Fact]
    public async Task Whoever_is_of_an_area_sees_and_is_told_of_what_lies_in_it_and_of_nothing_else()
    {
        await using var host = await StartAsync();
        var (households, duty, report) = (host.Services.GetRequiredService<HouseholdDirectory>(), host.Services.GetRequiredService<DutyDirectory>(), host.Services.GetRequiredService<DutyReport>());
        await Gen.Select(Trees, Gen.Int[0, 999]).SampleAsync(async (homes, seed) =>
        {
            foreach (var home in households.All.ToList()) households.Remove(home.HouseholdId);
            foreach (var area in households.Areas.ToList()) households.SetResponders(area, []);
            foreach (var (i, area) in homes.Index()) households.Set(Home(i, area));
            Area[] areas = [.. homes.SelectMany(home => home.Around).Distinct()];
            // Of each area one person, named and numbered for it: here a responder, there on a rota.
            foreach (var (i, area) in areas.Index().Where(one => (seed + one.Index) % 2 == 0)) households.SetResponders(area, [new Contact(area.Key, Number(i), Role.CommitteeDuty)]);
            await duty.ChangeAsync((connection, book) =>
            {
                foreach (var rota in book.Rotas) DutyStore.Remove(connection, rota.Area, rota.Role);
                foreach (var (i, area) in areas.Index().Where(one => (seed + one.Index) % 2 == 1))
                    DutyStore.Set(connection, new Rota(area, Role.CommitteeDuty, [new(area.Key, Number(i))], [new((Weekdays)127, new(0, 0), new(0, 0), [Number(i)])], []));
                return true;
            });

            foreach (var (i, home) in homes.Index())
            {
                string[] told = [.. home.Around.Select(area => area.Key).Order()];
                Assert.Equal(told, duty.ToTell($"H{i}", Now).Select(person => person.Name).Order());
                Assert.Equal(told, duty.Everybody(Home(i, home)).Select(person => person.Name).Order());
            }

            foreach (var scope in areas.Select(AreaScope.Of))
            {
                Area[] within = [.. areas.Where(scope.CanSee)];
                Assert.Equal(within.Select(area => area.Key).Order(), report.People(scope).Values.Select(person => person.Name).Order());
                Assert.Equal(within.Order(Comparer<Area>.Create((one, other) => string.CompareOrdinal(one.Key, other.Key))), report.AreasOf(scope).OrderBy(area => area.Key, StringComparer.Ordinal));
                Assert.Equal(homes.Count(scope.CanSee), report.Count(scope).Households);
                // What the API calls an area, it takes from everybody who may see it; and a name that is not enough it does not take.
                foreach (var area in areas)
                {
                    Area? seen = scope.CanSee(area) ? area : null;
                    Assert.Equal(seen, households.Names.Read("area", households.Names.Of(area), scope, new Faults()));
                    Area? only = areas.Where(other => other.Name == area.Name && scope.CanSee(other)).ToList() is [var one] ? one : null;
                    Assert.Equal(only, households.Names.Read("area", area.Name, scope, new Faults()));
                }
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Rows_of_the_store_groups_of_the_hub_rules_and_ladders_know_an_area_as_its_homes_do() =>
        Gen.Select(Trees, Committees).Sample((homes, asked) =>
        {
            using var connection = new SqliteConnection("Data Source=:memory:");
            connection.Open();
            connection.Run("CREATE TABLE homes(n INTEGER PRIMARY KEY, sub_district TEXT, committee TEXT)");
            foreach (var home in homes) connection.Run("INSERT INTO homes(sub_district, committee) VALUES(@sub, @committee)", ("@sub", home.SubDistrict), ("@committee", home.Committee));
            connection.Run("INSERT INTO homes DEFAULT VALUES"); // a device in no household
            foreach (var area in asked.Around)
            {
                var scope = AreaScope.Of(area);
                Assert.Equal(
                    homes.Index().Where(home => scope.CanSee(home.Item)).Select(home => home.Index + 1L).Concat(scope.Area is null ? [homes.Length + 1L] : []),
                    connection.Rows($"SELECT n FROM homes WHERE {AreaScope.Filter} ORDER BY n", row => row.GetInt64(0), ("@area", scope.Area)));
                var own = new Ladder([new LadderStep(TimeSpan.Zero, [Role.Supervisor])], null, []) { Version = "own" };
                var (ladders, rules) = (LadderBook.Of([(RulePlace.Of(area), Priority.P1, own)]), new RuleBook(RuleSettings.Jingan).With([new(RulePlace.Of(area), new(RulePlace.Of(area), RuleSettings.Changning))]));
                foreach (var (i, home) in homes.Index())
                {
                    Assert.Equal(scope.CanSee(home), AreaScope.HubGroupsOf(home).Contains(scope.HubGroup));
                    Assert.Equal(scope.CanSee(home), ladders.InForce(PlaceOf(i, home), Priority.P1) == own);
                    Assert.Equal(scope.CanSee(home), rules.InForce($"H{i}", home).Settings == RuleSettings.Changning);
                }
            }
        }, iter: 200);

    [Fact]
    public async Task A_name_that_two_committees_have_is_refused_everywhere_with_what_to_write_and_each_has_its_own()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1", "新华", "天山"), Homes.Household("H2", "新华", "江苏路"), Homes.Household("H3", "北一", "江苏路"));
        const string both = "Several areas are called '新华': 天山·新华, 江苏路·新华. Write one of these.";
        var rota = new NewRota([new("Wang", "138 0000 0031")], [new(["monday"], "08:00", "20:00", ["13800000031"])], []);
        var ladder = new NewLadder { Steps = [new(0, [Role.Supervisor])], RepeatEverySeconds = 120, RepeatRoles = [Role.Supervisor], Note = "n" };
        object rules = new { preset = "changning", note = "n" }, people = new { responders = new[] { new Contact("Zhou", "13800000033", Role.CommitteeDuty) } };
        foreach (var (path, body) in new (string, object)[]
            { ("responders/新华", people), ("duty/rotas/新华/committee_duty", rota), ("areas/新华/channels", new { }), ("ladders/committee/新华/P1", ladder), ("rules/committee/新华", rules) })
        {
            using var refused = await admin.PutAsJsonAsync("/api/v1/" + path, body);
            Assert.Contains(both, System.Text.RegularExpressions.Regex.Unescape(await refused.Content.ReadAsStringAsync()));
            using var taken = await admin.PutAsJsonAsync("/api/v1/" + path.Replace("新华", "天山·新华", StringComparison.Ordinal), body);
            await taken.OkAsync();
        }

        await admin.RefusedAsync("/api/v1/users", new NewUser("xinhua", "long enough password", Roles.Committee, "新华"));
        using var here = await host.LoginAsAsync(admin, Roles.Committee, "天山·新华");
        using var there = await host.LoginAsAsync(admin, Roles.Committee, "江苏路·新华");
        await here.GetOkAsync("/api/v1/households/H1");
        foreach (var path in (string[])["households/H2", "responders/江苏路·新华", "ladders/committee/江苏路·新华/P1"])
            using (var hidden = await here.GetAsync("/api/v1/" + path)) Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        // Of those that one may see there is one of that name, so the name is enough.
        Assert.Equal(["Zhou"], (await here.GetFromJsonAsync<AreaResponders>("/api/v1/responders/新华"))!.Responders.Select(person => person.Name));
        Assert.Empty((await there.GetFromJsonAsync<AreaResponders>("/api/v1/responders/新华"))!.Responders);
        foreach (var (client, count) in new[] { (here, 1), (there, 0) })
            foreach (var list in (string[])["duty/rotas", "rules", "households?q=H1"])
                Assert.Equal(count, (await client.GetOkAsync("/api/v1/" + list)).GetProperty("items").GetArrayLength());
        Assert.Equal(["天山·新华"], (await here.GetFromJsonAsync<DutySummary>("/api/v1/duty/summary"))!.Areas);
        Assert.Equal(["district", "北一", "天山", "天山·新华", "江苏路", "江苏路·新华"], (await admin.GetFromJsonAsync<DutySummary>("/api/v1/duty/summary"))!.Areas);
        Assert.Equal(["天山·新华", "天山", "district"], (await admin.GetFromJsonAsync<Household>("/api/v1/households/H1"))!.Areas);
        Assert.Equal(["committee:天山·新华-1"], (await here.GetFromJsonAsync<RuleSets>("/api/v1/rules"))!.Items.Select(set => set.Name));
        Assert.Equal(1, (await admin.GetOkAsync("/api/v1/households?committee=江苏路·新华")).GetProperty("items").GetArrayLength());

        using (var moved = await admin.PatchAsJsonAsync("/api/v1/households/H2", new { committee = "北一" })) await moved.OkAsync();
        Assert.Equal("新华", (await admin.GetFromJsonAsync<Page<DutyRota>>("/api/v1/duty/rotas"))!.Items.Single().Area);
    }

    private static Task<RegistryHost> StartAsync() => RegistryHost.StartAsync(
        addRooms: (services, folder) => services.AddDuty(new DutyOptions())
            .AddSingleton(provider => new AreaChannels(provider.GetRequiredService<Registry>().File))
            .AddSingleton(_ => new AlertStore(new SqliteFile(Path.Combine(folder, "alerts.db"), AlertSchema.Migrations)))
            .AddSingleton(provider => new AlertSurroundings(_ => Place.System, (_, _) => [], (_, priority) => Ladder.For(priority), provider.GetRequiredService<TimeZoneInfo>())),
        mapRooms: app => app.MapDuty().MapLadders().MapChannels());

    private static string Number(int i) => $"+861380000{i:0000}";

    private static HouseholdEntry Home(int i, Area area) => new($"H{i}", "Lane 1", area.Committee, area.SubDistrict, [], [], AbsencePlan.Empty, []);

    private static Place PlaceOf(int i, Area area) => new(new HouseholdId($"H{i}"), "Lane 1", area.Committee, area.SubDistrict, "", null, false);
}
