using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Storms;

public sealed class MemberTests
{
    private static readonly Incident Storm = new("I0001", StormTable.Water, new(StormScope.Building, "江苏路100弄38号"), "", "", Episode.Start, new("A0001"), 0);

    [Fact]
    public void Joining_and_leaving_change_nothing_of_an_urgent_alert() =>
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.Fall, Rule.Smoke), Gen.Int[0, 5].Array[1, 30]).Sample((rule, moves) =>
        {
            var (stormy, calm) = (Episode.Of(rule), Episode.Of(rule));
            var second = 100_000.0;
            foreach (var move in moves)
            {
                second += 40;
                if (move < 2) Assert.Equal(Decision.Nothing, stormy.Do(new AlertCommand.Join("I0001"), second));
                else if (move == 2) Assert.Equal(Decision.Nothing, stormy.Do(new AlertCommand.Leave(null, "over"), second));
                else Assert.Equal(calm.Do(new AlertCommand.Wake(), second) is Decision.Accepted { Events.Count: > 0 }, stormy.Do(new AlertCommand.Wake(), second) is Decision.Accepted { Events.Count: > 0 });
                Assert.Equal(calm.Alert! with { Evidence = stormy.Alert!.Evidence }, stormy.Alert);
            }
        });

    [Fact]
    public void A_member_waits_and_is_told_when_it_leaves_unless_its_trouble_is_over_or_somebody_answered()
    {
        foreach (var (before, isTold) in new (AlertCommand?, bool)[] { (null, true), (new AlertCommand.Clear(Episode.At(1), "over"), false), (new AlertCommand.Acknowledge("An", null), false) })
        {
            var episode = new Episode(Rule.NoWater);
            episode.Do(episode.Raise() with { Incident = Storm });
            Assert.Null(episode.Alert!.EscalatesAt);
            Assert.Equal(Decision.Nothing, episode.Do(new AlertCommand.Wake(), 100_000));
            if (before is not null) episode.Do(before, 2);
            episode.Do(new AlertCommand.Leave(null, "over"), 3);
            Assert.Equal((null, true, isTold), (episode.Alert.Incident, episode.Alert.IsApart, episode.Alert.EscalatesAt is not null));
            Assert.Equal(Decision.Nothing, episode.Do(new AlertCommand.Join("I0002"), 4));
        }
    }

    [Fact]
    public void Made_urgent_a_member_leaves_and_people_are_asked()
    {
        var episode = new Episode(Rule.NoWater);
        episode.Do(episode.Raise() with { Incident = Storm });
        episode.Do(new AlertCommand.Regrade("An", Priority.P1, "she calls"), 10);
        Assert.Equal((null, Episode.At(70)), (episode.Alert!.Incident, episode.Alert.EscalatesAt));
    }

    [Fact]
    public void Every_incident_ends_whatever_its_members_do_and_unanswered_within_half_an_hour() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[1, 1200]).Array[60, 400].Sample(looks =>
        {
            var (incident, now, late) = (Storm, Episode.Start, 0);
            foreach (var (standing, seconds) in looks)
            {
                now = now.AddSeconds(seconds);
                foreach (var happened in IncidentRules.Decide(incident, new IncidentCommand.Look(40, 30, standing), now).Events) incident = IncidentRules.Evolve(incident, happened);
                if (incident.IsOver) return;
                if (now >= Episode.Start.AddMinutes(30)) late++;
                Assert.True(late <= 2, "It outlived its ladder."); // looked at late, it tells each step that it missed
            }
        });
}
