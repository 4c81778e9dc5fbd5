using System.Collections.Concurrent;
using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Visits;

/// <summary>What visits say about the households that there are now. What was worked out holds until a household or a record changes. Thread-safe.</summary>
internal sealed class VisitDesk(VisitStore visits, SeenHomes seen, HouseholdDirectory households, TimeZoneInfo zone, TimeProvider clock)
{
    private readonly Kept<(DateOnly Month, string? Area), VisitMonth> _months = new();
    private readonly Kept<string, SeenHome[]> _unseen = new();

    /// <summary>How far the duty of a month is met in an area.</summary>
    public VisitMonth Coverage(DateOnly month, AreaScope scope)
    {
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        var version = households.Version;
        return seen.In(from, until, (newest, inMonth) => _months.Get((month, scope.Area), (version, newest), () =>
        {
            var areas = VisitCoverage.Of(Homes(scope), inMonth);
            var (all, met) = (areas.Sum(area => area.Households), areas.Sum(area => area.Seen));
            return new(
                month.ToString("yyyy-MM", CultureInfo.InvariantCulture), all, met, all == 0 ? 1 : (double)met / all,
                [.. areas.Select(area => new VisitArea(area.SubDistrict, area.Committee, area.Households, area.Seen, area.Share))]);
        }));
    }

    /// <summary>Households that nobody has seen for so many days, those never seen first. Read only as far as it is needed.</summary>
    public IEnumerable<OverdueVisit> Overdue(int days, AreaScope scope)
    {
        var now = clock.GetUtcNow();
        return VisitCoverage.Overdue(LongestUnseen(scope), days, now).Select(overdue =>
        {
            households.TryGet(overdue.Home.Household.Value, out var home);
            return new OverdueVisit(
                overdue.Home.Household.Value, home?.Address ?? "", string.Join('、', home?.Residents.Select(resident => resident.Name) ?? []), overdue.Home.Committee, overdue.Home.SubDistrict,
                overdue.SeenAt, overdue.Days, home?.Absences.CurrentOrNext(now, zone) is { } absence && absence.Period.From <= now);
        });
    }

    /// <summary>How many those are.</summary>
    public int CountOverdue(int days, AreaScope scope) => VisitCoverage.Overdue(LongestUnseen(scope), days, clock.GetUtcNow()).Count();

    /// <summary>What each person did in <c>[from, until)</c>, the busiest first. People whose number or user is known are told apart by it, others by name.</summary>
    public IReadOnlyList<VisitPerson> People(DateTimeOffset from, DateTimeOffset until, AreaScope scope, PhoneSight sight)
    {
        var weeks = (until - from).TotalDays / 7;
        return
        [
            .. visits.List(scope.Area, null, from, until).SelectMany(row => row.Visit.People.Select(one => (one.Name, one.Minutes, one.Id, row.Visit.Kind)))
                .GroupBy(one => (ById: one.Id, one.Id is null ? one.Name : "")).Select(person => new VisitPerson(
                person.First().Name, person.Count(one => one.Kind != VisitKind.Phone), person.Count(one => one.Kind == VisitKind.Phone), person.Sum(one => one.Minutes ?? 0),
                Math.Round(person.Count() / weeks, 2)) { Phone = sight.Show(person.Key.ById), User = person.Key.ById?.User })
                .OrderByDescending(person => person.Minutes).ThenByDescending(person => person.Visits).ThenBy(person => person.Name, StringComparer.Ordinal).ThenBy(person => person.Phone, StringComparer.Ordinal),
        ];
    }

    private SeenHome[] LongestUnseen(AreaScope scope)
    {
        var version = households.Version;
        return seen.Last((newest, seenAt) => _unseen.Get(scope.Area ?? "", (version, newest), () => VisitCoverage.LongestUnseen(Homes(scope), seenAt)));
    }

    private IEnumerable<VisitedHome> Homes(AreaScope scope) => households.ByCommittee.Where(area => scope.CanSee(area.Committee, area.SubDistrict))
        .SelectMany(area => area.Homes.Select(home => new VisitedHome(new HouseholdId(home.HouseholdId), area.Committee, area.SubDistrict)));

    /// <summary>The latest answers, each as of a version of households and records; forgotten together when there are too many.</summary>
    private sealed class Kept<TKey, TValue>
        where TKey : notnull
    {
        private const int CountMax = 1_000;

        private readonly ConcurrentDictionary<TKey, ((long Households, long Records) Version, TValue Value)> _values = new();

        public TValue Get(TKey key, (long, long) version, Func<TValue> make)
        {
            if (_values.TryGetValue(key, out var known) && known.Version == version) return known.Value;
            if (_values.Count >= CountMax) _values.Clear();
            var value = make();
            _values[key] = (version, value);
            return value;
        }
    }
}
