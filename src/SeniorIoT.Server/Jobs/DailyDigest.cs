using System.Globalization;
using System.Text;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Kpis;
using SeniorIoT.Server.Reporting;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Jobs;

/// <summary>The daily digest: what happened yesterday, and what is still open. Writing a day again replaces it.</summary>
internal sealed class DailyDigest(
    AlertStore alerts, AlertQueries queries, DeviceLiveTable live, DeviceDirectory devices, HouseholdDirectory households, DutyReport duty, KpiDesk kpis, VisitDesk visits, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>So many of those whom nobody has seen for longest are named.</summary>
    private const int UnseenMax = 10;

    /// <summary>Writes the digest of the local day that ended last.</summary>
    public Task WriteAsync()
    {
        var now = clock.GetUtcNow();
        var day = LocalTime.DayOf(now, zone).AddDays(-1);
        var text = TextOf(Area.District, day, now);
        return alerts.File.WriteAsync(connection => connection.Run(
            "INSERT OR REPLACE INTO digests VALUES (@day, @text, @now)",
            ("@day", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("@text", text), ("@now", now)));
    }

    /// <summary>The digest of a day for an area: a committee, a sub-district or the district, which alone hears of the platform itself.</summary>
    public string TextOf(Area area, DateOnly day, DateTimeOffset now)
    {
        var isWhole = area == Area.District;
        var scope = AreaScope.Of(area);
        var homes = households.All.Where(scope.CanSee).ToList();
        var ids = homes.SelectMany(home => home.Devices).Select(device => device.DeviceId).ToList();
        return Text(
            day, households.Names.Of(area), kpis.Figures(LocalTime.StartOf(day, zone), LocalTime.StartOf(day.AddDays(1), zone), scope.Area), queries.CountOpen(scope.Area), isWhole ? queries.OpenSystem() : [],
            isWhole ? live.CountSilent : ids.Count(id => live.TryGet(id, out var device) && device.IsSilent), isWhole ? devices.Count : ids.Count, AbsenceDigest.Of(homes, now, zone),
            duty.Count(scope), visits.Coverage(new DateOnly(day.Year, day.Month, 1), scope), visits.CountOverdue(VisitCoverage.DaysMax, scope),
            [.. visits.Overdue(VisitCoverage.DaysMax, scope).Where(home => !home.IsAway).Take(UnseenMax)]);
    }

    /// <summary>The newest digests first.</summary>
    public IReadOnlyList<Digest> Read(int count) => alerts.File.Read(connection => connection.Rows(
        "SELECT day, text, written_at FROM digests ORDER BY day DESC LIMIT @count",
        row => new Digest(DateOnly.Parse(row.GetString(0), CultureInfo.InvariantCulture), row.GetString(1), row.Instant(2)), ("@count", count)));

    internal static string Text(
        DateOnly day, string area, Kpi kpi, IReadOnlyDictionary<string, int> open, IReadOnlyList<string> system, int silent, int devices, AbsenceDigest absences, DutySummary duty, VisitMonth seen,
        int overdue, IReadOnlyList<OverdueVisit> longestUnseen)
    {
        var isWhole = area == HouseholdDirectory.District;
        var text = new StringBuilder();
        text.AppendLine($"{day:yyyy-MM-dd} 日报 daily digest · {(isWhole ? "全区 whole district" : area)}");
        text.AppendLine();
        text.AppendLine("【现在要做 to do now】");
        text.AppendLine($"未关闭的告警 alerts still open: {Counts(open)}");
        text.AppendLine($"超时未说明 took too long, not explained yet: {kpi.ExceptionsOpen} (共 of {kpi.Exceptions})");
        text.AppendLine($"超过 {VisitCoverage.DaysMax} 天未见 not seen for more than {VisitCoverage.DaysMax} days: {overdue} 户 households{Unseen(longestUnseen)}");
        foreach (var line in absences.Lines()) text.AppendLine(line);
        foreach (var line in DutyDigest.Lines(duty)) text.AppendLine(line);
        text.AppendLine(CultureInfo.InvariantCulture, $"无数据设备 silent devices: {silent} / {devices}");
        // The platform itself is the district's business.
        if (isWhole) text.AppendLine($"系统告警 about the system itself: {(system.Count == 0 ? "–" : string.Join(", ", system.Select(rule => $"{ReportWords.Rule(rule)} {rule}")))}");
        text.AppendLine();
        text.AppendLine("【昨日 yesterday】");
        text.AppendLine($"告警 alerts {kpi.Alerts}: {Counts(kpi.ByPriority)}");
        text.AppendLine($"规则 by rule: {Counts(kpi.ByRule, ReportWords.Rule)}");
        text.AppendLine($"结果 by outcome: {Counts(kpi.ByOutcome, ReportWords.Outcome)}");
        text.AppendLine($"应答 answered: 60 秒内 within 60 s {Percent(kpi.AnsweredWithin60s)} (目标 goal 97.5 %), 180 秒内 within 180 s {Percent(kpi.AnsweredWithin180s)} (99 %)");
        text.AppendLine($"到场 at the door: 45 分钟内 within 45 min {Percent(kpi.ArrivedWithin45Min)} (目标 goal 90 %), 60 分钟内 within 60 min {Percent(kpi.ArrivedWithin60Min)} (100 %)");
        text.Append(CultureInfo.InvariantCulture, $"{seen.Month} 已探访 seen in the month: {seen.Seen} / {seen.Households} (目标 goal 100 %)");
        return text.ToString();
    }

    private static string Unseen(IReadOnlyList<OverdueVisit> homes) => homes.Count == 0 ? "" : "，最久 the longest: "
        + string.Join(", ", homes.Select(home => $"{home.HouseholdId} {(home.Days is { } days ? $"{days} 天 d" : "从未 never")}"));

    private static string Counts(IReadOnlyDictionary<string, int> counts, Func<string, string>? name = null) => counts.Count == 0 ? "–" : string.Join(", ", counts
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => name?.Invoke(pair.Key) is { } said && said != pair.Key ? $"{said} {pair.Key} {pair.Value}" : $"{pair.Key} {pair.Value}"));

    private static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
