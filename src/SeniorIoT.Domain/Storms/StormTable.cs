using System.Text.Json.Serialization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Domain.Storms;

/// <summary>What may fail at once, the smallest first.</summary>
public enum StormScope
{
    /// <summary>A building: its riser, its switch, its pump.</summary>
    Building,

    /// <summary>What speaks through one gateway.</summary>
    Gateway,

    /// <summary>A sub-district: a main, a feeder, a cell of the network.</summary>
    SubDistrict,

    /// <summary>The whole district: an operator's network, or ourselves.</summary>
    District,
}

/// <summary>A place where something may fail at once.</summary>
/// <param name="Scope">What kind of place.</param>
/// <param name="Name">Address of the building, id of the gateway, name of the sub-district; empty for the district.</param>
public sealed record StormPlace(StormScope Scope, string Name)
{
    /// <summary>The committee of a building, whose address another may have too; null for every other place.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Area? In { get; init; }
}

/// <summary>When alerts of one family in one place are one incident.</summary>
/// <param name="Homes">At least so many homes …</param>
/// <param name="Share">… which are at least this share of the homes there, 0 to 1 …</param>
/// <param name="Within">… raise one within this time.</param>
public sealed record StormLimit(int Homes, double Share, TimeSpan Within);

/// <summary>
/// The numbers of incidents. Our own choice, as no standard gives any: small enough that an outage is one text, large enough that
/// two neighbours who both let the water run are not taken for one.
/// </summary>
public static class StormTable
{
    /// <summary>Alerts that an outage of power or network makes: a device is not heard, or a whole home.</summary>
    public const string Silence = "silence";

    /// <summary>Alerts that trouble in the main makes: water stops, or runs without end.</summary>
    public const string Water = "water";

    /// <summary>An incident ends when no more than this share of <see cref="StormLimit.Homes"/> still have their trouble: half, so that it does not open and end in turn.</summary>
    public const double EndsAtShare = 0.5;

    /// <summary>
    /// A wide place is one incident only if so much of its limit is outside any one smaller incident that is open: half. Else a tower without power,
    /// and one meter elsewhere whose battery is empty, would be an outage of the sub-district.
    /// </summary>
    public const double ElsewhereShare = 0.5;

    /// <summary>The committee and the supervisor hear of it again each time it has grown by this factor.</summary>
    public const int TellsAgainAtFactor = 3;

    /// <summary>
    /// The longest that an incident holds its members' own ladders. Water: half a day, because behind each no-water is a person. Else
    /// three days, as technical findings tell nobody but the console anyway.
    /// </summary>
    public static TimeSpan LastsAtMost(string family) => family == Water ? TimeSpan.FromHours(12) : TimeSpan.FromHours(72);

    /// <summary>The family of a rule, whose alerts may be one incident; null for what never is: calls for help, the platform itself, and findings that sum up others.</summary>
    public static string? FamilyOf(Rule rule) =>
        rule.Priority == Priority.P1 || rule.Scope == RuleScope.System || rule.IsSummary ? null
        : rule == Rule.Silent || rule == Rule.HomeSilent ? Silence
        : rule == Rule.NoWater || rule == Rule.Burst ? Water
        : rule.Id;

    /// <summary>The rules of a family.</summary>
    public static IReadOnlyList<Rule> RulesOf(string family) => [.. Rule.All.Where(rule => FamilyOf(rule) == family)];

    /// <summary>The longest <see cref="StormLimit.Within"/>.</summary>
    public static TimeSpan WithinMax { get; } = TimeSpan.FromHours(2);

    /// <summary>The limit of a kind of place for a family.</summary>
    public static StormLimit LimitOf(StormScope scope, string family)
    {
        // Devices fall silent as they were last heard, over hours; so do homes without water. Other things break at once.
        var within = family is Silence or Water ? WithinMax : TimeSpan.FromMinutes(30);
        return scope switch
        {
            // Five homes: fewer can be told one by one. Nearly a third: in a tower of a hundred, five are chance.
            StormScope.Building => new(5, 0.3, within),
            // Half: what speaks through one gateway falls out together or not at all.
            StormScope.Gateway => new(5, 0.5, within),
            // A meter that is read once a day may bring a fifth of all homes at midnight: that is no storm of water.
            StormScope.SubDistrict => new(20, family == Water ? 0.3 : 0.15, within),
            StormScope.District => new(60, family == Water ? 0.3 : 0.1, within),
            _ => throw new ArgumentOutOfRangeException(nameof(scope), scope, "There are four kinds of places."),
        };
    }
}
