using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Backtest;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Rules;

/// <summary>What is to be compared, as it was typed; null where nothing was.</summary>
internal sealed record ShadowReportArguments(string? From, string? To, string? Scope, string? Area, string? Rule, int Findings, bool IsJson);

/// <summary>Prints what the rules in force and their shadows found in a data folder, also beside a running server. Changes nothing.</summary>
internal sealed class ShadowReportCli(ServerOptions options, TimeProvider clock)
{
    /// <summary>Runs the command. 0: compared; 1: there is no shadow there, or the folder could not be read; 2: bad usage.</summary>
    public async Task<int> RunAsync(ShadowReportArguments args, TextWriter output, TextWriter complaints, CancellationToken cancel)
    {
        if (!File.Exists(Path.Combine(options.Data, "registry.db")))
        {
            await complaints.WriteLineAsync($"{options.Data} holds no registry.db: it is not the data folder of a server. Name it with --data.");
            return 2;
        }

        try
        {
            await using var services = new ServiceCollection().AddLogging().AddSingleton(clock).AddSingleton(options.Detection).AddRegistry(options.Data).BuildServiceProvider();
            await services.GetRequiredService<Registry>().LoadAsync(cancel);
            var (faults, households) = (new Faults(), services.GetRequiredService<HouseholdDirectory>());
            var (from, until, place) = ComparisonApi.Read((args.From, args.To, args.Scope, args.Area, args.Rule), AreaScope.Whole, households, clock.GetUtcNow(), faults);
            if (args.Findings < 0) faults.Add("findings", "Must be 0 or more.");
            foreach (var (field, problem) in faults.All) await complaints.WriteLineAsync($"--{field}: {problem}");
            if (faults.Any) return 2;
            List<ComparedHome> homes = [.. ComparedHome.In(services.GetRequiredService<RuleDirectory>().Book, households, AreaScope.Whole, place)];
            if (homes.Count == 0)
            {
                await complaints.WriteLineAsync($"No home of {InWords(args)} has rules with a shadow. Try a set out in the console, or with PUT /api/v1/rules/{{scope}}/{{area}} and a member shadow.");
                return 1;
            }

            Tell(Comparison.Read(services.GetRequiredService<ShadowStore>(), homes, from, until), args, output);
            return 0;
        }
        catch (Exception error) when (error is IOException or SqliteException or UnauthorizedAccessException or CannotStartException)
        {
            await complaints.WriteLineAsync($"The data folder could not be read. {error.Message}");
            return 1;
        }
    }

    private static void Tell(Comparison compared, ShadowReportArguments args, TextWriter output)
    {
        var pairs = compared.Pairs.Where(pair => IsAsked(pair.First)).ToList();
        var lines = compared.Lines().Where(line => string.IsNullOrEmpty(args.Rule) || line.Rule == args.Rule).ToList();
        if (args.IsJson)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new RuleComparison(compared.From, compared.Until, compared.Homes.Count, compared.Months(), lines, [.. pairs.Select(Comparison.Show)], null), BacktestView.Json));
            return;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{compared.From:u} to {compared.Until:u}, {InWords(args)}: {compared.Homes.Count} homes, {compared.Months():0.00} household-months with both sets."));
        output.WriteLine("A month: for each household-month of homes with a device that the rule judges. Late: over before it was known, so that nobody would be told.");
        output.WriteLine();
        output.WriteLine($"{"rule",-16} {"live",6} {"shadow",7} {"live/month",11} {"shadow/month",13} {"both",6} {"live only",10} {"shadow only",12} {"earlier, h",11} {"late live",10} {"late shadow",12}");
        foreach (var line in lines)
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Rule,-16} {line.Live,6} {line.Shadow,7} {Rate(line.LivePerMonth),11} {Rate(line.ShadowPerMonth),13} {line.Both,6} {line.LiveOnly,10} {line.ShadowOnly,12} {Rate(line.MedianHoursEarlier),11} {line.LiveKnownLate,10} {line.ShadowKnownLate,12}"));
        if (lines.Count == 0) output.WriteLine("Neither found anything.");

        List("Findings", [.. pairs.Select(Say)]);
        List("Known late", [.. compared.KnownLate.Where(IsAsked).Select(finding => $"{finding.At:u}  {finding.Household,-20} {finding.Rule.Id,-16} {(finding.IsShadow ? "shadow" : "live")}, over {finding.ClearedAt:u}")]);

        bool IsAsked(ComparableFinding finding) => string.IsNullOrEmpty(args.Rule) || finding.Rule.Id == args.Rule;

        void List(string title, IReadOnlyList<string> rows)
        {
            if (rows.Count == 0 || args.Findings == 0) return;
            output.WriteLine();
            output.WriteLine(rows.Count > args.Findings ? $"{title}, the newest {args.Findings} of {rows.Count}:" : $"{title}, the newest first:");
            foreach (var row in rows.Take(args.Findings)) output.WriteLine(row);
        }
    }

    private static string Say(FindingPair pair)
    {
        var who = (pair.Live, pair.Shadow) switch
        {
            ({ } live, { } shadow) => string.Create(CultureInfo.InvariantCulture, $"both, shadow {Math.Abs((live.At - shadow.At).TotalHours):0.#} h {(shadow.At <= live.At ? "earlier" : "later")}"),
            (not null, null) => "live only",
            _ => "shadow only",
        };
        return $"{pair.First.At:u}  {pair.First.Household,-20} {pair.First.Rule.Id,-16} {who}{(pair.First.ClearedAt is { } over ? $", over {over:u}" : ", lasts")}";
    }

    private static string InWords(ShadowReportArguments args) =>
        string.IsNullOrEmpty(args.Area) ? "the whole district" : string.IsNullOrEmpty(args.Scope) ? args.Area : $"{args.Scope} {args.Area}";

    private static string Rate(double? value) => value is { } known ? known.ToString("0.00", CultureInfo.InvariantCulture) : "-";
}
