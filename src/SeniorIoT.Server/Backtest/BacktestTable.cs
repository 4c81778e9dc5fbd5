using System.Globalization;
using SeniorIoT.Domain.Backtest;

namespace SeniorIoT.Server.Backtest;

/// <summary>The results for a person: a table of the rules, and the homes of each.</summary>
internal static class BacktestTable
{
    private const int IdWidth = 36;

    /// <summary>Writes it.</summary>
    public static void Write(IReadOnlyList<RuleResult> results, string clock, BacktestArguments args, TextWriter output)
    {
        var homes = results[0].Homes;
        output.WriteLine(FormattableString.Invariant(
            $"{homes.Count} households, {homes.Sum(home => home.Months):0.0} covered months (730.5 h each), clock {clock}, {args.Collapses} simulated collapses a household, seed {args.Seed}"));
        output.WriteLine("Alerts are new no-water alerts. 'again': told again because it lasted; an open alert takes these in. Delays in hours.");
        output.WriteLine();
        output.WriteLine(Heading("rule"));
        foreach (var result in results)
            output.WriteLine(Row(result.Rule, HomeResult.Together(result.Homes), HomeResult.MeanAlertsPerMonth(result.Homes)));
        output.WriteLine();
        output.WriteLine($"{"other findings",-IdWidth} {"alerts",7} {"a month",8} {"homes",6}");
        foreach (var result in results)
            foreach (var (rule, alerts) in HomeResult.Together(result.Homes).Others)
                output.WriteLine(FormattableString.Invariant($"{$"{result.Rule}: {rule}",-IdWidth} {alerts,7} {PerMonth(alerts, result.Homes),8:0.00} {result.Homes.Count(home => home.Others.ContainsKey(rule)),6}"));
        foreach (var result in results)
        {
            output.WriteLine();
            output.WriteLine(Heading($"{result.Rule}: household"));
            foreach (var home in result.Homes) output.WriteLine(Row(home.HouseholdId, home, home.AlertsPerMonth));
        }
    }

    /// <summary>Alerts a household-month of covered time, over all homes together.</summary>
    public static double PerMonth(int alerts, IReadOnlyList<HomeResult> homes) => homes.Sum(home => home.Months) is > 0 and var months ? alerts / months : 0;

    private static string Heading(string first) => $"{first,-IdWidth} {"months",7} {"alerts",7} {"a month",8} {"again",6} {"n",6} {"missed",7} {"median",7} {"p90",6}";

    // The rules' rows give the mean of the households, each counting the same.
    private static string Row(string name, HomeResult result, double alertsPerMonth) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-IdWidth} {result.Months,7:0.0} {result.Alerts,7} {alertsPerMonth,8:0.00} {result.ToldAgain,6} {result.Detections.Length,6} {result.Missed,7} {Hours(result.DelayOf(0.5)),7} {Hours(result.DelayOf(0.9)),6}");

    private static string Hours(TimeSpan? delay) => delay is { } known ? known.TotalHours.ToString("0.0", CultureInfo.InvariantCulture) : "-";
}
