using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>less-water</c>: on the usual one of the last 14 days <see cref="RuleSettings.LessWaterPercent"/> less water ran than on the usual one of the 84
/// before. Somebody who washes, cooks and drinks less may be unwell. Over when half of the difference is gone, or when it has become usual.
/// </summary>
/// <remarks>
/// Two weeks hold two weekends, and twelve are a season. Days count that are covered to both ends, and on which 10 L ran or
/// more: with less nobody lives there, and <c>no-water</c> asks why. Half of the weeks must be known, and at least 20 L a day and two steps of the register: below that a flush more or less is the difference.
/// </remarks>
internal static class LessWaterRule
{
    private const int Recent = 14;
    private const int RecentMin = 10;
    private const int Before = 84;
    private const int BeforeMin = 42;
    private const double LitresMin = 20;
    private const double LivedInLitres = 10;

    public static readonly DailySign Sign = new(
        Rule.LessWater, Recent + Before, DeviceContext.UsualInterval, DayOf, Judge, "Water is used again as before, or this has become usual.");

    private static (DateTimeOffset From, DateTimeOffset Until) DayOf(long day, DeviceContext context) =>
        (LocalHour.MomentOf(day, TimeOnly.MinValue, context.Zone), LocalHour.MomentOf(day + 1, TimeOnly.MinValue, context.Zone));

    private static (Verdict Verdict, Evidence? Evidence) Judge(DailyAmounts days, long resolutionMillilitres, DeviceContext context)
    {
        var (recent, before) = (LivedIn(days.Between(0, Recent)), LivedIn(days.Between(Recent, Recent + Before)));
        if (recent.Length < RecentMin || before.Length < BeforeMin) return (Verdict.Unknown, null);
        var (now, usual) = (DailyAmounts.MedianOf(recent), DailyAmounts.MedianOf(before));
        var less = 1 - context.Settings.LessWaterPercent / 100.0;
        if (usual < Math.Max(LitresMin, 2 * resolutionMillilitres / 1000.0)) return (Verdict.Off, null);
        if (now > usual * less) return (now > usual * (1 + less) / 2 ? Verdict.Off : Verdict.Unknown, null);
        return (Verdict.On, new Evidence(
            FromAt: DayOf(days.NewestDay - Recent + 1, context).From,
            UsedLitres: Math.Round(now),
            LimitLitres: Math.Round(usual * less),
            Note: $"{now:0} L a day on {recent.Length} days; before that {usual:0} L on {before.Length} days: {100 * (1 - Math.Round(now) / Math.Round(usual)):0} % less. Absences are left out."));
    }

    private static double[] LivedIn(double[] days) => [.. days.SkipWhile(litres => litres < LivedInLitres)];
}
