using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Rules;

/// <summary>Says what a trial of other rules has shown.</summary>
public static class ComparisonSentence
{
    /// <summary>The whole of it: how many alerts, how many of them the same, and by how much sooner or later.</summary>
    public static string Of(RuleComparison comparison, Wording words)
    {
        if (comparison.Homes == 0)
            return words["compare.noHomes"];
        if (comparison.HouseholdMonths <= 0)
            return words.Say("compare.noTime", comparison.Homes);
        var (lines, days) = (comparison.Rules, Number((comparison.To - comparison.From).TotalDays, "0"));
        if (lines.Count == 0)
            return words.Say("compare.nothing", days, comparison.Homes);
        List<string> said =
        [
            words.Say("compare.counts", days, comparison.Homes, lines.Sum(line => line.Shadow), lines.Sum(line => line.Live)),
            words.Say("compare.same", lines.Sum(line => line.Both), lines.Sum(line => line.LiveOnly), lines.Sum(line => line.ShadowOnly)),
        ];
        said.AddRange(lines.Where(line => line.Both > 0).Select(line => words.Say("compare.ofRule", words.Name("rule", line.Rule), line.Both, Earlier(line.MedianHoursEarlier, words))));
        return string.Join(words["compare.join"], said) + words["evidence.stop"];
    }

    /// <summary>Hours by which the trial was sooner, in words; nothing to compare is a dash.</summary>
    public static string Earlier(double? hours, Wording words) => hours switch
    {
        null => "–",
        >= 0.05 => words.Say("compare.earlier", Number(hours.Value)),
        <= -0.05 => words.Say("compare.later", Number(-hours.Value)),
        _ => words["compare.sameTime"],
    };

    /// <summary>A number of alerts for each household-month; a dash when no time has passed.</summary>
    public static string PerMonth(double? value) => value is { } known ? Number(known, "0.00") : "–";

    internal static string Number(double value, string format = "0.#") => value.ToString(format, CultureInfo.InvariantCulture);
}
