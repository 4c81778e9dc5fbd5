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

    /// <summary>Which days are to be rolled up, inside a data folder.</summary>
    public static string RollupOf(string data) => Path.Combine(data, "rollup.db");

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

    /// <summary>Opens it only to read, beside a server that may have it open. Nothing is made in the data folder.</summary>
    /// <param name="options">Which store.</param>
    /// <param name="scratch">A folder of the caller's. A store of InfluxDB wants a spool, in which nothing will ever wait; the server's own is the server's.</param>
    /// <param name="clock">Measures waits.</param>
    /// <exception cref="IOException">The files cannot be read, or there is no folder of them.</exception>
    public static ITimeSeriesStore OpenToRead(ServerOptions options, string scratch, TimeProvider clock) => options.TelemetryStore == ServerOptions.InfluxDb
        ? new InfluxStore(options.Influx, SpoolOf(scratch), clock: clock)
        : new EmbeddedStore(FolderOf(options.Data), new EmbeddedStoreOptions { IsReadOnly = true }, clock);

    /// <summary>Waits until everything is in InfluxDB; a person who waits at a terminal hears at once when it is refused.</summary>
    /// <exception cref="IOException">InfluxDB refuses all of it, or refused lines for ever.</exception>
    public static async Task FlushOrFailAsync(InfluxStore store, TimeProvider clock, CancellationToken cancel)
    {
        var flushed = store.FlushAsync(cancel);
        while (await Task.WhenAny(flushed, Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancel)) != flushed)
        {
            cancel.ThrowIfCancellationRequested();
            if (store.Status is { State: StoreState.Paused, Problem: { } problem }) throw new IOException(problem);
        }

        await flushed;
        if (store.ReadDeadLetters(null, 1) is [var refused, ..]) throw new IOException($"InfluxDB refused a line: {refused.Error} The line was: {refused.Line}");
    }
}
