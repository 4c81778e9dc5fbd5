using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Ladders;

/// <summary>A ladder in words, step by step.</summary>
public static class LadderSentence
{
    /// <summary>One line for each step, then the repeats and where it ends.</summary>
    public static IEnumerable<string> Lines(NewLadder ladder, Wording words)
    {
        if (ladder.Steps is not { Count: > 0 } steps)
        {
            yield return words["ladders.consoleOnly"];
            yield break;
        }

        foreach (var step in steps)
            yield return words.Say(step.AfterSeconds == 0 ? "ladders.atOnce" : "ladders.after", Roles(step.Roles, words), Span(step.AfterSeconds, words));
        if (ladder.RepeatEverySeconds is { } every)
            yield return words.Say("ladders.repeat", Roles(ladder.RepeatRoles ?? [], words), Span(every, words));
        if (ladder.StopsWhenCleared)
            yield return words["ladders.stopsCleared"];
        if (ladder.StopsAfterMinutes is { } stop)
            yield return words.Say("ladders.stopsAfter", Span(stop * 60, words));
    }

    /// <summary>Roles, joined.</summary>
    public static string Roles(IReadOnlyList<string> roles, Wording words) => string.Join(words["comma"], roles.Select(role => words.Name("role", role)));

    /// <summary>Seconds or minutes, whichever is whole.</summary>
    public static string Span(double seconds, Wording words) =>
        seconds >= 60 && seconds % 60 == 0 ? words.Say("ladders.minutes", seconds / 60) : words.Say("ladders.seconds", seconds);
}
