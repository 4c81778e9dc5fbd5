using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Console.Words;

namespace SeniorIoT.Console.Households;

/// <summary>Says when somebody is away, in the chosen language and on the centre's clock; and asks for it.</summary>
public static class AbsenceSentence
{
    /// <summary>Days of the week as the server names them, Monday first.</summary>
    public static IReadOnlyList<string> Days { get; } = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <summary>When it is; of a weekly one also the next time, unless it goes on.</summary>
    public static string Of(Absence absence, Wording words, DateTimeOffset now)
    {
        if (absence.Weekly is not { } weekly)
            return words.Say("away.span", Times.Moment(absence.From, now), Times.Moment(absence.Until, now));
        var days = string.Join(words["comma"], weekly.Weekdays.Select(day => words.Name("weekday", day)));
        var until = string.CompareOrdinal(weekly.Until, weekly.From) > 0 ? weekly.Until : words.Say("away.nextDay", weekly.Until);
        var rule = words.Say("away.every", days, weekly.From, until, Text(weekly.StartsOn), Text(weekly.EndsOn));
        return absence.From <= now ? rule : $"{rule} · {words.Say("away.next", Times.Moment(absence.From, now))}";
    }

    /// <summary>What is sent for a weekly one.</summary>
    public static NewAbsence Weekly(IReadOnlyList<string> days, TimeOnly from, TimeOnly until, DateOnly startsOn, DateOnly endsOn, string? reason) =>
        new(null, days, Text(from), Text(until), Text(startsOn), Text(endsOn), reason);

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
