using System.Globalization;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Reporting;

namespace SeniorIoT.Server.Jobs;

/// <summary>What the digest says of absences, by household: who is away, who should be back before the local day is over, whose weekly absence must soon be renewed.</summary>
/// <param name="Away">Away at the moment of writing.</param>
/// <param name="Returning">Their absence ends today, with the time.</param>
/// <param name="Ending">The last day of a weekly absence is within 14 days, with the day.</param>
internal sealed record AbsenceDigest(IReadOnlyList<string> Away, IReadOnlyList<string> Returning, IReadOnlyList<string> Ending)
{
    private const int EndingDays = 14;
    private const int NamedMax = 50;

    /// <summary>Of these households at <paramref name="now"/>.</summary>
    public static AbsenceDigest Of(IEnumerable<HouseholdEntry> households, DateTimeOffset now, TimeZoneInfo zone)
    {
        List<string> away = [], returning = [], ending = [];
        var today = DateOnly.FromDateTime(Local(now).DateTime);
        foreach (var household in households.Where(household => !household.Absences.Absences.IsEmpty).OrderBy(household => household.HouseholdId, StringComparer.Ordinal))
        {
            var periods = household.Absences.Around(now, zone);
            if (periods.At(now) is not null) away.Add(household.HouseholdId);
            foreach (var period in periods.Periods.Where(period => period.Until > now && DateOnly.FromDateTime(Local(period.Until).DateTime) == today))
                returning.Add(string.Create(CultureInfo.InvariantCulture, $"{household.HouseholdId} {Local(period.Until):HH:mm}"));
            foreach (var weekly in household.Absences.Absences.OfType<Absence.Weekly>().Where(weekly => weekly.EndsOn <= today.AddDays(EndingDays) && weekly.CurrentOrNext(now, zone) is not null))
                ending.Add(string.Create(CultureInfo.InvariantCulture, $"{household.HouseholdId} {weekly.EndsOn:MM-dd}"));
        }

        return new(away, returning, ending);

        DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);
    }

    /// <summary>Its lines.</summary>
    public IEnumerable<string> Lines(ReportWords words) =>
    [
        words.Say("外出中：", "Away now: ") + Named(Away, words),
        words.Say("今日应返：", "Due back today: ") + Named(Returning, words),
        words.Say("14 天内到期的每周外出：", "Weekly absences that end within 14 days: ") + Named(Ending, words),
    ];

    private static string Named(IReadOnlyList<string> names, ReportWords words) => names.Count == 0
        ? "–"
        : string.Join(words.Comma, names.Take(NamedMax)) + (names.Count > NamedMax ? words.Say($"……（共 {names.Count} 户）", $" … ({names.Count} in all)") : "");
}
