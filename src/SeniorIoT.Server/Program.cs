using System.CommandLine;
using SeniorIoT.Server.Hosting;

var root = new RootCommand("SeniorIoT: telemetry and alerts for elders who live alone.")
{
    ServeCommand.Create(), ImportCommand.Create(), BacktestCommand.Create(), ShadowReportCommand.Create(),
    ExportCommand.Create(), BackupCommand.Create(), RestoreCommand.Create(), CopyTelemetryCommand.Create(), CertificatesCommand.Create(), SmsTemplatesCommand.Create(), ReconcileCommand.Create(),
};
var parsed = root.Parse(args);
// Signals belong to the host, which takes the time it needs; the command line would end the process after two seconds.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? 2 : code;
