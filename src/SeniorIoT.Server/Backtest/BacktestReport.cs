using System.Globalization;
using System.Net;
using System.Text;
using SeniorIoT.Domain.Backtest;

namespace SeniorIoT.Server.Backtest;

/// <summary>The results as one HTML page without outside parts: to be read by an administrator, mailed and printed. Chinese with English beside it.</summary>
internal static class BacktestReport
{
    private const string Style = """
        body{font:15px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1b1b1b;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.2rem}small,.quiet{color:#555}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:right}
        th:first-child,td:first-child{text-align:left}thead th{border-bottom:2px solid #888;font-weight:600;vertical-align:bottom}svg{max-width:100%;height:auto}
        """;

    /// <summary>The page.</summary>
    /// <param name="results">The rules, with their curves.</param>
    /// <param name="middles">The middle of each home's time, in the order of the homes.</param>
    /// <param name="clock">By which the homes live, in words.</param>
    /// <param name="args">What was asked for.</param>
    public static string Html(IReadOnlyList<RuleResult> results, IReadOnlyList<DateTimeOffset> middles, string clock, BacktestArguments args)
    {
        var page = new StringBuilder();
        var homes = results[0].Homes;
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="zh-CN"><head><meta charset="utf-8"><title>用水规则回测 / Back-test</title><style>{Style}</style></head><body>
            <h1>用水规则回测 <small>Back-test of the no-water rules</small></h1>
            <p>{homes.Count} 户，{homes.Sum(home => home.Months):0.0} 户月（每月 730.5 小时，只计读数覆盖的时间），每户模拟倒地 {args.Collapses} 次，种子 {args.Seed}，时钟 {Text(clock)}。<br>
            <small>{homes.Count} households, {homes.Sum(home => home.Months):0.0} household-months of covered time (730.5 h each), {args.Collapses} simulated collapses a household, seed {args.Seed}, clock {Text(clock)}.
            In the record nobody is known to have collapsed: every alert counts as false.</small></p>

            """);
        Section(page, "结果", "What the rules do", Table(
            ["规则<br>rule", "误报/户月<br>alerts a household-month", "告警<br>alerts", "再次提醒<br>told again", "模拟<br>collapses", "漏报<br>missed", "中位延迟<br>median, h", "p90<br>h"],
            results.Select(result => (string[])[Text(result.Rule), Number(HomeResult.MeanAlertsPerMonth(result.Homes), "0.00"), .. Row(HomeResult.Together(result.Homes))])));
        Section(page, "其他发现", "Other findings", Quiet(
            "同一套设置中的其他规则；默认关闭的规则用 --on 打开。", "The other rules of the same settings; those that are off by default are switched on with --on. Alerts over all homes together.")
            + Table(["规则<br>rule", "告警/户月<br>alerts a household-month", "告警<br>alerts", "户<br>homes"], results.SelectMany(result => HomeResult.Together(result.Homes).Others.Select(other => (string[])
                [Text($"{result.Rule}: {other.Key}"), Number(BacktestTable.PerMonth(other.Value, result.Homes), "0.00"), Number(other.Value, "0"), Number(result.Homes.Count(home => home.Others.ContainsKey(other.Key)), "0")]))));
        Section(page, "误报与延迟（中位数）", "False alerts against delay, median", Quiet("每条曲线是同一规则，时间（按习惯的规则：耐心）乘以 0.5 到 2；大点是规则本身。", "Each curve is one rule with its time, or by habit its patience, multiplied by 0.5 to 2; the large point is the rule itself. Low and to the left is better.")
            + BacktestPlots.Curve(results, 0.5, CrossValidation.MedianMax));
        Section(page, "误报与延迟（p90）", "False alerts against delay, nine of ten", BacktestPlots.Curve(results, 0.9, CrossValidation.P90Max));
        Section(page, "交叉验证", "Cross-validation", CrossValidated(results, middles));
        Section(page, "延迟分布", "How fast", BacktestPlots.Delays(results));
        Section(page, "各户误报", "Alerts by home", BacktestPlots.Homes(results));
        foreach (var result in results)
            Section(page, $"各户：{Text(result.Rule)}", "Homes", Table(
                ["户<br>household", "月<br>months", "误报/月<br>alerts a month", "告警<br>alerts", "再次提醒<br>told again", "模拟<br>collapses", "漏报<br>missed", "中位延迟<br>median, h", "p90<br>h"],
                result.Homes.Select(home => (string[])[Text(home.HouseholdId), Number(home.Months, "0.0"), Number(home.AlertsPerMonth, "0.00"), .. Row(home)])));
        return page.Append("</body></html>\n").ToString();
    }

    private static string CrossValidated(IReadOnlyList<RuleResult> results, IReadOnlyList<DateTimeOffset> middles)
    {
        var rows = new List<string[]>();
        foreach (var result in results)
        {
            if (CrossValidation.ByHousehold(result.Curve) is { } byHousehold) rows.Add(RowOf(result.Rule, "按户 / by household", byHousehold));
            rows.Add(RowOf(result.Rule, "按时间 / by time", CrossValidation.ByTime(result.Curve, middles)));
        }

        return Quiet(
            $"在一部分数据上选倍数（中位 ≤ {CrossValidation.MedianMax.TotalHours:0} 小时、p90 ≤ {CrossValidation.P90Max.TotalHours:0} 小时，误报最少），在其余数据上评判。",
            $"The factor is chosen on a part of the data (median ≤ {CrossValidation.MedianMax.TotalHours:0} h, p90 ≤ {CrossValidation.P90Max.TotalHours:0} h, fewest alerts; the shortest p90 when none meets both) and judged on the rest. By time: the halves of each home's record judge each other.")
            + Table(["规则<br>rule", "", "所选倍数<br>factors chosen", "误报/户月<br>alerts a household-month", "中位延迟<br>median, h", "p90<br>h", "达标<br>goals met"], rows);
    }

    private static string[] RowOf(string rule, string how, Validated validated) =>
    [
        Text(rule), how, string.Join(" ", validated.Chosen.Select(factor => Number(factor, "0.##"))), Number(validated.MeanAlertsPerMonth, "0.00"),
        Hours(validated.Unseen.DelayOf(0.5)), Hours(validated.Unseen.DelayOf(0.9)),
        CrossValidation.MeetsGoals(validated.Unseen) && validated.MeanAlertsPerMonth <= CrossValidation.AlertsPerMonthMax ? "是 / yes" : "否 / no",
    ];

    private static string[] Row(HomeResult result) =>
    [
        Number(result.Alerts, "0"), Number(result.ToldAgain, "0"), Number(result.Detections.Length, "0"), Number(result.Missed, "0"), Hours(result.DelayOf(0.5)), Hours(result.DelayOf(0.9)),
    ];

    private static void Section(StringBuilder page, string chinese, string english, string body) =>
        page.Append(CultureInfo.InvariantCulture, $"<section><h2>{chinese} <small>{english}</small></h2>\n{body}</section>\n");

    private static string Table(string[] headings, IEnumerable<string[]> rows) =>
        $"<table><thead><tr>{string.Concat(headings.Select(heading => $"<th scope=\"col\">{heading}</th>"))}</tr></thead><tbody>\n"
        + string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>\n")) + "</tbody></table>\n";

    private static string Quiet(string chinese, string english) => $"<p class=\"quiet\">{chinese}<br><small>{english}</small></p>\n";

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Hours(TimeSpan? delay) => delay is { } known ? Number(known.TotalHours, "0.0") : "–";
}
