using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>no-water</c> by the home's own habit: since the last use the home has missed more than it usually misses. Speaks only of time that
/// readings prove. Once told it is over only when the home is lived in again, so that an absence with a short visit is one alert.
/// </summary>
internal static class AdaptiveNoWaterRule
{
    public static readonly Condition Condition = new(
        Rule.NoWater, settings => settings.Adaptive!.AtMost, Judge, Begin, Evidence, _ => "Water is used again as on other days.", _ => Stillness.Day);

    /// <summary>The habit after the readings that are new in a window.</summary>
    public static Habit Learn(Habit habit, ReadingWindow before, ReadingWindow after, DeviceContext context)
    {
        var learntUntil = before.Count == 0 ? DateTimeOffset.MinValue : before.Last.At;
        for (var i = Math.Max(1, after.IndexAtOrBefore(learntUntil) + 1); i < after.Count; i++)
        {
            var (earlier, used) = (after[i - 1], after[i]);
            if (used.TotalMillilitres - earlier.TotalMillilitres < Step(context)) continue;
            var start = Stillness.StartOf(after, i - 1, Step(context));
            var startAt = after[start].At;
            if (context.Absences.Overlap(startAt, used.At)) continue;
            habit = habit.Learn(StretchOf(after, start, i, context));
        }

        return habit;
    }

    // Use between two readings is taken to lie in the middle.
    private static Stretch StretchOf(ReadingWindow window, int start, int use, DeviceContext context)
    {
        var (startAt, quietAt, usedAt) = (window[start].At, window[use - 1].At, window[use].At);
        var (length, settings) = (quietAt - startAt, context.Settings);
        var isAbsence = length >= Stillness.Day;

        // Where readings are missing at its ends a stretch counts as long when it may have been: so what is missing makes the rule patient, not hurried.
        var before = start > 0 ? startAt - window[start - 1].At : TimeSpan.Zero;
        var isLong = length >= settings.Adaptive!.AtLeast || before + length + (usedAt - quietAt) - Stillness.SpacingMax >= settings.Adaptive.AtLeast;

        // Of a longer stretch the window may not show any more what was before it.
        var isStartKnown = start > 0 && (isLong || before <= Stillness.SpacingMax) && length + Stillness.SpacingMax < settings.LookBack;
        return new(
            isStartKnown ? HourOf(startAt) : null,
            isAbsence ? HourOf(quietAt) : HourOf(startAt.AddTicks(-1)) + 1,
            HourOf(quietAt),
            usedAt - quietAt <= Stillness.SpacingMax ? HourOf(quietAt + (usedAt - quietAt) / 2) : null,
            length,
            isLong);

        long HourOf(DateTimeOffset at) => LocalHour.At(at, context.Zone).Index;
    }

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        var end = window[index];
        if (context.Absences.At(end.At) is not null) return Verdict.Off;
        var rule = context.Settings.Adaptive!;
        var began = BeganAt(window, index, context);
        if (end.At - began.ProvenAt >= rule.AtLeast) return end.At >= DueAt(began, context) ? Verdict.On : Verdict.Unknown;
        return Stillness.IsLivedIn(window, index, Step(context), context.Habit) ? Verdict.Off : Verdict.Paused;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context)
    {
        var began = BeganAt(window, index, context);
        return new(began.ProvenAt, DueAt(began, context));
    }

    // By habit, and after an absence at the latest when somebody should long have been back.
    private static DateTimeOffset DueAt(Began began, DeviceContext context)
    {
        var rule = context.Settings.Adaptive!;
        var dueAt = rule.DueAt(began, context.Habit, context.Zone);
        if (context.Absences.At(began.ProvenAt.AddTicks(-1)) is null) return dueAt;
        var back = rule.AtLeast > context.Settings.ReturnWindow ? rule.AtLeast : context.Settings.ReturnWindow;
        return dueAt < began.ProvenAt + back ? dueAt : began.ProvenAt + back;
    }

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var fromAt = BeganAt(window, index, context).ProvenAt;
        return WindowEvidence.Of(window, window.IndexAtOrBefore(fromAt), index, fromAt, context.Settings.NoWaterLitres) with
        {
            Note = InWords(fromAt, window[index].At, context),
        };
    }

    /// <summary>Why, in words, with the clock of the home.</summary>
    internal static string InWords(DateTimeOffset fromAt, DateTimeOffset untilAt, DeviceContext context)
    {
        var quiet = $"othing from {Clock(fromAt)} until {Clock(untilAt)}.";
        if (context.Habit.LongestStretch() is not { } longest) return $"N{quiet} Its habit is not known yet.";
        var remembered = $"Longest time without in {Habit.WeeksKept} weeks: {longest.TotalHours.ToString("0.#", CultureInfo.InvariantCulture)} h.";
        return AdaptiveRule.UsualBy(fromAt, context.Habit, context.Zone) is { } by && by < untilAt
            ? $"Usually uses water by {Clock(by)}; n{quiet} {remembered}"
            : $"N{quiet} {remembered}";

        string Clock(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, context.Zone).ToString("HH:mm", CultureInfo.InvariantCulture);
    }

    // After an absence that was known the home is watched from its end.
    private static Began BeganAt(ReadingWindow window, int index, DeviceContext context)
    {
        var start = Stillness.StartOf(window, index, Step(context));
        var provenAt = window[start].At;
        return context.Absences.LastSince(provenAt, window[index].At) is { } away
            ? new(away.Until, away.Until)
            : new(start > 0 ? window[start - 1].At : null, provenAt);
    }

    private static long Step(DeviceContext context) => context.Settings.NoWaterLitres * 1000;
}
