using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Reporting;

/// <summary>Everything that a monthly report says of an area.</summary>
/// <param name="Month">The first day of the month.</param>
/// <param name="Area">Whose; null for the whole district.</param>
/// <param name="Kpi">The key figures.</param>
/// <param name="Exceptions">What took too long.</param>
/// <param name="Coverage">How far the monthly duty is met.</param>
/// <param name="Overdue">Whom nobody has seen for too long, as known when it was written.</param>
/// <param name="People">What each person did.</param>
/// <param name="WrittenAt">When it was written.</param>
internal sealed record MonthlyFigures(
    DateOnly Month, Area? Area, Kpi Kpi, IReadOnlyList<KpiException> Exceptions, VisitMonth Coverage, IReadOnlyList<OverdueVisit> Overdue, IReadOnlyList<VisitPerson> People, DateTimeOffset WrittenAt)
{
    /// <summary><c>yyyy-MM</c>.</summary>
    public string Name => Month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>Gathers them.</summary>
internal sealed class MonthlyFiguresDesk(KpiDesk kpis, VisitDesk visits, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>The figures of a month, as they are now.</summary>
    public MonthlyFigures Of(DateOnly month, AreaScope scope)
    {
        var (from, until) = VisitCoverage.MonthOf(month.Year, month.Month, zone);
        return new(
            month, scope.Area, kpis.Figures(from, until, scope.Area), kpis.Exceptions(from, until, scope.Area), visits.Coverage(month, scope), [.. visits.Overdue(VisitCoverage.DaysMax, scope)],
            visits.People(from, until, scope, PhoneSight.Masked), clock.GetUtcNow());
    }
}
