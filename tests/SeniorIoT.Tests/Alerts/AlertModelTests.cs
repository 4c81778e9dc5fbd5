using System.Text.Json;
using CsCheck;
using SeniorIoT.Domain.Alerts;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Alerts;

public sealed class AlertModelTests
{
    private static readonly string[] People = ["An", "Bo"];

    /// <summary>A command with the seconds that pass before it; a raise is null, because its id must be new.</summary>
    private static readonly Gen<(AlertCommand? Command, int Seconds)> Moves = Gen.Select(
        Gen.Select(Gen.Int[0, 20], Episode.AnyOf(People), Gen.Int[0, 4], (kind, by, step) => kind switch
        {
            0 or 1 => null,
            2 => new Clear(Episode.Start, "over"),
            3 => new Note(null, "taken back"),
            4 => new Note(by, "said"),
            5 => new Acknowledge(by, null),
            6 => new AlertCommand.Dispatch(by, "Li" + step % 2, null),
            7 => new Arrive(by, step == 0 ? null : "here"),
            8 => new Close(by, Outcome.All[step], null),
            9 or 10 => new Undelivered(step, "no phone answers"),
            11 => new HandOver(by, People[step % 2], null),
            12 or 13 => new Regrade(by, (Priority)(1 + step % 3), "on the phone"),
            14 => new Reopen(by, null),
            15 => new AskHelp(by, "come"),
            16 => new Decline(step == 0 ? "Li0" : by, "away"),
            _ => (AlertCommand?)new Wake(),
        }),
        Gen.Frequency((3, Gen.Int[0, 100]), (1, Gen.Int[0, 8_000]), (1, Gen.Const(0))));

    private static readonly Gen<(Rule Rule, (AlertCommand? Command, int Seconds)[] Moves)> Stories =
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.NoWater, Rule.Tamper), Moves.Array[1, 40]);

    [Fact]
    public void Whatever_happens_an_alert_keeps_its_promises() =>
        Stories.Sample(story =>
        {
            var episode = new Episode(story.Rule);
            double second = 0;
            foreach (var move in story.Moves)
            {
                second += move.Seconds;
                var before = episode.Alert;
                var command = move.Command ?? episode.Raise(second);
                var decision = episode.Do(command, second); // would throw if an event could not follow
                Keeps(before, command, decision, episode.Alert);
            }
        });

    [Fact]
    public void An_alert_that_nobody_answers_is_told_further_for_ever_however_late_the_bell_rings() =>
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.NoWater), Gen.Int[0, 20_000].Array[1, 30]).Sample((rule, delays) =>
        {
            var episode = Episode.Of(rule);
            foreach (var delay in delays)
            {
                var (step, due) = (episode.Alert!.Step, episode.Alert.EscalatesAt!.Value);
                episode.Do(new Wake(), (due - Episode.Start).TotalSeconds + delay);
                Assert.Equal(step + 1, episode.Alert.Step);
                Assert.NotEmpty(episode.Ladder.RolesAt(episode.Alert.Step));
                Assert.True(episode.Alert.EscalatesAt - due <= TimeSpan.FromSeconds(delay + 1800));
            }
        });

    [Fact]
    public void An_alert_survives_storage_at_any_moment() =>
        Stories.Sample(story =>
        {
            var episode = new Episode(story.Rule);
            foreach (var move in story.Moves) episode.Do(move.Command ?? episode.Raise(), move.Seconds);
            var stored = JsonSerializer.Serialize(episode.Alert);
            Assert.Equal(episode.Alert, JsonSerializer.Deserialize<Alert>(stored));
        });

    private static void Keeps(Alert? before, AlertCommand command, Decision decision, Alert? after)
    {
        var events = (decision as Decision.Accepted)?.Events ?? [];
        if (events.Count == 0) Assert.Same(before, after);
        if (decision is Decision.Rejected { Reason: var reason }) Assert.EndsWith(".", reason);
        if (after is null) return;

        if (after is { Response: Response.Awaited, IsClosed: false } && after.Ladder.Steps.Count > 0) Assert.NotNull(after.EscalatesAt);
        else Assert.Equal(after.IsClosed ? null : after.Offer?.ReturnsAt, after.EscalatesAt);
        // What was handed over waits in the hands of whoever it was handed to, and for as long as was said.
        if (after.Offer is { } offer) Assert.True(after is { IsClosed: false, Response: Response.Given } && after.HandledBy == offer.To && offer.ReturnsAt - offer.At == AlertRules.TakeWithin);
        if (command is Wake && before?.Offer is not null) Assert.Equal(events.Count > 0, after.Offer is null);
        if (events.OfType<AlertEvent.Escalated>().Any()) Assert.True(before is { Response: Response.Awaited, IsClosed: false });

        if (command is Raise && before is null or { IsClosed: true })
        {
            Assert.Equal(1, after.Version);
            Assert.NotEqual(before?.Id, after.Id);
            return;
        }

        Assert.Equal(before!.Version + events.Count, after.Version);
        Assert.Equal((before.Id, before.Rule, before.RaisedAt, before.OccurredAt), (after.Id, after.Rule, after.RaisedAt, after.OccurredAt));
        Assert.True(after.Step >= before.Step);
        if (before.IsClosed && after.IsClosed) Assert.Equal(before with { Version = after.Version }, after);
        if (command is Raise) Assert.Equal((before.Repeats + 1, null), (after.Repeats, after.ClearedAt));
        // An answer is taken back by a new call, by a person who makes it more urgent, and by one who does not take what was handed over.
        if (before.Response is Response.Given given && after.Response != given)
            Assert.True(after.Response is Response.Awaited && (events[0] is AlertEvent.CalledAgain || (events[0] is AlertEvent.Regraded regraded && regraded.To < regraded.From)
                || events[^1] is AlertEvent.HelpAsked or AlertEvent.Declined { Again: not null } or AlertEvent.NotTaken { Again: not null }));
        // Whoever asks for help is heard, further up the ladder, until another person answers.
        if (events.Count > 0 && events[^1] is AlertEvent.HelpAsked)
            Assert.True(after is { Priority: Priority.P1, Response: Response.Awaited, Help: not null, Rung: > 0 } && after.Step > before.Step && after.Ladder.RolesAt(after.Rung).Count > 0);
        if (before.Help is { } help && after.Help is null) Assert.False(command is Arrive { By: var by } && by == help.By);
        if (events.OfType<AlertEvent.CalledAgain>().Any()) Assert.NotEmpty(after.Ladder.RolesAt(after.Rung));
        Assert.Equal(after.Response is Response.Given, after.HandledBy is not null);
        Assert.True(after.Rung >= 0);
    }
}
