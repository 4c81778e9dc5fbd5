using System.CommandLine;
using SeniorIoT.Simulators;
using SeniorIoT.Simulators.Conformance;
using SeniorIoT.Simulators.Demo;
using SeniorIoT.Simulators.LoadTest;
using SeniorIoT.Simulators.Replay;
using SeniorIoT.Simulators.Wire;

var root = new RootCommand("Simulated people and devices for SeniorIoT. They see only what a real device sees: MQTT, HTTP and SignalR.")
{
    DemoCommands.Demo(),
    DemoCommands.DemoDo(),
    ReplayCommand.Create(),
    LoadCommand.Create(),
    ConformanceCommand.Create(),
};

var parsed = root.Parse(args);
var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
try
{
    var code = await parsed.InvokeAsync(configuration);
    return parsed.Errors.Count > 0 ? 2 : code;
}
catch (UsageException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e) when (e is ApiException or IOException or InvalidDataException or HttpRequestException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
