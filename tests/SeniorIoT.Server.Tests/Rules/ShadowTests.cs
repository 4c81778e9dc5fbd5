using System.Text.Json.Nodes;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Server.Tests.Rules;

public sealed class ShadowTests
{
    private static readonly RulePlace Committee = RulePlace.Of(new("江苏路街道", "江苏居委会"));

    [Fact]
    public async Task Twelve_hours_become_six_and_the_next_reading_raises_the_alert_which_names_the_new_version()
    {
        await using var district = await StartAsync();
        for (var hour = 0; hour <= 7; hour++) await HourAsync(district, "w1", 100);
        Assert.Empty(district.Alerts("no-water"));
        await SetAsync(district, 1, RuleSettings.Changning with { NoWaterWindow = TimeSpan.FromHours(6) });
        Assert.Empty(district.Alerts("no-water"));
        await HourAsync(district, "w1", 100);
        var alert = Assert.Single(district.Alerts("no-water"));
        Assert.Equal(("committee:江苏路街道·江苏居委会-1", 8.0), (alert.Evidence.RuleVersion, alert.Evidence.CoveredHours));

        // Of a home in another committee the preset is in force.
        await HourAsync(district, "w2", 100);
        for (var hour = 0; hour <= 7; hour++) await HourAsync(district, "w2", 100);
        Assert.Single(district.Alerts("no-water"));
    }

    [Fact]
    public async Task A_shadow_tells_nobody_and_writes_down_once_what_it_and_the_set_in_force_found()
    {
        await using var district = await StartAsync();
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.Changning with { NoWaterWindow = TimeSpan.FromHours(6) });
        for (var hour = 0; hour <= 7; hour++) await HourAsync(district, "w1", 100);
        Assert.Empty(district.Alerts("no-water"));
        Assert.Equal(["w1 no-water shadow 06 - committee:江苏路街道·江苏居委会-1 shadow"], Lines(district));
        for (var hour = 8; hour <= 40; hour++) await HourAsync(district, "w1", 100); // both tell it again and again: it is one finding each
        Assert.Equal(["w1 no-water shadow 06 - committee:江苏路街道·江苏居委会-1 shadow", "w1 no-water live 12 - committee:江苏路街道·江苏居委会-1"], Lines(district));
        Assert.Single(district.Alerts("no-water"));

        await HourAsync(district, "w1", 200);
        Assert.Equal(["w1 no-water shadow 06 41 committee:江苏路街道·江苏居委会-1 shadow", "w1 no-water live 12 41 committee:江苏路街道·江苏居委会-1"], Lines(district));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_crash_what_is_judged_once_more_is_not_written_down_once_more(bool withCheckpoint)
    {
        var district = await StartAsync();
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.ByHabit);
        List<Report> reports = [];
        foreach (var litres in Enumerable.Repeat(100L, 17).Concat([200, 200, 300]).Concat(Enumerable.Repeat(300L, 20))) reports.Add(await HourAsync(district, "w1", litres));
        var before = Lines(district);
        Assert.Equal(4, before.Length);
        var again = await district.RestartAsync(withCheckpoint);
        await EnrolAsync(again);
        if (!withCheckpoint)
            foreach (var report in reports) await again.DeliverAsync("w1", report);
        Assert.Equal(before, Lines(again));
        await HourAsync(again, "w1", 400);
        await HourAsync(again, "w1", 450);
        Assert.Equal(4, Lines(again).Length);
        await again.DisposeAsync();
    }

    [Fact]
    public async Task Two_sets_that_are_the_same_find_the_same_from_whatever_moment_the_shadow_begins()
    {
        await using var district = await StartAsync();
        long[] register = [.. Enumerable.Range(0, 120).Select(hour => (long)(hour % 31 < 8 ? 100 + hour / 31 * 200 + hour % 31 * 20 : 260 + hour / 31 * 200))];
        foreach (var litres in register[..17]) await HourAsync(district, "w1", litres);
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.Changning);
        foreach (var litres in register[17..]) await HourAsync(district, "w1", litres);
        var found = Lines(district);
        Assert.NotEmpty(found);
        Assert.Equal(
            [.. found.Where(line => line.Contains(" live ")).Select(line => line.Replace(" live ", " "))],
            found.Where(line => line.Contains(" shadow ")).Select(line => line.Replace(" shadow ", " ").Replace(" shadow", "")).ToArray());
    }

    [Fact]
    public async Task A_change_of_either_set_begins_the_comparison_anew_and_a_new_note_does_not()
    {
        await using var district = await StartAsync();
        var six = RuleSettings.Changning with { NoWaterWindow = TimeSpan.FromHours(6) };
        await SetAsync(district, 1, RuleSettings.Changning, six);
        for (var hour = 0; hour <= 7; hour++) await HourAsync(district, "w1", 100);
        await SetAsync(district, 2, RuleSettings.Changning, six with { NoWaterWindow = TimeSpan.FromHours(7) });
        for (var hour = 0; hour <= 7; hour++) await HourAsync(district, "w1", 100);
        // The stretch was no finding of the live set when the second run began, so the new shadow finds it once more, in its own run.
        Assert.Equal(
            ["committee:江苏路街道·江苏居委会-1", "committee:江苏路街道·江苏居委会-2"],
            district.Get<ShadowStore>().Read(["committee:江苏路街道·江苏居委会-1"], DateTimeOffset.UnixEpoch, District.Start.AddDays(9)).Where(one => one.IsShadow).Select(_ => "committee:江苏路街道·江苏居委会-1")
                .Concat(district.Get<ShadowStore>().Read(["committee:江苏路街道·江苏居委会-2"], DateTimeOffset.UnixEpoch, District.Start.AddDays(9)).Where(one => one.IsShadow).Select(_ => "committee:江苏路街道·江苏居委会-2")));
    }

    [Fact]
    public async Task Without_a_shadow_no_second_state_is_kept_and_old_findings_are_forgotten()
    {
        await using var district = await StartAsync();
        for (var hour = 0; hour <= 13; hour++) await HourAsync(district, "w1", 100);
        Assert.Equal((0, 0), (CountShadowStates(district), Lines(district).Length));
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.Jingan);
        await HourAsync(district, "w1", 150);
        for (var hour = 0; hour <= 13; hour++) await HourAsync(district, "w1", 150);
        await district.Get<GrainStateStore>().FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (CountShadowStates(district), Lines(district).Length));
        await district.Get<ShadowDesk>().ForgetAsync(District.Start);
        Assert.Equal((1, 1), (CountShadowStates(district), Lines(district).Length));
        await SetAsync(district, 2, RuleSettings.Changning);
        await district.Get<ShadowDesk>().ForgetAsync(District.Start.AddDays(30));
        Assert.Equal((0, 0), (CountShadowStates(district), Lines(district).Length));
    }

    [Fact]
    public async Task Homes_that_are_compared_have_a_device_and_a_shadow_and_count_since_both_judged()
    {
        await using var district = await StartAsync();
        var households = district.Get<HouseholdDirectory>();
        Assert.Empty(Compared());
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.Jingan);
        Assert.Equal([("H1", "committee:江苏路街道·江苏居委会-1", District.Start)], Compared().Select(home => (home.HouseholdId, home.Run, home.Since(null)!.Value)));
        households.TryGet("H1", out var home);
        households.Set(home! with { Devices = [new InstalledDevice("w1", "water", District.Start.AddDays(3))] });
        Assert.Equal(District.Start.AddDays(3), Assert.Single(Compared()).Since(Rule.NoWater));
        Assert.Empty(ComparedHome.In(district.Get<RuleDirectory>().Book, households, new AreaScope(new Domain.Households.Area("elsewhere", "")), null));
        households.Set(home with { Devices = [new InstalledDevice("f1", "smoke", District.Start)] });
        Assert.Equal((null, District.Start), (Assert.Single(Compared()).Since(Rule.NoWater), Assert.Single(Compared()).Since(Rule.SmokeNuisance)));
        households.Set(home with { Devices = [new InstalledDevice("g1", "gateway", District.Start)] });
        Assert.Empty(Compared());

        IEnumerable<ComparedHome> Compared() => ComparedHome.In(district.Get<RuleDirectory>().Book, households, AreaScope.Whole, Committee);
    }

    [Fact]
    public async Task Detectors_and_buttons_have_a_shadow_too_which_is_asked_at_its_own_time()
    {
        await using var district = await StartAsync();
        district.Get<HouseholdDirectory>().TryGet("H1", out var home);
        district.Get<HouseholdDirectory>().Set(home! with { Devices = [new InstalledDevice("f1", "smoke", District.Start), new InstalledDevice("b1", "sos", District.Start)] });
        await SetAsync(district, 1, RuleSettings.Changning, RuleSettings.Changning with { NuisanceAlarms = 2, ButtonTestEvery = TimeSpan.FromDays(7) });
        for (var alarm = 0; alarm < 2; alarm++)
        {
            foreach (var kind in (SmokeEventKind[])[SmokeEventKind.Alarm, SmokeEventKind.Clear])
            {
                var now = district.Clock.GetUtcNow();
                await district.DeliverAsync("f1", new Report($"f1/{now:O}", now, now, false, false, null, null, new ReportBody.Smoke(kind)));
                district.Clock.Advance(TimeSpan.FromMinutes(5));
            }
        }

        Assert.Equal(["f1 smoke-nuisance shadow 00 - committee:江苏路街道·江苏居委会-1 shadow"], Lines(district));
        await district.PassAsync(TimeSpan.FromDays(8), TimeSpan.FromHours(6));
        Assert.Contains("b1 untested shadow 168 - committee:江苏路街道·江苏居委会-1 shadow", Lines(district));
        Assert.DoesNotContain(Lines(district), line => line.Contains(" live "));
        Assert.Empty(district.Alerts("untested"));
        Assert.Empty(district.Alerts("smoke-nuisance"));
    }

    /// <summary>H1 as the registry's file has it too; H2 is in another committee.</summary>
    private static async Task<District> StartAsync()
    {
        var district = await District.StartAsync();
        await EnrolAsync(district);
        return district;
    }

    private static async Task EnrolAsync(District district)
    {
        await district.Get<Registry>().File.WriteAsync(connection => connection.Run(
            "INSERT INTO households(household_id, address, committee, sub_district, created_at) VALUES('H1', 'a', '江苏居委会', '江苏路街道', 0) ON CONFLICT DO NOTHING"));
        var households = district.Get<HouseholdDirectory>();
        households.TryGet("H1", out var home);
        households.Set(home! with { Devices = [new InstalledDevice("w1", "water", District.Start)] });
        households.TryGet("H2", out var other);
        households.Set(other! with { Committee = "别的居委会" });
        // What a start of the server does: this district enrols its homes by hand, so only the rules are loaded.
        district.Get<RuleDirectory>().Set([.. district.Get<Registry>().File.Read(RuleStore.Current).Select(row => KeyValuePair.Create(row.Place, row.InForce))]);
    }

    private static Task<bool> SetAsync(District district, int version, RuleSettings settings, RuleSettings? shadow = null)
    {
        var name = RulePlaces.NameOf(Committee, version);
        return district.Get<Registry>().ChangeAsync((connection, touched) =>
        {
            RuleStore.Insert(connection, new RuleRow(
                Committee, version, "changning", settings with { Version = name },
                shadow is null ? null : new ShadowRules(name, district.Clock.GetUtcNow(), shadow with { Version = $"{name} shadow" }), district.Clock.GetUtcNow(), "An", "n"));
            return touched.Places.Add(Committee);
        });
    }

    private static async Task<Report> HourAsync(District district, string meter, long litres)
    {
        var report = district.Water([(0, litres)], $"{meter}/{district.Clock.GetUtcNow():O}");
        await district.DeliverAsync(meter, report);
        district.Clock.Advance(TimeSpan.FromHours(1));
        return report;
    }

    /// <summary>What is written down, in order of time: device, rule, whose, hours since the start when true and when over, version.</summary>
    private static string[] Lines(District district) =>
    [
        .. district.Get<ShadowStore>().Read(
                district.Get<Registry>().File.Read(connection => connection.Rows("SELECT DISTINCT run FROM shadow_findings", row => row.GetString(0))),
                DateTimeOffset.UnixEpoch, District.Start.AddDays(99))
            .OrderBy(one => one.At).ThenBy(one => one.IsShadow)
            .Select(one => $"{one.Device} {one.Rule} {(one.IsShadow ? "shadow" : "live")} {Hour(one.At)} {(one.ClearedAt is { } at ? Hour(at) : "-")} {one.Evidence.RuleVersion}"),
    ];

    private static string Hour(DateTimeOffset at) => (at - District.Start).TotalHours.ToString("00", System.Globalization.CultureInfo.InvariantCulture);

    private static int CountShadowStates(District district) => district.Get<GrainStateStore>().Read<JsonObject>("water-shadow", "w1") is null ? 0 : 1;
}
