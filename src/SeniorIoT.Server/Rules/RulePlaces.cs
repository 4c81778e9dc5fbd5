using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Rules;

/// <summary>Places in the words of the API and of the database, and who sees them.</summary>
internal static class RulePlaces
{
    private static readonly (PlaceScope Scope, string Word)[] Words =
    [
        (PlaceScope.Household, RuleScopes.Household), (PlaceScope.Committee, RuleScopes.Committee),
        (PlaceScope.SubDistrict, RuleScopes.SubDistrict), (PlaceScope.District, RuleScopes.District),
    ];

    /// <summary>The word of a scope.</summary>
    public static string WordOf(PlaceScope scope) => Words.First(pair => pair.Scope == scope).Word;

    /// <summary>The place as it is stored; null when there is no such scope, or the district goes by another name.</summary>
    public static RulePlace? Parse(string scope, string area)
    {
        foreach (var (known, word) in Words)
            if (word == scope) return known == PlaceScope.District && area != HouseholdDirectory.District ? null : new RulePlace(known, area);
        return null;
    }

    /// <summary>
    /// The place that a route names, of those that somebody may see; null as for <see cref="Parse"/>, and when several areas have the name: then
    /// <paramref name="meant"/> holds them. A name that no area has is a place without households.
    /// </summary>
    public static RulePlace? Find(string scope, string area, AreaScope viewer, HouseholdDirectory households, out IReadOnlyList<Area> meant)
    {
        meant = [];
        if (Parse(scope, area) is not { Scope: PlaceScope.Committee or PlaceScope.SubDistrict } written) return Parse(scope, area);
        meant = [.. households.Names.Meant(area).Where(one => RulePlace.Of(one).Scope == written.Scope && viewer.CanSee(one))];
        return meant.Count > 1 ? null : RulePlace.Of(meant is [var only] ? only : written.Scope == PlaceScope.SubDistrict ? new Area(area, "") : Area.Unplaced(area));
    }

    /// <summary>What the API calls the area or household of a place.</summary>
    public static string AreaOf(RulePlace place, HouseholdDirectory households) => place.Ground is { } area ? households.Names.Of(area) : place.Area;

    /// <summary>What alerts carry of a version, e.g. <c>committee:江苏路街道·北一居委会-3</c>.</summary>
    public static string NameOf(RulePlace place, int version) => $"{WordOf(place.Scope)}:{place.Title}-{version}";

    /// <summary>Whether any household follows the rules of a place, so that a name that is misspelt does not stay unnoticed.</summary>
    public static bool Exists(RulePlace place, HouseholdDirectory households) => place.Scope switch
    {
        PlaceScope.Household => households.TryGet(place.Area, out _),
        PlaceScope.District => true,
        _ => households.Names.Has(place.Ground!.Value),
    };

    /// <summary>Which of these places somebody sees: those inside the area, not those that lie around it.</summary>
    public static IEnumerable<RulePlace> Visible(IEnumerable<RulePlace> places, AreaScope scope, HouseholdDirectory households) =>
        places.Where(place => place.Ground is { } area ? scope.CanSee(area) : households.TryGet(place.Area, out var home) && scope.CanSee(home));

    /// <summary>Whether somebody sees one place.</summary>
    public static bool IsVisible(RulePlace place, AreaScope scope, HouseholdDirectory households) => Visible([place], scope, households).Any();
}
