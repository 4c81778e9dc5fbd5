using System.Globalization;
using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>night-use</c>: in the person's own night hours more water ran on the usual one of the last 7 nights than is usual for this home.
/// Getting up oftener at night is an early sign of several illnesses and of falls to come. Over when half of the difference is gone.
/// </summary>
/// <remarks>
/// Robust by medians: a washing machine in one night, or in three, changes nothing. The bound is the median of the 56 nights before, and above it
/// twice their spread (1.4826 times the median distance from the median, which for even noise is the standard deviation) but at least
/// <see cref="RuleSettings.NightUseLitres"/> and one step of the register. The median of 7 nights scatters half as much as a night, so this is about four of its own standard
/// deviations.
/// </remarks>
internal static class NightUseRule
{
    private const int Recent = 7;
    private const int RecentMin = 5;
    private const int Usual = 56;
    private const int UsualMin = 28;
    private const double DeviationPerMad = 1.4826;
    private const double Deviations = 2;

    public static readonly DailySign Sign = new(
        Rule.NightUse, Recent + Usual, Stillness.SpacingMax, NightOf, Judge, "The nights are again as they were, or this has become usual.");

    // A night belongs to the day on which it ends.
    private static (DateTimeOffset From, DateTimeOffset Until) NightOf(long day, DeviceContext context)
    {
        var (from, until) = (context.Settings.NightFrom, context.Settings.NightUntil);
        return (LocalHour.MomentOf(from < until ? day : day - 1, from, context.Zone), LocalHour.MomentOf(day, until, context.Zone));
    }

    private static (Verdict Verdict, Evidence? Evidence) Judge(DailyAmounts nights, long resolutionMillilitres, DeviceContext context)
    {
        var (recent, usual) = (nights.Between(0, Recent), nights.Between(Recent, Recent + Usual));
        if (recent.Length < RecentMin || usual.Length < UsualMin) return (Verdict.Unknown, null);
        var (now, median) = (DailyAmounts.MedianOf(recent), DailyAmounts.MedianOf(usual));
        var deviation = DeviationPerMad * DailyAmounts.MedianOf([.. usual.Select(night => Math.Abs(night - median)).Order()]);
        var margin = Math.Max(Deviations * deviation, Math.Max(context.Settings.NightUseLitres, resolutionMillilitres / 1000.0));
        if (now < median + margin) return (now < median + margin / 2 ? Verdict.Off : Verdict.Unknown, null);
        return (Verdict.On, new Evidence(
            FromAt: NightOf(nights.NewestDay - Recent + 1, context).From,
            UsedLitres: Math.Round(now),
            LimitLitres: Math.Round(median + margin),
            Note: $"From {Clock(context.Settings.NightFrom)} to {Clock(context.Settings.NightUntil)} {now:0} L a night on {recent.Length} nights; before that {median:0} L on {usual.Length} nights."));
    }

    private static string Clock(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
