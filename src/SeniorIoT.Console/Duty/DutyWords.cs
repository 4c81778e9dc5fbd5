using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Duty;

/// <summary>A stretch of duty as far as it lies in one day.</summary>
/// <param name="From">Start on the centre's clock.</param>
/// <param name="Until">End; midnight is 24:00.</param>
/// <param name="People">Who; none is a gap.</param>
public sealed record DutyPiece(string From, string Until, IReadOnlyList<DutyPerson> People)
{
    /// <summary>Its times in as few signs as leave no doubt.</summary>
    public string Times(Wording words) => From == "00:00" && Until == "24:00" ? words["duty.allDay"] : $"{From}–{Until}";
}

/// <summary>Says rotas in the chosen language and on the centre's clock.</summary>
public static class DutyWords
{
    private const string District = "district";

    /// <summary>An area's name.</summary>
    public static string Area(string area, Wording words) => area == District ? words["users.wholeDistrict"] : area;

    /// <summary>Names of people together.</summary>
    public static string Names(IReadOnlyList<DutyPerson> people, Wording words) => string.Join(words["comma"], people.Select(person => person.Name));

    /// <summary>What of the stretches lies in a day.</summary>
    public static IEnumerable<DutyPiece> Pieces(IReadOnlyList<DutySpan> spans, DateOnly day)
    {
        var (start, end) = (Times.Chosen(day.ToDateTime(TimeOnly.MinValue)), Times.Chosen(day.AddDays(1).ToDateTime(TimeOnly.MinValue)));
        return spans.Where(span => span.From < end && span.Until > start).Select(span => new DutyPiece(
            span.From <= start ? "00:00" : Times.Text(span.From, "HH:mm"), span.Until >= end ? "24:00" : Times.Text(span.Until, "HH:mm"), span.People));
    }
}
