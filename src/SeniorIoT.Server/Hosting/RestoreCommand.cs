using System.CommandLine;
using SeniorIoT.Server.Backups;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>restore</c>.</summary>
internal static class RestoreCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "a folder that `backup` made", Required = true };
        var data = DataOption.Create("the data folder: empty or new; with --telemetry that of a server, also while it runs");
        var telemetry = new Option<bool>("--telemetry") { Description = "only add the backup's telemetry to what is there; nothing newer is lost" };
        var command = new Command("restore", "Checks a backup and brings it back.") { from, data, telemetry };
        command.SetAction((parsed, cancel) => Task.Run(
            () => Run(parsed.GetRequiredValue(from), parsed.GetRequiredValue(data), parsed.GetValue(telemetry), System.Console.Out, cancel), cancel));
        return command;
    }

    /// <summary>Runs the command. 0: restored; 1: the backup is damaged, or the folder refuses; 2: bad usage.</summary>
    internal static int Run(string from, string data, bool onlyTelemetry, TextWriter told, CancellationToken cancel) => BackupCommand.Refusing(told, () =>
    {
        var run = new RestoreRun(from, data, told);
        if (onlyTelemetry)
        {
            var report = run.RunTelemetryAsync(CopyTelemetryCommand.Teller(told, TimeProvider.System), cancel).GetAwaiter().GetResult();
            return CopyTelemetryCommand.Print(report, told);
        }

        run.Run(cancel);
        told.WriteLine($"Restored into {data}. Start the server; it delivers what the journal holds, and rings what fell due meanwhile.");
        return 0;
    });
}
