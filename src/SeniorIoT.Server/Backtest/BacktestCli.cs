using System.Text.Json;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Backtest;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Hosting;

namespace SeniorIoT.Server.Backtest;

/// <summary>The command line of <c>backtest</c>.</summary>
/// <param name="Readings">The CSV file.</param>
/// <param name="Rules">Presets or files with settings, at least one.</param>
/// <param name="Collapses">Simulated collapses for each household.</param>
/// <param name="Seed">The same seed draws the same collapses.</param>
/// <param name="IsJson">JSON instead of a table.</param>
/// <param name="ZoneId">The clock by which the homes live; null to take it from the file.</param>
/// <param name="Report">An HTML page with plots is written there; null for none.</param>
internal sealed record BacktestArguments(
    string Readings, IReadOnlyList<string> Rules, int Collapses = 0, int Seed = 1, bool IsJson = false, string? ZoneId = null, string? Report = null)
{
    /// <summary>Rules that are switched on whatever the settings say.</summary>
    public IReadOnlyList<string> On { get; init; } = [];
}

/// <summary>What one rule did.</summary>
/// <param name="Rule">As it was named.</param>
/// <param name="Homes">For each household, ordered by its id.</param>
/// <param name="Curve">The same rule, more hurried and more patient; empty when no report was asked for.</param>
internal sealed record RuleResult(string Rule, IReadOnlyList<HomeResult> Homes, IReadOnlyList<CurvePoint> Curve);

/// <summary>Runs rules over history.</summary>
internal static class BacktestCli
{
    /// <summary>Simulated collapses at most, for each household.</summary>
    public const int CollapsesMax = 100_000;

    private static readonly string UsualZone = new ServerOptions().TimeZone;

    /// <summary>Runs the command. 0: done; 1: done, but bad rows were left out; 2: bad usage or nothing to test with.</summary>
    public static int Run(BacktestArguments args, TextWriter output, TextWriter complaints)
    {
        List<string> errors = [];
        List<(string Name, RuleSettings Settings)> rules = [];
        foreach (var name in args.Rules)
        {
            if (BacktestRules.Find(name, out var found) is { } settings) rules.Add((name, settings with { Off = settings.Off.Except(args.On) }));
            errors.AddRange(found);
        }

        errors.AddRange(args.On.Where(on => Rule.All.All(rule => rule.Id != on)).Select(on => $"--on: there is no rule '{on}'; give ids such as {Rule.NightUse.Id}."));
        if (args.Rules.Count == 0) errors.Add("--rule: name a preset or a file, once or several times.");
        if (args.Collapses is < 0 or > CollapsesMax) errors.Add($"--collapses: must be 0 to {CollapsesMax}.");
        if (args.Report is not null && args.Collapses == 0) errors.Add("--report: it draws alerts against delays; give --collapses, for example 200.");
        TimeZoneInfo? zone = null;
        if (args.ZoneId is { } id && !TimeZoneInfo.TryFindSystemTimeZoneById(id, out zone)) errors.Add($"--time-zone: there is no zone '{id}'; give one such as {UsualZone}.");
        if (errors.Count > 0) return Refuse(errors, complaints);

        ReadingsFile file;
        try
        {
            file = ReadingsFile.Read(args.Readings);
        }
        catch (ReadingsFileException error)
        {
            return Refuse([$"--readings: {error.Message}"], complaints);
        }

        foreach (var bad in file.BadRows) complaints.WriteLine(ReadingsFile.Say(bad));
        if (file.BadRowCount > 0) complaints.WriteLine($"{file.BadRowCount} bad rows were left out; {file.RowCount} are good.");
        // Several zones have the same clock: of one found by offsets only the clock is known, not the place.
        var clock = zone is not null ? zone.Id : file.Zone() is { } like ? $"as in {like.Id} (by the offsets in the file)" : UsualZone;
        zone ??= file.Zone() ?? TimeZoneInfo.FindSystemTimeZoneById(UsualZone);
        var (results, middles, registers) = Replay(file, rules, zone, args);
        foreach (var hint in RegisterHints.Of(registers)) complaints.WriteLine(hint);
        if (args.Report is { } path && TryWrite(path, BacktestReport.Html(results, middles, clock, args)) is { } problem) return Refuse([$"--report: {problem}"], complaints);
        if (args.IsJson) output.WriteLine(JsonSerializer.Serialize(BacktestView.Of(results), BacktestView.Json));
        else BacktestTable.Write(results, clock, args, output);
        return file.BadRowCount > 0 ? 1 : 0;
    }

    private static (List<RuleResult> Results, List<DateTimeOffset> Middles, List<HomeRegister> Registers) Replay(
        ReadingsFile file, List<(string Name, RuleSettings Settings)> rules, TimeZoneInfo zone, BacktestArguments args)
    {
        var factors = args.Report is null ? [1] : Patience.Factors;
        var replays = rules
            .Select(rule => (rule.Name, Variants: factors.Select(factor => (Factor: factor, Replay: new HomeReplay(Patience.Scaled(rule.Settings, factor), zone), Homes: new List<HomeResult>())).ToList()))
            .ToList();
        var middles = new List<DateTimeOffset>();
        var registers = new List<HomeRegister>();
        foreach (var (id, readings) in file.Homes.OrderBy(home => home.Key, StringComparer.Ordinal))
        {
            var home = new HomeRecord(id, readings);
            var collapses = Collapse.Draw(home, args.Collapses, args.Seed);
            middles.Add(home.MiddleAt);
            registers.Add(new(id, home.Months, home.ResolutionMillilitres / 1000, home.LitresADay));
            foreach (var (_, replay, homes) in replays.SelectMany(rule => rule.Variants)) homes.Add(replay.Run(home, collapses));
            readings.Clear();
            readings.TrimExcess();
        }

        return ([.. replays.Select(rule => new RuleResult(
            rule.Name, rule.Variants.Single(variant => variant.Factor == 1).Homes,
            args.Report is null ? [] : [.. rule.Variants.Select(variant => new CurvePoint(variant.Factor, variant.Homes))]))], middles, registers);
    }

    private static string? TryWrite(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{path} cannot be written: {error.Message}";
        }
    }

    private static int Refuse(IEnumerable<string> errors, TextWriter complaints)
    {
        foreach (var error in errors) complaints.WriteLine(error);
        return 2;
    }
}
