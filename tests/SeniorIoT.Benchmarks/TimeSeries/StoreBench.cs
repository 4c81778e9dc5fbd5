using System.Diagnostics;
using System.Globalization;
using SeniorIoT.Parts;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Benchmarks.TimeSeries;

/// <summary>A kind of store, and what it costs beside this process: the files, and the processor time of the database server.</summary>
internal sealed class StoreBench : IAsyncDisposable
{
    private const double TicksASecond = 100; // what Linux counts processor time in, on every machine .NET runs on
    private const int ColdSeconds = 5;
    private readonly string _folder;
    private readonly Influxd? _influx;
    private int _spools;

    private StoreBench(string folder, Influxd? influx) => (_folder, _influx) = (folder, influx);

    /// <summary>Starts the database server, if there is one.</summary>
    public static async Task<StoreBench> OpenAsync(string kind, string folder)
    {
        if (kind == "embedded") return new StoreBench(folder, null);
        var influx = new Influxd { ColdSeconds = ColdSeconds };
        await influx.StartAsync();
        foreach (var name in (string[])["warmup", "senioriot"]) await influx.CreateDatabasesAsync(name);
        return new StoreBench(folder, influx);
    }

    /// <summary>The store of a name: a folder, or databases.</summary>
    public ITimeSeriesStore OpenStore(string name) => _influx is null
        ? new EmbeddedStore(Path.Combine(_folder, name))
        : new InfluxStore(new InfluxOptions { Url = _influx.Url, Database = name, FlushEvery = TimeSpan.FromMilliseconds(100) }, Path.Combine(_folder, $"spool-{_spools++}.db"));

    /// <summary>Until everything is in the database.</summary>
    public static Task FlushAsync(ITimeSeriesStore store) => store is InfluxStore influx ? influx.FlushAsync(CancellationToken.None) : Task.CompletedTask;

    /// <summary>Until the database server has compacted its files: they do not change any more. At most five minutes.</summary>
    public async Task SettleAsync()
    {
        if (_influx is null) return;
        var (last, same) = (0L, 0);
        for (var second = 0; second < 300 && same < 4 * ColdSeconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            same = Bytes() == last ? same + 1 : 0;
            last = Bytes();
        }
    }

    /// <summary>Bytes of the measured store's files.</summary>
    public long Bytes() => _influx is null
        ? Size(Path.Combine(_folder, "senioriot"))
        : Size(Path.Combine(_influx.Folder, "data", "senioriot")) + Size(Path.Combine(_influx.Folder, "wal", "senioriot"));

    /// <summary>Processor time the database server has used; zero without one. User and system, all threads.</summary>
    public TimeSpan ServerCpu()
    {
        if (_influx is null) return TimeSpan.Zero;
        var stat = File.ReadAllText($"/proc/{_influx.ProcessId}/stat");
        // After the name, which stands in brackets and may hold spaces: utime and stime are the 12th and 13th.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksASecond);
    }

    public ValueTask DisposeAsync() => _influx?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>What a folder takes on the disk: files that were made long in advance count only as far as they were written.</summary>
    private static long Size(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        using var du = Process.Start(new ProcessStartInfo("du", ["--summarize", "--block-size=1", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = du.StandardOutput.ReadToEnd();
        du.WaitForExit();
        return long.Parse(said.Split('\t')[0], CultureInfo.InvariantCulture);
    }
}
