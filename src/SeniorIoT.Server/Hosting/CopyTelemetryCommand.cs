using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Server.Hosting;

/// <summary>The command <c>copy-telemetry</c>: history from the files of a data folder to InfluxDB, or back.</summary>
internal static class CopyTelemetryCommand
{
    /// <summary>A reading changes no roll-up that is further away, with some days for meters that upload late.</summary>
    private const int DaysAroundTheSwitch = RollupDay.DaysBefore + 7;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "influx: from the files to InfluxDB; embedded: from InfluxDB to the files", Required = true };
        to.AcceptOnlyFromAmong(ServerOptions.InfluxDb, ServerOptions.Embedded);
        var from = Day("--from", "first UTC day, e.g. 2026-01-01 (default: the first there is)");
        var until = Day("--to-day", "last UTC day (default: the last there is)");
        var verify = new Option<bool>("--verify") { Description = "write nothing: compare counts and sums, and say what is missing" };
        var command = new Command(
            "copy-telemetry",
            "Copies history, the newest day first, and compares counts and sums. It goes on where it stopped; a second run is the verification of the first. "
            + "Data folder and InfluxDB are those that serve would use, also while it runs: options, variables, appsettings.json.")
        {
            to, from, until, verify,
        };
        var serve = new ServeSettings(command, "data");
        command.SetAction(async (parsed, cancel) =>
        {
            if (!serve.TryRead(parsed, out var options, ServerOptions.InfluxDb)) return 2;
            return await RunAsync(options, parsed.GetRequiredValue(to), parsed.GetValue(from), parsed.GetValue(until), parsed.GetValue(verify), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, string to, DateOnly? from, DateOnly? until, bool verifyOnly, CancellationToken cancel)
    {
        // Beside the server's own spool, which only the server may open.
        var spool = Path.Combine(options.Data, "copy-spool.db");
        try
        {
            CopyReport report;
            await using (var influx = new InfluxStore(options.Influx, spool))
            await using (var files = new EmbeddedStore(StoreSetup.FolderOf(options.Data), new EmbeddedStoreOptions { IsReadOnly = to == ServerOptions.InfluxDb }))
            {
                await influx.PingAsync(cancel);
                // What an earlier run was refused is compared anew by this one.
                await influx.DiscardDeadLettersAsync(long.MaxValue, cancel);
                var copy = to == ServerOptions.InfluxDb
                    ? new StoreCopy(files, influx, stop => StoreSetup.FlushOrFailAsync(influx, TimeProvider.System, stop))
                    : new StoreCopy(influx, files);
                try
                {
                    report = await copy.RunAsync(from, until, verifyOnly, Teller(System.Console.Error, TimeProvider.System), cancel);
                }
                finally
                {
                    // Also when it broke off: the next run finds these days equal and would not know of them.
                    await MarkAsync(options.Data, copy);
                }
            }

            foreach (var end in (string[])["-wal", "-shm", ""]) File.Delete(spool + end);
            return Print(report, System.Console.Out);
        }
        catch (Exception error) when (error is IOException or SqliteException or CannotStartException)
        {
            await System.Console.Error.WriteLineAsync($"{error.Message} What was copied stays. Mend it and run the command again: it goes on where it stopped.");
            return 1;
        }
    }

    /// <summary>
    /// The server may have rolled up the days around the switch from the readings that it had then: they are rolled up again. Older days
    /// were copied as they were rolled up.
    /// </summary>
    private static async Task MarkAsync(string data, StoreCopy copy)
    {
        if (copy.Written.Count == 0 || !File.Exists(StoreSetup.RollupOf(data))) return;
        var last = copy.Written.Values.Max(span => span.Last);
        await RollupAgain.MarkAsync(data, copy.Written, last.AddDays(-DaysAroundTheSwitch), CancellationToken.None);
    }

    /// <summary>Writes a line of progress every second, and one at the end.</summary>
    internal static Action<CopyProgress> Teller(TextWriter told, TimeProvider clock)
    {
        long? last = null;
        return progress =>
        {
            if (last is { } at && progress.DaysDone < progress.DaysTotal && clock.GetElapsedTime(at) < TellEvery) return;
            last = clock.GetTimestamp();
            var left = progress.Remaining is { } remaining ? $", {remaining:hh\\:mm\\:ss} left" : "";
            told.WriteLine($"{progress.Day:yyyy-MM-dd}: {progress.DaysDone} of {progress.DaysTotal} days, {progress.Points} points, {progress.PointsPerSecond:0}/s{left}");
        };
    }

    /// <summary>Prints what a copy did. 0 when the target holds everything; 1 with the list of what differs.</summary>
    internal static int Print(CopyReport report, TextWriter output)
    {
        foreach (var difference in report.Differences)
            output.WriteLine($"{difference.Day:yyyy-MM-dd} {difference.What} {difference.Device}: {difference.Problem}");
        foreach (var count in report.Counts)
            output.WriteLine($"{count.What}: {count.Equal} equal already, {count.Copied} copied and verified, {count.Different} different");
        output.WriteLine(report.IsComplete
            ? $"The target holds everything that the source holds; {report.Points} points were written."
            : $"The target differs in {report.Counts.Sum(count => count.Different)} places; the first {report.Differences.Count} are above.");
        return report.IsComplete ? 0 : 1;
    }

    private static Option<DateOnly?> Day(string name, string meaning) => new(name)
    {
        Description = meaning,
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
            result.AddError($"{name}: \"{result.Tokens[0].Value}\" is not a day. Write it like 2026-01-31.");
            return null;
        },
    };
}
