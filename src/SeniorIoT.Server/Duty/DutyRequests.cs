using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;
using QuietHours = SeniorIoT.Domain.Duty.QuietHours;

namespace SeniorIoT.Server.Duty;

/// <summary>What may be entered about duty, and how it is shown. Pure; names every fault at once.</summary>
internal static class DutyRequests
{
    /// <summary>Most people, shifts or holidays of a rota.</summary>
    public const int EntriesMax = 100;

    private const int ReasonLengthMax = 200;
    private const int SwapDaysMax = 92;
    private const int AbsenceDaysMax = 366;

    /// <summary>A rota as it would be stored; null when something is wrong with it.</summary>
    public static Rota? Read(Area area, string role, NewRota request, Faults faults)
    {
        var (people, shifts) = (request.People ?? [], request.Shifts ?? []);
        if (!DutyBook.Roles.Contains(role)) faults.Add("role", $"Must be one of {string.Join(", ", DutyBook.Roles)}.");
        if (people.Count is 0 or > EntriesMax) faults.Add("people", $"Has {people.Count} entries; a rota has 1 to {EntriesMax}.");
        if (shifts.Count is 0 or > EntriesMax) faults.Add("shifts", $"Has {shifts.Count} entries; a rota has 1 to {EntriesMax}.");
        if (faults.Any) return null;
        var read = people.Index().Select(one => ReadPerson($"people[{one.Index}]", one.Item, faults)).OfType<Person>().ToList();
        foreach (var twice in read.GroupBy(person => person.Number).Where(same => same.Count() > 1))
            faults.Add("people", $"Names {twice.First().Name} and {twice.Last().Name} with one number; a number is one person.");
        var numbers = read.Select(person => person.Number).ToHashSet();
        var pattern = shifts.Index().Select(one => ReadShift($"shifts[{one.Index}]", one.Item, numbers, faults)).ToList();
        var holidays = ReadHolidays(request.Holidays ?? [], numbers, faults);
        return faults.Any ? null : new Rota(area, role, [.. read], [.. pattern.OfType<Shift>()], holidays);
    }

    /// <summary>Holidays; those of the district name nobody and follow another day.</summary>
    public static ImmutableArray<Holiday> ReadHolidays(IReadOnlyList<DutyHoliday> holidays, IReadOnlySet<string>? numbers, Faults faults)
    {
        if (holidays.Count > EntriesMax) faults.Add("holidays", $"Has {holidays.Count} entries; at most {EntriesMax} are kept.");
        var read = holidays.Take(EntriesMax).Index().Select(one => ReadHoliday($"holidays[{one.Index}]", one.Item, numbers, faults)).OfType<Holiday>().OrderBy(holiday => holiday.On).ToImmutableArray();
        foreach (var twice in read.GroupBy(holiday => holiday.On).Where(same => same.Count() > 1))
            faults.Add("holidays", $"Has {Day(twice.Key)} twice; keep one entry for each date.");
        return read;
    }

    /// <summary>A swap on a rota; null when something is wrong with it.</summary>
    public static Swap? Read(Rota rota, NewDutySwap request, string by, DateTimeOffset now, Faults faults)
    {
        var stepsOut = request.Out is null ? null : PhoneNumber.ToE164(request.Out);
        if (stepsOut is null || (rota.People.All(person => person.Number != stepsOut) && rota.Swaps.All(swap => swap.In.Number != stepsOut)))
            faults.Add("out", "Must be the phone number of somebody on the rota.");
        var standsIn = ReadPerson("in", request.In, faults);
        if (standsIn is not null && standsIn.Number == stepsOut) faults.Add("in.phone", "Is the number of the one who is replaced; name somebody else.");
        var (from, until) = ReadSpan(request.From, request.Until, SwapDaysMax, now, faults);
        if (rota.Swaps.FirstOrDefault(swap => swap.Out == stepsOut && swap.From < until && swap.Until > from) is { } other)
            faults.Add("out", $"Is replaced by {other.In.Name} in a part of that time already; end that swap first.");
        faults.CheckText("reason", request.Reason, ReasonLengthMax, isRequired: false);
        return faults.Any ? null : new Swap(0, stepsOut!, standsIn!, from, until, request.Reason, by);
    }

    /// <summary>An absence; <paramref name="nameOf"/> gives the name of whom a number belongs to, null for nobody. Null when something is wrong with it.</summary>
    public static PersonAbsence? Read(NewDutyAbsence request, Func<string, string?> nameOf, string by, DateTimeOffset now, Faults faults)
    {
        var (number, name) = ReadKnown("phone", request.Phone, nameOf, faults);
        var (from, until) = ReadSpan(request.From, request.Until, AbsenceDaysMax, now, faults);
        faults.CheckText("reason", request.Reason, ReasonLengthMax, isRequired: false);
        return faults.Any ? null : new PersonAbsence(0, number!, name!, from, until, request.Reason, by);
    }

    /// <summary>Quiet hours; null when something is wrong with them.</summary>
    public static QuietHours? Read(NewQuietHours request, Faults faults)
    {
        var (from, until) = (AbsenceRequests.ReadTime("from", request.From, faults), AbsenceRequests.ReadTime("until", request.Until, faults));
        if (from is not null && from == until) faults.Add("until", "Must be another time than from; an earlier one is on the next day.");
        return faults.Any ? null : new QuietHours(from!.Value, until!.Value);
    }

    /// <summary>A number that belongs to somebody who may be told.</summary>
    public static (string? Number, string? Name) ReadKnown(string field, string? phone, Func<string, string?> nameOf, Faults faults)
    {
        var number = phone is null ? null : PhoneNumber.ToE164(phone);
        var name = number is null ? null : nameOf(number);
        if (name is null) faults.Add(field, "Must be the phone number of somebody who is told in your area: of a household, an area's responders, or a rota.");
        return (number, name);
    }

    /// <summary>A rota as entered and as it comes out.</summary>
    public static DutyRota Show(string area, Rota rota, DutyBook book, DateTimeOffset now, DateTimeOffset from, int gapDays, TimeZoneInfo zone) => new(
        area, rota.Role, Show(rota.People),
        [.. rota.Shifts.Select(shift => new DutyShift(Names(shift.On), AbsenceRequests.Text(shift.From), AbsenceRequests.Text(shift.Until), shift.People))],
        Show(rota.Holidays.Where(holiday => !book.Calendar.Contains(holiday))),
        Show(book.OnDuty(rota, now, zone)),
        Show(rota.Spans(from, LocalTime.StartOf(LocalTime.DayOf(from, zone).AddDays(7), zone), zone, book.Absences)),
        Show(rota.Gaps(now, now.AddDays(gapDays), zone, book.Absences)));

    /// <summary>Holidays in the API's words.</summary>
    public static IReadOnlyList<DutyHoliday> Show(IEnumerable<Holiday> holidays) =>
        [.. holidays.Select(holiday => new DutyHoliday(Day(holiday.On), holiday.Like is { } like ? AbsenceRequests.Name(like) : null, holiday.People.IsEmpty ? null : holiday.People))];

    private static IReadOnlyList<DutyPerson> Show(IEnumerable<Person> people) => [.. people.Select(person => new DutyPerson(person.Name, person.Number))];

    private static IReadOnlyList<Api.DutySpan> Show(IEnumerable<Domain.Duty.DutySpan> spans) => [.. spans.Select(span => new Api.DutySpan(span.From, span.Until, Show(span.People)))];

    private static Person? ReadPerson(string field, DutyPerson? person, Faults faults)
    {
        faults.CheckText(field + ".name", person?.Name, HouseholdRules.NameLengthMax);
        if (person?.Phone is { Length: <= 20 } phone && PhoneNumber.ToE164(phone) is { } number) return string.IsNullOrWhiteSpace(person.Name) ? null : new(person.Name.Trim(), number);
        faults.Add(field + ".phone", "Must be a phone number with its area code, e.g. +86 138 0000 0000.");
        return null;
    }

    private static Shift? ReadShift(string field, DutyShift? shift, HashSet<string> numbers, Faults faults)
    {
        if (shift is null)
        {
            faults.Add(field, "Is null; leave the entry out.");
            return null;
        }

        var on = AbsenceRequests.ReadDays(field + ".weekdays", shift.Weekdays ?? [], faults);
        if (on == Weekdays.None) faults.Add(field + ".weekdays", "Is required: monday to sunday.");
        var (from, until) = (AbsenceRequests.ReadTime(field + ".from", shift.From, faults), AbsenceRequests.ReadTime(field + ".until", shift.Until, faults));
        var people = ReadNumbers(field + ".people", shift.People ?? [], numbers, faults);
        if (people.IsEmpty) faults.Add(field + ".people", "Is required: phone numbers of people of the rota. Leave the shift out if nobody is on duty.");
        return from is null || until is null ? null : new Shift(on, from.Value, until.Value, people);
    }

    private static Holiday? ReadHoliday(string field, DutyHoliday? holiday, IReadOnlySet<string>? numbers, Faults faults)
    {
        var day = AbsenceRequests.ReadDay(field + ".on", holiday?.On, faults);
        var like = holiday?.Like is null ? Weekdays.None : AbsenceRequests.ReadDays(field + ".like", [holiday.Like], faults);
        var people = holiday?.People is not { Count: > 0 } named ? []
            : numbers is null ? Refused()
            : ReadNumbers(field + ".people", named, numbers, faults);
        if (like == Weekdays.None && people.IsEmpty) faults.Add(field + ".like", "Is required: the day of the week whose pattern it follows, monday to sunday; in a rota, or people of its own.");
        return day is null ? null : new Holiday(day.Value, like == Weekdays.None ? null : like, people);

        ImmutableArray<string> Refused()
        {
            faults.Add(field + ".people", "The district's calendar names nobody; enter people in the rota.");
            return [];
        }
    }

    private static ImmutableArray<string> ReadNumbers(string field, IReadOnlyList<string> phones, IReadOnlySet<string> numbers, Faults faults)
    {
        foreach (var phone in phones)
            if (phone is null || PhoneNumber.ToE164(phone) is not { } number || !numbers.Contains(number))
                faults.Add(field, "Must be phone numbers of people of this rota.");
        return [.. phones.Select(phone => PhoneNumber.ToE164(phone ?? "")).OfType<string>().Distinct()];
    }

    private static (DateTimeOffset From, DateTimeOffset Until) ReadSpan(DateTimeOffset? start, DateTimeOffset? end, int daysMax, DateTimeOffset now, Faults faults)
    {
        var from = (start ?? now).ToUniversalTime();
        if (end is not { } until) faults.Add("until", "Is required: it ends by itself, e.g. 2026-01-09T18:00:00+08:00.");
        else if (until <= from) faults.Add("until", "Must be after from.");
        else if (until <= now) faults.Add("until", "Must lie in the future.");
        else if (until - from > TimeSpan.FromDays(daysMax)) faults.Add("until", $"Must be within {daysMax} days of from; enter it again later.");
        return (from, (end ?? from).ToUniversalTime());
    }

    private static IReadOnlyList<string> Names(Weekdays on) => [.. AbsenceRequests.Days.Where(day => on.HasFlag(day)).Select(AbsenceRequests.Name)];

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
