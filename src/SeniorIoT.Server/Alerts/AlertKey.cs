using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Server.Alerts;

/// <summary>
/// Keys of alert grains: <c>{household}/{rule}</c>, <c>{household}/{rule}/{device}</c> for findings about a device, and
/// <c>@system/{rule}</c> for the platform itself.
/// </summary>
internal static class AlertKey
{
    public static string Of(Rule rule, HouseholdId household, DeviceId device) => rule.Scope switch
    {
        RuleScope.Household => $"{household}/{rule.Id}",
        RuleScope.Device => $"{household}/{rule.Id}/{device}",
        RuleScope.System => OfSystem(rule),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The key of a rule about the platform itself.</summary>
    public static string OfSystem(Rule rule) => $"{Rule.SystemSubject}/{rule.Id}";
}
