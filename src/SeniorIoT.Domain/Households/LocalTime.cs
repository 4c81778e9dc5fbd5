namespace SeniorIoT.Domain.Households;

/// <summary>The clocks of a place, and instants.</summary>
public static class LocalTime
{
    /// <summary>The local day in which a moment lies.</summary>
    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    /// <summary>The first moment of a local day: midnight, the first of two, or the moment at which the clocks jumped over it.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone) => At(day, TimeOnly.MinValue, zone);

    /// <summary>A day's weekday, one flag.</summary>
    public static Weekdays WeekdayOf(DateOnly day) => (Weekdays)(1 << (((int)day.DayOfWeek + 6) % 7));

    /// <summary>
    /// The moment at which the clocks show a time: the first when they show it twice, and when they jump over it, the moment of the jump.
    /// A later time is never an earlier moment.
    /// </summary>
    public static DateTimeOffset At(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1); // clocks jump by whole minutes
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
