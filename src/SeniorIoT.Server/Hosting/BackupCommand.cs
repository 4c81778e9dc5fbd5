using System.CommandLine;
using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Backups;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>backup</c>.</summary>
internal static class BackupCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var data = DataOption.Create("the server's data folder, also while it runs");
        var to = new Option<string>("--to") { Description = "a new folder; it appears when the backup is whole and on disk", Required = true };
        var previous = new Option<string?>("--previous") { Description = "an earlier backup: months of telemetry that are the same there are not stored twice" };
        var command = new Command("backup", "Copies everything that is kept, while the server runs.") { data, to, previous };
        command.SetAction((parsed, cancel) => Task.FromResult(
            Run(parsed.GetRequiredValue(data), parsed.GetRequiredValue(to), parsed.GetValue(previous), System.Console.Out, cancel)));
        return command;
    }

    /// <summary>Runs the command. 0: the backup is there; 1: it could not be made; 2: bad usage.</summary>
    internal static int Run(string data, string to, string? previous, TextWriter told, CancellationToken cancel) => Refusing(told, () =>
    {
        var manifest = new BackupRun(data, told, TimeProvider.System).Run(to, previous, cancel);
        told.WriteLine($"Backed up to {to}: {manifest.Files.Count} files, {manifest.Files.Sum(file => file.Bytes) / 1e6:0.0} MB. "
            + "It holds personal data and the keys of logins: encrypt it before it leaves this machine.");
        return 0;
    });

    /// <summary>Turns what may go wrong into words and a code.</summary>
    internal static int Refusing(TextWriter told, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (BackupRefusedException refused)
        {
            told.WriteLine(refused.Message);
            return refused.IsUsage ? 2 : 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException or CannotStartException)
        {
            told.WriteLine(error.Message);
            return 1;
        }
    }
}
