using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>leak</c>: for a day no pause of half an hour, with readings close enough to have seen one; or for two days none of an hour. Over
/// when a pause is seen.
/// </summary>
/// <remarks>
/// A register proves a pause only down to its step: standing still for an hour, one of 1 L steps proves less than 1 L/h, one of 10 L steps less than
/// 10. So a tap that drips 0.3 L/h, and shows as a step every three hours, is no leak here: nothing tells it from somebody who rinses a cup.
/// </remarks>
internal static class LeakRule
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static readonly Condition Condition = new(
        Rule.Leak, settings => settings.HourlyLeak.Over > settings.HalfHourLeak.Over ? settings.HourlyLeak.Over : settings.HalfHourLeak.Over,
        Judge, Begin, Evidence, _ => "The water stood still for a while.");

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        if (Fitting(window, index, context.Settings) is not null) return Verdict.On;
        var isStill = index > 0 && window[index].TotalMillilitres == window[index - 1].TotalMillilitres;
        return isStill && window[index].At - window[index - 1].At >= context.Settings.HalfHourLeak.QuietBelow ? Verdict.Off : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) =>
        new(StartAt(window, index, context.Settings), window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var pattern = Fitting(window, index, context.Settings) ?? context.Settings.HalfHourLeak;
        var startAt = window[index].At - pattern.Over;
        var first = window.IndexAtOrBefore(startAt);
        return WindowEvidence.Of(window, first, index, startAt, 0) with
        {
            UsedLitres = window.UseAtLeast(startAt, window[index].At) / 1000.0,
            LimitLitres = null,
            Note = $"No pause of {pattern.QuietBelow.TotalMinutes:0} minutes in {pattern.Over.TotalHours:0} hours. "
                + $"The least was {Floor(window, index, startAt).ToString("0.#", CultureInfo.InvariantCulture)} L/h over an hour.",
        };
    }

    // The smallest flow over an hour, or as little more as the readings allow, in litres an hour: what runs when nobody uses water.
    private static double Floor(ReadingWindow window, int index, DateTimeOffset startAt)
    {
        var floor = window.UseAtLeast(startAt, window[index].At) / 1000.0 / (window[index].At - startAt).TotalHours;
        for (int last = index, first = index; ; last--)
        {
            first = Math.Min(first, window.IndexAtOrBefore(window[last].At - Hour));
            if (first < 0 || window[first].At < startAt) return floor;
            floor = Math.Min(floor, (window[last].TotalMillilitres - window[first].TotalMillilitres) / 1000.0 / (window[last].At - window[first].At).TotalHours);
        }
    }

    private static DateTimeOffset StartAt(ReadingWindow window, int index, RuleSettings settings) =>
        window[index].At - (Fitting(window, index, settings) ?? settings.HalfHourLeak).Over;

    private static LeakPattern? Fitting(ReadingWindow window, int index, RuleSettings settings) =>
        NeverPauses(window, index, settings.HalfHourLeak) ? settings.HalfHourLeak
        : NeverPauses(window, index, settings.HourlyLeak) ? settings.HourlyLeak
        : null;

    private static bool NeverPauses(ReadingWindow window, int index, LeakPattern pattern)
    {
        var startAt = window[index].At - pattern.Over;
        for (var i = index; window[i].At > startAt; i--)
        {
            if (i == 0) return false;
            var earlier = window[i - 1];
            if (earlier.TotalMillilitres < window[i].TotalMillilitres)
            {
                if (window[i].At - earlier.At > pattern.SpacingMax) return false;
            }
            else if (window[i].At - (earlier.At > startAt ? earlier.At : startAt) >= pattern.QuietBelow)
            {
                return false;
            }
        }

        return true;
    }
}
