using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Rules;

namespace SeniorIoT.Server.Households;

/// <summary>The command line of <c>import</c>.</summary>
/// <param name="File">CSV, XLSX or XLS.</param>
/// <param name="DataFolder">Where <c>registry.db</c> is, or will be.</param>
/// <param name="DryRun">Check and count, write nothing.</param>
/// <param name="SkipBad">Leave bad rows out instead of importing nothing.</param>
/// <param name="CredentialsFile">A new CSV file for the devices' passwords; null to print them.</param>
internal sealed record ImportArguments(string File, string DataFolder, bool DryRun = false, bool SkipBad = false, string? CredentialsFile = null);

/// <summary>Import from the command line; a server may be running on the same folder meanwhile.</summary>
internal static class ImportCli
{
    /// <summary>Runs the command. 0: done as asked; 1: the file has errors and nothing was written; 2: bad usage.</summary>
    public static async Task<int> RunAsync(ImportArguments args, TextWriter output)
    {
        if (!File.Exists(args.File)) return await RefuseAsync(output, $"There is no file {args.File}.");
        if (new FileInfo(args.File).Length > Spreadsheet.BytesMax)
            return await RefuseAsync(output, $"{args.File} has more than {Spreadsheet.BytesMax / 1_000_000} MB. Split it.");
        if (args.CredentialsFile is { } existing && File.Exists(existing))
            return await RefuseAsync(output, $"{existing} exists and may hold passwords. Name another file, or move it away.");

        var (devices, households) = (new DeviceDirectory(), new HouseholdDirectory());
        await using var registry = new Registry(args.DataFolder, devices, households, new RuleDirectory(RuleSettings.Changning), new UserDirectory());
        await registry.LoadAsync();
        var importer = new Importer(registry, households, devices, TimeProvider.System);
        var report = await ImportAsync(args, importer, await File.ReadAllBytesAsync(args.File));
        await PrintAsync(report, args, output);
        var isDone = report.Errors.Count == 0 || (args.SkipBad && (report.Written || args.DryRun));
        return isDone ? 0 : 1;
    }

    private static async Task<ImportReport> ImportAsync(ImportArguments args, Importer importer, byte[] file)
    {
        // Passwords are on disk before the devices are enrolled: a crash in between costs a file, not a visit to every home.
        Func<IReadOnlyList<EnrolledDevice>, Task>? keep = args.CredentialsFile is { } path ? credentials => SaveAsync(path, credentials) : null;
        var isWritten = false;
        try
        {
            var report = await importer.ImportAsync(file, new ImportOrder(args.DryRun, args.SkipBad, AuditLog.System, IsOutside: true), keep);
            isWritten = report.Written;
            return report;
        }
        catch (SqliteException error)
        {
            var refused = new ImportError(1, "", $"The registry refused the write ({error.Message}). Nothing was imported.");
            return new ImportReport(0, 0, 0, args.DryRun, false, [refused], []);
        }
        finally
        {
            if (!isWritten && args.CredentialsFile is { } unused) File.Delete(unused);
        }
    }

    private static async Task SaveAsync(string path, IReadOnlyList<EnrolledDevice> credentials)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, options);
        await using var writer = new StreamWriter(file);
        await WriteAsync(writer, credentials);
        await writer.FlushAsync();
        file.Flush(flushToDisk: true);
    }

    private static async Task WriteAsync(TextWriter writer, IReadOnlyList<EnrolledDevice> credentials)
    {
        // Ids and passwords hold letters, digits, - and _ only: nothing to quote.
        await writer.WriteLineAsync("device_id,kind,household_id,username,password");
        foreach (var one in credentials) await writer.WriteLineAsync($"{one.DeviceId},{one.Kind},{one.HouseholdId},{one.Mqtt.Username},{one.Mqtt.Password}");
    }

    private static async Task PrintAsync(ImportReport report, ImportArguments args, TextWriter output)
    {
        foreach (var error in report.Errors)
            await output.WriteLineAsync($"row {error.Row}{(error.Column.Length > 0 ? $", {error.Column}" : "")}: {error.Problem}");
        var what = $"{report.Households} households and {report.Devices} devices from {report.Rows} rows";
        await output.WriteLineAsync(report switch
        {
            { Written: true } => $"Imported {what}; {report.Errors.Count} errors in rows left out.",
            { DryRun: true } => $"Dry run: {what} are good, {report.Errors.Count} errors. Nothing was written.",
            _ => $"Nothing was written: {report.Errors.Count} errors. Correct them, or leave the bad rows out with --skip-bad.",
        });
        if (!report.Written || report.Credentials.Count == 0) return;
        if (args.CredentialsFile is { } path)
        {
            await output.WriteLineAsync($"The devices' passwords are in {path}. They are shown nowhere else.");
            return;
        }

        await output.WriteLineAsync("The devices' passwords, shown this once:");
        await WriteAsync(output, report.Credentials);
    }

    private static async Task<int> RefuseAsync(TextWriter output, string problem)
    {
        await output.WriteLineAsync(problem);
        return 2;
    }
}
