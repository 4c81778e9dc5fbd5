using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>likely-away</c>: nothing ran for <see cref="RuleSettings.LikelyAwayAfter"/>, and earlier stretches of a day or longer began at this
/// time of day: one on the same weekday, or two on any. A proposal to ask whether somebody forgot to say so; <c>no-water</c> goes on as
/// before. Over when the home is lived in again.
/// </summary>
/// <remarks>
/// A register cannot tell an empty home from a person who cannot get up, so what counts is how much likelier the evidence is with the
/// former. On 44 real homes (DAIAD, hourly) this one was there at half of all absences of a day or longer and at one in seventeen simulated
/// collapses; in the back-test 127 of 160 proposals were such absences. That the last use was by day was there at 57 and 18 of 100, and that no
/// stretch of eight weeks was as long tells nothing of the two: neither counts.
/// </remarks>
internal static class LikelyAwayRule
{
    // What the register of the usual meter can show. Less is a drip.
    private const long Step = 1_000;

    // A coarser register stands still for a day in many a home where somebody lives.
    private const long ResolutionMax = 10_000;

    public static readonly Condition Condition = new(
        Rule.LikelyAway, settings => settings.LikelyAwayAfter + Stillness.SpacingMax, Judge, Begin, Evidence, _ => "Water is used again as on other days.");

    /// <summary>What is known of departures after the readings that are new in a window; nothing more where the register's steps are too coarse.</summary>
    public static Departures Learn(Departures departures, ReadingWindow before, ReadingWindow after, long resolutionMillilitres, DeviceContext context)
    {
        if (resolutionMillilitres > ResolutionMax) return departures;
        var learntUntil = before.Count == 0 ? DateTimeOffset.MinValue : before.Last.At;
        for (var i = Math.Max(1, after.IndexAtOrBefore(learntUntil) + 1); i < after.Count; i++)
        {
            var (quiet, used) = (after[i - 1], after[i]);
            if (used.TotalMillilitres - quiet.TotalMillilitres < Step || used.At - quiet.At > Stillness.SpacingMax) continue;
            var start = Stillness.StartOf(after, i - 1, Step);
            // Of a longer stretch the window does not show any more what was before it; then the spacing at its end must do.
            if (quiet.At - after[start].At < Stillness.Day || (start > 0 && after[start].At - after[start - 1].At > Stillness.SpacingMax)) continue;
            departures = departures.With(HourOf(after[start].At, context));
        }

        return departures;
    }

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        var end = window[index];
        if (context.Absences.At(end.At) is not null) return Verdict.Off;
        var start = Stillness.StartOf(window, index, Step);
        // A reading without use shows no more life than the one before it.
        if (end.At - window[start].At < context.Settings.LikelyAwayAfter)
            return start == index && Stillness.IsLivedIn(window, index, Step, context.Habit) ? Verdict.Off : Verdict.Paused;
        var isStartKnown = start > 0 && window[start].At - window[start - 1].At <= Stillness.SpacingMax;
        return isStartKnown && context.Departures.Like(HourOf(window[start].At, context)) is { SameWeekday: >= 1 } or { AnyDay: >= 2 }
            ? Verdict.On
            : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context)
    {
        var startAt = window[Stillness.StartOf(window, index, Step)].At;
        return new(startAt, startAt + context.Settings.LikelyAwayAfter);
    }

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var start = Stillness.StartOf(window, index, Step);
        var (sameWeekday, anyDay) = context.Departures.Like(HourOf(window[start].At, context));
        return WindowEvidence.Of(window, start, index, window[start].At, 0) with
        {
            LimitLitres = null,
            Note = $"Stretches of a day or longer without water that began at this time in {Departures.WeeksKept} weeks: {anyDay}, on this weekday {sameWeekday}. "
                + "If the home is empty, enter an absence; until then it is watched as before.",
        };
    }

    private static long HourOf(DateTimeOffset at, DeviceContext context) => LocalHour.At(at, context.Zone).Index;
}
