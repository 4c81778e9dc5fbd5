using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Tests.Access;
using Xunit;
using Evidence = SeniorIoT.Domain.Detection.Evidence;

namespace SeniorIoT.Server.Tests.Rules;

/// <summary>The comparison by place, over HTTP and from the command line. Two homes of two committees, ten days of a shadow that finds three hours earlier.</summary>
public sealed class ShadowReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("scope=committee&area=South", 1)]
    [InlineData("scope=household&area=H1", 1)]
    [InlineData("scope=household&area=nobody", 0)]
    [InlineData("scope=sub-district&area=South", 0)]
    [InlineData("scope=district", 2)]
    [InlineData("area=South", 1)]
    public async Task A_place_is_compared_by_its_scope(string query, int homes)
    {
        var (host, _) = await StartAsync();
        await using var running = host;
        using var admin = await host.LoginAsync();
        var compared = (await admin.GetFromJsonAsync<RuleComparison>($"/api/v1/rules/comparison?{query}", Cancel))!;
        Assert.Equal((homes, homes), (compared.Homes, compared.Items.Count));
    }

    [Theory]
    [InlineData("scope=street&area=a", "scope")]
    [InlineData("scope=committee", "area")]
    public async Task A_scope_that_cannot_be_is_refused_with_the_remedy(string query, string field)
    {
        var (host, _) = await StartAsync();
        await using var running = host;
        using var admin = await host.LoginAsync();
        using var refused = await admin.GetAsync($"/api/v1/rules/comparison?{query}", Cancel);
        Assert.Equal([field], (await refused.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    [Fact]
    public async Task The_command_prints_the_same_comparison_from_the_data_folder()
    {
        var (host, clock) = await StartAsync();
        await using var running = host;
        var (code, printed, complaints) = await RunAsync(host, clock, new(null, null, "committee", "South", null, 20, false));
        Assert.Equal((0, ""), (code, complaints));
        Assert.Equal(
            """
            2025-12-21 00:00:00Z to 2026-01-20 00:00:00Z, committee South: 1 homes, 0.33 household-months with both sets.
            A month: for each household-month of homes with a device that the rule judges. Late: over before it was known, so that nobody would be told.

            rule               live  shadow  live/month  shadow/month   both  live only  shadow only  earlier, h  late live  late shadow
            no-water              1       1        3.04          3.04      1          0            0        3.00          0            1

            Findings, the newest first:
            2026-01-12 12:00:00Z  H2                   no-water         both, shadow 3 h earlier, over 2026-01-12 20:00:00Z

            Known late, the newest first:
            2026-01-14 00:00:00Z  H2                   no-water         shadow, over 2026-01-14 04:00:00Z

            """.ReplaceLineEndings("\n"),
            printed.ReplaceLineEndings("\n"));

        var (_, json, _) = await RunAsync(host, clock, new(null, null, null, null, "no-water", 0, true));
        Assert.Equal(2, JsonSerializer.Deserialize<RuleComparison>(json, JsonSerializerOptions.Web)!.Items.Count);
    }

    [Fact]
    public async Task Where_no_shadow_is_and_where_the_question_is_wrong_the_remedy_is_said()
    {
        var (host, clock) = await StartAsync();
        await using var running = host;
        var (code, _, complaints) = await RunAsync(host, clock, new(null, null, "committee", "West", null, 20, false));
        Assert.Equal(1, code);
        Assert.StartsWith("No home of committee West has rules with a shadow.", complaints, StringComparison.Ordinal);
        (code, _, complaints) = await RunAsync(host, clock, new("yesterday", null, "street", null, "leek", -1, false));
        Assert.Equal(2, code);
        Assert.Equal(["--findings", "--from", "--rule", "--scope"], complaints.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0]).Order());
    }

    [Fact]
    public async Task A_shadow_that_would_only_find_the_same_is_refused()
    {
        await using var host = await RegistryHost.StartAsync();
        using var admin = await host.LoginAsync();
        using var refused = await admin.PutAsJsonAsync(
            "/api/v1/rules/district/district", new { shadow = new { off = new[] { "home-silent", "drip", "less-water", "more-water", "night-use" } }, note = "n" }, Cancel);
        Assert.Equal(["shadow.off"], (await refused.ProblemAsync(HttpStatusCode.BadRequest)).Fields());
    }

    private static async Task<(int Code, string Printed, string Complaints)> RunAsync(RegistryHost host, TimeProvider clock, ShadowReportArguments args)
    {
        using var printed = new StringWriter();
        using var complaints = new StringWriter();
        var code = await new ShadowReportCli(new ServerOptions { Data = host.Folder }, clock).RunAsync(args, printed, complaints, Cancel);
        return (code, printed.ToString(), complaints.ToString());
    }

    private static async Task<(RegistryHost Host, TimeProvider Clock)> StartAsync()
    {
        var clock = new FakeTimeProvider(Start);
        var host = await RegistryHost.StartAsync(clock: clock);
        using var admin = await host.LoginAsync();
        await admin.EnrolAsync(Homes.Household("H1"), Homes.Household("H2", "South"));
        foreach (var n in (int[])[1, 2]) await admin.PostOkAsync("/api/v1/devices", new NewDevice($"w{n}", "water", $"H{n}"));
        using (var put = await admin.PutAsJsonAsync("/api/v1/rules/district/district", new { shadow = new { noWaterHours = 9 }, note = "is 9 h too soon?" }, Cancel)) await put.OkAsync();
        var store = host.Services.GetRequiredService<ShadowStore>();
        foreach (var n in (int[])[1, 2])
            await store.AddAsync($"H{n}", new($"w{n}"), "district:district-1", [Raised(n, 63), Cleared(68)], [Raised(n, 60), Cleared(68), new Finding.OverBeforeKnown(Rule.NoWater, Start.AddHours(96), Start.AddHours(100))]);
        clock.Advance(TimeSpan.FromDays(10));
        return (host, clock);
    }

    private static Finding.Raised Raised(int home, double hour) =>
        new(Rule.NoWater, Start.AddHours(hour), $"w{home}/no-water/{hour}", new Evidence("v", Start, Start.AddHours(hour), 9, 3, 10, 1, Start, Start, [], "note"));

    private static Finding.Cleared Cleared(double hour) => new(Rule.NoWater, Start.AddHours(hour), "over");
}
