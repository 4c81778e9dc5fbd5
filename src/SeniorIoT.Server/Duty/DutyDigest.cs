using SeniorIoT.Api;

namespace SeniorIoT.Server.Duty;

/// <summary>What the daily digest says of whom can be told.</summary>
internal static class DutyDigest
{
    /// <summary>Its lines in both languages.</summary>
    public static IEnumerable<string> Lines(DutySummary found) =>
    [
        $"无人可通知的住户 households with nobody to tell: {found.Nobody}; 只有联系不上的人 only unreachable people: {found.OnlyUnreachable}; 只有一人 only one person: {found.OnlyOne}",
        $"没有结对志愿者的住户 households without a volunteer: {found.LacksVolunteer}; 结对超过 1:{found.PairingMax} 的志愿者 volunteers with more than {found.PairingMax} households: {found.OverloadedVolunteers} / {found.Volunteers}",
        $"联系不上的人 people out of reach: {found.Unreachable} / {found.People}; 未测试过 never tested: {found.Untested}; 值班空档 gaps of rotas within {found.GapDays} days: {found.Gaps}",
    ];
}
