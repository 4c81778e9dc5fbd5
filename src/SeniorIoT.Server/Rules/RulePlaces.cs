using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
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

    /// <summary>The place that a route names; null when there is no such scope, or the district goes by another name.</summary>
    public static RulePlace? Parse(string scope, string area)
    {
        foreach (var (known, word) in Words)
            if (word == scope) return known == PlaceScope.District && area != HouseholdDirectory.District ? null : new RulePlace(known, area);
        return null;
    }

    /// <summary>What alerts carry of a version, e.g. <c>committee:江苏路一居-3</c>.</summary>
    public static string NameOf(RulePlace place, int version) => $"{WordOf(place.Scope)}:{place.Area}-{version}";

    /// <summary>Whether any household follows the rules of a place, so that a name that is misspelt does not stay unnoticed.</summary>
    public static bool Exists(RulePlace place, HouseholdDirectory households) => place.Scope switch
    {
        PlaceScope.Household => households.TryGet(place.Area, out _),
        PlaceScope.Committee => households.All.Any(home => home.Committee == place.Area),
        PlaceScope.SubDistrict => households.All.Any(home => home.SubDistrict == place.Area),
        _ => true,
    };

    /// <summary>Which of these places somebody sees: those inside the area, not those that lie around it.</summary>
    public static IEnumerable<RulePlace> Visible(IEnumerable<RulePlace> places, AreaScope scope, HouseholdDirectory households)
    {
        if (scope.Area is null) return places;
        var committees = new Lazy<HashSet<string>>(() => [.. households.All.Where(scope.CanSee).Select(home => home.Committee)]);
        return places.Where(place => place.Scope switch
        {
            PlaceScope.Household => households.TryGet(place.Area, out var home) && scope.CanSee(home),
            PlaceScope.Committee => place.Area == scope.Area || committees.Value.Contains(place.Area),
            PlaceScope.SubDistrict => place.Area == scope.Area,
            _ => false,
        });
    }

    /// <summary>Whether somebody sees one place.</summary>
    public static bool IsVisible(RulePlace place, AreaScope scope, HouseholdDirectory households) => Visible([place], scope, households).Any();
}
