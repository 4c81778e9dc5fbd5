using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Alerts;

public sealed class LadderTests
{
    private static readonly Gen<IReadOnlyList<string>> Roles =
        Gen.Int[0, Role.All.Count - 1].Array[0, 3].Select(picked => (IReadOnlyList<string>)[.. picked.Select(i => Role.All[i])]);

    private static readonly Gen<Ladder> Ladders = Gen.Select(
        Gen.Select(Gen.Int[0, 900], Roles, (seconds, roles) => new LadderStep(TimeSpan.FromSeconds(seconds), roles)).Array[0, 4],
        Gen.Int[0, 1500], Roles, Gen.Int[0, 3], Gen.Bool,
        (steps, every, roles, stop, whenCleared) => new Ladder(
            [.. steps.Select((step, i) => i == 0 ? step with { After = TimeSpan.Zero } : step).OrderBy(step => step.After)],
            every < 60 ? null : TimeSpan.FromSeconds(every), every < 60 ? [] : roles)
        { StopsAfter = stop == 0 ? TimeSpan.FromMinutes(30) : null, StopsWhenCleared = whenCleared && stop == 1 });

    [Fact]
    public void The_defaults_are_ladders_that_a_district_may_enter()
    {
        foreach (var priority in Enum.GetValues<Priority>()) Assert.Empty(LadderLimits.Errors(Ladder.For(priority), priority));
    }

    [Fact]
    public void Whatever_ladder_a_district_may_enter_a_P1_is_told_to_somebody_every_ten_minutes_for_ever() =>
        Gen.Select(Ladders, Gen.Int[0, 5].Array[1, 20], Gen.Bool).Sample((ladder, delays, isCleared) =>
        {
            if (LadderLimits.Errors(ladder, Priority.P1).Any()) return; // about one in twenty may be entered
            var episode = new Episode(Rule.Smoke) { Ladder = ladder };
            episode.Do(episode.Raise());
            if (isCleared) episode.Do(new Clear(Episode.At(1), "over"), 1);
            foreach (var delay in delays)
            {
                var due = episode.Alert!.EscalatesAt!.Value;
                Assert.NotEmpty(ladder.RolesAt(episode.Alert.Rung));
                episode.Do(new Wake(), (due - Episode.Start).TotalSeconds + delay);
                Assert.True(episode.Alert.EscalatesAt - due <= TimeSpan.FromSeconds(600 + delay));
            }
        }, iter: 40_000);

    [Fact]
    public void Everything_that_is_wrong_with_a_ladder_is_named()
    {
        var wrong = new Ladder([new(TimeSpan.FromSeconds(5), ["boss"]), new(TimeSpan.FromSeconds(5), [Role.Volunteer, Role.Volunteer]), new(TimeSpan.FromHours(30), [])], null, [Role.Contact])
        {
            StopsAfter = TimeSpan.FromSeconds(1),
            StopsWhenCleared = true,
        };
        Snapshot.Match(string.Join('\n', Enum.GetValues<Priority>().Select(priority => $"# {priority}\n{string.Join('\n', LadderLimits.Errors(wrong, priority).Select(error => $"{error.Field}: {error.Problem}"))}\n"))
            + "# empty, P2\n" + string.Join('\n', LadderLimits.Errors(new([], null, []), Priority.P2)) + "\n");
    }

    [Fact]
    public void The_nearest_place_decides_and_a_family_is_asked_first_only_where_minutes_do_not_count()
    {
        Ladder Own(string role) => new([new(TimeSpan.Zero, [role])], TimeSpan.FromMinutes(5), [role]);
        var book = LadderBook.Of([
            (new RulePlace(PlaceScope.District, "district"), Priority.P2, Own(Role.Supervisor)), (RulePlace.Of(Episode.Home.Area.SubDistrictOf), Priority.P2, Own(Role.CommitteeHead)),
            (RulePlace.Of(new("Elsewhere", Episode.Home.Committee)), Priority.P2, Own(Role.Contact))]);
        Assert.Equal([Role.CommitteeHead], book.InForce(Episode.Home, Priority.P2).RolesAt(0));
        Assert.Equal([Role.Supervisor], book.InForce(Place.System, Priority.P2).RolesAt(0));
        Assert.Equal(Ladder.For(Priority.P1), book.InForce(Episode.Home, Priority.P1, isContactFirst: true));

        var first = LadderBook.Default.InForce(Episode.Home, Priority.P2, isContactFirst: true);
        Assert.Equal([Role.Contact], first.RolesAt(0));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(65)], first.Steps.Select(step => step.After));
        Assert.Equal(Ladder.For(Priority.P3), Ladder.For(Priority.P3).WithContactFirst());
    }

    [Fact]
    public void A_ladder_that_ends_with_the_condition_begins_anew_when_the_condition_comes_back()
    {
        var episode = new Episode(Rule.NoWater) { Ladder = Ladder.For(Priority.P2) with { StopsWhenCleared = true } };
        episode.Do(episode.Raise());
        episode.Do(new Clear(Episode.At(60), "water again"), 60);
        Assert.IsType<AlertEvent.Stopped>(Assert.Single(((Decision.Accepted)episode.Do(new Wake(), 900)).Events));
        Assert.Null(episode.Alert!.EscalatesAt);
        episode.Do(new Wake(), 10_000);
        Assert.Equal(0, episode.Alert.Step);
        episode.Do(episode.Raise(), 20_000);
        Assert.Equal((1, 0, Episode.At(20_900)), (episode.Alert.Step, episode.Alert.Rung, episode.Alert.EscalatesAt));
        Assert.Equal([Role.CommitteeDuty, Role.Volunteer], episode.Alert.Ladder.RolesAt(episode.Alert.Rung));
    }

    [Fact]
    public void A_ladder_may_end_by_itself_while_the_alert_stays_open()
    {
        var episode = new Episode(Rule.NoWater) { Ladder = Ladder.For(Priority.P2) with { StopsAfter = TimeSpan.FromMinutes(46) } };
        episode.Do(episode.Raise());
        for (var second = 900; second <= 7200; second += 900) episode.Do(new Wake(), second);
        Assert.Equal((2, null, false), (episode.Alert!.Step, episode.Alert.EscalatesAt, episode.Alert.IsClosed));
    }

    [Fact]
    public void Two_people_at_once_have_one_winner_and_what_devices_and_notes_did_in_between_is_no_reason()
    {
        var episode = Episode.Of(Rule.Sos);
        var seen = episode.Alert!.Version;
        episode.Do(episode.Raise());
        episode.Do(new Note("Bo", "said"));
        Assert.Null(AlertRules.Conflict(episode.Alert, new Acknowledge("An", null), "An", seen));
        episode.Do(new AlertCommand.Dispatch("Bo", "Li", null), 20);
        var refused = AlertRules.Conflict(episode.Alert, new AlertCommand.Dispatch("An", "Wu", null), "An", seen);
        Assert.Equal(("Bo", "dispatched", Episode.At(20)), (refused!.Winner!.By, refused.Winner.Kind, refused.Winner.At));
        Assert.Null(AlertRules.Conflict(episode.Alert, new Note("An", "said"), "An", seen));
        Assert.Null(AlertRules.Conflict(episode.Alert, new AlertCommand.Dispatch("Bo", "Wu", null), "Bo", seen));
        Assert.Null(AlertRules.Conflict(episode.Alert, new Close("An", "safe", null), "An", episode.Alert.Version));
        Assert.Null(AlertRules.Conflict(episode.Alert, new Close("An", "safe", null), "An", null));
    }
}
