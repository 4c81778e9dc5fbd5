using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Households;

/// <summary>Days of the week; several can be combined.</summary>
[Flags]
public enum Weekdays
{
    /// <summary>No day.</summary>
    None = 0,

    /// <summary>Monday.</summary>
    Monday = 1,

    /// <summary>Tuesday.</summary>
    Tuesday = 2,

    /// <summary>Wednesday.</summary>
    Wednesday = 4,

    /// <summary>Thursday.</summary>
    Thursday = 8,

    /// <summary>Friday.</summary>
    Friday = 16,

    /// <summary>Saturday.</summary>
    Saturday = 32,

    /// <summary>Sunday.</summary>
    Sunday = 64,
}

/// <summary>What a person said of a household: then nobody will be at home. Once, or every week for a while.</summary>
public abstract record Absence
{
    private Absence()
    {
    }

    /// <summary>Its number in the store; 0 until it has one.</summary>
    public long Id { get; init; }

    /// <summary>Why, in the words of whoever entered it; null when not said.</summary>
    public string? Reason { get; init; }

    /// <summary>Who entered it.</summary>
    public string? By { get; init; }

    /// <summary>The periods that overlap a time, whole, earliest first. A time without length is overlapped by the period it lies in.</summary>
    /// <param name="from">Start of the time.</param>
    /// <param name="until">Its end.</param>
    /// <param name="zone">The clock by which the household lives.</param>
    public abstract IEnumerable<AwayPeriod> Between(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone);

    /// <summary>The period that <paramref name="now"/> lies in, or the next one; null when it is over for good.</summary>
    public abstract AwayPeriod? CurrentOrNext(DateTimeOffset now, TimeZoneInfo zone);

    /// <summary>A holiday, a stay in hospital.</summary>
    /// <param name="Period">When.</param>
    public sealed record Once(AwayPeriod Period) : Absence
    {
        /// <inheritdoc/>
        public override IEnumerable<AwayPeriod> Between(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone) =>
            Period.From <= until && Period.Until > from ? [Period] : [];

        /// <inheritdoc/>
        public override AwayPeriod? CurrentOrNext(DateTimeOffset now, TimeZoneInfo zone) => Period.Until > now ? Period : null;
    }

    /// <summary>
    /// Sundays at the daughter's. It begins on each such day at <paramref name="From"/> and ends at <paramref name="Until"/>, on the next day
    /// when that is not later. Times are of the local clock: a time that the clocks jump over is the moment after the jump, and of a time
    /// that comes twice the first counts.
    /// </summary>
    /// <param name="On">Which days.</param>
    /// <param name="From">Start on each of them.</param>
    /// <param name="Until">End; another time than the start.</param>
    /// <param name="StartsOn">First day on which it may begin.</param>
    /// <param name="EndsOn">Last day on which it may begin.</param>
    public sealed record Weekly(Weekdays On, TimeOnly From, TimeOnly Until, DateOnly StartsOn, DateOnly EndsOn) : Absence
    {
        /// <inheritdoc/>
        public override IEnumerable<AwayPeriod> Between(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone)
        {
            var first = LocalTime.DayOf(from, zone).AddDays(-2);
            var last = LocalTime.DayOf(until, zone);
            for (var day = first > StartsOn ? first : StartsOn; day <= EndsOn && day <= last; day = day.AddDays(1))
                if (BeginningOn(day, zone) is { } period && period.From <= until && period.Until > from) yield return period;
        }

        /// <inheritdoc/>
        public override AwayPeriod? CurrentOrNext(DateTimeOffset now, TimeZoneInfo zone)
        {
            var first = LocalTime.DayOf(now, zone).AddDays(-2);
            for (var day = first > StartsOn ? first : StartsOn; day <= EndsOn; day = day.AddDays(1))
                if (BeginningOn(day, zone) is { } period && period.Until > now) return period;
            return null;
        }

        /// <summary>The period that begins on a day; null when none does, or when the clocks jump over all of it.</summary>
        public AwayPeriod? BeginningOn(DateOnly day, TimeZoneInfo zone)
        {
            if (day < StartsOn || day > EndsOn || !On.HasFlag(LocalTime.WeekdayOf(day))) return null;
            var period = new AwayPeriod(LocalTime.At(day, From, zone), LocalTime.At(Until > From ? day : day.AddDays(1), Until, zone));
            return period.From < period.Until ? period : null;
        }
    }
}
