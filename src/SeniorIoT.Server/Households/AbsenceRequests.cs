using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using Absence = SeniorIoT.Domain.Households.Absence;

namespace SeniorIoT.Server.Households;

/// <summary>Body of <c>POST /api/v1/households/{id}/away</c>: from now when <paramref name="From"/> is left out.</summary>
internal sealed record NewAway(DateTimeOffset? From, DateTimeOffset? Until, string? Reason);

/// <summary>What may be entered about absences, and how they are shown. Pure; names every fault at once.</summary>
internal static class AbsenceRequests
{
    /// <summary>Most absences of a household that are not over.</summary>
    public const int CountMax = 20;

    private const int ReasonLengthMax = 200;
    private const int DaysMax = 366;
    private const int DaysBackMax = 7;

    /// <summary>Every day of the week, Monday first.</summary>
    public static readonly Weekdays[] Days = [.. Enum.GetValues<Weekdays>().Where(day => day != Weekdays.None)];

    /// <summary>A single absence; null when something is wrong with it.</summary>
    public static Absence.Once? Read(NewAway request, string by, DateTimeOffset now, Faults faults)
    {
        var from = request.From ?? now;
        if (request.Until is not { } until) faults.Add("until", "Is required: an absence ends by itself, e.g. 2026-01-09T18:00:00+08:00.");
        else if (until <= from) faults.Add("until", "Must be after from.");
        else if (until <= now) faults.Add("until", "Must lie in the future.");
        else if (until - from > TimeSpan.FromDays(DaysMax)) faults.Add("until", $"Must be within {DaysMax} days of from; enter a longer absence again later.");
        faults.CheckText("reason", request.Reason, ReasonLengthMax, isRequired: false);
        return faults.Any ? null : new Absence.Once(new AwayPeriod(from, request.Until!.Value)) { Reason = request.Reason, By = by };
    }

    /// <summary>A weekly absence; null when something is wrong with it.</summary>
    public static Absence.Weekly? Read(NewAbsence request, string by, DateOnly today, Faults faults)
    {
        var on = ReadDays(request, faults);
        var from = ReadTime("from", request.From, faults);
        var until = ReadTime("until", request.Until, faults);
        if (from is not null && from == until) faults.Add("until", "Must be another time than from; an earlier one is on the next day.");
        var startsOn = request.StartsOn is null ? today : ReadDay("startsOn", request.StartsOn, faults);
        var endsOn = ReadDay("endsOn", request.EndsOn, faults);
        if (startsOn < today.AddDays(-DaysBackMax) || startsOn > today.AddDays(DaysMax))
            faults.Add("startsOn", $"Must lie within the last {DaysBackMax} or the next {DaysMax} days; leave it out for today.");
        else if (endsOn < startsOn || endsOn < today) faults.Add("endsOn", "Must be neither before startsOn nor in the past.");
        else if (startsOn is { } first && endsOn > first.AddDays(DaysMax)) faults.Add("endsOn", $"Must be within {DaysMax} days of startsOn; renew the absence then.");
        faults.CheckText("reason", request.Reason, ReasonLengthMax, isRequired: false);
        if (faults.Any) return null;
        var weekly = new Absence.Weekly(on, from!.Value, until!.Value, startsOn!.Value, endsOn!.Value) { Reason = request.Reason, By = by };
        if (weekly.CurrentOrNext(Noon(startsOn.Value), TimeZoneInfo.Utc) is not null) return weekly;
        faults.Add("endsOn", "No such day of the week lies between startsOn and endsOn; choose a later one.");
        return null;

        static DateTimeOffset Noon(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
    }

    /// <summary>What is not over, the current or next first.</summary>
    public static IReadOnlyList<Api.Absence> Show(AbsencePlan plan, DateTimeOffset now, TimeZoneInfo zone) =>
        [.. plan.Absences.Select(absence => Show(absence, now, zone)).OfType<Api.Absence>().OrderBy(absence => absence.From)];

    /// <summary>An absence with its current or next time; null when it is over.</summary>
    public static Api.Absence? Show(Absence absence, DateTimeOffset now, TimeZoneInfo zone) => absence.CurrentOrNext(now, zone) is { } period
        ? new Api.Absence(
            absence.Id.ToString(CultureInfo.InvariantCulture), period.From, period.Until,
            absence is Absence.Weekly weekly
                ? new WeeklyTimes(
                    [.. Days.Where(day => weekly.On.HasFlag(day)).Select(Name)], Text(weekly.From), Text(weekly.Until), weekly.StartsOn, weekly.EndsOn)
                : null,
            absence.Reason, absence.By)
        : null;

    /// <summary>What <c>household.away</c> says; null when nobody is or will be away.</summary>
    public static Away? AwayOf(AbsencePlan plan, DateTimeOffset now, TimeZoneInfo zone) => plan.CurrentOrNext(now, zone) is var (absence, period)
        ? new Away(period.From, period.Until, absence.Reason, absence.By)
        : null;

    private static Weekdays ReadDays(NewAbsence request, Faults faults)
    {
        var (field, names) = request.Weekdays is null ? ("weekday", request.Weekday is null ? [] : [request.Weekday]) : ("weekdays", request.Weekdays);
        if (request is { Weekday: not null, Weekdays: not null }) faults.Add("weekday", "Give weekday or weekdays, not both.");
        if (names.Count == 0) faults.Add(field, "Is required: monday to sunday.");
        return ReadDays(field, names, faults);
    }

    /// <summary>Days of the week together; what is none goes to <paramref name="faults"/>.</summary>
    public static Weekdays ReadDays(string field, IReadOnlyList<string> names, Faults faults)
    {
        var on = Weekdays.None;
        foreach (var name in names)
            if (Array.FindIndex(Days, day => Name(day).Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var i) on |= Days[i];
            else faults.Add(field, "Must be of monday, tuesday, wednesday, thursday, friday, saturday, sunday.");
        return on;
    }

    /// <summary>A time of day; null when it is none, which goes to <paramref name="faults"/>.</summary>
    public static TimeOnly? ReadTime(string field, string? text, Faults faults)
    {
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time;
        faults.Add(field, "Must be a time of day, 00:00 to 23:59.");
        return null;
    }

    /// <summary>A date; null when it is none, which goes to <paramref name="faults"/>.</summary>
    public static DateOnly? ReadDay(string field, string? text, Faults faults)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        faults.Add(field, "Must be a date, e.g. 2026-12-31.");
        return null;
    }

    /// <summary>The API's word for a day.</summary>
    public static string Name(Weekdays day) => day.ToString().ToLowerInvariant();

    /// <summary>A time of day as people write it.</summary>
    public static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
}
