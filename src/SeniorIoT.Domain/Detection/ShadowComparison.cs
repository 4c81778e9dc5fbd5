using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>What one of two sets that run beside each other found.</summary>
/// <param name="Household">Where.</param>
/// <param name="Device">By which device.</param>
/// <param name="Rule">Which rule.</param>
/// <param name="IsShadow">Whether the shadow found it; false: the set in force.</param>
/// <param name="At">When the condition became true.</param>
/// <param name="ClearedAt">When it was over; null while it lasts.</param>
/// <param name="IsKnownLate">Whether it was over before it became known, so that nobody would be told.</param>
/// <param name="Evidence">What it rests on.</param>
public sealed record ComparableFinding(
    HouseholdId Household, DeviceId Device, Rule Rule, bool IsShadow, DateTimeOffset At, DateTimeOffset? ClearedAt, bool IsKnownLate, Evidence Evidence);

/// <summary>What both found, or one alone.</summary>
/// <param name="Live">Of the set in force.</param>
/// <param name="Shadow">Of the shadow.</param>
public sealed record FindingPair(ComparableFinding? Live, ComparableFinding? Shadow)
{
    /// <summary>One of the two; of both the earlier.</summary>
    public ComparableFinding First => Live is null || Shadow?.At < Live.At ? Shadow! : Live;
}

/// <summary>One rule in a comparison.</summary>
/// <param name="Rule">Which.</param>
/// <param name="LiveHomes">Homes with any finding of the set in force.</param>
/// <param name="ShadowHomes">Homes with any finding of the shadow.</param>
/// <param name="Both">Findings on which both agree.</param>
/// <param name="LiveOnly">Findings that the shadow does not have.</param>
/// <param name="ShadowOnly">Findings that only the shadow has.</param>
/// <param name="MedianHoursEarlier">How much earlier the shadow was where both agree, below 0 when later; null when they never do.</param>
/// <param name="LiveKnownLate">Conditions over before they were known, in none of the other figures.</param>
/// <param name="ShadowKnownLate">The same of the shadow.</param>
public sealed record RuleTally(
    Rule Rule, int LiveHomes, int ShadowHomes, int Both, int LiveOnly, int ShadowOnly, double? MedianHoursEarlier, int LiveKnownLate, int ShadowKnownLate);

/// <summary>The arithmetic of comparing two sets that ran beside each other.</summary>
public static class ShadowComparison
{
    /// <summary>Findings of the same rule in the same home agree when they are no further apart than this: one visit would have answered both.</summary>
    public static readonly TimeSpan AgreeWithin = TimeSpan.FromHours(12);

    /// <summary>
    /// Puts findings side by side, newest first. In each home and rule, and of rules about one device for each device, the earliest go together first, which leaves as few alone as can be. Those that were known
    /// late are left out.
    /// </summary>
    public static IReadOnlyList<FindingPair> Pair(IEnumerable<ComparableFinding> findings)
    {
        List<FindingPair> pairs = [];
        foreach (var same in findings.Where(finding => !finding.IsKnownLate).GroupBy(finding => (finding.Household, finding.Rule, Device: finding.Rule.Scope == RuleScope.Device ? finding.Device : default)))
        {
            var live = new Queue<ComparableFinding>(same.Where(finding => !finding.IsShadow).OrderBy(finding => finding.At));
            var shadow = new Queue<ComparableFinding>(same.Where(finding => finding.IsShadow).OrderBy(finding => finding.At));
            while (live.Count > 0 || shadow.Count > 0)
            {
                if (shadow.Count == 0) pairs.Add(new(live.Dequeue(), null));
                else if (live.Count == 0) pairs.Add(new(null, shadow.Dequeue()));
                else if ((live.Peek().At - shadow.Peek().At).Duration() <= AgreeWithin) pairs.Add(new(live.Dequeue(), shadow.Dequeue()));
                else if (live.Peek().At < shadow.Peek().At) pairs.Add(new(live.Dequeue(), null));
                else pairs.Add(new(null, shadow.Dequeue()));
            }
        }

        return [.. pairs
            .OrderByDescending(pair => pair.First.At)
            .ThenBy(pair => pair.First.Household.Value, StringComparer.Ordinal)
            .ThenBy(pair => pair.First.Rule.Id, StringComparer.Ordinal)];
    }

    /// <summary>Counts pairs by rule, in the order of <see cref="Rule.All"/>; rules that found nothing are left out.</summary>
    /// <param name="pairs">What <see cref="Pair"/> made.</param>
    /// <param name="knownLate">The findings that were known late.</param>
    public static IReadOnlyList<RuleTally> Tally(IReadOnlyList<FindingPair> pairs, IReadOnlyList<ComparableFinding> knownLate)
    {
        var byRule = pairs.ToLookup(pair => pair.First.Rule);
        var lateByRule = knownLate.ToLookup(finding => finding.Rule);
        return [.. Rule.All.Where(rule => byRule.Contains(rule) || lateByRule.Contains(rule)).Select(rule => new RuleTally(
            rule,
            Homes(byRule[rule].Select(pair => pair.Live)),
            Homes(byRule[rule].Select(pair => pair.Shadow)),
            byRule[rule].Count(pair => pair is { Live: not null, Shadow: not null }),
            byRule[rule].Count(pair => pair.Shadow is null),
            byRule[rule].Count(pair => pair.Live is null),
            Median(byRule[rule].Where(pair => pair is { Live: not null, Shadow: not null }).Select(pair => (pair.Live!.At - pair.Shadow!.At).TotalHours)),
            lateByRule[rule].Count(finding => !finding.IsShadow),
            lateByRule[rule].Count(finding => finding.IsShadow)))];
    }

    private static int Homes(IEnumerable<ComparableFinding?> findings) => findings.OfType<ComparableFinding>().Select(finding => finding.Household).Distinct().Count();

    private static double? Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? null : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
