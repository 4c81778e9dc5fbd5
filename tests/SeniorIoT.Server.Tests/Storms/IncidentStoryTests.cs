using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Tests.Alerts;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;

namespace SeniorIoT.Server.Tests.Storms;

public sealed class IncidentStoryTests
{
    [Fact]
    public async Task The_fifth_burst_in_a_building_is_an_incident_which_is_told_once_and_the_homes_are_not()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 8; home++) await RaiseAsync(district, home, Rule.Burst);
        await district.SweepAsync();

        var incident = Assert.Single(Incidents(district));
        Assert.Equal(("I0001", StormTable.Water, new StormPlace(StormScope.Building, "万航渡路88号"), 8), (incident.Id, incident.Family, incident.Place, incident.Homes));
        Assert.All(Enumerable.Range(1, 8), home => Assert.Equal(("I0001", (DateTimeOffset?)null), (AlertOf(district, home, Rule.Burst).Incident, AlertOf(district, home, Rule.Burst).EscalatesAt)));
        // The first four had been told to their volunteers and duty before; what had not left is taken back.
        Assert.Equal(["duty", "supervisor"], Texts(district).Where(text => text.State == "owed").Select(text => text.Recipient).Order());
        Assert.All(Texts(district).Where(text => text.State != "owed"), text => Assert.Equal("not sent: part of incident I0001", text.Detail));
        Assert.All(Texts(district).Where(text => text.State == "owed"), text => Assert.Equal("【江苏路街道】I0001,万航渡路88号,12:00已有8户用水异常,疑供水故障,请核实。回复I0001加1到场2平安3求助0不能去", text.Text));
    }

    [Fact]
    public async Task A_press_in_the_middle_of_it_is_told_as_if_there_were_none()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await RaiseAsync(district, 3, Rule.Sos);
        await district.SweepAsync();
        var press = AlertOf(district, 3, Rule.Sos);
        Assert.Equal((null, District.Start.AddSeconds(60)), (press.Incident, press.EscalatesAt));
        Assert.Contains(Texts(district, press.Id.Value), text => text is { Recipient: "Vol3", State: "owed" });
    }

    [Fact]
    public async Task Answered_once_all_its_homes_are_answered_and_whoever_joins_later_too()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.Burst);
        await district.SweepAsync();
        Assert.Null((await Incident(district).Act(new IncidentCommand.Acknowledge("An", "the main is broken"), new Actor("An", null))).Rejected);
        Assert.All(Enumerable.Range(1, 6), home => Assert.Equal("An", AlertOf(district, home, Rule.Burst).HandledBy));
        Assert.Equal("An has already answered.", (await Incident(district).Act(new IncidentCommand.Acknowledge("Bo", null), new Actor("Bo", null))).Rejected);
        await RaiseAsync(district, 7, Rule.Burst);
        await district.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1));
        Assert.Equal("An", AlertOf(district, 7, Rule.Burst).HandledBy);

        await Incident(district).Act(new IncidentCommand.Close("An", "leak", null), new Actor("An", null));
        Assert.All(Enumerable.Range(1, 7), home => Assert.Equal("leak", AlertOf(district, home, Rule.Burst).Closing!.Outcome));
    }

    [Fact]
    public async Task Answered_by_nobody_its_homes_go_their_own_way_after_half_an_hour()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await ClearAsync(district, 2, Rule.NoWater);
        await district.PassAsync(TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(1));
        Assert.False(Incidents(district)[0].IsOver);
        Assert.Contains(Texts(district), text => text is { Recipient: "head", State: "owed" });
        await district.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        Assert.Equal("Nobody answered it: every home is told by itself.", Incidents(district)[0].EndedBecause);
        foreach (var home in (int[])[1, 3, 4, 5, 6])
        {
            var alert = AlertOf(district, home, Rule.NoWater);
            Assert.Equal((null, true), (alert.Incident, alert.EscalatesAt is not null));
            Assert.Contains(Texts(district, alert.Id.Value), text => text.Recipient == "Vol" + home && text is { State: "owed", Step: 1 });
        }

        Assert.DoesNotContain(Texts(district, AlertOf(district, 2, Rule.NoWater).Id.Value), text => text.State == "owed"); // somebody uses water there
    }

    [Fact]
    public async Task Where_nobody_can_be_told_of_it_it_holds_back_no_home()
    {
        await using var district = await StartAsync();
        foreach (var area in (string[])["万航居委会", HouseholdDirectory.District]) district.Get<HouseholdDirectory>().SetResponders(area, []);
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
        Assert.Equal("Nobody can be told of it: every home is told by itself.", Incidents(district)[0].EndedBecause);
        Assert.All(Enumerable.Range(1, 6), home => Assert.Contains(Texts(district, AlertOf(district, home, Rule.NoWater).Id.Value), text => text.Recipient == "Vol" + home && text.State == "owed"));
    }

    [Fact]
    public async Task It_ends_when_nearly_all_homes_are_well_and_the_last_ones_are_told_by_themselves()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
        await Incident(district).Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", null));
        for (var home = 1; home <= 3; home++) await ClearAsync(district, home, Rule.NoWater);
        await district.PassAsync(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6));
        Assert.False(Incidents(district)[0].IsOver);
        await ClearAsync(district, 4, Rule.NoWater);
        await district.PassAsync(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6));
        Assert.Equal("The trouble is over in nearly all homes.", Incidents(district)[0].EndedBecause);
        Assert.All(Enumerable.Range(1, 6), home => Assert.Null(AlertOf(district, home, Rule.NoWater).Incident));
        await RaiseAsync(district, 7, Rule.NoWater);
        Assert.Null(AlertOf(district, 7, Rule.NoWater).Incident);
    }

    [Fact]
    public async Task Taken_out_by_a_person_a_home_is_told_at_once_and_not_taken_in_again()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
        var alert = AlertOf(district, 6, Rule.NoWater);
        await district.Alert(Key(6, Rule.NoWater)).Act(alert.Id, new AlertCommand.Leave("An", "she is 95"), new Actor("An", null));
        await district.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        Assert.Equal((null, true), (AlertOf(district, 6, Rule.NoWater).Incident, AlertOf(district, 6, Rule.NoWater).IsApart));
        Assert.Contains(Texts(district, alert.Id.Value), text => text is { Recipient: "Vol6", State: "owed" });
        Assert.Equal(["raised", "left"], district.Timeline(alert));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_moment_changes_nothing(bool afterLook)
    {
        var district = await StartAsync();
        for (var home = 1; home <= 5; home++) await RaiseAsync(district, home, Rule.Burst);
        if (afterLook) await district.SweepAsync();
        await using var again = district = await district.RestartAsync(withCheckpoint: false);
        Enrol(district);
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.Burst); // delivered once more, and one that is new
        await district.SweepAsync();
        await district.SweepAsync();
        Assert.Single(Incidents(district));
        Assert.Equal(6, district.Alerts("burst").Count);
        Assert.All(district.Alerts("burst"), alert => Assert.Equal("I0001", alert.Incident));
        Assert.Equal(["duty", "supervisor"], Texts(district).Where(text => text.State == "owed").Select(text => text.Recipient).Order());
    }

    [Fact]
    public async Task Before_it_opens_a_crash_forgets_nothing_that_was_raised()
    {
        var district = await StartAsync();
        for (var home = 1; home <= 4; home++) await RaiseAsync(district, home, Rule.Burst);
        await using var again = district = await district.RestartAsync(withCheckpoint: false);
        Enrol(district);
        await RaiseAsync(district, 5, Rule.Burst);
        Assert.Equal("I0001", AlertOf(district, 5, Rule.Burst).Incident);
    }
}
