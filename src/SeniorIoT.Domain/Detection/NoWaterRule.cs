using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>no-water</c>: from the last reading at or before the start of the window until the newest reading the register rose by less
/// than the limit. It speaks of no moment after the newest reading, and of none while the home is known to be empty.
/// </summary>
/// <remarks>
/// The register's rise bounds the use from above, give or take its last step. A meter whose step is the limit or more fires on no step
/// at all, and the evidence says what that leaves open.
/// </remarks>
internal static class NoWaterRule
{
    public static readonly Condition Condition = new(
        Rule.NoWater, settings => settings.NoWaterWindow, Judge, Begin, Evidence,
        // With the window, so that it is true as well when a longer one was set and the use lies before the alert.
        settings => string.Create(CultureInfo.InvariantCulture, $"{settings.NoWaterLitres} L or more were used within {settings.NoWaterWindow.TotalHours:0.##} h."),
        settings => settings.NoWaterWindow);

    /// <summary>What to add for a meter with coarse steps; null when there is nothing to say.</summary>
    public static string? NoteFor(long resolutionMillilitres, long limitLitres) => resolutionMillilitres < limitLitres * 1000
        ? null
        : resolutionMillilitres == limitLitres * 1000
            ? $"One step of the register is {resolutionMillilitres / 1000.0} L: it did not move."
            : $"One step of the register is {resolutionMillilitres / 1000.0} L: it did not move, but up to that much may have run unseen.";

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        var end = window[index];
        var fromAt = end.At - context.Settings.NoWaterWindow;
        if (context.Absences.LastSince(fromAt, end.At) is { } away)
        {
            // After an absence a shorter time can be enough.
            if (end.At < away.Until + context.Settings.ReturnWindow) return Verdict.Off;
            fromAt = away.Until;
        }

        var basis = window.IndexAtOrBefore(fromAt);
        var used = end.TotalMillilitres - window[Math.Max(basis, 0)].TotalMillilitres;
        if (used >= context.Settings.NoWaterLitres * 1000) return Verdict.Off;
        return basis >= 0 ? Verdict.On : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context)
    {
        var startAt = QuietSince(window, index, context);
        var isReturn = context.Absences.At(startAt.AddTicks(-1)) is not null;
        return new(startAt, startAt + (isReturn ? context.Settings.NoWaterWindowAfterReturn : context.Settings.NoWaterWindow));
    }

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var fromAt = QuietSince(window, index, context);
        return WindowEvidence.Of(window, window.IndexAtOrBefore(fromAt), index, fromAt, context.Settings.NoWaterLitres);
    }

    // The earliest reading from which the use until this one stays below the limit, but not before the home was lived in again.
    private static DateTimeOffset QuietSince(ReadingWindow window, int index, DeviceContext context)
    {
        var first = index;
        while (first > 0 && window[index].TotalMillilitres - window[first - 1].TotalMillilitres < context.Settings.NoWaterLitres * 1000) first--;
        var startAt = window[first].At;
        return context.Absences.LastSince(startAt, window[index].At)?.Until ?? startAt;
    }
}
