using System.CommandLine;
using System.Net.Http.Json;
using SeniorIoT.Simulators.Control;

namespace SeniorIoT.Simulators.Demo;

/// <summary><c>demo</c> and <c>demo-do</c>.</summary>
internal static class DemoCommands
{
    private static readonly Uri DefaultControl = new("http://127.0.0.1:8090");

    /// <summary><c>demo</c>: enrols a district and lets it live.</summary>
    public static Command Demo()
    {
        Option<int> homes = new("--homes") { Description = "How many homes, 1 to 5000.", DefaultValueFactory = _ => 500 };
        Option<long> seed = new("--seed") { Description = "The same seed plays the same people.", DefaultValueFactory = _ => 1 };
        Option<string> state = new("--state") { Description = "Folder for secrets and the story so far.", DefaultValueFactory = _ => "data/demo" };
        Option<Uri> control = new("--control") { Description = "Address of the control page.", DefaultValueFactory = _ => DefaultControl };
        Option<double> incidents = new("--incidents-per-hour") { Description = "Presses, kitchen smoke and other events an hour, on average.", DefaultValueFactory = _ => 20 };
        homes.Validators.Add(result => Check(result.GetValueOrDefault<int>() is >= 1 and <= 5000, result, "--homes must be 1 to 5000."));
        incidents.Validators.Add(result => Check(result.GetValueOrDefault<double>() is >= 0 and <= 3600, result, "--incidents-per-hour must be 0 to 3600."));
        Command command = new("demo", "Enrols simulated homes of Changning and lets them live: water days, heartbeats, kitchen smoke, presses.")
        {
            homes, seed, state, control, incidents,
        };
        CommonOptions common = new(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            using var api = common.Api(parsed);
            var options = new DemoOptions(
                common.Mqtt(parsed),
                parsed.GetValue(homes),
                parsed.GetValue(seed),
                parsed.GetRequiredValue(state),
                CommonOptions.Absolute(parsed.GetRequiredValue(control), "--control"),
                parsed.GetValue(incidents));
            await api.LoginAsync(TimeSpan.FromMinutes(1), cancellation);
            await new DemoRun(api, options, TimeProvider.System).RunAsync(cancellation);
            return 0;
        });
        return command;
    }

    /// <summary><c>demo-do</c>: makes something happen in a running demonstration.</summary>
    public static Command DemoDo()
    {
        Argument<string> action = new("action") { Description = $"One of {string.Join(", ", Actions.Names)}." };
        Argument<string> home = new("home") { Description = "Household id, e.g. cn-0001." };
        Option<Uri> control = new("--control") { Description = "Address of the control page.", DefaultValueFactory = _ => DefaultControl };
        action.AcceptOnlyFromAmong([.. Actions.Names]);
        Command command = new("demo-do", "Makes something happen in a home of a running demo.") { action, home, control };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var http = new HttpClient { BaseAddress = CommonOptions.Absolute(parsed.GetRequiredValue(control), "--control") };
            var path = $"homes/{Uri.EscapeDataString(parsed.GetRequiredValue(home))}/{parsed.GetRequiredValue(action)}";
            using var answer = await http.PostAsync(path, null, cancellation);
            var said = await answer.Content.ReadFromJsonAsync(ControlJson.Default.Answer, cancellation);
            Console.WriteLine(said!.Text);
            return said.Done ? 0 : 1;
        });
        return command;
    }

    private static void Check(bool isFine, System.CommandLine.Parsing.SymbolResult result, string problem)
    {
        if (!isFine)
        {
            result.AddError(problem);
        }
    }
}
