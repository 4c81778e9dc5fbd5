using MiniExcelLibs;
using MiniExcelLibs.Attributes;
using MiniExcelLibs.OpenXml;

namespace SeniorIoT.Server.Reporting;

/// <summary>The monthly report as a workbook: numbers are numbers, shares are percentages and times are times, so that a district can go on calculating.</summary>
internal static class MonthlyWorkbook
{
    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(Stream stream, MonthlyFigures figures, ReportWords words, TimeZoneInfo zone, CancellationToken cancel)
    {
        var (kpi, say) = (figures.Kpi, (Func<string, string, string>)words.Say);
        // A column is shares in every sheet that has it, or in none.
        var (share, goal, within60s) = (say("比例", "Share"), say("目标", "Goal"), say("60 秒内应答", "Answered within 60 s"));
        var (subDistrict, committee, count, figure) = (say("街道", "Sub-district"), say("居委会", "Committee"), say("数量", "Count"), say("指标", "Figure"));
        var sheets = new Dictionary<string, object>
        {
            [say("达标", "Goals")] = new[]
            {
                Row((figure, within60s), (share, kpi.AnsweredWithin60s), (goal, 0.975)),
                Row((figure, say("180 秒内应答", "Answered within 180 s")), (share, kpi.AnsweredWithin180s), (goal, 0.99)),
                Row((figure, say("45 分钟内到场", "At the door within 45 min")), (share, kpi.ArrivedWithin45Min), (goal, 0.9)),
                Row((figure, say("60 分钟内到场", "At the door within 60 min")), (share, kpi.ArrivedWithin60Min), (goal, 1.0)),
                Row((figure, say("本月探访率", "Seen this month")), (share, figures.Coverage.Share), (goal, 1.0)),
            },
            [say("数量", "Counts")] = new (string Name, double? Value, double? Limit)[]
            {
                (say("警情", "Alerts"), kpi.Alerts, null), (say("未关闭", "Still open"), kpi.Open, null), (say("每席每日警情", "Alerts an operator a day"), Math.Round(kpi.AlertsPerOperatorDay, 2), 150.0),
                (say("应答秒数：中位数", "Seconds to answer: median"), kpi.MedianSecondsToAnswer, null), (say("应答秒数：90%", "Seconds to answer: 90 %"), kpi.P90SecondsToAnswer, null),
                (say("应答秒数：99%", "Seconds to answer: 99 %"), kpi.P99SecondsToAnswer, null), (say("超时例外", "Exceptions"), kpi.Exceptions, null), (say("尚未说明", "Not explained yet"), kpi.ExceptionsOpen, null),
            }.Select(row => Row((figure, row.Name), (say("数值", "Value"), row.Value), (say("上限", "Limit"), row.Limit))).ToList(),
            [say("警情", "Alerts")] = new (string By, IReadOnlyDictionary<string, int> Counts, Func<string, string> Name)[]
            {
                (say("级别", "Priority"), kpi.ByPriority, id => id), (say("类型", "Rule"), kpi.ByRule, words.Rule), (say("处置结果", "Outcome"), kpi.ByOutcome, words.Outcome), (say("误报", "False alarms"), kpi.FalseAlarmsByRule, words.Rule),
            }.SelectMany(table => table.Counts.OrderByDescending(pair => pair.Value).Select(pair => Row((say("分类", "By"), table.By), (say("名称", "Name"), table.Name(pair.Key)), (count, pair.Value)))).ToList(),
            [committee] = kpi.ByCommittee.Select(part => Row((subDistrict, part.SubDistrict), (committee, part.Name), (say("呼叫", "Calls"), part.Calls), (within60s, part.Within60s))).ToList(),
            [say("超时例外", "Exceptions")] = figures.Exceptions.Select(late => Row(
                (say("警情", "Alert"), late.AlertId), (say("级别", "Priority"), late.Priority), (say("类型", "Rule"), words.Rule(late.Rule)), (subDistrict, late.SubDistrict), (committee, late.Committee), (say("时间", "Raised"), Local(late.RaisedAt)),
                (say("应答秒数", "Seconds to answer"), late.SecondsToAnswer is { } seconds ? Math.Round(seconds, 1) : null), (say("到场分钟", "Minutes to the door"), late.MinutesToDoor is { } minutes ? Math.Round(minutes, 1) : null),
                (say("类别", "What"), string.Join(words.Comma, late.Kinds.Select(words.Kind))), (say("原因", "Cause"), late.Cause is null ? null : words.Cause(late.Cause)), (say("说明", "Note"), late.Note),
                (say("说明人", "Explained by"), late.ExplainedBy))).ToList(),
            [say("探访", "Visits")] = figures.Coverage.Areas.Select(area => Row(
                (subDistrict, area.SubDistrict), (committee, area.Committee), (say("户数", "Households"), area.Households), (say("已见", "Seen"), area.Seen), (share, area.Share))).ToList(),
            [say("逾期未见", "Overdue")] = figures.Overdue.Select(home => Row(
                (say("住户编号", "Household"), home.HouseholdId), (say("地址", "Address"), home.Address), (subDistrict, home.SubDistrict), (committee, home.Committee), (say("上次见到", "Last seen"), Local(home.SeenAt)),
                (say("天数", "Days"), home.Days), (say("外出", "Away"), home.IsAway ? say("是", "yes") : ""))).ToList(),
            [say("人员", "People")] = figures.People.Select(person => Row(
                (say("姓名", "Name"), person.Name), (say("手机尾号", "Phone"), person.Phone), (say("探访", "Visits"), person.Visits), (say("电话", "Phone calls"), person.Calls), (say("分钟", "Minutes"), person.Minutes),
                (say("每周联系", "Contacts a week"), person.ContactsAWeek))).ToList(),
            [say("应答人", "Who answered")] = kpi.ByPerson.Select(person => Row((say("姓名", "Name"), person.Name), (say("手机尾号", "Phone"), person.Phone), (say("呼叫", "Calls"), person.Calls), (within60s, person.Within60s))).ToList(),
        };
        // An empty sheet has no heading to read columns from.
        foreach (var (name, rows) in sheets.ToList())
            if (rows is List<Dictionary<string, object?>> { Count: 0 }) sheets[name] = new List<Dictionary<string, object?>> { Row((say("没有记录", "Nothing here"), null)) };
        var configuration = new OpenXmlConfiguration
        {
            FastMode = true, EnableAutoWidth = true, FreezeRowCount = 1, AutoFilter = false,
            DynamicColumns = [.. new[] { share, goal, within60s }.Select(column => new DynamicExcelColumn(column) { Format = "0.0%" })],
        };
        await stream.SaveAsAsync(sheets, configuration: configuration, cancellationToken: cancel);

        DateTime? Local(DateTimeOffset? at) => at is { } known ? TimeZoneInfo.ConvertTime(known, zone).DateTime : null;
    }

    private static Dictionary<string, object?> Row(params (string Column, object? Value)[] cells) => cells.ToDictionary(cell => cell.Column, cell => cell.Value);
}
