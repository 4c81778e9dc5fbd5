using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace SeniorIoT.Server.Reporting;

/// <summary>The monthly report as a workbook: numbers are numbers and times are times, so that a district can go on calculating.</summary>
internal static class MonthlyWorkbook
{
    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(Stream stream, MonthlyFigures figures, TimeZoneInfo zone, CancellationToken cancel)
    {
        var kpi = figures.Kpi;
        DateTime? Local(DateTimeOffset? at) => at is { } known ? TimeZoneInfo.ConvertTime(known, zone).DateTime : null;
        var sheets = new Dictionary<string, object>
        {
            ["指标 KPI"] = Rows(
                ("告警 alerts", kpi.Alerts, null), ("未关闭 still open", kpi.Open, null), ("60 秒内应答 answered within 60 s", kpi.AnsweredWithin60s, 0.975),
                ("180 秒内应答 answered within 180 s", kpi.AnsweredWithin180s, 0.99), ("45 分钟内到场 at the door within 45 min", kpi.ArrivedWithin45Min, 0.9),
                ("60 分钟内到场 at the door within 60 min", kpi.ArrivedWithin60Min, 1.0), ("应答秒数中位 median seconds to answer", kpi.MedianSecondsToAnswer, null),
                ("应答秒数 p90", kpi.P90SecondsToAnswer, null), ("应答秒数 p99", kpi.P99SecondsToAnswer, null), ("每日告警 alerts a day", Math.Round(kpi.AlertsPerOperatorDay, 2), 150.0),
                ("例外 exceptions", kpi.Exceptions, null), ("未说明 not explained", kpi.ExceptionsOpen, null), ("月度探访率 monthly visits", Math.Round(figures.Coverage.Share, 4), 1.0)),
            ["告警 alerts"] = new[] { ("级别 priority", kpi.ByPriority), ("规则 rule", kpi.ByRule), ("结果 outcome", kpi.ByOutcome), ("误报 false alarm", kpi.FalseAlarmsByRule) }
                .SelectMany(table => table.Item2.OrderByDescending(pair => pair.Value).Select(pair => Row(("按 by", table.Item1), ("名称 name", pair.Key), ("数量 count", pair.Value)))).ToList(),
            ["居委会 committees"] = kpi.ByCommittee.Select(part => Row(
                ("街道 sub-district", part.SubDistrict), ("居委会 committee", part.Name), ("呼叫 calls", part.Calls), ("60 秒内 within 60 s", part.Within60s is { } share ? Math.Round(share, 4) : null))).ToList(),
            ["例外 exceptions"] = figures.Exceptions.Select(late => Row(
                ("编号 alert", late.AlertId), ("级别 priority", late.Priority), ("规则 rule", ReportWords.Rule(late.Rule)), ("街道 sub-district", late.SubDistrict), ("居委会 committee", late.Committee), ("时间 raised", Local(late.RaisedAt)),
                ("应答秒数 seconds", late.SecondsToAnswer is { } seconds ? Math.Round(seconds, 1) : null), ("到场分钟 minutes", late.MinutesToDoor is { } minutes ? Math.Round(minutes, 1) : null),
                ("类别 kind", string.Join(' ', late.Kinds)), ("原因 cause", late.Cause is null ? null : ReportWords.Cause(late.Cause)), ("说明 note", late.Note), ("说明人 by", late.ExplainedBy))).ToList(),
            ["探访 coverage"] = figures.Coverage.Areas.Select(area => Row(
                ("街道 sub-district", area.SubDistrict), ("居委会 committee", area.Committee), ("户 households", area.Households), ("已见 seen", area.Seen), ("比例 share", Math.Round(area.Share, 4)))).ToList(),
            ["逾期 overdue"] = figures.Overdue.Select(home => Row(
                ("住户 household", home.HouseholdId), ("地址 address", home.Address), ("街道 sub-district", home.SubDistrict), ("居委会 committee", home.Committee), ("上次 last seen", Local(home.SeenAt)), ("天数 days", home.Days),
                ("外出 away", home.IsAway ? "是 yes" : ""))).ToList(),
            ["人员 people"] = figures.People.Select(person => Row(
                ("姓名 name", person.Name), ("手机尾号 phone", person.Phone), ("探访 visits", person.Visits), ("电话 calls", person.Calls), ("分钟 minutes", person.Minutes), ("每周联系 contacts a week", person.ContactsAWeek))).ToList(),
            ["应答 operators"] = kpi.ByPerson.Select(person => Row(("姓名 name", person.Name), ("手机尾号 phone", person.Phone), ("应答 calls", person.Calls), ("60 秒内 within 60 s", person.Within60s))).ToList(),
        };
        // An empty sheet has no heading to read columns from.
        foreach (var (name, rows) in sheets.ToList())
            if (rows is List<Dictionary<string, object?>> { Count: 0 }) sheets[name] = new List<Dictionary<string, object?>> { Row(("（无）", "none")) };
        await stream.SaveAsAsync(sheets, configuration: new OpenXmlConfiguration { FastMode = true, EnableAutoWidth = true, FreezeRowCount = 1, AutoFilter = false }, cancellationToken: cancel);
    }

    private static List<Dictionary<string, object?>> Rows(params (string Name, double? Value, double? Goal)[] rows) =>
        [.. rows.Select(row => Row(("指标 figure", row.Name), ("数值 value", row.Value), ("目标 goal", row.Goal)))];

    private static Dictionary<string, object?> Row(params (string Column, object? Value)[] cells) => cells.ToDictionary(cell => cell.Column, cell => cell.Value);
}
