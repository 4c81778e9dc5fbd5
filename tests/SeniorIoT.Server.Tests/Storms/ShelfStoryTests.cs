using Microsoft.Extensions.Logging.Abstractions;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;
using SeniorIoT.Server.Tests.Alerts;
using SeniorIoT.TimeSeries;
using Xunit;
using static SeniorIoT.Server.Tests.Storms.Tower;

namespace SeniorIoT.Server.Tests.Storms;

/// <summary>What a shelf does to an alert that is open already, and what is forgotten of storms in the end.</summary>
public sealed class ShelfStoryTests
{
    [Fact]
    public async Task Shelved_an_open_alert_tells_nobody_until_the_end_and_then_begins_anew()
    {
        await using var district = await StartAsync();
        await RaiseAsync(district, 1, Rule.NoWater);
        await ShelveAsync(district, 1, Rule.NoWater, TimeSpan.FromHours(2));
        var alert = AlertOf(district, 1, Rule.NoWater);
        Assert.Equal(District.Start.AddHours(2), alert.ShelvedUntil);
        Assert.All(Texts(district, alert.Id.Value), text => Assert.Equal(("not_sent", "not sent: shelved by An"), (text.State, text.Detail)));
        await district.PassAsync(TimeSpan.FromMinutes(119), TimeSpan.FromMinutes(1));
        await RaiseAsync(district, 1, Rule.NoWater, 2);
        Assert.DoesNotContain(Texts(district, alert.Id.Value), text => text.State == "owed");
        await district.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        alert = AlertOf(district, 1, Rule.NoWater);
        Assert.Equal((null, 1, 1), (alert.ShelvedUntil, alert.Step, alert.Repeats));
        Assert.Equal(["Vol1"], Texts(district, alert.Id.Value).Where(text => text is { State: "owed", Step: 1 }).Select(text => text.Recipient).Except(["duty"]));
        Assert.Equal(["raised", "shelved", "unshelved", "repeated"], district.Timeline(alert));
        await district.PassAsync(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
        Assert.True(AlertOf(district, 1, Rule.NoWater).Step >= 2); // its ladder goes on
    }

    [Fact]
    public async Task What_was_over_by_then_asks_nobody_and_when_it_comes_again_it_does()
    {
        await using var district = await StartAsync();
        foreach (var home in (int[])[1, 2])
        {
            await RaiseAsync(district, home, Rule.NoWater);
            await ShelveAsync(district, home, Rule.NoWater, TimeSpan.FromHours(2));
            await ClearAsync(district, home, Rule.NoWater);
        }

        await RaiseAsync(district, 2, Rule.NoWater, 2); // and came again while it was shelved
        await district.PassAsync(TimeSpan.FromHours(3), TimeSpan.FromMinutes(10));
        Assert.Equal((null, 0), (AlertOf(district, 1, Rule.NoWater).EscalatesAt, AlertOf(district, 1, Rule.NoWater).Step));
        Assert.StartsWith("04:00 raised, 04:00 shelved, 04:00 cleared, 06:00 unshelved, 06:00 called_again", string.Join(", ", district.Get<AlertQueries>().TimelineOf(AlertOf(district, 2, Rule.NoWater).Id.Value).Select(line => $"{line.At:HH:mm} {line.Kind}")), StringComparison.Ordinal);
        Assert.NotNull(AlertOf(district, 2, Rule.NoWater).EscalatesAt);
    }

    [Fact]
    public async Task Ended_early_it_is_told_at_once_unless_another_shelf_holds_it()
    {
        await using var district = await StartAsync();
        await RaiseAsync(district, 1, Rule.NoWater);
        var shorter = await ShelveAsync(district, 1, Rule.NoWater, TimeSpan.FromHours(2));
        var longer = await ShelveAsync(district, 1, Rule.NoWater, TimeSpan.FromHours(4));
        Assert.Equal(District.Start.AddHours(4), AlertOf(district, 1, Rule.NoWater).ShelvedUntil);
        await EndAsync(district, longer);
        Assert.Equal(District.Start.AddHours(2), AlertOf(district, 1, Rule.NoWater).ShelvedUntil);
        await EndAsync(district, shorter);
        var alert = AlertOf(district, 1, Rule.NoWater);
        Assert.Equal((null, 1), (alert.ShelvedUntil, alert.Step));
        Assert.Equal(["raised", "shelved", "shelved", "shelved", "unshelved"], district.Timeline(alert));
        Assert.Contains(Texts(district, alert.Id.Value), text => text is { Recipient: "Vol1", State: "owed" });
    }

    [Fact]
    public async Task A_call_for_help_and_an_alert_made_urgent_are_not_touched_and_what_is_answered_stays_answered()
    {
        await using var district = await StartAsync();
        await RaiseAsync(district, 1, Rule.Sos);
        await RaiseAsync(district, 2, Rule.NoWater);
        await RaiseAsync(district, 3, Rule.NoWater);
        await RaiseAsync(district, 4, Rule.NoWater);
        foreach (var (home, command) in new (int, AlertCommand)[] { (2, new AlertCommand.Regrade("Bo", Priority.P1, "she calls")), (3, new AlertCommand.Acknowledge("Bo", null)) })
            await district.Alert(Key(home, Rule.NoWater)).Act(AlertOf(district, home, Rule.NoWater).Id, command, new Actor("Bo", null));
        await ShelveAsync(district, 1, Rule.Sos, TimeSpan.FromHours(1)); // the API refuses it; even so
        foreach (var home in (int[])[2, 3, 4]) await ShelveAsync(district, home, Rule.NoWater, TimeSpan.FromHours(1));
        Assert.Equal(District.Start.AddSeconds(60), AlertOf(district, 1, Rule.Sos).EscalatesAt);
        Assert.Equal(District.Start.AddSeconds(60), AlertOf(district, 2, Rule.NoWater).EscalatesAt);
        Assert.Equal("Bo", AlertOf(district, 3, Rule.NoWater).HandledBy);
        // And a shelved one that somebody makes urgent is told at once.
        await district.Alert(Key(4, Rule.NoWater)).Act(AlertOf(district, 4, Rule.NoWater).Id, new AlertCommand.Regrade("Bo", Priority.P1, "she calls"), new Actor("Bo", null));
        Assert.Equal((null, District.Start.AddSeconds(60)), (AlertOf(district, 4, Rule.NoWater).ShelvedUntil, AlertOf(district, 4, Rule.NoWater).EscalatesAt));
        await district.PassAsync(TimeSpan.FromMinutes(10));
        Assert.All((Alert[])[AlertOf(district, 1, Rule.Sos), AlertOf(district, 2, Rule.NoWater), AlertOf(district, 4, Rule.NoWater)], alert => Assert.True(alert.Step >= 3));
    }

    [Fact]
    public async Task A_crash_before_the_alert_heard_of_it_is_made_good_at_the_next_sweep()
    {
        var district = await StartAsync();
        await RaiseAsync(district, 1, Rule.NoWater);
        await AddAsync(district, 1, Rule.NoWater, TimeSpan.FromHours(2));
        await using var again = district = await district.RestartAsync(withCheckpoint: false);
        Enrol(district);
        Assert.Null(AlertOf(district, 1, Rule.NoWater).ShelvedUntil);
        await district.SweepAsync();
        Assert.Equal(District.Start.AddHours(2), AlertOf(district, 1, Rule.NoWater).ShelvedUntil);
        await district.SweepAsync();
        Assert.Equal(["raised", "shelved"], district.Timeline(AlertOf(district, 1, Rule.NoWater)));
    }

    [Fact]
    public async Task A_shelved_alert_is_taken_into_no_incident_and_one_that_leaves_an_incident_stays_on_its_shelf()
    {
        await using var district = await StartAsync();
        await RaiseAsync(district, 1, Rule.NoWater);
        await ShelveAsync(district, 1, Rule.NoWater, TimeSpan.FromHours(5));
        for (var home = 2; home <= 7; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
        Assert.Equal((null, District.Start.AddHours(5)), (AlertOf(district, 1, Rule.NoWater).Incident, AlertOf(district, 1, Rule.NoWater).EscalatesAt));
        await ShelveAsync(district, 2, Rule.NoWater, TimeSpan.FromHours(5));
        await district.PassAsync(TimeSpan.FromMinutes(35), TimeSpan.FromMinutes(1)); // nobody answers the incident
        Assert.All((int[])[1, 2], home => Assert.Equal((null, 0, District.Start.AddHours(5)), (AlertOf(district, home, Rule.NoWater).Incident, AlertOf(district, home, Rule.NoWater).Step, AlertOf(district, home, Rule.NoWater).EscalatesAt)));
        Assert.True(AlertOf(district, 3, Rule.NoWater).Step >= 1);
    }

    [Fact]
    public async Task The_times_to_answer_are_those_that_people_waited()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 7; home++) await RaiseAsync(district, home, Rule.NoWater);
        await district.SweepAsync();
        await district.PassAsync(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(10));
        await district.Alert(Key(7, Rule.NoWater)).Act(AlertOf(district, 7, Rule.NoWater).Id, new AlertCommand.Leave("Bo", "she is 95"), new Actor("Bo", null));
        await Incident(district).Act(new IncidentCommand.Acknowledge("An", null), new Actor("An", null));
        await district.PassAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
        await district.Alert(Key(7, Rule.NoWater)).Act(AlertOf(district, 7, Rule.NoWater).Id, new AlertCommand.Acknowledge("Bo", null), new Actor("Bo", null));
        await RaiseAsync(district, 8, Rule.NoWater); // answered already when it comes
        await district.PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

        // Shelved after 20 s, which is when somebody looked at it; told again two hours later, and answered 30 s after that.
        await RaiseAsync(district, 9, Rule.Burst);
        await district.Alert(Key(9, Rule.Burst)).Act(AlertOf(district, 9, Rule.Burst).Id, new AlertCommand.Leave("Bo", "the plumber is there"), new Actor("Bo", null));
        district.Clock.Advance(TimeSpan.FromSeconds(20));
        await ShelveAsync(district, 9, Rule.Burst, TimeSpan.FromHours(2));
        district.Clock.Advance(TimeSpan.FromHours(1));
        Assert.DoesNotContain(Facts(district), facts => facts.AnsweredAt is null && Domain.Kpis.KpiRules.ExceptionsOf(facts, district.Clock.GetUtcNow()).Count > 0);
        district.Clock.Advance(TimeSpan.FromHours(1));
        await district.SweepAsync();
        district.Clock.Advance(TimeSpan.FromSeconds(30));
        await district.Alert(Key(9, Rule.Burst)).Act(AlertOf(district, 9, Rule.Burst).Id, new AlertCommand.Acknowledge("Bo", null), new Actor("Bo", null));

        Assert.Equal(
            [50, 50, 50, 50, 50, 50, 80, 0, 30],
            Facts(district).Select(facts => (int)facts.TimeToAnswer!.Value.TotalSeconds));
    }

    [Fact]
    public async Task Ended_incidents_shelves_and_old_deaf_times_go_with_the_alerts_they_are_about()
    {
        await using var district = await StartAsync();
        for (var home = 1; home <= 6; home++) await RaiseAsync(district, home, Rule.Burst);
        await RaiseAsync(district, 7, Rule.Leak);
        await district.SweepAsync();
        var ended = await ShelveAsync(district, 8, Rule.Leak, TimeSpan.FromHours(2));
        await EndAsync(district, ended);
        await ShelveAsync(district, 9, Rule.Leak, TimeSpan.FromHours(2));
        await district.Get<Ears>().LoseAsync("g1", district.Clock.GetUtcNow());
        await district.Get<Ears>().FindAsync("g1", district.Clock.GetUtcNow().AddHours(1));
        await district.Get<Ears>().LoseAsync("g2", district.Clock.GetUtcNow());
        await Incident(district).Act(new IncidentCommand.Close("An", "leak", null), new Actor("An", null));
        await CleanUpAsync(district);
        Assert.Equal((1, 2, 2), (Rows(district, "incidents"), Rows(district, "shelves"), Rows(district, "deaf")));
        await district.Alert(Key(6, Rule.Burst)).Act(AlertOf(district, 6, Rule.Burst).Id, new AlertCommand.Reopen("An", null), new Actor("An", null));

        district.Clock.Advance(TimeSpan.FromDays(1100));
        await CleanUpAsync(district);
        Assert.Equal((1, 0, 1), (Rows(district, "incidents"), Rows(district, "shelves"), Rows(district, "deaf"))); // one of its alerts is open yet
        await district.Alert(Key(6, Rule.Burst)).Act(AlertOf(district, 6, Rule.Burst).Id, new AlertCommand.Close("An", "leak", null), new Actor("An", null));
        district.Clock.Advance(TimeSpan.FromDays(1100));
        await CleanUpAsync(district);
        Assert.Equal((0, 1), (Rows(district, "incidents"), district.Alerts().Count)); // the leak is open
        Assert.Empty(Texts(district, "I0001"));
        Assert.Empty(Lines(district));
    }

    private static IReadOnlyList<Domain.Kpis.AlertFacts> Facts(District district) => district.Get<AlertQueries>().ReadFacts(District.Start, District.Start.AddDays(1), null);

    private static int Rows(District district, string table) => (int)district.Store.File.Read(connection => connection.Scalar($"SELECT count(*) FROM {table}", 0L));

    private static Task CleanUpAsync(District district) =>
        new NightlyCleanUp(district.Store, district.Get<ITimeSeriesStore>(), district.Get<ShadowDesk>(), new RetentionOptions(), district.Clock, NullLogger<NightlyCleanUp>.Instance).RunAsync();

    private static Task<Shelf> AddAsync(District district, int home, Rule rule, TimeSpan span) => district.Get<HeldStore>().AddAsync(
        new Shelf(0, new HouseholdId($"T{home}"), null, rule.Id, "An", "the plumber comes on Monday", district.Clock.GetUtcNow(), district.Clock.GetUtcNow() + span), "万航居委会", "江苏路街道");

    private static async Task<Shelf> ShelveAsync(District district, int home, Rule rule, TimeSpan span)
    {
        var shelf = await AddAsync(district, home, rule, span);
        await district.Get<ShelfDesk>().ApplyAsync(shelf);
        return shelf;
    }

    private static async Task EndAsync(District district, Shelf shelf) =>
        await district.Get<ShelfDesk>().ApplyAsync(await district.Get<HeldStore>().EndAsync(shelf, "Bo", district.Clock.GetUtcNow()));
}
