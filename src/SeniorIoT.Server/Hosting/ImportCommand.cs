using System.CommandLine;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>import</c>.</summary>
internal static class ImportCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "CSV, XLSX or XLS, one row a device; English or Chinese headings." };
        var data = new Option<string>("--data")
        {
            Description = "the server's data folder, also while it runs (default: SENIORIOT_DATA, else data)",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("SENIORIOT_DATA") ?? "data",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "check and count, write nothing" };
        var skipBad = new Option<bool>("--skip-bad") { Description = "leave bad rows out instead of importing nothing" };
        var credentials = new Option<string?>("--credentials") { Description = "a new CSV file for the devices' passwords; without it they are printed" };
        var command = new Command("import", "Enrols households, residents, contacts and devices from a spreadsheet; reports every bad row.")
        {
            file, data, dryRun, skipBad, credentials,
        };
        command.SetAction((parsed, _) => ImportCli.RunAsync(
            new ImportArguments(parsed.GetRequiredValue(file), parsed.GetRequiredValue(data), parsed.GetValue(dryRun), parsed.GetValue(skipBad), parsed.GetValue(credentials)),
            System.Console.Out));
        return command;
    }
}
