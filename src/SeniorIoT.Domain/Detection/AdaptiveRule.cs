namespace SeniorIoT.Domain.Detection;

/// <summary>
/// The numbers of the adaptive <c>no-water</c> rule. It alerts when <c>time without water / TimeAlone + usual hours missed /
/// HoursMissedAlone</c> reaches the home's patience, never before <paramref name="AtLeast"/> and always at <paramref name="AtMost"/>.
/// </summary>
/// <remarks>
/// An hour is missed by as much as the home usually uses water in it: an hour of the night hardly counts, the hour of breakfast does.
/// The defaults are few and round, and were cross-validated by household and by time.
/// </remarks>
/// <param name="AtLeast">No alert before so long without water, 1 hour or more.</param>
/// <param name="AtMost">An alert at the latest after so long, up to 48 hours. Also what an unknown home gets.</param>
/// <param name="TimeAlone">So long without water would be enough if no hour were missed.</param>
/// <param name="HoursMissedAlone">So many missed hours would be enough if they took no time, 1 to 100.</param>
/// <param name="AlertsPerMonth">
/// The false alerts a home may give in a month, 0.1 to 30. Each alert makes the home's patience greater and quiet weeks make it
/// smaller, such that it stays where it is at this rate.
/// </param>
public sealed record AdaptiveRule(TimeSpan AtLeast, TimeSpan AtMost, TimeSpan TimeAlone, double HoursMissedAlone, double AlertsPerMonth)
{
    /// <summary>What one alert adds to the patience.</summary>
    internal const double PatienceStep = 0.1;

    private const double PatienceMin = 0.8;
    private const double PatienceMax = 1.4;
    private static readonly TimeSpan Month = TimeSpan.FromHours(730.5);

    /// <summary>11 to 15.5 h, 32 h, 10 hours, 0.7 a month.</summary>
    public static AdaptiveRule Default { get; } = new(TimeSpan.FromHours(11), TimeSpan.FromHours(15.5), TimeSpan.FromHours(32), 10, 0.7);

    /// <summary>What is left of a home's patience at a moment.</summary>
    internal double PatienceOf(Habit habit, DateTimeOffset at) => habit.PatienceAt is { } since && at > since
        ? Math.Max(PatienceMin, habit.Patience - PatienceStep * AlertsPerMonth * ((at - since) / Month))
        : habit.Patience;

    /// <summary>The habit of a home that was alerted at a moment.</summary>
    internal Habit Rung(Habit habit, DateTimeOffset at) => habit with { Patience = Math.Min(PatienceMax, PatienceOf(habit, at) + PatienceStep), PatienceAt = at };

    /// <summary>When a stretch without water that began at a moment becomes an alert.</summary>
    /// <remarks>A stretch that begins later is never due earlier: so a reading that is missing can delay an alert, and never make one.</remarks>
    internal DateTimeOffset DueAt(DateTimeOffset startAt, Habit habit, TimeZoneInfo zone)
    {
        var patience = PatienceOf(habit, startAt);
        var score = 0.0;
        for (var at = startAt; at < startAt + AtMost;)
        {
            var hour = LocalHour.At(at, zone);
            var rate = 1 / TimeAlone.TotalHours + habit.ShareOf(hour.Index) / HoursMissedAlone; // an hour
            var left = (hour.EndAt - at).TotalHours;
            if (score + rate * left >= patience)
            {
                var dueAt = at.AddHours((patience - score) / rate);
                return dueAt < startAt + AtLeast ? startAt + AtLeast : dueAt > startAt + AtMost ? startAt + AtMost : dueAt;
            }

            score += rate * left;
            at = hour.EndAt;
        }

        return startAt + AtMost;
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
        if (AtLeast < shortest || AtLeast > longest) yield return $"Adaptive.AtLeast is {AtLeast}; give a time from {shortest} to {longest}.";
        if (AtMost < AtLeast || AtMost > longest) yield return $"Adaptive.AtMost is {AtMost}; give a time from AtLeast ({AtLeast}) to {longest}.";
        if (TimeAlone < AtLeast || TimeAlone > TimeSpan.FromDays(30)) yield return $"Adaptive.TimeAlone is {TimeAlone}; give a time from AtLeast ({AtLeast}) to 30 days.";
        if (HoursMissedAlone is not (>= 1 and <= 100)) yield return $"Adaptive.HoursMissedAlone is {HoursMissedAlone}; give 1 to 100.";
        if (AlertsPerMonth is not (>= 0.1 and <= 30)) yield return $"Adaptive.AlertsPerMonth is {AlertsPerMonth}; give 0.1 to 30.";
    }
}

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
}
