using System.Text;
using SeniorIoT.Domain.Alerts;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Alerts;

public sealed class TransitionTests
{
    private static readonly (string Name, Func<Episode> Create)[] States =
    [
        ("never raised", () => new Episode(Rule.Sos)),
        ("open", () => Episode.Of(Rule.Sos)),
        ("open, P3", () => Episode.Of(Rule.Tamper)),
        ("open, condition over", () => Episode.Of(Rule.Sos, new Clear(Episode.At(1), "over"))),
        ("open at step 1", () => Episode.Of(Rule.Sos, new Wake())),
        ("answered by An", () => Episode.Of(Rule.Sos, new Acknowledge("An", null))),
        ("sent Li", () => Episode.Of(Rule.Sos, new AlertCommand.Dispatch("An", "Li", null))),
        ("Li at the door", () => Episode.Of(Rule.Sos, new AlertCommand.Dispatch("An", "Li", null), new Arrive("Li", null))),
        ("answered by An, handed to Bo", () => Episode.Of(Rule.Sos, new Acknowledge("An", null), new HandOver("An", "Bo", null))),
        ("handed to Bo, who has taken it", () => Episode.Of(Rule.Sos, new Acknowledge("An", null), new HandOver("An", "Bo", null), new Acknowledge("Bo", null))),
        ("handed to Bo, Li at the door", () => Episode.Of(Rule.Sos, new Acknowledge("An", null), new HandOver("An", "Bo", null), new Arrive("Li", null))),
        ("P3, handed to Bo", () => Episode.Of(Rule.Tamper, new Acknowledge("An", null), new HandOver("An", "Bo", null))),
        ("Li asks for help", () => Episode.Of(Rule.Sos, new Arrive("Li", null), new AskHelp("Li", "come"))),
        ("smoke, answered by An", () => Episode.Of(Rule.Smoke, new Acknowledge("An", null))),
        ("smoke over, answered by An", () => Episode.Of(Rule.Smoke, new Acknowledge("An", null), new Clear(Episode.At(1), "over"))),
        ("no water, open", () => Episode.Of(Rule.NoWater)),
        ("no water, in incident I0001", () => Episode.Of(Rule.NoWater, new Join("I0001"))),
        ("no water, shelved", () => Episode.Of(Rule.NoWater, new Shelve("An", Episode.At(150_000), "the plumber comes"))),
        ("no water, shelved, over", () => Episode.Of(Rule.NoWater, new Shelve("An", Episode.At(150_000), "the plumber comes"), new Clear(Episode.At(1), "over"))),
        ("closed", () => Episode.Of(Rule.Sos, new Close("An", "safe", null))),
        ("closed and opened again", () => Episode.Of(Rule.Sos, new Close("An", "safe", null), new Reopen("Bo", null))),
    ];

    private static readonly (string Name, Func<Episode, AlertCommand> Create, double Second)[] Commands =
    [
        ("raise", episode => episode.Raise(), 100_001),
        ("raise 5 min later", episode => episode.Raise(), 100_300),
        ("clear", _ => new Clear(Episode.At(5), "over"), 0),
        ("note of a device", _ => new Note(null, "taken back"), 0),
        ("note of a person", _ => new Note("An", "called her"), 0),
        ("acknowledge by An", _ => new Acknowledge("An", "calling"), 0),
        ("acknowledge by Bo", _ => new Acknowledge("Bo", null), 0),
        ("dispatch Li", _ => new AlertCommand.Dispatch("An", "Li", null), 0),
        ("dispatch Wu", _ => new AlertCommand.Dispatch("An", "Wu", null), 0),
        ("arrive", _ => new Arrive("Li", null), 0),
        ("arrive with words", _ => new Arrive("Li", "she is well"), 0),
        ("close", _ => new Close("Bo", "false_alarm", "a test"), 0),
        ("hand over to Bo", _ => new HandOver("An", "Bo", "my shift ends"), 0),
        ("An takes it over", _ => new HandOver("An", "An", null), 0),
        ("Bo takes it over", _ => new HandOver("Bo", "Bo", null), 0),
        ("regrade to P1", _ => new Regrade("An", Priority.P1, "she calls"), 100_001),
        ("regrade to P2", _ => new Regrade("An", Priority.P2, "she is on the phone"), 100_001),
        ("regrade to P3", _ => new Regrade("An", Priority.P3, "a test"), 100_001),
        ("reopen", _ => new Reopen("An", "still no answer at the door"), 100_001),
        ("reopen a day later", _ => new Reopen("An", null), 100_000 + 86_401),
        ("Li asks for help", _ => new AskHelp("Li", "come"), 100_001),
        ("Li cannot go", _ => new Decline("Li", "away"), 100_001),
        ("An cannot go", _ => new Decline("An", "away"), 100_001),
        ("wake early", _ => new Wake(), 0),
        ("wake 3 min later", _ => new Wake(), 100_180),
        ("wake when due", _ => new Wake(), 200_000),
        ("step 0 undelivered", _ => new Undelivered(0, "no phone answers"), 0),
        ("step 1 undelivered", _ => new Undelivered(1, "no phone answers"), 0),
        ("join I0001", _ => new Join("I0001"), 100_001),
        ("move on to I0002", _ => new Join("I0002", "I0001"), 100_001),
        ("the incident is over", _ => new Leave(null, "over"), 100_001),
        ("shelve", _ => new Shelve("Bo", Episode.At(160_000), "tomorrow"), 100_001),
        ("unshelve", _ => new Unshelve("Bo", "now"), 100_001),
    ];

    [Fact]
    public void What_every_command_does_in_every_state()
    {
        var table = new StringBuilder();
        foreach (var state in States)
        {
            table.AppendLine($"# {state.Name}");
            foreach (var command in Commands)
            {
                var episode = state.Create();
                var decision = episode.Do(command.Create(episode), command.Second);
                table.AppendLine($"{command.Name,-20} {Say(decision)}");
            }

            table.AppendLine();
        }

        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void Who_is_told_when_by_priority()
    {
        var table = new StringBuilder();
        foreach (var rule in new[] { Rule.Sos, Rule.NoWater, Rule.Tamper })
        {
            var episode = Episode.Of(rule);
            table.AppendLine($"# {rule.Priority}");
            Line(0, 0);
            for (var step = 1; step <= 6 && episode.Alert!.EscalatesAt is { } due; step++)
            {
                var second = (due - Episode.Start).TotalSeconds;
                episode.Do(new Wake(), second);
                Line(step, second);
            }

            table.AppendLine(episode.Alert!.EscalatesAt is null ? "nobody else, ever\n" : "and so on\n");
            void Line(int step, double second)
            {
                var roles = string.Join(", ", episode.Ladder.RolesAt(step));
                table.AppendLine($"step {step} after {TimeSpan.FromSeconds(second):h\\:mm\\:ss} tells {(roles.Length == 0 ? "nobody but the console" : roles)}");
            }
        }

        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void Steps_missed_while_nobody_looked_are_told_one_after_the_other_at_once()
    {
        var episode = Episode.Of(Rule.NoWater);
        for (var second = 7200; second < 7203; second++) episode.Do(new Wake(), second);
        Assert.Equal((3, Episode.At(7202 + 1800)), (episode.Alert!.Step, episode.Alert.EscalatesAt));
    }

    private static string Say(Decision decision) => decision switch
    {
        Decision.Rejected rejected => $"refused: {rejected.Reason}",
        Decision.Accepted { Events.Count: 0 } => "-",
        Decision.Accepted accepted => string.Join(", ", accepted.Events.Select(Say)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Say(AlertEvent happened) => happened switch
    {
        AlertEvent.Raised e => $"raised, next step at {Seconds(e.EscalatesAt)}",
        AlertEvent.Escalated e => $"escalated to step {e.Step}, next at {Seconds(e.EscalatesAt)}{(e.Text is null ? "" : $" ({e.Text})")}",
        AlertEvent.Acknowledged e => $"acknowledged by {e.By}",
        AlertEvent.Dispatched e => $"dispatched to {e.To}",
        AlertEvent.CalledAgain e => $"called again: asks anew as step {e.Step}, next at {Seconds(e.EscalatesAt)}",
        AlertEvent.Regraded e => $"regraded by {e.By} to {e.To}, at step {e.Step}, next at {Seconds(e.EscalatesAt)}",
        AlertEvent.Reopened e => $"reopened by {e.By}",
        AlertEvent.HandedOver e => $"handed over by {e.By} to {e.To}, back at {Seconds(e.ReturnsAt)}",
        AlertEvent.Taken e => $"taken by {e.By}",
        AlertEvent.NotTaken e => $"not taken by {e.To}{(e.Again is { } again ? $": asks on as step {again.Step}, next at {Seconds(again.EscalatesAt)}" : ": goes back")}",
        AlertEvent.HelpAsked e => $"help asked by {e.By}: step {e.Again.Step}, next at {Seconds(e.Again.EscalatesAt)}",
        AlertEvent.Declined e => $"declined by {e.By}{(e.Again is { } again ? $": asks on as step {again.Step}, next at {Seconds(again.EscalatesAt)}" : "")}",
        AlertEvent.Noted e => $"noted by {e.By ?? "the device"}: {e.Text}",
        AlertEvent.Joined e => $"joined {e.Incident}",
        AlertEvent.Left e => $"left{(e.Step > 0 ? $": asks anew as step {e.Step}" : "")}, next at {Seconds(e.EscalatesAt)}",
        AlertEvent.Shelved e => $"shelved by {e.By} until {Seconds(e.Until)}",
        AlertEvent.Unshelved e => $"unshelved by {e.By ?? "nobody"}{(e.Step > 0 ? $": asks anew as step {e.Step}" : "")}, next at {Seconds(e.EscalatesAt)}",
        _ => happened.GetType().Name.ToLowerInvariant(),
    };

    private static string Seconds(DateTimeOffset? at) => at is { } due ? $"{(due - Episode.Start).TotalSeconds} s" : "never";
}
