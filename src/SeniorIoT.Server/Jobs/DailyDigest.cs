using System.Globalization;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Domain.Visits;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Channels;
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
    AlertStore alerts, AlertQueries queries, DeviceLiveTable live, DeviceDirectory devices, HouseholdDirectory households, AreaChannels channels, DutyReport duty, KpiDesk kpis, VisitDesk visits, TimeZoneInfo zone,
    TimeProvider clock)
{
    /// <summary>So many of those whom nobody has seen for longest are named.</summary>
    private const int UnseenMax = 10;

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

    /// <summary>The digest of a day for an area, in its language: a committee, a sub-district or <see cref="HouseholdDirectory.District"/>, which alone hears of the platform itself.</summary>
    public string TextOf(string area, DateOnly day, DateTimeOffset now)
    {
        var isWhole = area == HouseholdDirectory.District;
        var scope = new AreaScope(isWhole ? null : area);
        var homes = households.All.Where(home => isWhole || home.Committee == area || home.SubDistrict == area).ToList();
        var ids = homes.SelectMany(home => home.Devices).Select(device => device.DeviceId).ToList();
        var words = new ReportWords(channels.LanguageOf(area, isWhole ? null : homes.FirstOrDefault()?.SubDistrict));
        return Text(
            words, day, area, kpis.Figures(LocalTime.StartOf(day, zone), LocalTime.StartOf(day.AddDays(1), zone), scope.Area), queries.CountOpen(scope.Area), isWhole ? queries.OpenSystem() : [],
            isWhole ? live.CountSilent : ids.Count(id => live.TryGet(id, out var device) && device.IsSilent), isWhole ? devices.Count : ids.Count, AbsenceDigest.Of(homes, now, zone),
            duty.Count(scope), visits.Coverage(new DateOnly(day.Year, day.Month, 1), scope), visits.CountOverdue(VisitCoverage.DaysMax, scope),
            [.. visits.Overdue(VisitCoverage.DaysMax, scope).Where(home => !home.IsAway).Take(UnseenMax)]);
    }

    /// <summary>The newest digests first.</summary>
    public IReadOnlyList<Digest> Read(int count) => alerts.File.Read(connection => connection.Rows(
        "SELECT day, text, written_at FROM digests ORDER BY day DESC LIMIT @count",
        row => new Digest(DateOnly.Parse(row.GetString(0), CultureInfo.InvariantCulture), row.GetString(1), row.Instant(2)), ("@count", count)));

    internal static string Text(
        ReportWords words, DateOnly day, string area, Kpi kpi, IReadOnlyDictionary<string, int> open, IReadOnlyList<string> system, int silent, int devices, AbsenceDigest absences, DutySummary duty, VisitMonth seen,
        int overdue, IReadOnlyList<OverdueVisit> longestUnseen)
    {
        var isWhole = area == HouseholdDirectory.District;
        var say = (Func<string, string, string>)words.Say;
        string[] lines =
        [
            $"{day:yyyy-MM-dd} {say("日报", "daily digest")} · {words.Area(area)}",
            "",
            say("【现在要做】", "TO DO NOW"),
            say("未关闭的警情：", "Alerts still open: ") + Counts(open),
            say($"超时未说明：{kpi.ExceptionsOpen}（共 {kpi.Exceptions}）", $"Took too long, not explained yet: {kpi.ExceptionsOpen} (of {kpi.Exceptions})"),
            say($"{VisitCoverage.DaysMax} 天以上没有见到：{overdue} 户", $"Not seen for {VisitCoverage.DaysMax} days or more: {overdue} households") + Unseen(),
            .. absences.Lines(words),
            .. DutyDigest.Lines(duty, words),
            say($"失联设备：{silent}（共 {devices}）", $"Silent devices: {silent} (of {devices})"),
            // The platform itself is the district's business.
            .. isWhole ? [say("平台自身的警情：", "About the platform itself: ") + (system.Count == 0 ? "–" : string.Join(words.Comma, system.Select(words.Rule)))] : (string[])[],
            "",
            say("【昨日】", "YESTERDAY"),
            say($"警情 {kpi.Alerts} 条：", $"Alerts {kpi.Alerts}: ") + Counts(kpi.ByPriority),
            say("类型：", "By rule: ") + Counts(kpi.ByRule, words.Rule),
            say("处置结果：", "By outcome: ") + Counts(kpi.ByOutcome, words.Outcome),
            say($"应答：60 秒内 {Percent(kpi.AnsweredWithin60s)}（目标 97.5 %），180 秒内 {Percent(kpi.AnsweredWithin180s)}（目标 99 %）",
                $"Answered: within 60 s {Percent(kpi.AnsweredWithin60s)} (goal 97.5 %), within 180 s {Percent(kpi.AnsweredWithin180s)} (goal 99 %)"),
            say($"到场：45 分钟内 {Percent(kpi.ArrivedWithin45Min)}（目标 90 %），60 分钟内 {Percent(kpi.ArrivedWithin60Min)}（目标 100 %）",
                $"At the door: within 45 min {Percent(kpi.ArrivedWithin45Min)} (goal 90 %), within 60 min {Percent(kpi.ArrivedWithin60Min)} (goal 100 %)"),
            say($"{seen.Month} 已探访：{seen.Seen} / {seen.Households} 户（目标 100 %）", $"Seen in {seen.Month}: {seen.Seen} / {seen.Households} households (goal 100 %)"),
        ];
        return string.Join('\n', lines);

        string Unseen() => longestUnseen.Count == 0 ? "" : say("，最久的：", ", the longest: ") + string.Join(words.Comma, longestUnseen
            .Select(home => $"{home.HouseholdId} {(home.Days is { } days ? say($"{days} 天", $"{days} d") : say("从未", "never"))}"));

        string Counts(IReadOnlyDictionary<string, int> counts, Func<string, string>? name = null) => counts.Count == 0 ? "–"
            : string.Join(words.Comma, counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{name?.Invoke(pair.Key) ?? pair.Key} {pair.Value}"));
    }

    private static string Percent(double? share) => share is { } value ? (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
