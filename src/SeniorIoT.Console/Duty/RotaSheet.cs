using System.Globalization;
using SeniorIoT.Api;

namespace SeniorIoT.Console.Duty;

/// <summary>A rota while a person types it: shifts point at people, so a corrected number is corrected everywhere.</summary>
public sealed class RotaSheet
{
    public string Area { get; set; } = "";

    public string Role { get; set; } = "committee_duty";

    public List<PersonRow> People { get; } = [];

    public List<ShiftRow> Shifts { get; } = [];

    public List<HolidayRow> Holidays { get; } = [];

    /// <summary>A sheet of a rota; of none: one person, one shift of whole days.</summary>
    public static RotaSheet Of(DutyRota? rota)
    {
        var sheet = new RotaSheet();
        if (rota is null)
        {
            sheet.People.Add(new());
            sheet.Shifts.Add(new() { From = new(8, 0), Until = new(8, 0) });
            sheet.Shifts[0].Days.UnionWith(Households.AbsenceSentence.Days);
            sheet.Shifts[0].People.Add(sheet.People[0]);
            return sheet;
        }

        (sheet.Area, sheet.Role) = (rota.Area, rota.Role);
        sheet.People.AddRange(rota.People.Select(person => new PersonRow { Name = person.Name, Phone = person.Phone }));
        sheet.Shifts.AddRange(rota.Shifts.Select(shift => new ShiftRow(shift.Weekdays, sheet.Named(shift.People)) { From = Time(shift.From), Until = Time(shift.Until) }));
        sheet.Holidays.AddRange(rota.Holidays.Select(holiday => new HolidayRow(sheet.Named(holiday.People ?? [])) { On = DateOnly.ParseExact(holiday.On, "yyyy-MM-dd", CultureInfo.InvariantCulture), Like = holiday.Like ?? "" }));
        return sheet;
    }

    /// <summary>What is sent.</summary>
    public NewRota ToRota() => new(
        [.. People.Select(person => new DutyPerson(person.Name.Trim(), person.Phone.Trim()))],
        [.. Shifts.Select(shift => new DutyShift([.. Households.AbsenceSentence.Days.Where(shift.Days.Contains)], Text(shift.From), Text(shift.Until), Numbers(shift.People)))],
        [.. Holidays.Select(holiday => new DutyHoliday(holiday.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), holiday.Like.Length == 0 ? null : holiday.Like, Numbers(holiday.People)))]);

    /// <summary>Takes a person off the rota and out of every shift.</summary>
    public void Remove(PersonRow person)
    {
        People.Remove(person);
        foreach (var shift in Shifts) shift.People.Remove(person);
        foreach (var holiday in Holidays) holiday.People.Remove(person);
    }

    private IEnumerable<PersonRow> Named(IReadOnlyList<string> numbers) => People.Where(person => numbers.Contains(person.Phone));

    private List<string> Numbers(HashSet<PersonRow> chosen) => [.. People.Where(chosen.Contains).Select(person => person.Phone.Trim())];

    private static TimeOnly Time(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Somebody on the rota.</summary>
    public sealed class PersonRow
    {
        public string Name { get; set; } = "";

        public string Phone { get; set; } = "";
    }

    /// <summary>A line of the week.</summary>
    public sealed class ShiftRow(IEnumerable<string> days, IEnumerable<PersonRow> people)
    {
        public ShiftRow()
            : this([], [])
        {
        }

        public HashSet<string> Days { get; } = [.. days];

        public TimeOnly From { get; set; } = new(8, 0);

        public TimeOnly Until { get; set; } = new(20, 0);

        public HashSet<PersonRow> People { get; } = [.. people];
    }

    /// <summary>A date of its own.</summary>
    public sealed class HolidayRow(IEnumerable<PersonRow> people)
    {
        public DateOnly On { get; set; }

        public string Like { get; set; } = "";

        public HashSet<PersonRow> People { get; } = [.. people];
    }
}
