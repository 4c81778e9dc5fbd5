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
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Jobs;

/// <summary>The daily digest: what happened yesterday, and what is still open. Writing a day again replaces it.</summary>
internal sealed class DailyDigest(
    AlertStore alerts, AlertQueries queries, DeviceLiveTable live, DeviceDirectory devices, HouseholdDirectory households, DutyReport duty, KpiDesk kpis, VisitDesk visits, TimeZoneInfo zone, TimeProvider clock)
{
    /// <summary>Writes the digest of the local day that ended last.</summary>
    public Task WriteAsync()
    {
        var now = clock.GetUtcNow();
        var day = LocalTime.DayOf(now, zone).AddDays(-1);
        var text = TextOf(HouseholdDirectory.District, day, now);
        return alerts.File.WriteAsync(connection => connection.Run(
            "INSERT OR REPLACE INTO digests VALUES (@day, @text, @now)",
            ("@day", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), ("@text", text), ("@now", now)));
    }

    /// <summary>The digest of a day for an area: a committee, a sub-district or <see cref="HouseholdDirectory.District"/>, which alone hears of the platform itself.</summary>
    public string TextOf(string area, DateOnly day, DateTimeOffset now)
    {
        var isWhole = area == HouseholdDirectory.District;
        var scope = new AreaScope(isWhole ? null : area);
        var homes = households.All.Where(home => isWhole || home.Committee == area || home.SubDistrict == area).ToList();
        var ids = homes.SelectMany(home => home.Devices).Select(device => device.DeviceId).ToList();
        return Text(
            day, kpis.Figures(LocalTime.StartOf(day, zone), LocalTime.StartOf(day.AddDays(1), zone), scope.Area), queries.CountOpen(scope.Area), isWhole ? queries.OpenSystem() : [],
            isWhole ? live.CountSilent : ids.Count(id => live.TryGet(id, out var device) && device.IsSilent), isWhole ? devices.Count : ids.Count, AbsenceDigest.Of(homes, now, zone),
            duty.Count(scope), visits.Coverage(new DateOnly(day.Year, day.Month, 1), scope), visits.CountOverdue(VisitCoverage.DaysMax, scope));
    }

    /// <summary>The newest digests first.</summary>
    public IReadOnlyList<Digest> Read(int count) => alerts.File.Read(connection => connection.Rows(
        "SELECT day, text, written_at FROM digests ORDER BY day DESC LIMIT @count",
        row => new Digest(DateOnly.Parse(row.GetString(0), CultureInfo.InvariantCulture), row.GetString(1), row.Instant(2)), ("@count", count)));

    internal static string Text(
        DateOnly day, Kpi kpi, IReadOnlyDictionary<string, int> open, IReadOnlyList<string> system, int silent, int devices, AbsenceDigest absences, DutySummary duty, VisitMonth seen, int overdue)
    {
        var text = new StringBuilder();
        text.AppendLine($"{day:yyyy-MM-dd} 日报 / daily digest");
        text.AppendLine($"告警 alerts {kpi.Alerts}: {Counts(kpi.ByPriority)}");
        text.AppendLine($"规则 by rule: {Counts(kpi.ByRule)}");
        text.AppendLine($"结果 by outcome: {Counts(kpi.ByOutcome)}");
        text.AppendLine($"60 秒内应答 answered within 60 s: {Percent(kpi.AnsweredWithin60s)} (goal 97.5 %), 180 s: {Percent(kpi.AnsweredWithin180s)} (goal 99 %)");
        text.AppendLine($"45 分钟内到场 at the door within 45 min: {Percent(kpi.ArrivedWithin45Min)} (goal 90 %), 60 min: {Percent(kpi.ArrivedWithin60Min)} (goal 100 %)");
        text.AppendLine($"超时未说明 took too long and not explained: {kpi.ExceptionsOpen} / {kpi.Exceptions}");
        text.AppendLine($"本月已探访 seen this month: {seen.Seen} / {seen.Households} (goal 100 %), 逾期 overdue: {overdue}");
        text.AppendLine($"未关闭 still open: {Counts(open)}");
        text.AppendLine($"系统告警 about the system itself, still open: {(system.Count == 0 ? "–" : string.Join(", ", system))}");
        foreach (var line in absences.Lines()) text.AppendLine(line);
        foreach (var line in DutyDigest.Lines(duty)) text.AppendLine(line);
        text.Append(CultureInfo.InvariantCulture, $"无数据设备 silent devices: {silent} / {devices}");
        return text.ToString();
    }

    private static string Counts(IReadOnlyDictionary<string, int> counts) =>
        counts.Count == 0 ? "–" : string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    private static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
