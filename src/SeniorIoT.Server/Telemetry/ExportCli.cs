using Microsoft.Data.Sqlite;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Export from the command line, beside a running server: no telemetry is changed.</summary>
/// <param name="options">Whose data folder, store and days.</param>
/// <param name="file">The new file.</param>
/// <param name="clock">For the audit, and the pace of what is told.</param>
internal sealed class ExportCli(ServerOptions options, string file, TimeProvider clock)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    /// <summary>Runs the command; what is told goes to <paramref name="told"/>. 0: the file is there; 1: it could not be made; 2: bad usage.</summary>
    public async Task<int> RunAsync(NewExport asked, TextWriter told, CancellationToken cancel)
    {
        var (faults, registry) = (new Faults(), Path.Combine(options.Data, "registry.db"));
        if (!File.Exists(registry)) return await RefuseAsync(told, $"{options.Data} holds no registry.db: it is not the data folder of a server. Name it with --data.");
        try
        {
            var order = ExportOrder.Read(asked with { Format = asked.Format ?? FormatOf(file) }, AreaScope.Whole, ReadNames(registry), faults);
            foreach (var (field, problem) in faults.All) await told.WriteLineAsync($"{OptionOf(field)}: {problem}");
            if (order is null) return 2;
            if (File.Exists(file)) return await RefuseAsync(told, $"{file} exists. Name another file, or move it away.");
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
        using var scratch = new ScratchFolder();
        await using var store = StoreSetup.OpenToRead(options, scratch.Path, clock);
        // The marks tell which roll-ups still hold. Opened as the server opens them, for they may be of an older program; without them none is trusted.
        var rollup = StoreSetup.RollupOf(options.Data);
        var zone = options.Zone();
        await using var marks = new RollupMarks(new SqliteFile(File.Exists(rollup) ? rollup : StoreSetup.RollupOf(scratch.Path), RollupMarks.Migrations), zone, clock);
        var source = new ExportSource(store, new UseSeries(store, marks, zone, clock), zone);
        WriteAudit(order, homes);
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

    /// <summary>Before the first row is read: nobody looks at people without an entry.</summary>
    private void WriteAudit(ExportOrder order, int homes)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Path.Combine(options.Data, "registry.db"), Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        connection.Open();
        // The server may be writing, for a moment.
        connection.Run("PRAGMA busy_timeout = 10000; PRAGMA synchronous = FULL");
        AuditLog.Write(connection, clock.GetUtcNow(), AuditLog.System, "export", order.Choice.Subject, $"{order.Detail}, {homes} households, from the command line");
    }

    private static AreaNames ReadNames(string registry)
    {
        using var connection = Open(registry);
        var names = new AreaNames();
        foreach (var area in connection.Rows("SELECT DISTINCT sub_district, committee FROM households", row => new Area(row.GetString(0), row.GetString(1)))) names.Move(null, area);
        return names;
    }

    private static SqliteConnection Open(string registry)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = registry, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<ExportMeter> ReadMeters(string registry, ExportChoice choice)
    {
        using var connection = Open(registry);
        return connection.Rows(
            $"""
            SELECT household_id, device_id FROM devices JOIN households USING(household_id)
            WHERE kind = 'water' AND (@household IS NULL OR household_id = @household) AND {AreaScope.Filter}
            ORDER BY household_id, device_id
            """,
            row => new ExportMeter(row.GetString(0), row.GetString(1)),
            ("@household", choice.HouseholdId), ("@area", AreaScope.Of(choice.Area).Area));
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

    /// <summary>A folder that is gone when the export is.</summary>
    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("senioriot-export-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
