using SeniorIoT.Api;
using SeniorIoT.Server.Reporting;

namespace SeniorIoT.Server.Duty;

/// <summary>What the daily digest says of whom can be told.</summary>
internal static class DutyDigest
{
    /// <summary>Its lines.</summary>
    public static IEnumerable<string> Lines(DutySummary found, ReportWords words) =>
    [
        words.Say(
            $"无人可通知的住户：{found.Nobody}；只有联系不上的人：{found.OnlyUnreachable}；只有一人：{found.OnlyOne}",
            $"Households with nobody to tell: {found.Nobody}; with only unreachable people: {found.OnlyUnreachable}; with only one person: {found.OnlyOne}"),
        words.Say(
            $"没有志愿者的住户：{found.LacksVolunteer}；结对超过 {found.PairingMax} 户的志愿者：{found.OverloadedVolunteers}（共 {found.Volunteers} 人）",
            $"Households without a volunteer: {found.LacksVolunteer}; volunteers with more than {found.PairingMax} households: {found.OverloadedVolunteers} (of {found.Volunteers})"),
        words.Say(
            $"联系不上的人：{found.Unreachable}（共 {found.People} 人）；从未测试：{found.Untested}；{found.GapDays} 天内的值班空档：{found.Gaps}",
            $"People out of reach: {found.Unreachable} (of {found.People}); never tested: {found.Untested}; gaps of rotas within {found.GapDays} days: {found.Gaps}"),
    ];
}
