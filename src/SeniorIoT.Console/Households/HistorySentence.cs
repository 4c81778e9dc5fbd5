using System.Globalization;
using System.Text.RegularExpressions;
using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Households;

/// <summary>Says what a line of a household's history says, in the chosen language and on the centre's clock.</summary>
public static partial class HistorySentence
{
    private const string OldSuffix = "-history";

    /// <summary>What it was; an old alarm by its rule.</summary>
    public static string Kind(HistoryEntry entry, Wording words) => entry.Kind.EndsWith(OldSuffix, StringComparison.Ordinal)
        ? $"{words.Name("rule", entry.Kind[..^OldSuffix.Length])} · {words["history.old"]}"
        : words.Name("history", entry.Kind);

    /// <summary>Its note.</summary>
    public static string Note(HistoryEntry entry, Wording words, DateTimeOffset now)
    {
        if (Span().Match(entry.Note) is not { Success: true } span)
            return words.FromServer(entry.Note);
        return $"{words.Name("rule", span.Groups[1].Value)} · {words.Say("away.span", At(span.Groups[2]), At(span.Groups[3]))}";

        string At(Group group) => Times.Moment(DateTimeOffset.Parse(group.Value, CultureInfo.InvariantCulture), now);
    }

    [GeneratedRegex(@"^([\w-]+) from (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ) to (\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ), known only afterwards$")]
    private static partial Regex Span();
}
