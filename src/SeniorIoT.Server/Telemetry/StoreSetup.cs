using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Embedded;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Opens the store that the settings name. The only place that knows which there are.</summary>
internal static class StoreSetup
{
    /// <summary>The folder of the embedded store inside a data folder.</summary>
    public static string FolderOf(string data) => Path.Combine(data, "telemetry");

    /// <summary>What waits for InfluxDB, inside a data folder.</summary>
    public static string SpoolOf(string data) => Path.Combine(data, "spool.db");

    /// <summary>Opens it. InfluxDB may be away.</summary>
    /// <exception cref="CannotStartException">The files cannot be opened.</exception>
    public static ITimeSeriesStore Open(ServerOptions options, TimeProvider clock)
    {
        try
        {
            return options.TelemetryStore == ServerOptions.InfluxDb
                ? new InfluxStore(options.Influx, SpoolOf(options.Data), clock: clock)
                : new EmbeddedStore(FolderOf(options.Data), clock: clock);
        }
        catch (IOException error)
        {
            throw new CannotStartException(error.Message);
        }
    }
}
