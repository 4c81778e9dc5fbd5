using System.Collections.Immutable;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// When the stretches of a day or longer without water began that this home had in the last weeks: nearly always somebody left then.
/// Immutable; a few bytes for each.
/// </summary>
public sealed record Departures
{
    /// <summary>Weeks over which they are remembered.</summary>
    public const int WeeksKept = 8;

    // Twice a week for all those weeks.
    private const int KeptMax = 16;

    // What begins so near to the same time is a habit: an hour of readings and an hour of people.
    private const int HoursApartMax = 2;

    /// <summary>None is known.</summary>
    public static Departures None { get; } = new();

    /// <summary>Local hours since 1970, oldest first, at most 16.</summary>
    public ImmutableArray<long> Hours { get; init; } = [];

    /// <summary>How many of them lie at this time of the same day of the week, and how many at this time of any day.</summary>
    /// <param name="hour">The local hour since 1970 of another.</param>
    internal (int SameWeekday, int AnyDay) Like(long hour)
    {
        int sameWeekday = 0, anyDay = 0;
        foreach (var one in Hours)
        {
            if (hour - one is <= 0 or > WeeksKept * 168 + HoursApartMax) continue;
            if (IsNear(hour - one, 168)) sameWeekday++;
            if (IsNear(hour - one, 24)) anyDay++;
        }

        return (sameWeekday, anyDay);
    }

    /// <summary>With one more; one that is known already changes nothing.</summary>
    /// <param name="hour">Its local hour since 1970.</param>
    internal Departures With(long hour)
    {
        if (Hours.Contains(hour)) return this;
        long[] kept = [.. Hours.Append(hour).Order()];
        return new() { Hours = [.. kept.Where(one => kept[^1] - one <= WeeksKept * 168 + HoursApartMax).TakeLast(KeptMax)] };
    }

    private static bool IsNear(long apart, long period)
    {
        var into = apart % period;
        return Math.Min(into, period - into) <= HoursApartMax;
    }
}
