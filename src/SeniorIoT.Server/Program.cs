using System.CommandLine;
using SeniorIoT.Server.Hosting;

var root = new RootCommand("SeniorIoT: telemetry and alerts for elders who live alone.") { ServeCommand.Create(), ImportCommand.Create() };
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? 2 : code;
