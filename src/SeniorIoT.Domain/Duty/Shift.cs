using System.Collections.Immutable;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Domain.Duty;

/// <summary>Somebody on a rota.</summary>
/// <param name="Name">As the operator says it.</param>
/// <param name="Number">Phone number in E.164: people are told apart by it.</param>
public sealed record Person(string Name, string Number);

/// <summary>One line of a weekly pattern, on the district's clock.</summary>
/// <param name="On">Days on which it begins.</param>
/// <param name="From">Start on each of them.</param>
/// <param name="Until">End; on the next day when that is not after the start, so the same time is a whole day.</param>
/// <param name="People">Numbers of those on duty together.</param>
public sealed record Shift(Weekdays On, TimeOnly From, TimeOnly Until, ImmutableArray<string> People)
{
    /// <summary>
    /// The turn that begins on a day, whatever weekday it is; null when the clocks jump over all of it. A time that the clocks jump over
    /// is the moment after the jump, and of a time that comes twice the first counts: shifts that meet on paper meet on every day.
    /// </summary>
    public Turn? BeginningOn(DateOnly day, TimeZoneInfo zone)
    {
        var (from, until) = (LocalTime.At(day, From, zone), LocalTime.At(Until > From ? day : day.AddDays(1), Until, zone));
        return from < until ? new(from, until, People) : null;
    }
}

/// <summary>
/// A date that is not as its weekday. Shifts that begin on it are those of <paramref name="Like"/>, and when it has people of its own they stand in all
/// of them; if none would begin, they are on duty from midnight to midnight. What began the day before goes on to its end.
/// </summary>
/// <param name="On">The date.</param>
/// <param name="Like">One day of the week whose pattern it follows; null: its own.</param>
/// <param name="People">Numbers of its own people; empty: those of the pattern.</param>
public sealed record Holiday(DateOnly On, Weekdays? Like, ImmutableArray<string> People);

/// <summary>One person instead of another for a while, wherever that other one would be on duty.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="Out">Number of the one who is replaced.</param>
/// <param name="In">Who stands in.</param>
/// <param name="From">Start.</param>
/// <param name="Until">End, not included.</param>
/// <param name="Reason">Why; null when not said.</param>
/// <param name="By">Who entered it.</param>
public sealed record Swap(long Id, string Out, Person In, DateTimeOffset From, DateTimeOffset Until, string? Reason, string By)
{
    /// <summary>Whether it counts at a moment.</summary>
    public bool Holds(DateTimeOffset at) => From <= at && at < Until;
}

/// <summary>A shift on a certain day.</summary>
/// <param name="From">Start.</param>
/// <param name="Until">End, not included.</param>
/// <param name="People">Numbers of those on duty, swaps not yet counted.</param>
public sealed record Turn(DateTimeOffset From, DateTimeOffset Until, ImmutableArray<string> People);

/// <summary>A stretch of time in which the same people are on duty.</summary>
/// <param name="From">Start.</param>
/// <param name="Until">End, not included.</param>
/// <param name="People">Who; empty: nobody.</param>
public sealed record DutySpan(DateTimeOffset From, DateTimeOffset Until, ImmutableArray<Person> People);
