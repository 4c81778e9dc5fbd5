using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.Server.Tests.Notices;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;

namespace SeniorIoT.Server.Tests.Storms;

/// <summary>Four buildings of twelve homes in one sub-district lose their water one after the other.</summary>
public sealed class MergeStoryTests
{
    private const string Duty = "+8613900000001", Supervisor = "+8613900000003";

    [Fact]
    public async Task Several_buildings_become_one_incident_of_the_sub_district_which_has_their_members_and_their_answers()
    {
        await using var district = await StartAsync(buildings: 4);
        await BreakAsync(district, 1, 8);
        await BreakAsync(district, 13, 8);
        await district.SweepAsync();
        Assert.Equal(["I0001", "I0002"], Incidents(district).Select(incident => incident.Id).Order());
        await Incident(district).Act(new IncidentCommand.Acknowledge("An", "the riser is broken"), new Actor("An", null));
        await BreakAsync(district, 25, 4); // twenty homes, of which twelve are not in any one building
        await district.SweepAsync();
        await district.SweepAsync();

        var larger = Incidents(district).Single(incident => !incident.IsOver);
        Assert.Equal(("I0003", new StormPlace(StormScope.SubDistrict, "江苏路街道"), 20, 20), (larger.Id, larger.Place, larger.Members, larger.Homes));
        Assert.Equal(["I0001", "I0002"], larger.TookIn.Order());
        Assert.All(Incidents(district).Where(incident => incident.IsOver), smaller => Assert.Equal(("I0003", "It is a part of incident I0003."), (smaller.MergedInto, smaller.EndedBecause)));
        Assert.All(district.Alerts("burst"), alert => Assert.Equal(("I0003", (DateTimeOffset?)null), (alert.Incident, alert.EscalatesAt)));
        Assert.Equal(8, district.Alerts("burst").Count(alert => alert.HandledBy == "An"));
        Assert.Equal(
            ["took_in incident I0001: 8 homes, answered by An", "took_in incident I0002: 8 homes, nobody had answered", "told step 0: 20 homes, 20 alerts"],
            Lines(district, "I0003").Order(StringComparer.Ordinal).Select(line => line).OrderBy(line => line.StartsWith("told", StringComparison.Ordinal)));
        // Nobody answered the second: what it had not sent is taken back.
        Assert.All(Texts(district, "I0002"), text => Assert.Equal("not sent: part of incident I0003", text.Detail));
        Assert.Contains(Texts(district, "I0003"), text => text is { State: "owed", Recipient: "supervisor" });
        Assert.Equal(["raised", "joined", "acknowledged", "joined"], district.Timeline(AlertOf(district, 1, Rule.Burst)));

        // Whoever was told of a part and answers that answers the whole.
        Assert.StartsWith("I0002 已收到", await district.Get<InboundTexts>().HandleAsync(Duty, "I0002 1", "SM1") ?? "", StringComparison.Ordinal);
        Assert.All(Enumerable.Range(13, 8), home => Assert.Equal("duty", AlertOf(district, home, Rule.Burst).HandledBy));
    }

    [Fact]
    public async Task One_tower_without_water_and_a_few_homes_elsewhere_are_not_the_sub_district()
    {
        await using var district = await StartAsync(buildings: 4);
        await BreakAsync(district, 1, 12);
        await BreakAsync(district, 13, 4);
        await BreakAsync(district, 25, 4);
        await BreakAsync(district, 37, 1);
        await district.SweepAsync();
        Assert.Equal(new StormPlace(StormScope.Building, "万航渡路88号") { In = Committee }, Assert.Single(Incidents(district)).Place);
        Assert.Null(AlertOf(district, 37, Rule.Burst).Incident);
    }

    [Fact]
    public async Task A_crash_between_any_two_of_these_steps_changes_nothing()
    {
        var district = await StartAsync(buildings: 4);
        await BreakAsync(district, 1, 8);
        await BreakAsync(district, 13, 8);
        await district.SweepAsync();
        district = await CrashAsync(district);
        await BreakAsync(district, 25, 4); // after a restart it is still known how many homes are in the smaller ones
        await district.BreakAsync("timeline"); // the larger one cannot say what it takes in
        await Assert.ThrowsAnyAsync<Exception>(() => Incident(district, "I0003").Look());
        await district.MendAsync();
        await using var again = district = await CrashAsync(district);
        await district.PassAsync(TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(6));
        Assert.Equal(["I0003"], Incidents(district).Where(incident => !incident.IsOver).Select(incident => incident.Id));
        Assert.Equal(["I0001", "I0002"], Incidents(district).Single(incident => incident.Id == "I0003").TookIn.Order());
        Assert.All(district.Alerts("burst"), alert => Assert.Equal("I0003", alert.Incident));
        Assert.Equal(2, Lines(district, "I0003").Count(line => line.StartsWith("took_in", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_incident_that_an_earlier_version_opened_takes_in_others_too()
    {
        await using var district = await StartAsync(buildings: 4);
        await BreakAsync(district, 1, 8);
        await BreakAsync(district, 13, 8);
        await district.SweepAsync();
        await BreakAsync(district, 25, 4);
        await district.Store.File.WriteAsync(connection => connection.Run("UPDATE incidents SET doc = json_remove(doc, '$.tookIn', '$.textedBefore')"), TestContext.Current.CancellationToken);
        await district.SweepAsync();
        Assert.Equal(["I0001", "I0002"], Incidents(district).Single(incident => !incident.IsOver).TookIn.Order());
    }

    [Fact]
    public async Task What_was_texted_one_by_one_before_is_said_on_the_incident()
    {
        await using var provider = await Provider.StartAsync();
        await using var district = await StartAsync(provider: provider);
        await BreakAsync(district, 1, 3);
        await district.SendAsync();
        await BreakAsync(district, 4, 3);
        await district.SweepAsync();
        Assert.Equal(["told step 0: 6 homes, 6 alerts; 3 were texted one by one before"], Lines(district));
        Assert.Equal(3, Incidents(district)[0].TextedBefore);
    }

    [Fact]
    public async Task An_alert_that_comes_into_a_merged_incident_late_ends_up_in_the_larger_and_never_nowhere()
    {
        await using var district = await StartAsync(buildings: 4);
        await BreakAsync(district, 1, 8);
        await BreakAsync(district, 13, 8);
        await district.SweepAsync();
        await BreakAsync(district, 25, 4);
        await district.SweepAsync();
        // As if it had been let in just before the merge, and was saved after it.
        await RaiseAsync(district, 40, Rule.Leak);
        await district.Alert(Key(40, Rule.Leak)).Handle(new AlertCommand.Join("I0001"));
        await district.SweepAsync();
        Assert.Equal("I0003", AlertOf(district, 40, Rule.Leak).Incident);
        // And into one that somebody closed meanwhile, who never saw this home: it is told by itself.
        await Incident(district, "I0003").Act(new IncidentCommand.Close("An", "leak", null), new Actor("An", null));
        Assert.All(district.Alerts("burst"), alert => Assert.Equal("leak", alert.Closing?.Outcome));
        district.Clock.Advance(TimeSpan.FromSeconds(1));
        await RaiseAsync(district, 41, Rule.NoWater);
        await district.Alert(Key(41, Rule.NoWater)).Handle(new AlertCommand.Join("I0001"));
        await district.SweepAsync();
        await district.SweepAsync();
        var late = AlertOf(district, 41, Rule.NoWater);
        Assert.Equal((null, false, true), (late.Incident, late.IsClosed, late.EscalatesAt is not null));
    }

    private static async Task BreakAsync(District district, int first, int count)
    {
        for (var home = first; home < first + count; home++) await RaiseAsync(district, home, Rule.Burst);
    }

    private static async Task<District> CrashAsync(District district)
    {
        var again = await district.RestartAsync(withCheckpoint: false);
        Enrol(again, 4);
        return again;
    }
}
