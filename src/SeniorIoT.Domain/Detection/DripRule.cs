using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>drip</c>: over <see cref="RuleSettings.DripOver"/> there was never a time of <see cref="RuleSettings.DripQuietBelow"/> in which nothing need have run, and on
/// each of those days the register rose by a litre or less at least three times while hardly anything ran in the hour around. Less than <c>leak</c> sees: a tap
/// that drips, a cistern that weeps. Over when the register stands still for as long.
/// </summary>
/// <remarks>
/// Somebody who gets up at night leaves no long pause either, but flushes: 3 to 9 L at once. So both must be there. A register that shows 10 L or more at once
/// shows no litre: of its home this rule says nothing. Readings that are missing only widen what may have been a pause, and hide lone litres.
/// </remarks>
internal static class DripRule
{
    private const long LitreMillilitres = 1_000;
    private const int LoneRisesADay = 3;
    private static readonly TimeSpan Around = TimeSpan.FromHours(1);

    public static readonly Condition Condition = new(
        Rule.Drip, settings => settings.DripOver + Around, Judge, Begin, Evidence,
        settings => string.Create(CultureInfo.InvariantCulture, $"The water stood still for {settings.DripQuietBelow.TotalHours:0.##} hours."));

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        if (index == 0) return Verdict.Unknown;
        var isStill = window[index].TotalMillilitres == window[index - 1].TotalMillilitres;
        if (isStill && window[index].At - window[index - 1].At >= context.Settings.DripQuietBelow) return Verdict.Off;
        return NeverStops(window, index, context.Settings) && IsSlowEachDay(window, index, context.Settings) ? Verdict.On : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) => new(window[index].At - context.Settings.DripOver, window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var (over, startAt) = (context.Settings.DripOver, window[index].At - context.Settings.DripOver);
        var (count, millilitres) = LoneRises(window, index, startAt, window[index].At);
        return WindowEvidence.Of(window, Math.Max(0, window.IndexAtOrBefore(startAt)), index, startAt, 0) with
        {
            UsedLitres = window.UseAtLeast(startAt, window[index].At) / 1000.0,
            LimitLitres = null,
            Note = string.Create(
                CultureInfo.InvariantCulture,
                $"No {context.Settings.DripQuietBelow.TotalHours:0.##} hours without water in {over.TotalHours:0} hours. At quiet times the register rose {count} times by a litre or less, {millilitres / 1000.0:0.#} L in all."),
        };
    }

    // The longest pause that the readings leave open reaches from before one rise until after the next.
    private static bool NeverStops(ReadingWindow window, int index, RuleSettings settings)
    {
        var startAt = window[index].At - settings.DripOver;
        if (window[0].At > startAt) return false;
        var openUntil = window[index].At;
        for (var i = index; i > 0; i--)
        {
            if (window[i].TotalMillilitres == window[i - 1].TotalMillilitres) continue;
            if (openUntil - window[i - 1].At > settings.DripQuietBelow) return false;
            openUntil = window[i].At;
            if (window[i - 1].At <= startAt) return true;
        }

        return openUntil - startAt <= settings.DripQuietBelow;
    }

    private static bool IsSlowEachDay(ReadingWindow window, int index, RuleSettings settings)
    {
        var untilAt = window[index].At;
        for (var days = (int)settings.DripOver.TotalDays; days > 0; days--, untilAt -= Stillness.Day)
            if (LoneRises(window, index, untilAt - Stillness.Day, untilAt).Count < LoneRisesADay) return false;
        return true;
    }

    private static (int Count, long Millilitres) LoneRises(ReadingWindow window, int index, DateTimeOffset fromAt, DateTimeOffset untilAt)
    {
        var (count, sum) = (0, 0L);
        for (var i = Math.Max(1, window.IndexAtOrBefore(fromAt)); i <= index && window[i].At <= untilAt; i++)
        {
            var rise = window[i].TotalMillilitres - window[i - 1].TotalMillilitres;
            if (rise is <= 0 or > LitreMillilitres || window[i - 1].At < fromAt || window[i].At - window[i - 1].At > Stillness.SpacingMax || !IsLone(window, index, i)) continue;
            (count, sum) = (count + 1, sum + rise);
        }

        return (count, sum);
    }

    // In the hour before and in the hour after no reading shows more than a litre either, and both hours were seen.
    private static bool IsLone(ReadingWindow window, int index, int rise)
    {
        var (fromAt, untilAt) = (window[rise - 1].At - Around, window[rise].At + Around);
        if (window[0].At > fromAt || window[index].At < untilAt) return false;
        for (var i = rise - 1; i > 0 && window[i].At > fromAt; i--)
            if (window[i].TotalMillilitres - window[i - 1].TotalMillilitres > LitreMillilitres) return false;
        for (var i = rise + 1; i <= index && window[i - 1].At < untilAt; i++)
            if (window[i].TotalMillilitres - window[i - 1].TotalMillilitres > LitreMillilitres) return false;
        return true;
    }
}
