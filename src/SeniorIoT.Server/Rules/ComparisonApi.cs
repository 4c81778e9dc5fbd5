using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>Rules in force against their shadows.</summary>
internal static class ComparisonApi
{
    private static readonly TimeSpan SpanUsual = TimeSpan.FromDays(30), SpanMax = TimeSpan.FromDays(366);

    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapRuleComparison(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/rules/comparison", Compare).WithTags("Rules").RequireAuthorization().Produces<RuleComparison>().ProducesValidationProblem();
        return routes;
    }

    /// <summary>What a route or a command asks to be compared; only good when <paramref name="faults"/> stays empty.</summary>
    /// <param name="asked">The words of the question; null or empty where nothing is said.</param>
    /// <param name="viewer">What may be seen.</param>
    /// <param name="households">Where areas are found.</param>
    /// <param name="now">The end of the time when none is asked for.</param>
    /// <param name="faults">Where errors go, by the name of the word.</param>
    public static (DateTimeOffset From, DateTimeOffset Until, RulePlace? Place) Read(
        (string? From, string? To, string? Scope, string? Area, string? Rule) asked, AreaScope viewer, HouseholdDirectory households, DateTimeOffset now, Faults faults)
    {
        var untilAt = Instants.Read("to", asked.To, faults) is { } to && to < now ? to : now;
        var fromAt = Instants.Read("from", asked.From, faults) ?? untilAt - SpanUsual;
        if (!faults.Any && fromAt >= untilAt) faults.Add("from", "Must be before to, and not in the future.");
        if (untilAt - fromAt > SpanMax) faults.Add("from", $"Lies more than {SpanMax.TotalDays:0} days before to; compare a shorter time.");
        if (!string.IsNullOrEmpty(asked.Rule) && Rule.All.All(known => known.Id != asked.Rule)) faults.Add("rule", $"There is no rule '{asked.Rule}'; leave it out for all.");
        return (fromAt, untilAt, Place(asked.Scope, asked.Area, viewer, households, faults));
    }

    // An area without a scope is a sub-district or a committee.
    private static RulePlace? Place(string? scope, string? area, AreaScope viewer, HouseholdDirectory households, Faults faults)
    {
        if (string.IsNullOrEmpty(scope) && !string.IsNullOrEmpty(area)) return RulePlace.Of(households.Names.Read("area", area, viewer, faults) ?? Area.District);
        if (string.IsNullOrEmpty(scope) || scope == RuleScopes.District) return null;
        if (!RuleScopes.All.Contains(scope)) faults.Add("scope", $"There is no scope '{scope}'; use {string.Join(", ", RuleScopes.All)}.");
        else if (string.IsNullOrEmpty(area)) faults.Add("area", $"Is required with scope {scope}: its name, or the id of the household.");
        else if (RulePlaces.Find(scope, area, viewer, households, out var meant) is { } place) return place;
        else faults.Add("area", AreaNames.Choice(area, meant));
        return null;
    }

    private static IResult Compare(
        string? from, string? to, string? scope, string? area, string? rule, string? cursor, int? limit, AreaScope viewer, RuleDirectory rules, HouseholdDirectory households,
        ShadowStore store, TimeProvider clock)
    {
        var faults = new Faults();
        var page = PageRequest.Read(cursor, limit, faults);
        var (fromAt, untilAt, place) = Read((from, to, scope, area, rule), viewer, households, clock.GetUtcNow(), faults);
        if (faults.Any) return faults.ToResult();

        var comparison = Comparison.Read(store, [.. ComparedHome.In(rules.Book, households, viewer, place)], fromAt, untilAt);
        var listed = comparison.Pairs.Where(pair => string.IsNullOrEmpty(rule) || pair.First.Rule.Id == rule).Select(pair => (Key: KeyOf(pair), Pair: pair))
            .Where(row => page.After.Length == 0 || string.CompareOrdinal(row.Key, page.After) < 0)
            .OrderByDescending(row => row.Key, StringComparer.Ordinal).Take(page.Limit + 1).ToList();
        var shown = PageRequest.Cut(listed, page.Limit, row => row.Key, row => Comparison.Show(row.Pair));
        return TypedResults.Ok(new RuleComparison(fromAt, untilAt, comparison.Homes.Count, comparison.Months(), comparison.Lines(), shown.Items, shown.Next));
    }

    // Falls from page to page; instants of this century have as many digits.
    private static string KeyOf(FindingPair pair) => $"{pair.First.At.ToUnixTimeMilliseconds()}|{pair.First.Household}|{pair.First.Rule}|{pair.First.Device}";
}
