using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Tests.Alerts;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Storms;

/// <summary>One alert, with whatever storms and shelves do to it.</summary>
public sealed class HeldAlertTests
{
    private static readonly Gen<(int Kind, int N, int Seconds)[]> Stories =
        Gen.Select(Gen.Int[0, 15], Gen.Int[0, 999], Gen.Frequency((4, Gen.Int[0, 100]), (1, Gen.Int[0, 20_000]), (1, Gen.Const(0)))).Array[1, 60];

    [Fact]
    public void A_call_for_help_lives_as_if_there_were_no_storms_and_no_shelves() =>
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.Fall, Rule.Smoke), Stories).Sample((rule, story) =>
        {
            var (stormy, calm) = (new Episode(rule), new Episode(rule));
            var second = 0.0;
            foreach (var (kind, n, seconds) in story)
            {
                second += seconds;
                var command = CommandOf(stormy, kind, n, second);
                if (command is Regrade or AskHelp) continue; // a person made it something else
                if (command is Join or Leave or Shelve or Unshelve) Assert.Equal(Decision.Nothing, stormy.Alert is null ? Decision.Nothing : stormy.Do(command, second));
                else if (stormy.Alert is not null || command is Raise) (_, _) = (stormy.Do(command, second), calm.Do(command, second));
                Assert.Equal(calm.Alert, stormy.Alert);
            }
        });

    [Fact]
    public void Whatever_else_is_still_there_and_unanswered_will_be_told_or_is_in_an_incident_and_nothing_acts_twice() =>
        Gen.Select(Episode.AnyOf(Rule.NoWater, Rule.Burst, Rule.Leak), Stories).Sample((rule, story) =>
        {
            var episode = new Episode(rule);
            var second = 0.0;
            foreach (var (kind, n, seconds) in story)
            {
                second += seconds;
                var command = CommandOf(episode, kind, n, second);
                if (episode.Alert is null && command is not Raise) continue;
                episode.Do(command, second);
                var alert = episode.Alert!;
                if (command is Join or Leave or Shelve or Unshelve or Clear) Assert.Equal(Decision.Nothing, episode.Do(command, second));
                Assert.Equal(alert, JsonSerializer.Deserialize<Alert>(JsonSerializer.Serialize(alert)));

                if (alert is { IsClosed: false, ClearedAt: null, Response: Response.Awaited } && alert.Ladder.Steps.Count > 0)
                    Assert.True(alert.EscalatesAt is not null || alert.Incident is not null, "Nobody will ever be told.");
                if (alert is { IsClosed: false, ShelvedUntil: { } until }) Assert.True(alert is { Priority: not Priority.P1, Response: Response.Awaited } && alert.EscalatesAt == (alert.Incident is null ? until : null));
                if (alert.Priority == Priority.P1 && !alert.IsClosed) Assert.True(alert is { ShelvedUntil: null, Incident: null } && (alert.Response is Response.Given || alert.EscalatesAt is not null));
                if (alert.Incident is not null && !alert.IsClosed) Assert.Null(alert.EscalatesAt);
                Assert.False(alert.SlowestAnswer < TimeSpan.Zero);
            }
        });

    [Fact]
    public void What_joins_an_incident_that_is_answered_was_answered_when_it_joined()
    {
        var episode = new Episode(Rule.Burst);
        episode.Do(episode.Raise());
        episode.Do(new Join("I0001"), 300);
        episode.Do(new Acknowledge("An", null) { At = Episode.At(60) }, 301);
        Assert.Equal(Episode.At(300), Assert.IsType<Response.Given>(episode.Alert!.Response).At);
    }

    [Fact]
    public void A_shelf_ends_however_late_the_bell_rings_and_then_people_are_asked_anew() =>
        Gen.Select(Gen.Int[1, 86_400], Gen.Int[0, 100_000], Gen.Bool).Sample((hold, late, isOver) =>
        {
            var episode = new Episode(Rule.NoWater);
            episode.Do(episode.Raise());
            episode.Do(new Shelve("An", Episode.At(hold), "the plumber comes"));
            if (isOver) episode.Do(new Clear(Episode.Start, "over"));
            Assert.Equal(Decision.Nothing, episode.Do(new Wake(), hold - 0.001));
            Assert.Equal(Decision.Nothing, episode.Do(new Undelivered(0, "no phone answers"), hold - 0.001));
            episode.Do(new Wake(), hold + late);
            Assert.Equal((null, isOver ? 0 : 1, isOver ? null : Episode.At(hold + late + 900)), (episode.Alert!.ShelvedUntil, episode.Alert.Step, episode.Alert.EscalatesAt));
        });

    private static AlertCommand CommandOf(Episode episode, int kind, int n, double second) => kind switch
    {
        0 or 1 => episode.Raise(second),
        2 => new Clear(Episode.At(second), "over"),
        3 or 4 => new Wake(),
        5 => new Join("I000" + n % 3),
        6 => new Join("I000" + n % 3, "I000" + n / 3 % 3),
        7 => new Leave(n % 2 == 0 ? null : "An", "over"),
        8 or 9 => new Shelve("An", Episode.At(second + n * 60), "tomorrow"),
        10 => new Unshelve("Bo", "now"),
        11 => new Acknowledge("An", null) { At = n % 2 == 0 ? null : Episode.At(second - n) },
        12 => new Undelivered(n % 4, "no phone answers"),
        13 => n % 3 == 0 ? new Close("An", "safe", null) : new Decline("An", "away"),
        14 => n % 3 == 0 ? new Regrade("An", (Priority)(1 + (n % 3)), "on the phone") : new Reopen("An", null),
        _ => n % 5 == 0 ? new AskHelp("An", "come") : new Note("An", "said"),
    };
}
