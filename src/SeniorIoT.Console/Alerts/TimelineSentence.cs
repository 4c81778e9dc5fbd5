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
        if (entry.Kind == "repeated" && Again().Match(entry.Text) is { Success: true } again)
            return words.Say("timeline.again", Times.Stamp(DateTimeOffset.Parse(again.Groups[1].Value, CultureInfo.InvariantCulture), now));
        if (entry.Kind == "closed")
        {
            var parts = entry.Text.Split(": ", 2);
            return words.Name("outcome", parts[0]) + (parts.Length > 1 ? ": " + parts[1] : "");
        }

        return entry.By is null ? words.FromServer(entry.Text) : words.Name("smsReply", entry.Text);
    }

    [GeneratedRegex(@"^step (\d{1,6}): (.+)$", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex(@"^the same again, at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ)$")]
    private static partial Regex Again();
}
