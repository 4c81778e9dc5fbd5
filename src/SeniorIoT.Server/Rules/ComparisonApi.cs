using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>Rules in force against their shadows.</summary>
internal static class ComparisonApi
{
    private const double HoursAMonth = 730.5;
    private const double MonthsMin = 24 / HoursAMonth; // of less than a day of one home a rate says nothing
    private static readonly TimeSpan SpanUsual = TimeSpan.FromDays(30), SpanMax = TimeSpan.FromDays(366);

    /// <summary>A home whose rules have a shadow, and since when both judge its meter.</summary>
    internal sealed record Home(string HouseholdId, string Run, DateTimeOffset SinceAt);

    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapRuleComparison(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/rules/comparison", Compare).WithTags("Rules").RequireAuthorization().Produces<RuleComparison>().ProducesValidationProblem();
        return routes;
    }

    private static IResult Compare(
        string? from, string? to, string? area, string? rule, string? cursor, int? limit, AreaScope scope, RuleDirectory rules, HouseholdDirectory households,
        ShadowStore store, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        var untilAt = Instants.Read("to", to, faults) is { } asked && asked < now ? asked : now;
        var fromAt = Instants.Read("from", from, faults) ?? untilAt - SpanUsual;
        if (!faults.Any && fromAt >= untilAt) faults.Add("from", "Must be before to, and not in the future.");
        if (untilAt - fromAt > SpanMax) faults.Add("from", $"Lies more than {SpanMax.TotalDays:0} days before to; compare a shorter time.");
        if (!string.IsNullOrEmpty(rule) && Rule.All.All(known => known.Id != rule)) faults.Add("rule", $"There is no rule '{rule}'; leave it out for all.");
        if (faults.Any) return faults.ToResult();

        var homes = Homes(rules.Book, households, scope, area).ToDictionary(home => home.HouseholdId);
        // A little more at both ends, so that what agrees is not torn apart there.
        var findings = store
            .Read(homes.Values.Select(home => home.Run).Distinct(), fromAt - ShadowComparison.AgreeWithin, untilAt + ShadowComparison.AgreeWithin)
            .Where(finding => homes.ContainsKey(finding.Household.Value)).ToList();
        var pairs = ShadowComparison.Pair(findings).Where(pair => IsIn(pair.Live) || IsIn(pair.Shadow)).ToList();
        var months = homes.Values.Sum(home => Math.Max(0, (untilAt - (home.SinceAt > fromAt ? home.SinceAt : fromAt)).TotalHours)) / HoursAMonth;
        var listed = pairs.Where(pair => string.IsNullOrEmpty(rule) || pair.First.Rule.Id == rule).Select(pair => (Key: KeyOf(pair), Pair: pair))
            .Where(row => page.After.Length == 0 || string.CompareOrdinal(row.Key, page.After) < 0)
            .OrderByDescending(row => row.Key, StringComparer.Ordinal).Take(page.Limit + 1).ToList();
        var shown = PageRequest.Cut(listed, page.Limit, row => row.Key, row => Show(row.Pair));
        return TypedResults.Ok(new RuleComparison(
            fromAt, untilAt, homes.Count, months,
            [.. ShadowComparison.Tally(pairs, [.. findings.Where(finding => finding.IsKnownLate && IsIn(finding))]).Select(tally => Show(tally, months))],
            shown.Items, shown.Next));

        bool IsIn(ComparableFinding? finding) => finding is not null && finding.At >= fromAt && finding.At < untilAt;
    }

    /// <summary>Homes with a meter whose rules have a shadow.</summary>
    internal static IEnumerable<Home> Homes(RuleBook book, HouseholdDirectory households, AreaScope scope, string? area)
    {
        if (!book.HasShadow) yield break;
        foreach (var household in households.All)
        {
            if (!scope.CanSee(household) || !(string.IsNullOrEmpty(area) || new AreaScope(area).CanSee(household))) continue;
            if (book.InForce(household.HouseholdId, household.Committee, household.SubDistrict).Shadow is not { } shadow) continue;
            var enrolled = household.Devices.Where(device => device.Kind == "water").Select(device => (DateTimeOffset?)device.EnrolledAt).Min();
            if (enrolled is { } at) yield return new Home(household.HouseholdId, shadow.Run, at > shadow.SinceAt ? at : shadow.SinceAt);
        }
    }

    // Falls from page to page; instants of this century have as many digits.
    private static string KeyOf(FindingPair pair) => $"{pair.First.At.ToUnixTimeMilliseconds()}|{pair.First.Household}|{pair.First.Rule}";

    private static RuleComparisonLine Show(RuleTally tally, double months) => new(
        tally.Rule.Id, tally.Both + tally.LiveOnly, tally.Both + tally.ShadowOnly,
        months >= MonthsMin ? (tally.Both + tally.LiveOnly) / months : null, months >= MonthsMin ? (tally.Both + tally.ShadowOnly) / months : null,
        tally.LiveHomes, tally.ShadowHomes, tally.Both, tally.LiveOnly, tally.ShadowOnly, tally.MedianHoursEarlier, tally.LiveKnownLate, tally.ShadowKnownLate);

    private static ComparedFinding Show(FindingPair pair) => new(
        pair.First.Household.Value, pair.First.Device.Value, pair.First.Rule.Id, pair.First.At, Show(pair.Live), Show(pair.Shadow));

    private static RecordedFinding? Show(ComparableFinding? finding) => finding is null ? null : new(finding.At, finding.ClearedAt, AlertView.Of(finding.Evidence));
}
