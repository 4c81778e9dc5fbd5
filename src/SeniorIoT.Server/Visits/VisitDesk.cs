using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Visits;

/// <summary>What visits say about the households that there are now.</summary>
internal sealed class VisitDesk(VisitStore visits, HouseholdDirectory households, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>How far the duty of a month is met in an area.</summary>
    public VisitMonth Coverage(DateOnly month, AreaScope scope)
    {
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        var areas = VisitCoverage.Of(Homes(scope), visits.ReadSeen(from, until));
        var (all, seen) = (areas.Sum(area => area.Households), areas.Sum(area => area.Seen));
        return new(
            month.ToString("yyyy-MM", CultureInfo.InvariantCulture), all, seen, all == 0 ? 1 : (double)seen / all,
            [.. areas.Select(area => new VisitArea(area.SubDistrict, area.Committee, area.Households, area.Seen, area.Share))]);
    }

    /// <summary>Households that nobody has seen for so many days, those never seen first.</summary>
    public IReadOnlyList<OverdueVisit> Overdue(int days, AreaScope scope) =>
    [
        .. VisitCoverage.Overdue(Homes(scope), visits.ReadSeenAt(), days, clock.GetUtcNow()).Select(overdue =>
        {
            households.TryGet(overdue.Home.Household.Value, out var home);
            return new OverdueVisit(
                overdue.Home.Household.Value, home?.Address ?? "", string.Join('、', home?.Residents.Select(resident => resident.Name) ?? []), overdue.Home.Committee, overdue.Home.SubDistrict,
                overdue.SeenAt, overdue.Days, overdue.Home.IsAway);
        }),
    ];

    /// <summary>What each person did in <c>[from, until)</c>, the busiest first. People whose number or user is known are told apart by it, others by name.</summary>
    public IReadOnlyList<VisitPerson> People(DateTimeOffset from, DateTimeOffset until, AreaScope scope, PhoneSight sight)
    {
        var weeks = (until - from).TotalDays / 7;
        return
        [
            .. visits.List(scope.Area, null, from, until).GroupBy(row => (row.Visit.ById, row.Visit.ById is null ? row.Visit.By : "")).Select(person => new VisitPerson(
                person.First().Visit.By, person.Count(row => row.Visit.Kind != VisitKind.Phone), person.Count(row => row.Visit.Kind == VisitKind.Phone), person.Sum(row => row.Visit.Minutes ?? 0),
                Math.Round(person.Count() / weeks, 2)) { Phone = sight.Show(person.Key.ById), User = person.Key.ById?.User })
                .OrderByDescending(person => person.Minutes).ThenByDescending(person => person.Visits).ThenBy(person => person.Name, StringComparer.Ordinal).ThenBy(person => person.Phone, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<VisitedHome> Homes(AreaScope scope)
    {
        var now = clock.GetUtcNow();
        return households.All.Where(scope.CanSee).Select(home => new VisitedHome(new HouseholdId(home.HouseholdId), home.Committee, home.SubDistrict, home.Absences.CurrentOrNext(now, zone) is { } absence && absence.Period.From <= now));
    }
}
