using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Server.Alerts;

/// <summary>Keys of alert grains: <c>{household}/{rule}</c>, or <c>{household}/{rule}/{device}</c> for findings about a device.</summary>
internal static class AlertKey
{
    public static string Of(Rule rule, HouseholdId household, DeviceId device) =>
        rule.Scope == RuleScope.Device ? $"{household}/{rule.Id}/{device}" : $"{household}/{rule.Id}";
}
