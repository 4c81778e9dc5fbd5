using System.Collections.Immutable;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Domain.Duty;

/// <summary>Who of one role is on duty when, in one area. Pure data: the moment and the district's clock are arguments.</summary>
/// <param name="Area">A committee, a sub-district, or the district.</param>
/// <param name="Role">The role, see <see cref="Alerts.Role"/>.</param>
/// <param name="People">Everybody on it.</param>
/// <param name="Shifts">The weekly pattern.</param>
/// <param name="Holidays">Dates of its own; at most one a date.</param>
public sealed record Rota(Area Area, string Role, ImmutableArray<Person> People, ImmutableArray<Shift> Shifts, ImmutableArray<Holiday> Holidays)
{
    /// <summary>Who stands in for whom, in the order entered: a later one may replace somebody who stands in.</summary>
    public ImmutableArray<Swap> Swaps { get; init; } = [];

    /// <summary>With the holidays of the whole district, which hold on every date that this rota says nothing of.</summary>
    public Rota With(ImmutableArray<Holiday> calendar) => this with
    {
        Holidays = [.. Holidays, .. calendar.Where(holiday => Holidays.All(own => own.On != holiday.On))],
    };

    /// <summary>Turns that overlap a time, the earliest first.</summary>
    public IEnumerable<Turn> Between(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone)
    {
        // A turn lasts a day, so one that began two days before may still go on when the clocks changed in between.
        var last = LocalTime.DayOf(until, zone);
        for (var day = LocalTime.DayOf(from, zone).AddDays(-2); day <= last; day = day.AddDays(1))
            foreach (var turn in BeginningOn(day, zone))
                if (turn.From < until && turn.Until > from) yield return turn;
    }

    /// <summary>Who is on duty at a moment, swaps counted; nobody when no shift covers it.</summary>
    public ImmutableArray<Person> OnDuty(DateTimeOffset at, TimeZoneInfo zone) => At(at, Between(at, at + TimeSpan.FromTicks(1), zone));

    /// <summary>
    /// A time as stretches in each of which the same people are on duty, without a hole: nobody is a stretch too. Who <paramref name="absences"/> says is
    /// absent is not on duty.
    /// </summary>
    public IReadOnlyList<DutySpan> Spans(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone, IReadOnlyCollection<PersonAbsence> absences)
    {
        var turns = Between(from, until, zone).ToList();
        var edges = new SortedSet<DateTimeOffset> { from, until };
        edges.UnionWith(turns.SelectMany(turn => new[] { turn.From, turn.Until }));
        edges.UnionWith(Swaps.SelectMany(swap => new[] { swap.From, swap.Until }));
        edges.UnionWith(absences.SelectMany(absence => new[] { absence.From, absence.Until }));
        var within = edges.Where(edge => edge >= from && edge <= until).ToList();
        var spans = new List<DutySpan>();
        foreach (var (start, end) in within.Zip(within.Skip(1)))
        {
            var people = At(start, turns.Where(turn => turn.From <= start && start < turn.Until))
                .RemoveAll(person => absences.Any(absence => absence.Number == person.Number && absence.Holds(start)));
            if (spans.Count > 0 && spans[^1].People.SequenceEqual(people)) spans[^1] = spans[^1] with { Until = end };
            else spans.Add(new(start, end, people));
        }

        return spans;
    }

    /// <summary>Stretches of a time in which nobody is on duty.</summary>
    public IReadOnlyList<DutySpan> Gaps(DateTimeOffset from, DateTimeOffset until, TimeZoneInfo zone, IReadOnlyCollection<PersonAbsence> absences) =>
        [.. Spans(from, until, zone, absences).Where(span => span.People.IsEmpty)];

    private IEnumerable<Turn> BeginningOn(DateOnly day, TimeZoneInfo zone)
    {
        var holiday = Holidays.FirstOrDefault(one => one.On == day);
        var weekday = holiday?.Like ?? LocalTime.WeekdayOf(day);
        ImmutableArray<string> own = holiday?.People ?? [];
        var shifts = Shifts.Where(shift => shift.On.HasFlag(weekday)).OrderBy(shift => shift.From).ToList();
        if (shifts.Count == 0 && own.Length > 0) shifts.Add(new(weekday, TimeOnly.MinValue, TimeOnly.MinValue, own));
        foreach (var shift in shifts)
            if ((own.IsEmpty ? shift : shift with { People = own }).BeginningOn(day, zone) is { } turn) yield return turn;
    }

    private ImmutableArray<Person> At(DateTimeOffset at, IEnumerable<Turn> turns)
    {
        var people = turns.SelectMany(turn => turn.People).Distinct()
            .Select(number => People.FirstOrDefault(person => person.Number == number) ?? new Person(number, number)).ToList();
        foreach (var swap in Swaps.Where(swap => swap.Holds(at)))
        {
            var i = people.FindIndex(person => person.Number == swap.Out);
            if (i >= 0) people[i] = swap.In;
        }

        return [.. people.DistinctBy(person => person.Number)];
    }
}
