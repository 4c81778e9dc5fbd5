using System.Globalization;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Alerts;

/// <summary>Says what a line of the record says: the server's own words in the chosen language, people's words as they wrote them.</summary>
public static partial class TimelineSentence
{
    /// <summary>Who and what, with times as seen at <paramref name="now"/>; empty when the line's kind says it all.</summary>
    public static string Of(TimelineEntry entry, Wording words, DateTimeOffset now) =>
        string.Join(" · ", new[] { entry.By, Text(entry, words, now) }.Where(part => !string.IsNullOrEmpty(part)));

    private static string Text(TimelineEntry entry, Wording words, DateTimeOffset now)
    {
        if (entry.Kind == "escalated" && Step().Match(entry.Text) is { Success: true } step)
            return words.Say("timeline.step", int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture) + 1, words.FromServer(step.Groups[2].Value));
        if (entry.Kind == "told" && Told().Match(entry.Text) is { Success: true } told)
        {
            var numbers = words.Say("timeline.toldOf", int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture) + 1, told.Groups[2].Value, told.Groups[3].Value);
            return told.Groups[4].Success ? words.Say("timeline.toldWhy", numbers, words.FromServer(told.Groups[4].Value)) : numbers;
        }

        if (entry.Kind == "repeated" && Again().Match(entry.Text) is { Success: true } again)
            return words.Say("timeline.again", Times.Stamp(DateTimeOffset.Parse(again.Groups[1].Value, CultureInfo.InvariantCulture), now));
        if (entry.Kind == "called_again" && AgainAt().Match(entry.Text) is { Success: true } called)
            return words.Say("timeline.again", Times.Stamp(DateTimeOffset.Parse(called.Groups[1].Value, CultureInfo.InvariantCulture), now));
        if (entry.Kind == "handed_over")
            return HandedTo(entry.Text, words);
        if (entry.Kind == "regraded" && Grades().Match(entry.Text) is { Success: true } grades)
            return words.Say("timeline.grades", grades.Groups[1].Value, grades.Groups[2].Value, grades.Groups[3].Value);
        if (entry.Kind == "closed")
        {
            var parts = entry.Text.Split(": ", 2);
            return words.Name("outcome", parts[0]) + (parts.Length > 1 ? ": " + parts[1] : "");
        }

        if (entry.By is null)
            return words.FromServer(entry.Text);
        // Behind the answer stand the person's own words.
        var said = entry.Text.Split(" · ", 2);
        return words.Name("smsReply", said[0]) + (said.Length > 1 ? $" “{said[1]}”" : "");
    }

    /// <summary>From where a person acted, in the chosen language; null when the record does not say.</summary>
    public static string? Origin(TimelineEntry entry, Wording words)
    {
        if (entry.From?.Split(' ') is not [_, ..] parts)
            return null;
        return parts[0] switch
        {
            "console" => words.Say("from.console", parts[^1]),
            "SMS" => words.Say("from.sms", parts[^1]),
            "phone" => words.Say("from.page", parts[^1]),
            _ => entry.From,
        };
    }

    private static string HandedTo(string text, Wording words)
    {
        var parts = text.Split(": ", 2);
        return words.Say("timeline.to", parts[0]) + (parts.Length > 1 ? ": " + parts[1] : "");
    }

    [GeneratedRegex(@"^called again at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)$")]
    private static partial Regex AgainAt();

    [GeneratedRegex(@"^(P\d) to (P\d): (.*)$", RegexOptions.Singleline)]
    private static partial Regex Grades();

    [GeneratedRegex(@"^step (\d{1,6}): (\d+) homes, (\d+) alerts(?:; (.+))?$")]
    private static partial Regex Told();

    [GeneratedRegex(@"^step (\d{1,6}): (.+)$", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex(@"^the same again, at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)$")]
    private static partial Regex Again();
}
