using System.Security.Claims;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Access;

/// <summary>
/// The part of the district a person may see. As a handler's parameter it is read from whoever sent the request, so a route
/// that touches households takes one and uses it.
/// </summary>
/// <param name="Area">A sub-district or a committee by name; null for the whole district.</param>
internal readonly record struct AreaScope(string? Area)
{
    /// <summary>
    /// SQL that is true for rows inside the scope: needs <c>@area</c> (<see cref="Area"/>) and the columns <c>committee</c> and
    /// <c>sub_district</c>. Rows of no household (null columns) are seen by the whole district only.
    /// </summary>
    public const string Filter = "(@area IS NULL OR committee = @area OR sub_district = @area)";

    /// <summary>The whole district.</summary>
    public static AreaScope Whole => new(null);

    /// <summary>The group of the hub that a connection with this scope joins.</summary>
    public string HubGroup => Area is null ? HouseholdDirectory.District : "area:" + Area;

    /// <summary>The groups of the hub that hear of a household; of what is in no area, the whole district's only.</summary>
    public static IReadOnlyList<string> HubGroupsOf(string committee, string subDistrict) => committee.Length + subDistrict.Length == 0
        ? [HouseholdDirectory.District]
        : [HouseholdDirectory.District, "area:" + committee, "area:" + subDistrict];

    /// <summary>The scope of a person who has logged in.</summary>
    public static AreaScope Of(ClaimsPrincipal person) => new(person.FindFirstValue(UserEntry.AreaClaim));

    /// <summary>For minimal APIs: the scope of the request.</summary>
    public static ValueTask<AreaScope> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    /// <summary>Whether a household of these areas is inside.</summary>
    public bool CanSee(string? committee, string? subDistrict) => Area is null || Area == committee || Area == subDistrict;

    /// <summary>Whether a household is inside.</summary>
    public bool CanSee(HouseholdEntry household) => CanSee(household.Committee, household.SubDistrict);
}
