using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Tests.Access;
using SeniorIoT.Tests;
using Xunit;
using Evidence = SeniorIoT.Domain.Detection.Evidence;

namespace SeniorIoT.Server.Tests.Rules;

public sealed class ComparisonApiTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_rules_in_force_and_their_shadow_found_in_the_same_homes_over_the_same_time()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        var whole = await admin.GetOkAsync("/api/v1/rules/comparison");
        Snapshot.Match(JsonNode.Parse(whole.GetRawText())!.ToString());

        // Page by page it is the same list; of one rule it is that part of it.
        List<ComparedFinding> paged = [];
        for (string? next = ""; next is not null;)
        {
            var page = (await admin.GetFromJsonAsync<RuleComparison>($"/api/v1/rules/comparison?limit=1&cursor={next}", Cancel))!;
            paged.AddRange(page.Items);
            next = page.Next;
        }

        var all = whole.Deserialize<RuleComparison>(JsonSerializerOptions.Web)!;
        Assert.Equal(all.Items.Select(item => (item.HouseholdId, item.Rule, item.At)), paged.Select(item => (item.HouseholdId, item.Rule, item.At)));
        Assert.Equal(["leak"], (await admin.GetFromJsonAsync<RuleComparison>("/api/v1/rules/comparison?rule=leak", Cancel))!.Items.Select(item => item.Rule));

        // Half the time: ten days of both homes, and only what happened in it. What agrees across the edge stays together.
        var half = (await admin.GetFromJsonAsync<RuleComparison>("/api/v1/rules/comparison?from=2026-01-15T02:00:00Z&to=2026-01-20T00:00:00Z", Cancel))!;
        Assert.Equal(2 * ((5 * 24) - 2) / 730.5, half.HouseholdMonths, 9);
        Assert.Equal(("no-water", 1, 0, 0), half.Rules.Select(line => (line.Rule, line.Both, line.LiveOnly, line.ShadowOnly)).Single());
    }

    [Fact]
    public async Task A_committee_compares_its_own_homes_only_and_without_a_shadow_there_is_nothing_to_compare()
    {
        await using var host = await StartAsync();
        using var admin = await host.LoginAsync();
        using var south = await host.LoginAsAsync(admin, Roles.Committee, "South");
        var compared = (await south.GetFromJsonAsync<RuleComparison>("/api/v1/rules/comparison", Cancel))!;
        Assert.Equal(1, compared.Homes);
        Assert.Equal(["H2"], compared.Items.Select(item => item.HouseholdId).Distinct());
        Assert.Equal(1, (await admin.GetFromJsonAsync<RuleComparison>("/api/v1/rules/comparison?area=North", Cancel))!.Homes);

        (await admin.DeleteAsync("/api/v1/rules/district/district", Cancel)).EnsureSuccessStatusCode();
        var none = (await admin.GetFromJsonAsync<RuleComparison>("/api/v1/rules/comparison", Cancel))!;
        Assert.Equal((0, 0.0, 0, 0), (none.Homes, none.HouseholdMonths, none.Rules.Count, none.Items.Count));
    }

    [Fact]
    public async Task A_time_or_rule_that_cannot_be_is_refused_with_the_remedy()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        foreach (var (query, field) in new[] { ("from=yesterday", "from"), ("from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"), ("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from"), ("rule=leek", "rule"), ("limit=0", "limit") })
        {
            using var refused = await admin.GetAsync("/api/v1/rules/comparison?" + query, Cancel);
            Assert.Equal([field], (await refused.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
        }
    }

    /// <summary>Two homes whose district has had a shadow for ten days.</summary>
    private static async Task<RegistryHost> StartAsync()
    {
        var clock = new FakeTimeProvider(Start);
        var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"));
        foreach (var n in (int[])[1, 2]) await admin.PostOkAsync("/api/v1/devices", new NewDevice($"w{n}", "water", $"H{n}"));
        using (var put = await admin.PutAsJsonAsync("/api/v1/rules/district/district", new { shadow = new { noWaterHours = 9 }, note = "is 9 h too soon?" }, Cancel)) await put.OkAsync();
        var store = host.Services.GetRequiredService<ShadowStore>();
        await FindAsync(store, 1, live: [Raised(1, Rule.NoWater, 123), Cleared(Rule.NoWater, 130), Raised(1, Rule.Silent, 50), Raised(1, Rule.Sos, 51)], shadow: [Raised(1, Rule.NoWater, 120), Cleared(Rule.NoWater, 130), Raised(1, Rule.NoWater, 40)]);
        await FindAsync(store, 2, live: [Raised(2, Rule.Leak, 60), new Finding.OverBeforeKnown(Rule.NoWater, At(70), At(83))], shadow: [new Finding.OverBeforeKnown(Rule.NoWater, At(70), At(83))]);
        clock.Advance(TimeSpan.FromDays(10));
        return host;
    }

    private static Task FindAsync(ShadowStore store, int home, Finding[] live, Finding[] shadow) =>
        store.AddAsync($"H{home}", new($"w{home}"), "district:district-1", live, shadow);

    private static Finding.Raised Raised(int home, Rule rule, double hour) => new(
        rule, At(hour), $"w{home}/{rule}/{At(hour).ToUnixTimeMilliseconds()}",
        new Evidence("v", At(hour - 9), At(hour), 9, 3, 10, 1, At(hour - 9), At(hour), [new(At(hour), 1000)], "note"));

    private static Finding.Cleared Cleared(Rule rule, double hour) => new(rule, At(hour), "over");

    private static DateTimeOffset At(double hour) => Start.AddHours(hour);
}
