using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Export from the command line, beside a running server: no telemetry is changed.</summary>
/// <param name="dataFolder">Holds <c>registry.db</c> and <c>telemetry</c>.</param>
/// <param name="file">The new file.</param>
/// <param name="zone">Whose days.</param>
/// <param name="clock">For the pace of what is told.</param>
internal sealed class ExportCli(string dataFolder, string file, TimeZoneInfo zone, TimeProvider clock)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command; what is told goes to <paramref name="told"/>. 0: the file is there; 1: it could not be made; 2: bad usage.</summary>
    public async Task<int> RunAsync(NewExport asked, TextWriter told, CancellationToken cancel)
    {
        var faults = new Faults();
        var order = ExportOrder.Read(asked with { Format = asked.Format ?? FormatOf(file) }, faults);
        foreach (var (field, problem) in faults.All) await told.WriteLineAsync($"{OptionOf(field)}: {problem}");
        if (order is null) return 2;
        if (File.Exists(file)) return await RefuseAsync(told, $"{file} exists. Name another file, or move it away.");
        var registry = Path.Combine(dataFolder, "registry.db");
        if (!File.Exists(registry)) return await RefuseAsync(told, $"{dataFolder} holds no registry.db: it is not the data folder of a server. Name it with --data.");
        try
        {
            var meters = ReadMeters(registry, order.Choice);
            if (meters.Count == 0) return await RefuseAsync(told, $"There is no household with a water meter for {order.Choice.Subject}. Check the name.");
            await WriteAsync(order, meters, told, cancel);
            return 0;
        }
        catch (Exception error) when (error is IOException or SqliteException or UnauthorizedAccessException or CannotStartException)
        {
            await told.WriteLineAsync($"Nothing was exported. {error.Message}");
            return 1;
        }
    }

    private async Task WriteAsync(ExportOrder order, List<ExportMeter> meters, TextWriter told, CancellationToken cancel)
    {
        var (part, progress, started) = (file + ".part", new ExportProgress(), clock.GetTimestamp());
        var homes = meters.DistinctBy(meter => meter.HouseholdId).Count();
        await using var store = new EmbeddedStore(Path.Combine(dataFolder, "telemetry"), new EmbeddedStoreOptions { IsReadOnly = true });
        // The marks tell which roll-ups still hold. Opened as the server opens them, for they may be of an older program.
        await using var marks = new RollupMarks(new SqliteFile(Path.Combine(dataFolder, "rollup.db"), RollupMarks.Migrations), zone, clock);
        var source = new ExportSource(store, new UseSeries(store, marks, zone, clock), zone);
        try
        {
            await using (var output = new FileStream(part, NewFile()))
            {
                await using var ticking = clock.CreateTimer(_ => Tell(), null, TellEvery, TellEvery);
                await ExportRun.WriteAsync(source, order, meters, output, progress, cancel);
                output.Flush(flushToDisk: true);
            }

            File.Move(part, file);
        }
        finally
        {
            File.Delete(part);
        }

        Tell();
        await told.WriteLineAsync($"Exported to {file}. It tells how people live: keep it where only those who need it can read it.");

        void Tell() => told.WriteLine(
            $"{progress.HomesDone} of {homes} households, {progress.Rows} rows, {progress.Bytes / 1e6:0.0} MB, {clock.GetElapsedTime(started).TotalSeconds:0} s");
    }

    private static List<ExportMeter> ReadMeters(string registry, ExportChoice choice)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = registry, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection.Rows(
            """
            SELECT household_id, device_id FROM devices JOIN households USING(household_id)
            WHERE kind = 'water' AND (@household IS NULL OR household_id = @household) AND (@committee IS NULL OR committee = @committee)
                AND (@subDistrict IS NULL OR sub_district = @subDistrict)
            ORDER BY household_id, device_id
            """,
            row => new ExportMeter(row.GetString(0), row.GetString(1)),
            ("@household", choice.HouseholdId), ("@committee", choice.Committee), ("@subDistrict", choice.SubDistrict));
    }

    private static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 1 << 16, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private static string? FormatOf(string file) => ((string[])["csv", "csv.gz", "parquet"]).FirstOrDefault(format => file.EndsWith('.' + format, StringComparison.OrdinalIgnoreCase));

    private static string OptionOf(string field) => field switch
    {
        "householdId" => "--household",
        "subDistrict" => "--sub-district",
        _ => "--" + field,
    };

    private static async Task<int> RefuseAsync(TextWriter told, string problem)
    {
        await told.WriteLineAsync(problem);
        return 2;
    }
}
