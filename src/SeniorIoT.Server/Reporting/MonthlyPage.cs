using System.Globalization;
using System.Net;
using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;
using SeniorIoT.Api;

namespace SeniorIoT.Server.Reporting;

/// <summary>The monthly report as one HTML page without outside parts: to be read, mailed and printed.</summary>
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
    public static string Html(MonthlyFigures figures, ReportWords words, TimeZoneInfo zone)
    {
        var (page, kpi, say) = (new StringBuilder(), figures.Kpi, (Func<string, string, string>)words.Say);
        var title = $"{figures.Name} {say("月报", "monthly report")} · {Text(figures.Area ?? say("全区", "whole district"))}";
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="{say("zh-CN", "en")}"><head><meta charset="utf-8"><title>{title}</title><style>{Style}</style></head><body>
            <h1>{title}</h1>
            <p class="quiet">{say("生成于", "Written at")} {At(figures.WrittenAt, zone)}{say("。应答与到场只计住户的 P1、P2。一直无人应答的，时限一过即计为超时；派了人而没有记录到场的也是。",
                ". Times count P1 and P2 of households. A call that nobody answered counts as late once the time is over; so does a visit of which nobody wrote down the arrival.")}</p>

            """);
        var (subDistrict, committee, calls, within60s) = (say("街道", "Sub-district"), say("居委会", "Committee"), say("呼叫", "Calls"), say("60 秒内应答", "Answered within 60 s"));
        Section(say("主要指标", "Key figures"), [say("指标", "Figure"), say("数值", "Value"), say("目标", "Goal"), ""], 1,
        [
            Goal(within60s, kpi.AnsweredWithin60s, 0.975), Goal(say("180 秒内应答", "Answered within 180 s"), kpi.AnsweredWithin180s, 0.99),
            Goal(say("45 分钟内到场", "At the door within 45 min"), kpi.ArrivedWithin45Min, 0.9), Goal(say("60 分钟内到场", "At the door within 60 min"), kpi.ArrivedWithin60Min, 1),
            Goal(say("本月探访率", "Seen this month"), figures.Coverage.Share, 1),
            [say("应答秒数：中位数 / 90% / 99%", "Seconds to answer: median / 90 % / 99 %"), $"{Number(kpi.MedianSecondsToAnswer)} / {Number(kpi.P90SecondsToAnswer)} / {Number(kpi.P99SecondsToAnswer)}", "", ""],
            [say("警情 / 每席每日", "Alerts / an operator a day"), $"{kpi.Alerts} / {Number(kpi.AlertsPerOperatorDay)}", "≤ 150", kpi.AlertsPerOperatorDay <= 150 ? "✓" : say("✗ 超出", "✗ over")],
            [say("超时例外 / 尚未说明", "Exceptions / not explained yet"), $"{kpi.Exceptions} / {kpi.ExceptionsOpen}", "0", kpi.ExceptionsOpen == 0 ? "✓" : "✗"],
        ]);
        Put(say("每日呼叫", "Calls by day"), Bars(kpi.ByDay, name => name[8..], words));
        Put(say("呼叫按小时", "Calls by hour of day"), Bars(kpi.ByHour, name => name, words));
        Section(say("呼叫按居委会", "Calls by committee"), [subDistrict, committee, calls, within60s], 2,
            kpi.ByCommittee.Take(RowsMax).Select(part => (string[])[Text(part.SubDistrict ?? ""), Text(part.Name), Count(part.Calls), Percent(part.Within60s)]));
        Put(say("警情", "Alerts"), Table([say("类型", "Rule"), say("数量", "Alerts"), say("误报", "False alarms")], 1,
                kpi.ByRule.OrderByDescending(rule => rule.Value).Select(rule => (string[])[Text(words.Rule(rule.Key)), Count(rule.Value), Count(kpi.FalseAlarmsByRule.GetValueOrDefault(rule.Key))]), words)
            + Table([say("处置结果", "Outcome"), say("数量", "Alerts"), say("比例", "Share")], 1, kpi.ByOutcome.OrderByDescending(outcome => outcome.Value)
                .Select(outcome => (string[])[Text(words.Outcome(outcome.Key)), Count(outcome.Value), Percent((double)outcome.Value / Math.Max(1, kpi.ByOutcome.Values.Sum()))]), words));
        Section(say("超时例外：180 秒后应答、无人应答、60 分钟内未到场", "Exceptions: later than 180 s, not answered, or not at the door within 60 min"),
            [say("警情", "Alert"), say("级别", "Priority"), say("类型", "Rule"), subDistrict, committee, say("时间", "Raised"), say("应答（秒）", "Answer, s"), say("到场（分钟）", "Door, min"), say("原因", "Cause")], 5,
            figures.Exceptions.Take(RowsMax).Select(late => (string[])[
                Text(late.AlertId), late.Priority, Text(words.Rule(late.Rule)), Text(late.SubDistrict), Text(late.Committee), At(late.RaisedAt, zone), Number(late.SecondsToAnswer), Number(late.MinutesToDoor),
                late.Cause is null ? $"<b>{say("尚未说明", "not explained yet")}</b>"
                    : Text(words.Cause(late.Cause) + say($"：{late.Note}（{late.ExplainedBy}）", $": {late.Note} ({late.ExplainedBy})"))]));
        Section(say("探访", "Visits"), [subDistrict, committee, say("户数", "Households"), say("已见", "Seen"), say("比例", "Share")], 2,
            figures.Coverage.Areas.Take(RowsMax).Select(area => (string[])[Text(area.SubDistrict), Text(area.Committee), Count(area.Households), Count(area.Seen), Percent(area.Share)]));
        Section(say($"31 天以上没有见到的住户：{figures.Overdue.Count} 户", $"Households not seen for 31 days or more: {figures.Overdue.Count}"),
            [say("住户编号", "Household"), subDistrict, committee, say("上次见到", "Last seen"), say("天数", "Days"), ""], 3,
            figures.Overdue.Take(RowsMax).Select(home => (string[])[
                Text(home.HouseholdId), Text(home.SubDistrict), Text(home.Committee), home.SeenAt is { } at ? At(at, zone) : say("从未", "never"), home.Days is { } days ? Count(days) : "–", home.IsAway ? say("外出", "away") : ""]));
        Section(say("人员", "People"), [say("姓名", "Name"), say("手机尾号", "Phone"), say("探访", "Visits"), say("电话", "Phone calls"), say("分钟", "Minutes"), say("每周联系", "Contacts a week")], 2,
            figures.People.Take(RowsMax).Select(person => (string[])[Text(person.Name), Text(person.Phone ?? ""), Count(person.Visits), Count(person.Calls), Count(person.Minutes), Number(person.ContactsAWeek)]));
        return page.Append("</body></html>\n").ToString();

        void Put(string heading, string body) => page.Append(CultureInfo.InvariantCulture, $"<section><h2>{heading}</h2>\n{body}</section>\n");

        void Section(string heading, string[] columns, int textColumns, IEnumerable<string[]> rows) => Put(heading, Table(columns, textColumns, rows, words));

        string[] Goal(string name, double? share, double goal) =>
            [name, Percent(share), $"≥ {Percent(goal)}", share is null ? "" : share >= goal ? say("✓ 达标", "✓ met") : $"<span class=\"missed\">{say("✗ 未达标", "✗ missed")}</span>"];
    }

    // Dark: answered within 60 s; hatched by its outline only: later. Read without colours by the two heights.
    private static string Bars(IReadOnlyList<KpiPart> parts, Func<string, string> label, ReportWords words)
    {
        if (parts.Count == 0) return $"<p class=\"quiet\">{words.Say("没有呼叫", "No calls.")}</p>\n";
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
            + $"<p class=\"quiet\">{words.Say("实心：60 秒内应答；空心：更晚或无人应答。", "Filled: answered within 60 s; open: later, or not at all.")}</p>\n";

        static RectangleBarSeries Series(string line, OxyColor fill) => new() { StrokeColor = OxyColor.Parse(line), StrokeThickness = 1.5, FillColor = fill };
    }

    private static string Table(string[] headings, int textColumns, IEnumerable<string[]> rows, ReportWords words)
    {
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select((cell, i) => $"<td{Class(i)}>{cell}</td>"))}</tr>\n"));
        if (body.Length == 0) return $"<p class=\"quiet\">{words.Say("没有记录", "Nothing here.")}</p>\n";
        return $"<table><thead><tr>{string.Concat(headings.Select((heading, i) => $"<th scope=\"col\"{Class(i)}>{heading}</th>"))}</tr></thead><tbody>\n{body}</tbody></table>\n";

        string Class(int i) => i >= textColumns ? " class=\"n\"" : "";
    }

    private static string At(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Number(double? value) => value is { } known ? known.ToString("0.#", CultureInfo.InvariantCulture) : "–";

    private static string Percent(double? share) => share is { } known ? (known * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "–";
}
