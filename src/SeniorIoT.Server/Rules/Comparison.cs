using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>A home whose rules have a shadow.</summary>
/// <param name="HouseholdId">Which.</param>
/// <param name="Run">See <see cref="ShadowRules.Run"/>.</param>
/// <param name="SinceAt">Since when both sets judge its devices, by kind; at least one.</param>
internal sealed record ComparedHome(string HouseholdId, string Run, IReadOnlyDictionary<string, DateTimeOffset> SinceAt)
{
    private static readonly string[] Kinds = ["water", "smoke", "sos"];

    /// <summary>Homes inside a scope, and in one place of it, that have a device to judge and a shadow.</summary>
    public static IEnumerable<ComparedHome> In(RuleBook book, HouseholdDirectory households, AreaScope scope, RulePlace? place)
    {
        if (!book.HasShadow) yield break;
        foreach (var household in households.All)
        {
            if (!scope.CanSee(household) || !IsIn(household, place)) continue;
            if (book.InForce(household.HouseholdId, household.Area).Shadow is not { } shadow) continue;
            var since = household.Devices.Where(device => Kinds.Contains(device.Kind)).GroupBy(device => device.Kind)
                .ToDictionary(devices => devices.Key, devices => devices.Min(device => device.EnrolledAt > shadow.SinceAt ? device.EnrolledAt : shadow.SinceAt));
            if (since.Count > 0) yield return new(household.HouseholdId, shadow.Run, since);
        }
    }

    /// <summary>Since when a rule is judged here by both; null when nothing here can break it.</summary>
    public DateTimeOffset? Since(Rule? rule) => SinceAt.Where(kind => rule is null || KindsOf(rule).Contains(kind.Key)).Select(kind => (DateTimeOffset?)kind.Value).Min();

    private static bool IsIn(HouseholdEntry household, RulePlace? place) =>
        place is not { } one || (one.Ground is { } area ? area.Contains(household.Area) : household.HouseholdId == one.Area);

    private static string[] KindsOf(Rule rule) => rule.Id switch
    {
        "smoke-nuisance" or "end-of-life" => ["smoke"],
        "untested" => ["smoke", "sos"],
        "low-battery" or "tamper" or "fault" or "clock" => Kinds,
        _ => ["water"],
    };
}

/// <summary>Rules in force and their shadows in the same homes over the same time.</summary>
/// <param name="From">Start of the time.</param>
/// <param name="Until">End of it.</param>
/// <param name="Homes">The homes.</param>
/// <param name="Pairs">What one found beside what the other found, newest first.</param>
/// <param name="KnownLate">What was over before it was known, newest first.</param>
internal sealed record Comparison(
    DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<ComparedHome> Homes, IReadOnlyList<FindingPair> Pairs, IReadOnlyList<ComparableFinding> KnownLate)
{
    private const double HoursAMonth = 730.5;
    private const double MonthsMin = 24 / HoursAMonth; // of less than a day of one home a rate says nothing

    /// <summary>Reads it.</summary>
    public static Comparison Read(ShadowStore store, IReadOnlyList<ComparedHome> homes, DateTimeOffset from, DateTimeOffset until)
    {
        var ids = homes.Select(home => home.HouseholdId).ToHashSet(StringComparer.Ordinal);
        // A little more at both ends, so that what agrees is not torn apart there.
        var findings = store
            .Read(homes.Select(home => home.Run).Distinct(), from - ShadowComparison.AgreeWithin, until + ShadowComparison.AgreeWithin)
            .Where(finding => ids.Contains(finding.Household.Value)).ToList();
        return new(
            from, until, homes, [.. ShadowComparison.Pair(findings).Where(pair => IsIn(pair.Live) || IsIn(pair.Shadow))],
            [.. findings.Where(finding => finding.IsKnownLate && IsIn(finding)).OrderByDescending(finding => finding.At)]);

        bool IsIn(ComparableFinding? finding) => finding is not null && finding.At >= from && finding.At < until;
    }

    /// <summary>Time in which both sets ran, in months of 730.5 hours, over all homes.</summary>
    /// <param name="rule">Only where this rule is judged; null for any.</param>
    public double Months(Rule? rule = null) =>
        Homes.Sum(home => home.Since(rule) is { } since ? Math.Max(0, (Until - (since > From ? since : From)).TotalHours) : 0) / HoursAMonth;

    /// <summary>One line for each rule that found something.</summary>
    public IReadOnlyList<RuleComparisonLine> Lines() => [.. ShadowComparison.Tally(Pairs, KnownLate).Select(tally =>
    {
        var months = Months(tally.Rule);
        return new RuleComparisonLine(
            tally.Rule.Id, tally.Both + tally.LiveOnly, tally.Both + tally.ShadowOnly,
            months >= MonthsMin ? (tally.Both + tally.LiveOnly) / months : null, months >= MonthsMin ? (tally.Both + tally.ShadowOnly) / months : null,
            tally.LiveHomes, tally.ShadowHomes, tally.Both, tally.LiveOnly, tally.ShadowOnly, tally.MedianHoursEarlier, tally.LiveKnownLate, tally.ShadowKnownLate);
    })];

    /// <summary>A pair as the API shows it.</summary>
    public static ComparedFinding Show(FindingPair pair) => new(
        pair.First.Household.Value, pair.First.Device.Value, pair.First.Rule.Id, pair.First.At, Show(pair.Live), Show(pair.Shadow));

    private static RecordedFinding? Show(ComparableFinding? finding) => finding is null ? null : new(finding.At, finding.ClearedAt, AlertView.Of(finding.Evidence));
}
