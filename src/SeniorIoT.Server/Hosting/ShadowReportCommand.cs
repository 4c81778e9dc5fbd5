using System.CommandLine;
using SeniorIoT.Server.Rules;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>shadow-report</c>.</summary>
internal static class ShadowReportCommand
{
    private const int FindingsUsually = 20;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "ISO 8601 instant; findings from here on (default: 30 days before --to)" };
        var to = new Option<string?>("--to") { Description = "ISO 8601 instant after it (default: now)" };
        var scope = new Option<string?>("--scope") { Description = "household, committee, sub-district or district (default: --area names a sub-district or a committee)" };
        var area = new Option<string?>("--area") { Description = "name of the place, or id of the household (default: the whole district)" };
        var rule = new Option<string?>("--rule") { Description = "one rule only, such as no-water" };
        var findings = new Option<int>("--findings") { Description = $"so many findings are listed (default: {FindingsUsually})", DefaultValueFactory = _ => FindingsUsually };
        var json = new Option<bool>("--json") { Description = "print JSON as GET /api/v1/rules/comparison answers it, with all findings" };
        var command = new Command(
            "shadow-report",
            "Compares what the rules in force and their shadow found in the same homes over the same weeks, also while the server runs. Changes nothing. "
            + "Exit code 0: compared; 1: there is no shadow there; 2: bad usage.")
        {
            from, to, scope, area, rule, findings, json,
        };
        var serve = new ServeSettings(command, "data", "rules");
        command.SetAction(async (parsed, cancel) => serve.TryRead(parsed, out var options)
            ? await new ShadowReportCli(options, TimeProvider.System).RunAsync(
                new(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(scope), parsed.GetValue(area), parsed.GetValue(rule), parsed.GetValue(findings), parsed.GetValue(json)),
                System.Console.Out, System.Console.Error, cancel)
            : 2);
        return command;
    }
}
