using System.CommandLine;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.Server.Hosting;

/// <summary>Where telemetry is copied to.</summary>
/// <param name="Store">The store; disposed at the end.</param>
/// <param name="FlushAsync">Completes when nothing waits any more that was appended; null when nothing ever waits.</param>
internal sealed record CopyTarget(ITimeSeriesStore Store, Func<CancellationToken, Task>? FlushAsync);

/// <summary>The command <c>copy-telemetry</c>: history from the embedded store of a data folder to another store.</summary>
internal static class CopyTelemetryCommand
{
    /// <summary>A reading changes no roll-up that is further away, with some days for meters that upload late.</summary>
    private const int DaysAroundTheSwitch = RollupDay.DaysBefore + 7;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    /// <summary>The command with its options. The only target so far is the embedded store of another folder.</summary>
    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "the folder of another embedded store", Required = true };
        return Create([to], parsed => new CopyTarget(new EmbeddedStore(parsed.GetRequiredValue(to)), null));
    }

    /// <summary>The command for any target.</summary>
    /// <param name="targetOptions">Options that say where to.</param>
    /// <param name="open">Opens the target; may throw <see cref="ArgumentException"/> with the option and the remedy.</param>
    internal static Command Create(IReadOnlyList<Option> targetOptions, Func<ParseResult, CopyTarget> open)
    {
        var data = DataOption.Create("the data folder whose telemetry is copied, also while its server runs");
        var from = Day("--from", "first UTC day, e.g. 2026-01-01 (default: the first there is)");
        var to = Day("--to-day", "last UTC day (default: the last there is)");
        var verify = new Option<bool>("--verify") { Description = "write nothing: compare counts and sums, and say what is missing" };
        var command = new Command(
            "copy-telemetry",
            "Copies history, the newest day first, and compares counts and sums. It goes on where it stopped; a second run is the verification of the first.")
        {
            data, from, to, verify,
        };
        foreach (var option in targetOptions) command.Options.Add(option);
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                await using var source = new EmbeddedStore(Path.Combine(parsed.GetRequiredValue(data), "telemetry"), new EmbeddedStoreOptions { IsReadOnly = true });
                var target = open(parsed);
                await using var store = target.Store;
                var copy = new StoreCopy(source, store, target.FlushAsync);
                try
                {
                    return Print(
                        await copy.RunAsync(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(verify), Teller(System.Console.Error, TimeProvider.System), cancel),
                        System.Console.Out);
                }
                finally
                {
                    // Also when it broke off: the next run finds these days equal and would not know of them.
                    await MarkAsync(parsed.GetRequiredValue(data), copy);
                }
            }
            catch (ArgumentException usage)
            {
                await System.Console.Error.WriteLineAsync(usage.Message);
                return 2;
            }
            catch (Exception error) when (error is IOException or SqliteException or CannotStartException)
            {
                await System.Console.Error.WriteLineAsync($"{error.Message} What was copied stays. Mend it and run the command again: it goes on where it stopped.");
                return 1;
            }
        });
        return command;
    }

    /// <summary>
    /// The server may have rolled up the days around the switch from the readings that it had then: they are rolled up again. Older days
    /// were copied as they were rolled up.
    /// </summary>
    private static async Task MarkAsync(string data, StoreCopy copy)
    {
        if (copy.Written.Count == 0 || !File.Exists(Path.Combine(data, "rollup.db"))) return;
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
