using SeniorIoT.Parts;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.Tests.TimeSeries.Influx;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Tests.TimeSeries;

/// <summary>Which store a story is told to.</summary>
public enum Kind
{
    /// <summary>SQLite files.</summary>
    Embedded,

    /// <summary>InfluxDB 1.6.7, the real program.</summary>
    RealInflux16,

    /// <summary>InfluxDB 2.x by its contract: see <see cref="MemoryInflux"/>.</summary>
    ContractInflux2,

    /// <summary>InfluxDB 3 Core by its contract: see <see cref="MemoryInflux"/>.</summary>
    ContractInflux3,
}

/// <summary>A store of any kind, so that one suite holds for all.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    private static int _databases;

    private readonly TempFolder _folder = new();
    private readonly MemoryInflux? _memory;
    private readonly InfluxOptions? _options;

    private StoreUnderTest(Kind kind, InfluxOptions? options)
    {
        (Kind, _options) = (kind, options);
        _memory = kind switch
        {
            Kind.ContractInflux2 => new MemoryInflux(InfluxWritePath.V2),
            Kind.ContractInflux3 => new MemoryInflux(InfluxWritePath.V3),
            _ => null,
        };
        Store = Open();
    }

    public Kind Kind { get; }

    public ITimeSeriesStore Store { get; private set; }

    /// <summary>Name of its database; not for <see cref="Kind.Embedded"/>.</summary>
    public string Database => _options!.Database;

    /// <summary>The server in memory; only for the kinds that have one.</summary>
    public MemoryInflux Memory => _memory!;

    /// <summary>Of two values that disagree, whether the greater stays whenever it was written; otherwise the later stays.</summary>
    public bool GreaterStays => Kind == Kind.Embedded;

    /// <summary>Opens a store that is empty.</summary>
    /// <param name="kind">Of this kind.</param>
    /// <param name="batchPoints">Values in one request to InfluxDB: few, so that stories meet the cuts between batches.</param>
    public static async Task<StoreUnderTest> OpenAsync(Kind kind, int batchPoints = 7)
    {
        if (kind == Kind.Embedded) return new StoreUnderTest(kind, null);
        var options = new InfluxOptions { Database = $"t{Interlocked.Increment(ref _databases)}", Url = "http://influx.invalid:8086", BatchPointsMax = batchPoints };
        if (kind == Kind.RealInflux16)
        {
            var server = await Influxd.SharedAsync();
            options.Url = server.Url;
            await server.CreateDatabasesAsync(options.Database);
        }

        if (kind == Kind.ContractInflux2) (options.WritePath, options.Org, options.Token) = (InfluxWritePath.V2, "district", "t0ken");
        if (kind == Kind.ContractInflux3) (options.WritePath, options.Token) = (InfluxWritePath.V3, "t0ken");
        return new StoreUnderTest(kind, options);
    }

    /// <summary>Writes, and waits until it can be read.</summary>
    public async Task AppendAsync(params Point[] points) => await AppendAsync(points, []);

    public async Task AppendAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events)
    {
        await Store.AppendAsync(points, events, CancellationToken.None);
        await SettleAsync();
    }

    /// <summary>Waits until what was written can be read.</summary>
    public async Task SettleAsync()
    {
        if (Store is InfluxStore influx) await influx.FlushAsync(CancellationToken.None);
    }

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _memory?.Dispose();
        _folder.Dispose();
    }

    // One open month at most, so that files are closed and opened all the time.
    private ITimeSeriesStore Open() => _options is null
        ? new EmbeddedStore(_folder.Path, new EmbeddedStoreOptions { OpenMonthsMax = 1 })
        : new InfluxStore(_options, Path.Combine(_folder.Path, "spool.db"), _memory);
}
