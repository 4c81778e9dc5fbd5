using System.Security.Claims;
using SeniorIoT.Server.Households;
using Area = SeniorIoT.Domain.Households.Area;

namespace SeniorIoT.Server.Access;

/// <summary>
/// The part of the district a person may see. As a handler's parameter it is read from whoever sent the request, so a route
/// that touches households takes one and uses it.
/// </summary>
/// <param name="Area">A sub-district or a committee; null for the whole district.</param>
internal readonly record struct AreaScope(Area? Area)
{
    /// <summary>
    /// SQL that is true for rows inside the scope: needs <c>@area</c> (<see cref="Area"/>, see <see cref="Storage.SqliteCommands"/>) and the columns <c>committee</c> and
    /// <c>sub_district</c>. Rows of no household (null columns) are seen by the whole district only.
    /// </summary>
    public const string Filter = "(@area IS NULL OR sub_district = @area ->> 0 AND @area ->> 1 IN ('', committee))";

    /// <summary>The whole district.</summary>
    public static AreaScope Whole => new(null);

    /// <summary>The group of the hub that a connection with this scope joins.</summary>
    public string HubGroup => (Area ?? Domain.Households.Area.District).Key;

    /// <summary>The groups of the hub that hear of a household; of what is in no area, the whole district's only.</summary>
    public static IReadOnlyList<string> HubGroupsOf(Area place) => [.. place.Around.Select(area => area.Key)];

    /// <summary>What people of an area may see.</summary>
    public static AreaScope Of(Area area) => new(area == Domain.Households.Area.District ? null : area);

    /// <summary>The scope of a person who has logged in.</summary>
    public static AreaScope Of(ClaimsPrincipal person) => person.FindFirstValue(UserEntry.AreaClaim) is { } key ? new(Domain.Households.Area.Parse(key)!.Value) : Whole;

    /// <summary>For minimal APIs: the scope of the request.</summary>
    public static ValueTask<AreaScope> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <summary>Whether what belongs to this area is inside.</summary>
    public bool CanSee(Area place) => Area is null || Area.Value.Contains(place);

    /// <summary>Whether a household is inside.</summary>
    public bool CanSee(HouseholdEntry household) => CanSee(household.Area);
}
