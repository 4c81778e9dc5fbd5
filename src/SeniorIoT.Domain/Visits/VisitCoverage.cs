using SeniorIoT.Domain.Households;

namespace SeniorIoT.Domain.Visits;

/// <summary>A household that is to be visited.</summary>
/// <param name="Household">Its id.</param>
/// <param name="Committee">Its committee.</param>
/// <param name="SubDistrict">Its sub-district.</param>
public sealed record VisitedHome(HouseholdId Household, string Committee, string SubDistrict);

/// <summary>How far the monthly duty is met in a committee.</summary>
/// <param name="SubDistrict">Its sub-district.</param>
/// <param name="Committee">The committee.</param>
/// <param name="Households">Households there.</param>
/// <param name="Seen">Of these, seen in the month.</param>
public sealed record AreaCoverage(string SubDistrict, string Committee, int Households, int Seen)
{
    /// <summary>0 to 1; the goal is 1 (the ministries' goal for the end of 2025: everybody once a month).</summary>
    public double Share => Households == 0 ? 1 : (double)Seen / Households;
}

/// <summary>A household, and when it was seen.</summary>
/// <param name="Home">Which.</param>
/// <param name="SeenAt">When it was seen last; null: never.</param>
public readonly record struct SeenHome(VisitedHome Home, DateTimeOffset? SeenAt);

/// <summary>A household that nobody has seen for too long.</summary>
/// <param name="Home">Which.</param>
/// <param name="SeenAt">When it was seen last; null: never.</param>
/// <param name="Days">Whole days since; null: never.</param>
public sealed record OverdueHome(VisitedHome Home, DateTimeOffset? SeenAt, int? Days);

/// <summary>The monthly duty to see everybody.</summary>
public static class VisitCoverage
{
    /// <summary>After so many days without being seen a household is overdue.</summary>
    public const int DaysMax = 31;

    /// <summary>How far it is met, by committee; households that share a name of committee but not of sub-district are kept apart.</summary>
    /// <param name="homes">Every household.</param>
    /// <param name="seen">Those seen in the month, see <see cref="VisitRules.IsSeen"/>.</param>
    public static IReadOnlyList<AreaCoverage> Of(IEnumerable<VisitedHome> homes, IReadOnlySet<HouseholdId> seen) =>
    [
        .. homes.GroupBy(home => (home.SubDistrict, home.Committee))
            .Select(area => new AreaCoverage(area.Key.SubDistrict, area.Key.Committee, area.Count(), area.Count(home => seen.Contains(home.Household))))
            .OrderBy(area => area.Share).ThenBy(area => area.SubDistrict, StringComparer.Ordinal).ThenBy(area => area.Committee, StringComparer.Ordinal),
    ];

    /// <summary>Households in the order in which they should be visited: those never seen first, then those seen longest ago; by id where that is the same.</summary>
    /// <param name="homes">Every household.</param>
    /// <param name="seenAt">When each was seen last.</param>
    public static SeenHome[] LongestUnseen(IEnumerable<VisitedHome> homes, IReadOnlyDictionary<HouseholdId, DateTimeOffset> seenAt)
    {
        SeenHome[] all = [.. homes.Select(home => new SeenHome(home, seenAt.TryGetValue(home.Household, out var at) ? at : null))];
        Array.Sort(all, (one, other) => (one.SeenAt ?? DateTimeOffset.MinValue).CompareTo(other.SeenAt ?? DateTimeOffset.MinValue) is var order and not 0
            ? order : string.CompareOrdinal(one.Home.Household.Value, other.Home.Household.Value));
        return all;
    }

    /// <summary>Of these, households not seen for <paramref name="days"/> or more, in the same order.</summary>
    /// <param name="inOrder">See <see cref="LongestUnseen"/>.</param>
    /// <param name="days">Days, 1 or more.</param>
    /// <param name="now">The moment of asking.</param>
    public static IEnumerable<OverdueHome> Overdue(IEnumerable<SeenHome> inOrder, int days, DateTimeOffset now) =>
        inOrder.TakeWhile(home => home.SeenAt is not { } at || now - at >= TimeSpan.FromDays(days))
            .Select(home => new OverdueHome(home.Home, home.SeenAt, home.SeenAt is { } at ? (int)(now - at).TotalDays : null));

    /// <summary>The moments at which a month of the district's calendar begins and ends.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until) MonthOf(int year, int month, TimeZoneInfo zone)
    {
        var first = new DateOnly(year, month, 1);
        return (LocalTime.StartOf(first, zone), LocalTime.StartOf(first.AddMonths(1), zone));
    }
}
