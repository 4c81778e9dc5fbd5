using System.CommandLine;
using System.Net.Http.Json;
using SeniorIoT.Simulators.Control;

namespace SeniorIoT.Simulators.Demo;

/// <summary><c>demo</c> and <c>demo-do</c>.</summary>
internal static class DemoCommands
{
    /// <summary><c>demo</c>: enrols a district and lets it live.</summary>
    public static Command Demo()
    {
        Option<int> homes = CommonOptions.Within("--homes", "How many homes,", 500, 1, 5000);
        Option<long> seed = new("--seed") { Description = "The same seed plays the same people.", DefaultValueFactory = _ => 1 };
        Option<string> state = new("--state") { Description = "Folder for secrets and the story so far.", DefaultValueFactory = _ => "data/demo" };
        var control = Control();
        Option<double> incidents = CommonOptions.Within("--incidents-per-hour", "Presses, kitchen smoke and other events an hour, on average,", 20.0, 0, 3600);
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
                parsed.GetRequiredValue(control),
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
        Argument<string> action = new("action") { HelpName = "action", Description = $"One of {string.Join(", ", Actions.Names)}." };
        Argument<string> home = new("home") { Description = "Household id, e.g. cn-0001." };
        var control = Control();
        action.AcceptOnlyFromAmong([.. Actions.Names]);
        Command command = new("demo-do", "Makes something happen in a home of a running demo.") { action, home, control };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var http = new HttpClient { BaseAddress = parsed.GetRequiredValue(control) };
            var path = $"homes/{Uri.EscapeDataString(parsed.GetRequiredValue(home))}/{parsed.GetRequiredValue(action)}";
            using var answer = await http.PostAsync(path, null, cancellation);
            var said = await answer.Content.ReadFromJsonAsync(ControlJson.Default.Answer, cancellation);
            Console.WriteLine(said!.Text);
            return said.Done ? 0 : 1;
        });
        return command;
    }

    private static Option<Uri> Control() => CommonOptions.AddressOption("--control", "Address of the control page.", "http://127.0.0.1:8090");
}
