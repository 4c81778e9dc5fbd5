using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>more-water</c>: within a day far more must have run than on this person's own usual day: a tap left open, a bath that overflowed, or somebody who is not
/// as always. Told while it runs. Over when half of the difference is gone.
/// </summary>
internal static class MoreWaterRule
{
    public static readonly Condition Condition = new(
        Rule.MoreWater, _ => Stillness.Day, Judge, Begin, Evidence, _ => "No more than a usual day's water, or little more, is proven within 24 hours.");

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        if (context.UsualDay is not { } usual) return Verdict.Unknown;
        var used = Used(window, index);
        return used > usual.LimitLitres ? Verdict.On : used < (usual.Litres + usual.LimitLitres) / 2 ? Verdict.Off : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) => new(window[index].At, window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var (usual, startAt) = (context.UsualDay!.Value, window[index].At - Stillness.Day);
        var edge = window.IndexAtOrBefore(startAt);
        var first = edge >= 0 && window[edge].At == startAt ? edge : edge + 1;
        return WindowEvidence.Of(window, first, index, window[first].At, (long)usual.LimitLitres) with
        {
            Note = string.Create(CultureInfo.InvariantCulture, $"{Used(window, index):0} L within 24 hours; on the usual one of {usual.Days} days {usual.Litres:0} L. Absences are left out."),
        };
    }

    private static double Used(ReadingWindow window, int index) => window.UseAtLeast(window[index].At - Stillness.Day, window[index].At) / 1000.0;
}

/// <summary>How much water this home uses on a usual day, and what is far more.</summary>
/// <param name="Litres">The median of the days known.</param>
/// <param name="Days">How many those are.</param>
/// <param name="LimitLitres">More than this is far more.</param>
internal readonly record struct UsualDay(double Litres, int Days, double LimitLitres)
{
    private const int Kept = 56;
    private const int KnownMin = 28;
    private const double LivedInLitres = 10;
    private const double DeviationPerMad = 1.4826;
    private const double Deviations = 5;

    /// <summary>
    /// From the days before; null when fewer than 28 of 56 are known on which somebody lived there. Far more is so many times the median, at least
    /// <see cref="RuleSettings.MoreWaterLitres"/> and two steps of the register above it, and for homes whose days differ five times their spread (1.4826
    /// times the median distance from the median).
    /// </summary>
    public static UsualDay? Of(DailyAmounts? days, long resolutionMillilitres, RuleSettings settings)
    {
        double[] known = [.. (days?.Between(0, Kept) ?? []).SkipWhile(litres => litres < LivedInLitres)];
        if (known.Length < KnownMin) return null;
        var median = DailyAmounts.MedianOf(known);
        var deviation = DeviationPerMad * DailyAmounts.MedianOf([.. known.Select(litres => Math.Abs(litres - median)).Order()]);
        var more = Math.Max(Math.Max(settings.MoreWaterLitres, 2 * resolutionMillilitres / 1000.0), Deviations * deviation);
        return new(median, known.Length, Math.Round(Math.Max(median * settings.MoreWaterTimes, median + more)));
    }
}
