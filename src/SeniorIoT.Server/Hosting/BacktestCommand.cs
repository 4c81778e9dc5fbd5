using System.CommandLine;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Backtest;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>backtest</c>.</summary>
internal static class BacktestCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var readings = new Option<string>("--readings") { Description = "CSV with the header household_id,measured_at,total_l; packed when it ends in .gz; rows in any order", Required = true };
        var rules = new Option<string[]>("--rule")
        {
            Description = $"a preset ({string.Join(", ", RuleSettings.Presets.Keys)}) or a JSON file of settings; may be given several times",
            Required = true,
        };
        var collapses = new Option<int>("--collapses") { Description = "simulated collapses for each household (default: 0)" };
        var seed = new Option<int>("--seed") { Description = "the same seed draws the same collapses (default: 1)", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var zone = new Option<string?>("--time-zone") { Description = "the clock by which the homes live (default: as the file's offsets say; Asia/Shanghai when they are all UTC)" };
        var report = new Option<string?>("--report") { Description = "write an HTML page there, with plots: false alerts against delay, cross-validation, homes; needs --collapses" };
        var on = new Option<string[]>("--on") { Description = $"a rule that is off by default, such as {Rule.NightUse} or {Rule.LessWater}, is run as well; may be given several times" };
        var command = new Command("backtest", "Runs the water rules over history: alerts a household-month and, for no-water with simulated collapses, delays.")
        {
            readings, rules, collapses, seed, json, zone, report, on,
        };
        command.SetAction(parsed => BacktestCli.Run(
            new BacktestArguments(
                parsed.GetRequiredValue(readings), parsed.GetRequiredValue(rules), parsed.GetValue(collapses), parsed.GetValue(seed), parsed.GetValue(json), parsed.GetValue(zone), parsed.GetValue(report)) { On = parsed.GetValue(on) ?? [] },
            System.Console.Out,
            System.Console.Error));
        return command;
    }
}
