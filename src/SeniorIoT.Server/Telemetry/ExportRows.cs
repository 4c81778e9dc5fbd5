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
internal sealed class ExportRows(ITimeSeriesStore store, ExportOrder order)
{
    private const long WindowMs = 31 * 86_400_000L;

    private readonly long _fromMs = order.From.ToUnixTimeMilliseconds();
    private readonly long _toMs = order.To.ToUnixTimeMilliseconds();

    /// <summary>The rows of one meter.</summary>
    public IAsyncEnumerable<ExportRow> ReadAsync(ExportMeter meter, CancellationToken cancel) =>
        order.IsRaw ? ReadRegisterAsync(meter, cancel) : ReadUseAsync(meter, cancel);

    private async IAsyncEnumerable<ExportRow> ReadRegisterAsync(ExportMeter meter, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var start = _fromMs; start < _toMs; start += WindowMs)
            foreach (var sample in await store.ReadAsync(meter.DeviceId, Metric.TotalMillilitres, start, Math.Min(start + WindowMs, _toMs), cancel))
                yield return new ExportRow(meter, sample.AtMs, sample.Value);
    }

    private async IAsyncEnumerable<ExportRow> ReadUseAsync(ExportMeter meter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var isDaily = order.Every == "1d";
        for (var start = _fromMs; start < _toMs;)
        {
            // Windows meet at an edge, so that no step is cut in two.
            var end = Math.Min(start + WindowMs, _toMs);
            var edges = isDaily ? Edges.Daily(start, end) : Edges.Hourly(start, end);
            var around = (long)SeriesApi.LookAround.TotalMilliseconds;
            var samples = await store.ReadAsync(meter.DeviceId, Metric.TotalMillilitres, edges[0] - around, edges[^1] + around, cancel);
            var use = Rollup.UsePerBucket(samples, edges, isDaily ? SeriesApi.DailyMaxGap : null);
            for (var i = 0; i < use.Length; i++) yield return new ExportRow(meter, edges[i], use[i]);
            start = edges[^1];
        }
    }
}
