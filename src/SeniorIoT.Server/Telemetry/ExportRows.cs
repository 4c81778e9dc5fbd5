using System.Runtime.CompilerServices;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>A water meter and the household it is in.</summary>
internal readonly record struct ExportMeter(string HouseholdId, string DeviceId);

/// <summary>A row of an export.</summary>
/// <param name="Meter">Whose.</param>
/// <param name="AtMs">When it was read, or when the step began; Unix milliseconds UTC.</param>
/// <param name="Millilitres">The register, or the use in the step; null is unknown.</param>
internal readonly record struct ExportRow(ExportMeter Meter, long AtMs, long? Millilitres);

/// <summary>
/// The rows of an export, meter by meter, oldest first, read a month at a time: what is in memory does not depend on how
/// much is asked for.
/// </summary>
/// <param name="store">Where readings are.</param>
/// <param name="use">Where use is.</param>
/// <param name="zone">Whose days.</param>
internal sealed class ExportSource(ITimeSeriesStore store, UseSeries use, TimeZoneInfo zone)
{
    private const long WindowMs = 31 * 86_400_000L;

    /// <summary>Whose days.</summary>
    public TimeZoneInfo Zone => zone;

    /// <summary>The rows of one meter.</summary>
    public IAsyncEnumerable<ExportRow> ReadAsync(ExportOrder order, ExportMeter meter, CancellationToken cancel)
    {
        var (fromMs, toMs) = (order.From.ToUnixTimeMilliseconds(), order.To.ToUnixTimeMilliseconds());
        return order.IsRaw ? ReadRegisterAsync(meter, fromMs, toMs, cancel) : ReadUseAsync(meter, fromMs, toMs, order.Every == "1d", cancel);
    }

    private async IAsyncEnumerable<ExportRow> ReadRegisterAsync(ExportMeter meter, long fromMs, long toMs, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var start = fromMs; start < toMs; start += WindowMs)
            foreach (var sample in await store.ReadAsync(meter.DeviceId, Metric.TotalMillilitres, start, Math.Min(start + WindowMs, toMs), cancel))
                yield return new ExportRow(meter, sample.AtMs, sample.Value);
    }

    private async IAsyncEnumerable<ExportRow> ReadUseAsync(ExportMeter meter, long fromMs, long toMs, bool isDaily, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var start = fromMs; start < toMs;)
        {
            // Windows meet at an edge, so that no step is cut in two.
            var end = Math.Min(start + WindowMs, toMs);
            var edges = isDaily ? Edges.Daily(start, end, zone) : Edges.Hourly(start, end);
            (var starts, start) = (edges[..^1], edges[^1]);
            var used = await use.ReadAsync(meter.DeviceId, edges, isDaily, cancel);
            for (var i = 0; i < used.Length; i++) yield return new ExportRow(meter, starts[i], used[i]);
        }
    }
}
