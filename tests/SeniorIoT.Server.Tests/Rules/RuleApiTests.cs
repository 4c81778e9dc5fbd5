using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Tests;
using Xunit;

namespace SeniorIoT.Server.Tests.Rules;

public sealed class RuleApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_nearest_place_that_has_a_set_decides_and_taking_it_away_gives_way_to_the_next()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"), Homes.Household("H3", "East", "Dale"));
        Assert.Equal(("preset", "changning", "changning-1", 12.0), await InForceAsync(admin, "H1"));

        await PutAsync(admin, "district/district", new { preset = "jingan", note = "the winter" });
        await PutAsync(admin, "sub-district/Hill", new { numbers = new { noWaterHours = 15.5 }, note = "more patience" });
        await PutAsync(admin, "committee/North", new { preset = "adaptive", note = "by habit" });
        await PutAsync(admin, "household/H1", new { numbers = new { noWaterHours = 8 }, note = "frail" });
        Assert.Equal(("household", "H1", "household:H1-1", 8.0), await InForceAsync(admin, "H1"));
        Assert.Equal(("sub-district", "Hill", "sub-district:Hill-1", 15.5), await InForceAsync(admin, "H2"));
        Assert.Equal(("district", "district", "district:district-1", 24.0), await InForceAsync(admin, "H3"));

        (await admin.DeleteAsync("/api/v1/rules/household/H1?note=better", Cancel)).EnsureSuccessStatusCode();
        Assert.Equal(("committee", "North", "committee:Hill·North-1", 15.5), await InForceAsync(admin, "H1"));
        await admin.PatchAsJsonAsync("/api/v1/households/H1", new { committee = "South" }, Cancel);
        Assert.Equal(("sub-district", "Hill", "sub-district:Hill-1", 15.5), await InForceAsync(admin, "H1"));
        var list = await admin.GetOkAsync("/api/v1/rules");
        Assert.Equal("changning-1", list.GetProperty("preset").GetProperty("name").GetString());
        Assert.Equal(["district:district-1", "sub-district:Hill-1", "committee:Hill·North-1"], Names(list));
        Assert.Equal(["adaptive", "changning", "jingan", "longgang", "zhenhai"], (await admin.GetOkAsync("/api/v1/rules/presets")).GetProperty("items").EnumerateArray().Select(preset => preset.GetProperty("preset").GetString()));

        var first = await admin.GetOkAsync("/api/v1/rules?limit=2");
        Assert.Equal(["committee:Hill·North-1"], Names(await admin.GetOkAsync($"/api/v1/rules?limit=2&cursor={first.GetProperty("next")}")));
    }

    [Fact]
    public async Task What_was_read_comes_back_as_it_was_and_what_is_left_out_is_as_in_the_preset()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var set = await PutAsync(admin, "household/H1", new { preset = "adaptive", numbers = new { adaptive = new { patience = 1.4 }, off = new[] { "leak" } }, note = "n" });
        Assert.Equal((11.0, 15.5, 1.4), Adaptive(set.Numbers));
        Assert.Equal(["leak"], set.Numbers.Off);
        Assert.Equal("adaptive", set.BasedOn);

        // The whole set, as the console sends it, with the habit switched off by a null.
        var again = await PutAsync(admin, "household/H1", new NewRuleSet("adaptive", set.Numbers with { Adaptive = null, NoWaterHours = 10 }, set.Numbers, 1, "fixed again"));
        Assert.Equal((null, 10.0, 1.4), (again.Numbers.Adaptive, again.Numbers.NoWaterHours, again.Shadow!.Adaptive!.Patience));
        // Habit switched on begins with its usual numbers.
        var third = await PutAsync(admin, "household/H1", new { preset = "changning", numbers = new { adaptive = new { atMostHours = 20 } }, version = 2, note = "n" });
        Assert.Equal((11.0, 20.0, 1.0), Adaptive(third.Numbers));
        Assert.Null(third.Shadow);

        static (double, double, double) Adaptive(RuleNumbers numbers) => (numbers.Adaptive!.AtLeastHours, numbers.Adaptive.AtMostHours, numbers.Adaptive.Patience);
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_named_at_once_and_nothing_is_written()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        var body = """
            {"preset":"shanghai","numbers":{"noWaterHours":0.5,"noWaterLitres":"ten","noWaterLiters":10,"burstMinutes":1e300,"hourlyLeak":{"overHours":null,"over":48},
             "off":["smoke","leek"],"excessLitres":2.5},"shadow":{"noWaterHours":400,"adaptive":{"patience":7}},"numbrs":{},"note":" "}
            """;
        using var answer = await admin.PutAsync("/api/v1/rules/household/H1", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest);
        Snapshot.Match(string.Join('\n', problem.GetProperty("errors").EnumerateObject().SelectMany(field => field.Value.EnumerateArray().Select(text => $"{field.Name}: {text}"))));
        using var none = await admin.GetAsync("/api/v1/rules/household/H1", Cancel);
        await none.ProblemAsync(HttpStatusCode.NotFound);

        foreach (var (path, word) in new[] { ("committee/Nroth", "spelling"), ("street/North", "sub-district"), ("district/Changning", "district/district") })
        {
            using var refused = await admin.PutAsJsonAsync("/api/v1/rules/" + path, new { note = "n" }, Cancel);
            Assert.Contains(word, (await refused.ProblemAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString());
        }

        foreach (var (text, type, status) in new[] { ("{\"note\":", "application/json", HttpStatusCode.BadRequest), ("null", "application/json", HttpStatusCode.BadRequest), ("{\"version\":\"one\",\"note\":\"n\"}", "application/json", HttpStatusCode.BadRequest), ("", "application/json", HttpStatusCode.BadRequest), ("n", "text/plain", HttpStatusCode.UnsupportedMediaType) })
        {
            using var refused = await admin.PutAsync("/api/v1/rules/household/H1", new StringContent(text, Encoding.UTF8, type), Cancel);
            await refused.ProblemAsync(status);
        }

        foreach (var (numbers, field) in new[] { ("[1]", "numbers"), ("12", "numbers") })
        {
            using var refused = await admin.PutAsync("/api/v1/rules/household/H1", new StringContent($$"""{"numbers":{{numbers}},"note":"n"}""", Encoding.UTF8, "application/json"), Cancel);
            Assert.Equal([field], (await refused.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
        }
    }

    [Fact]
    public async Task Whoever_has_not_read_the_latest_version_is_told_who_changed_it()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        Assert.Contains("no rules yet", await ConflictAsync(new { version = 1, note = "n" }));
        await PutAsync(admin, "household/H1", new { note = "first" });
        Assert.Contains("version 1", await ConflictAsync(new { note = "n" }));
        await PutAsync(admin, "household/H1", new { version = 1, note = "second" });
        Assert.Contains("version 2 was made at", await ConflictAsync(new { version = 1, note = "n" }));
        using (var refused = await admin.DeleteAsync("/api/v1/rules/household/H1?version=1", Cancel)) await refused.ProblemAsync(HttpStatusCode.Conflict);
        (await admin.DeleteAsync("/api/v1/rules/household/H1?version=2", Cancel)).EnsureSuccessStatusCode();
        Assert.Contains("taken away", await ConflictAsync(new { version = 2, note = "n" }));
        Assert.Equal(4, (await PutAsync(admin, "household/H1", new { note = "fourth" })).Version);

        // Of many who read the same version exactly one wins.
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => admin.PutAsJsonAsync("/api/v1/rules/household/H1", new { version = 4, note = $"n{n}" }, Cancel)));
        Assert.Equal(1, answers.Count(answer => answer.IsSuccessStatusCode));

        async Task<string> ConflictAsync(object body)
        {
            using var answer = await admin.PutAsJsonAsync("/api/v1/rules/household/H1", body, Cancel);
            return (await answer.ProblemAsync(HttpStatusCode.Conflict)).GetProperty("detail").GetString()!;
        }
    }

    [Fact]
    public async Task Every_version_stays_with_who_when_why_and_what_and_the_audit_has_it_too()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await PutAsync(admin, "committee/North", new { numbers = new { noWaterHours = 15 }, note = "first" });
        await PutAsync(admin, "committee/North", new { numbers = new { noWaterHours = 15, off = new[] { "leak" } }, shadow = new { noWaterHours = 11 }, version = 1, note = "second" });
        await PutAsync(admin, "committee/North", new { numbers = new { noWaterHours = 15 }, shadow = new { noWaterHours = 10 }, version = 2, note = "third" });
        (await admin.DeleteAsync("/api/v1/rules/committee/North?note=gone", Cancel)).EnsureSuccessStatusCode();
        await PutAsync(admin, "committee/North", new { preset = "jingan", note = "anew" });

        var versions = (await admin.GetFromJsonAsync<Page<RuleVersion>>("/api/v1/rules/committee/North/versions", Cancel))!;
        var (first, second) = (await admin.GetFromJsonAsync<Page<RuleVersion>>("/api/v1/rules/committee/North/versions?limit=3", Cancel), versions.Items);
        var rest = (await admin.GetFromJsonAsync<Page<RuleVersion>>($"/api/v1/rules/committee/North/versions?limit=3&cursor={first!.Next}", Cancel))!.Items;
        Assert.Equal(Lines(second), Lines([.. first.Items, .. rest]));
        var audit = (await admin.GetFromJsonAsync<Page<AuditEntry>>("/api/v1/audit?subject=North", Cancel))!.Items;
        Snapshot.Match(string.Join('\n', [.. Lines(second), "", .. audit.Select(entry => $"{entry.Action} {entry.Subject} {entry.Detail}")]));

        static IEnumerable<string> Lines(IReadOnlyList<RuleVersion> versions) => versions.Select(version =>
            $"{version.Version} {version.ChangedBy} '{version.Note}' {version.Set?.Name ?? "-"}: {string.Join(", ", version.Changes.Select(change => $"{change.Field} {change.From} -> {change.To}"))}");
    }

    [Fact]
    public async Task A_committee_sees_its_own_rules_only_and_changes_none()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"), Homes.Household("H3", "East", "Dale"));
        foreach (var place in (string[])["district/district", "sub-district/Hill", "committee/North", "committee/South", "committee/East", "household/H1", "household/H2"])
            await PutAsync(admin, place, new { note = "n" });
        using var north = await host.LoginAsAsync(admin, Roles.Committee, "North");
        using var hill = await host.LoginAsAsync(admin, Roles.Operator, "Hill");
        Assert.Equal(["committee:Hill·North-1", "household:H1-1"], Names(await north.GetOkAsync("/api/v1/rules")));
        Assert.Equal(["sub-district:Hill-1", "committee:Hill·North-1", "committee:Hill·South-1", "household:H1-1", "household:H2-1"], Names(await hill.GetOkAsync("/api/v1/rules")));
        Assert.Equal("household:H1-1", (await InForceAsync(north, "H1")).Name);
        foreach (var path in (string[])["rules/committee/South", "rules/household/H2", "rules/household/H2/versions", "rules/district/district", "rules/sub-district/Hill", "households/H2/rules"])
        {
            using var hidden = await north.GetAsync("/api/v1/" + path, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        }

        using (var refused = await north.PutAsJsonAsync("/api/v1/rules/committee/North", new { version = 1, note = "n" }, Cancel)) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using (var refused = await hill.DeleteAsync("/api/v1/rules/committee/North", Cancel)) Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var anonymous = host.Anonymous();
        using var unknown = await anonymous.GetAsync("/api/v1/rules", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task A_household_that_is_deleted_takes_its_rules_with_it_and_a_new_one_of_that_id_has_none()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"));
        await PutAsync(admin, "household/H1", new { numbers = new { noWaterHours = 8 }, note = "about a person" });
        (await admin.DeleteAsync("/api/v1/households/H1", Cancel)).EnsureSuccessStatusCode();
        Assert.Empty(host.Services.GetRequiredService<RuleDirectory>().Book.Places);
        await admin.EnrolAsync(Homes.Household("H1"));
        Assert.Equal("preset", (await InForceAsync(admin, "H1")).Scope);
        using var versions = await admin.GetAsync("/api/v1/rules/household/H1/versions", Cancel);
        await versions.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Rules_are_there_again_after_a_restart_and_when_another_process_changed_them()
    {
        var folder = Directory.CreateTempSubdirectory("senioriot-").FullName;
        await using (var host = await RegistryHost.StartAsync(folder))
        {
            using var admin = await host.LoginAsync();
            await admin.EnrolAsync(Homes.Household("H1"));
            await PutAsync(admin, "committee/North", new { preset = "adaptive", shadow = new { noWaterHours = 20 }, note = "n" });
        }

        await using (var host = await RegistryHost.StartAsync(folder))
        {
            var (registry, rules) = (host.Services.GetRequiredService<Registry>(), host.Services.GetRequiredService<RuleDirectory>());
            var inForce = rules.Book.InForce("H1", new("Hill", "North"));
            Assert.Equivalent(RuleSettings.ByHabit with { Version = "committee:Hill·North-1" }, inForce.Settings, strict: true);
            Assert.Equal(("committee:Hill·North-1", TimeSpan.FromHours(20)), (inForce.Shadow!.Run, inForce.Shadow.Settings.NoWaterWindow));
            var place = RulePlace.Of(new("Hill", "North"));
            await registry.File.WriteAsync(connection =>
            {
                RuleStore.Insert(connection, new RuleRow(place, 2, "jingan", RuleSettings.Jingan with { Version = "committee:Hill·North-2" }, null, DateTimeOffset.UnixEpoch, "import", "n"));
                Registry.BumpRevision(connection);
            }, Cancel);
            Assert.True(await registry.LoadIfChangedAsync(Cancel));
            Assert.Equal("committee:Hill·North-2", rules.Book.InForce("H1", new("Hill", "North")).Settings.Version);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<RuleSet> PutAsync(HttpClient client, string place, object body)
    {
        using var answer = await client.PutAsJsonAsync("/api/v1/rules/" + place, body, Cancel);
        return (await answer.OkAsync()).Deserialize<RuleSet>(JsonSerializerOptions.Web)!;
    }

    private static async Task<(string? Scope, string? Area, string? Name, double Hours)> InForceAsync(HttpClient client, string household)
    {
        var rules = (await client.GetFromJsonAsync<RulesInForce>($"/api/v1/households/{household}/rules", Cancel))!;
        return (rules.Scope, rules.Area, rules.Name, rules.Numbers.NoWaterHours);
    }

    private static IEnumerable<string?> Names(JsonElement list) => list.GetProperty("items").EnumerateArray().Select(set => set.GetProperty("name").GetString());
}
