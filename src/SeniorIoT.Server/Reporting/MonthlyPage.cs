using System.Globalization;
using System.Net;
using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using SeniorIoT.Api;

namespace SeniorIoT.Server.Reporting;

/// <summary>The monthly report as one HTML page without outside parts: to be read, mailed and printed. Chinese with English beside it.</summary>
internal static class MonthlyPage
{
    private const string Style = """
        body{font:15px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1b1b1b;max-width:62rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}small,.quiet{color:#555}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.2rem .6rem;border-bottom:1px solid #ddd;text-align:left}
        td.n,th.n{text-align:right}thead th{border-bottom:2px solid #888}svg{max-width:100%;height:auto}.missed{font-weight:700}
        @media print{body{margin:0;font-size:11px}section{break-inside:avoid}thead{display:table-header-group}}
        """;

    private const int RowsMax = 200;

    /// <summary>The page.</summary>
    public static string Html(MonthlyFigures figures, TimeZoneInfo zone)
    {
        var (page, kpi) = (new StringBuilder(), figures.Kpi);
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>月报 {figures.Name}</title><style>{Style}</style></head><body>
            <h1>{figures.Name} 月报 <small>Monthly report · {Text(figures.Area is { } area ? $"{area.SubDistrict} {area.Committee}".Trim() : "全区 whole district")}</small></h1>
            <p class="quiet">生成于 written {At(figures.WrittenAt, zone)}。应答与到场只计 P1、P2；未应答的超时即计为迟；派人未记录到场的计为迟。<br>
            <small>Times count P1 and P2 of households. A call that nobody answered counts as late once the time is over; so does a visit of which nobody wrote down the arrival.</small></p>

            """);
        Section(page, "指标", "Key figures", Table(["指标", "数值", "目标", ""], 1,
        [
            Goal("60 秒内应答 answered within 60 s", kpi.AnsweredWithin60s, 0.975), Goal("180 秒内应答 within 180 s", kpi.AnsweredWithin180s, 0.99),
            Goal("45 分钟内到场 at the door within 45 min", kpi.ArrivedWithin45Min, 0.9), Goal("60 分钟内到场 within 60 min", kpi.ArrivedWithin60Min, 1),
            Goal("月度探访率 seen this month", figures.Coverage.Share, 1),
            ["应答秒数 seconds to answer: p50 / p90 / p99", $"{Number(kpi.MedianSecondsToAnswer)} / {Number(kpi.P90SecondsToAnswer)} / {Number(kpi.P99SecondsToAnswer)}", "", ""],
            ["告警 alerts / 每日 a day", $"{kpi.Alerts} / {Number(kpi.AlertsPerOperatorDay)}", "≤ 150", kpi.AlertsPerOperatorDay <= 150 ? "✓" : "✗ 超出 over"],
            ["例外 exceptions / 未说明 not explained", $"{kpi.Exceptions} / {kpi.ExceptionsOpen}", "0", kpi.ExceptionsOpen == 0 ? "✓" : "✗"],
        ]));
        Section(page, "每日呼叫", "Calls by day", Bars(kpi.ByDay, name => name[8..]));
        Section(page, "按小时", "Calls by hour of day", Bars(kpi.ByHour, name => name));
        Section(page, "按居委会", "Calls by committee", Table(["街道 sub-district", "居委会 committee", "呼叫 calls", "60 秒内 within 60 s"], 2,
            kpi.ByCommittee.Take(RowsMax).Select(part => (string[])[Text(part.SubDistrict ?? ""), Text(part.Name), Count(part.Calls), Percent(part.Within60s)])));
        Section(page, "告警", "Alerts", Table(["规则 rule", "数量 alerts", "误报 false alarms"], 1,
            kpi.ByRule.OrderByDescending(rule => rule.Value).Select(rule => (string[])[RuleOf(rule.Key), Count(rule.Value), Count(kpi.FalseAlarmsByRule.GetValueOrDefault(rule.Key))]))
            + Table(["结果 outcome", "数量 alerts", "比例 share"], 1, kpi.ByOutcome.OrderByDescending(outcome => outcome.Value)
                .Select(outcome => (string[])[OutcomeOf(outcome.Key), Count(outcome.Value), Percent((double)outcome.Value / Math.Max(1, kpi.ByOutcome.Values.Sum()))])));
        Section(page, "例外", "Exceptions: later than 180 s, not answered, or not at the door within 60 min", Table(
            ["编号 alert", "级别", "规则 rule", "街道 sub-district", "居委会 committee", "时间 raised", "应答 s", "到场 min", "原因 cause"], 5,
            figures.Exceptions.Take(RowsMax).Select(late => (string[])[
                Text(late.AlertId), late.Priority, RuleOf(late.Rule), Text(late.SubDistrict), Text(late.Committee), At(late.RaisedAt, zone), Number(late.SecondsToAnswer), Number(late.MinutesToDoor),
                late.Cause is null ? "<b>未说明 not explained</b>" : $"{CauseOf(late.Cause)}：{Text(late.Note ?? "")}（{Text(late.ExplainedBy ?? "")}）"])));
        Section(page, "探访", "Monthly visits", Table(["街道 sub-district", "居委会 committee", "户 households", "已见 seen", "比例 share"], 2,
            figures.Coverage.Areas.Take(RowsMax).Select(area => (string[])[Text(area.SubDistrict), Text(area.Committee), Count(area.Households), Count(area.Seen), Percent(area.Share)])));
        Section(page, $"逾期 {figures.Overdue.Count} 户", "Households not seen for 31 days or more", Table(["住户 household", "街道 sub-district", "居委会 committee", "上次 last seen", "天数 days", ""], 3,
            figures.Overdue.Take(RowsMax).Select(home => (string[])[
                Text(home.HouseholdId), Text(home.SubDistrict), Text(home.Committee), home.SeenAt is { } at ? At(at, zone) : "从未 never", home.Days is { } days ? Count(days) : "–", home.IsAway ? "外出 away" : ""])));
        Section(page, "人员", "People", Table(["姓名 name", "手机尾号 phone", "探访 visits", "电话 calls", "分钟 minutes", "每周联系 contacts a week"], 2,
            figures.People.Take(RowsMax).Select(person => (string[])[Text(person.Name), Text(person.Phone ?? ""), Count(person.Visits), Count(person.Calls), Count(person.Minutes), Number(person.ContactsAWeek)])));
        return page.Append("</body></html>\n").ToString();
    }

    private static string RuleOf(string id) => $"{Text(ReportWords.Rule(id))} <small>{Text(id)}</small>";

    private static string OutcomeOf(string id) => $"{Text(ReportWords.Outcome(id))} <small>{Text(id)}</small>";

    private static string CauseOf(string id) => $"{Text(ReportWords.Cause(id))} <small>{Text(id)}</small>";

    private static string[] Goal(string name, double? share, double goal) =>
        [name, Percent(share), $"≥ {Percent(goal)}", share is null ? "" : share >= goal ? "✓ 达标 met" : "<span class=\"missed\">✗ 未达标 missed</span>"];

    // Dark: answered within 60 s; hatched by its outline only: later. Read without colours by the two heights.
    private static string Bars(IReadOnlyList<KpiPart> parts, Func<string, string> label)
    {
        if (parts.Count == 0) return "<p class=\"quiet\">无呼叫 no calls</p>\n";
        var plot = new PlotModel { DefaultFont = "Noto Sans CJK SC, sans-serif", DefaultFontSize = 12, PlotAreaBorderColor = OxyColor.Parse("#888888"), PlotMargins = new OxyThickness(45, 8, 10, 40) };
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Minimum = 0, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.Parse("#e4e4e4"), MinimumMajorStep = 1, MinorTickSize = 0 });
        var names = new CategoryAxis { Position = AxisPosition.Bottom, GapWidth = 0.3, MinorTickSize = 0 };
        names.Labels.AddRange(parts.Select(part => label(part.Name)));
        plot.Axes.Add(names);
        var (inTime, late) = (Series("#0b5cad", OxyColor.Parse("#0b5cad")), Series("#b3261e", OxyColors.White));
        foreach (var (i, part) in parts.Index())
        {
            var answered = Math.Round(part.Calls * (part.Within60s ?? 0));
            inTime.Items.Add(new RectangleBarItem(i - 0.35, 0, i + 0.35, answered));
            if (part.Calls > answered) late.Items.Add(new RectangleBarItem(i - 0.35, answered, i + 0.35, part.Calls));
        }

        plot.Series.Add(inTime);
        plot.Series.Add(late);
        return new SvgExporter { Width = 860, Height = 240, UseVerticalTextAlignmentWorkaround = true, IsDocument = false }.ExportToString(plot)
            + "<p class=\"quiet\">实心：60 秒内应答；空心：更晚或未应答。<small>Filled: answered within 60 s; open: later, or not at all.</small></p>\n";

        static RectangleBarSeries Series(string line, OxyColor fill) => new() { StrokeColor = OxyColor.Parse(line), StrokeThickness = 1.5, FillColor = fill };
    }

    private static void Section(StringBuilder page, string chinese, string english, string body) =>
        page.Append(CultureInfo.InvariantCulture, $"<section><h2>{chinese} <small>{english}</small></h2>\n{body}</section>\n");

    private static string Table(string[] headings, int textColumns, IEnumerable<string[]> rows)
    {
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select((cell, i) => $"<td{Class(i)}>{cell}</td>"))}</tr>\n"));
        if (body.Length == 0) return "<p class=\"quiet\">无 none</p>\n";
        return $"<table><thead><tr>{string.Concat(headings.Select((heading, i) => $"<th scope=\"col\"{Class(i)}>{heading}</th>"))}</tr></thead><tbody>\n{body}</tbody></table>\n";

        string Class(int i) => i >= textColumns ? " class=\"n\"" : "";
    }

    private static string At(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value) => value is { } known ? known.ToString("0.#", CultureInfo.InvariantCulture) : "–";

    private static string Percent(double? share) => share is { } known ? (known * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
