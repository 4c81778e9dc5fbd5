using System.CommandLine;
using System.Text.Json;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>What <c>load --shape</c> is asked beside what <c>load</c> knows anyway.</summary>
internal sealed class ShapeCommand
{
    private readonly Option<Shape?> _shape = new("--shape") { Description = "Instead: many devices at once, and what they cost the server. Devices: 1,000 meters, one message in flight each. Gateways: 50 that speak for 100 meters each, in batches. Paced: 1,000 meters, 2,000 messages a second. Idle: 15,000 connections that say nothing. Fleet: 1,000,000 meters behind gateways, a report each quarter of an hour of their own time." };
    private readonly Option<int> _connectionWindow = CommonOptions.Within("--window", "With --shape: messages of a connection in flight, by default the shape's own;", 0, 0, 1_024);
    private readonly Option<int> _children = CommonOptions.Within("--children", "With --shape: meters behind a gateway, by default the shape's own;", 0, 0, 100_000);
    private readonly Option<int> _rounds = CommonOptions.Within("--rounds", "With --shape fleet: reports of each device, by default 3;", 0, 0, 96);
    private readonly Option<double> _sos = CommonOptions.Within("--sos", "With --shape: presses a second beside it, 0 for none,", 0.0, 0, 1_000);
    private readonly Option<int> _pid = CommonOptions.Within("--server-pid", "With --shape: the server's process, to tell what it costs; 0 for none;", 0, 0, int.MaxValue);
    private readonly Option<string?> _prefix = new("--prefix") { Description = "With --shape: begins the ids of all devices and households. Default: one of its own for every run." };
    private readonly Option<FileInfo[]> _credentials = new("--credentials") { Description = "With --shape: what import --credentials wrote, when everything is enrolled already.", AllowMultipleArgumentsPerToken = true };
    private readonly Option<DirectoryInfo?> _import = new("--write-import") { Description = "With --shape: only write the files that the server's import needs, into this folder." };
    private readonly Option<bool> _json = new("--json") { Description = "With --shape: one line of JSON instead of text." };

    public ShapeCommand(Command command)
    {
        Option[] options = [_shape, _connectionWindow, _children, _rounds, _sos, _pid, _prefix, _credentials, _import, _json];
        foreach (var option in options) command.Add(option);
    }

    /// <summary>Whether a shape is asked for.</summary>
    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_shape) is not null;

    /// <summary>Runs it. 0: it says what it should; 1: something was refused, lost or not seen.</summary>
    public async Task<int> RunAsync(ParseResult parsed, CommonOptions common, Option<int> devices, Option<double> rate, Option<double> seconds, Option<int> warmUp, CancellationToken cancellation)
    {
        var usual = ShapeOptions.UsualOf(parsed.GetValue(_shape)!.Value);
        var options = usual with
        {
            Devices = Given(devices, usual.Devices),
            Children = Given(_children, usual.Children),
            Window = Given(_connectionWindow, usual.Window),
            Rounds = Given(_rounds, usual.Rounds),
            PerSecond = Given(rate, usual.PerSecond),
            PressesPerSecond = Given(_sos, usual.PressesPerSecond),
            WarmUp = TimeSpan.FromSeconds(Given(warmUp, (int)usual.WarmUp.TotalSeconds)),
            Measure = TimeSpan.FromSeconds(Given(seconds, usual.Measure.TotalSeconds)),
        };
        var prefix = parsed.GetValue(_prefix) ?? $"load-{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds():x}";
        if (parsed.GetValue(_import) is { } folder) return Write(ShapeRun.RosterOf(prefix, options), folder);

        using var api = common.Api(parsed);
        await api.LoginAsync(TimeSpan.FromSeconds(10), cancellation);
        var isJson = parsed.GetValue(_json);
        var run = new ShapeRun(api, common.Mqtt(parsed), options, parsed.GetValue(_pid) is > 0 and var pid ? pid : null, TimeProvider.System)
        {
            Prefix = prefix,
            Passwords = parsed.GetValue(_credentials) is { Length: > 0 } files ? Read(files, options.Children > 0) : null,
            Progress = options.Shape == Shape.Fleet ? counts => Console.Error.WriteLine($"acknowledged {counts.AcknowledgedTotal}") : null,
        };
        var report = await run.RunAsync(cancellation);
        Console.WriteLine(isJson ? JsonSerializer.Serialize(report, ShapeJson.Default.ShapeReport) : report.ToText());
        return report.IsGood ? 0 : 1;

        T Given<T>(Option<T> option, T byDefault) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option)! : byDefault;
    }

    private static int Write(Roster roster, DirectoryInfo folder)
    {
        folder.Create();
        foreach (var (number, file) in roster.Files().Index()) File.WriteAllText(Path.Combine(folder.FullName, $"import-{number:00}.csv"), file);
        return 0;
    }

    // device_id,kind,household_id,username,password. Children of gateways do not connect: of a million lines a thousand are kept.
    private static Dictionary<string, string> Read(IEnumerable<FileInfo> files, bool isGateways)
    {
        Dictionary<string, string> passwords = [];
        foreach (var line in files.SelectMany(file => File.ReadLines(file.FullName).Skip(1)))
        {
            var cells = line.Split(',');
            if (cells.Length != 5) throw new UsageException($"--credentials: \"{line}\" is not a line of device_id,kind,household_id,username,password.");
            if (!isGateways || cells[1] == "gateway") passwords[cells[0]] = cells[4];
        }

        return passwords;
    }
}
