using System.Globalization;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// The numbers of the adaptive <c>no-water</c> rule. Time without water counts, and so do the hours in which the home usually uses water:
/// an hour of the night hardly, the hour of breakfast fully. 27 h alone are enough, or 12.5 usual hours missed, or half of each. A home whose
/// stretches that begin at this time of day seldom last long is judged sooner, one whose do, later; and so is one that had such stretches lately.
/// </summary>
/// <remarks>
/// The numbers that are not settings are few and round. They were chosen on homes of one and two, and cross-validated by household and by
/// time on homes of one. What did not help: shorter or longer memory, more weight to earlier departures, to weekends or to what was known at first, and
/// learning more from stretches that had been told (the register says at their end that all was well, before anybody needs to).
/// </remarks>
/// <param name="AtLeast">No alert before so long without water, 1 hour or more.</param>
/// <param name="AtMost">An alert at the latest after so long, up to 48 hours.</param>
/// <param name="Patience">0.3 to 3: below 1 alerts sooner and oftener, above 1 later and more seldom.</param>
public sealed record AdaptiveRule(TimeSpan AtLeast, TimeSpan AtMost, double Patience)
{
    private const double TimeAloneHours = 27;
    private const double MissedAloneHours = 12.5;
    private const double Weight = 0.35;
    private const double WeightLately = 0.2;
    private const double PriorLately = 0.5;
    private const double FactorMin = 0.6;
    private const double FactorMax = 1.5;

    /// <summary>11 to 15.5 h.</summary>
    public static AdaptiveRule Default { get; } = new(TimeSpan.FromHours(11), TimeSpan.FromHours(15.5), 1);

    /// <summary>When a stretch without water becomes an alert.</summary>
    /// <remarks>
    /// A stretch that begins later is not due earlier, and of all times at which it may have begun the most patient one counts. So a
    /// reading that is missing can delay an alert, and never make one.
    /// </remarks>
    /// <param name="began">When it can have begun, and from when it is proven.</param>
    /// <param name="habit">What is usual in the home.</param>
    /// <param name="zone">The clock of the home.</param>
    internal DateTimeOffset DueAt(Began began, Habit habit, TimeZoneInfo zone)
    {
        var startAt = began.ProvenAt;
        var limit = Patience * FactorOf(began, habit, zone);
        var score = 0.0;
        for (var at = startAt; at < startAt + AtMost;)
        {
            var hour = LocalHour.At(at, zone);
            var rate = 1 / TimeAloneHours + habit.ShareOf(hour.Index) / MissedAloneHours; // an hour
            var left = (hour.EndAt - at).TotalHours;
            if (score + rate * left >= limit)
            {
                var dueAt = at.AddHours((limit - score) / rate);
                return dueAt < startAt + AtLeast ? startAt + AtLeast : dueAt > startAt + AtMost ? startAt + AtMost : dueAt;
            }

            score += rate * left;
            at = hour.EndAt;
        }

        return startAt + AtMost;
    }

    private static double FactorOf(Began began, Habit habit, TimeZoneInfo zone)
    {
        var last = LocalHour.At(began.ProvenAt, zone).Index;
        var first = began.EarliestAt is { } earliest ? Math.Max(LocalHour.At(earliest, zone).Index, last - 168) : last - 168;
        var ratio = 0.0;
        for (var hour = first; hour <= last; hour++) ratio = Math.Max(ratio, habit.Stretches.RatioOf(hour));
        var lately = (habit.LongLately + PriorLately) / (Habit.LongLatelyUsually + PriorLately);
        return Math.Clamp(1 + Weight * Math.Log(ratio) + WeightLately * Math.Log(lately), FactorMin, FactorMax);
    }

    /// <summary>When this home usually has used water again after a moment: by then it has on half of all days. Null when not within a day.</summary>
    internal static DateTimeOffset? UsualBy(DateTimeOffset startAt, Habit habit, TimeZoneInfo zone)
    {
        var none = 1.0;
        for (var at = startAt; at < startAt.AddDays(1);)
        {
            var hour = LocalHour.At(at, zone);
            none *= Math.Pow(1 - habit.ShareOf(hour.Index), (hour.EndAt - at).TotalHours);
            if (none <= 0.5) return hour.EndAt;
            at = hour.EndAt;
        }

        return null;
    }

    /// <summary>Everything that is wrong, each naming the setting and the remedy.</summary>
    internal IEnumerable<string> Errors()
    {
        var (shortest, longest) = (TimeSpan.FromHours(1), TimeSpan.FromHours(48));
        if (AtLeast < shortest || AtLeast > longest) yield return $"Adaptive.AtLeast is {InWords(AtLeast)}; give {InWords(shortest)} to {InWords(longest)}.";
        if (AtMost < AtLeast || AtMost > longest) yield return $"Adaptive.AtMost is {InWords(AtMost)}; give Adaptive.AtLeast ({InWords(AtLeast)}) to {InWords(longest)}.";
        if (Patience is not (>= 0.3 and <= 3)) yield return string.Create(CultureInfo.InvariantCulture, $"Adaptive.Patience is {Patience}; give 0.3 to 3.");

        string InWords(TimeSpan span) => RuleSettings.InWords(span, shortest);
    }
}

/// <summary>When a stretch without water began.</summary>
/// <param name="EarliestAt">Not before this: the last reading before the last use; null when there is none.</param>
/// <param name="ProvenAt">From here on no water is proven.</param>
internal readonly record struct Began(DateTimeOffset? EarliestAt, DateTimeOffset ProvenAt);

/// <summary>An hour of local time.</summary>
/// <param name="Index">Hours since 1970 on the local clock.</param>
/// <param name="EndAt">When it ends.</param>
internal readonly record struct LocalHour(long Index, DateTimeOffset EndAt)
{
    /// <summary>The hour in which a moment lies.</summary>
    public static LocalHour At(DateTimeOffset at, TimeZoneInfo zone)
    {
        var ticks = at.UtcTicks + zone.GetUtcOffset(at).Ticks - DateTimeOffset.UnixEpoch.Ticks;
        var index = Math.DivRem(ticks, TimeSpan.TicksPerHour, out var into);
        return new(index, at.AddTicks(TimeSpan.TicksPerHour - into));
    }

    /// <summary>The moment at which the clocks of the home show a time; an hour later where they skip it.</summary>
    /// <param name="day">Local days since 1970.</param>
    /// <param name="time">What the clocks show.</param>
    /// <param name="zone">The clock of the home.</param>
    public static DateTimeOffset MomentOf(long day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = new DateTime(DateTime.UnixEpoch.Ticks + day * TimeSpan.TicksPerDay + time.Ticks);
        if (zone.IsInvalidTime(local)) local = local.AddHours(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
