using System.Diagnostics.Metrics;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>How the telemetry store is, for the meter <c>SeniorIoT</c>: read when somebody asks, never per point, and without any labels.</summary>
internal static class StoreMeter
{
    /// <summary>Makes the instruments; once a process.</summary>
    public static void Register(IMeterFactory meters, ITimeSeriesStore store, TimeProvider clock)
    {
        var meter = meters.Create("SeniorIoT");
        meter.CreateObservableCounter("senioriot.telemetry.written", () => store.Status.WrittenPoints, "{point}", "Points that are where they belong, since the start.");
        meter.CreateObservableCounter("senioriot.telemetry.expired", () => store.Status.ExpiredPoints, "{point}", "Points that the database would not keep, being older than its retention, since the start.");
        meter.CreateObservableGauge("senioriot.telemetry.waiting", () => store.Status.WaitingPoints, "{point}", "Points on disk that are not in the database yet.");
        meter.CreateObservableGauge("senioriot.telemetry.waiting_bytes", () => store.Status.WaitingBytes, "By", "Bytes that they take on disk.");
        // Without a unit: Prometheus would put it behind the name once more.
        meter.CreateObservableGauge("senioriot.telemetry.waiting_bytes_max", () => store.Status.WaitingBytesMax, null, "Most bytes that may wait; 0 for a store in which nothing waits.");
        meter.CreateObservableGauge(
            "senioriot.telemetry.oldest_waiting_age", () => store.Status.OldestWaitingAt is { } at ? Math.Max(0, (clock.GetUtcNow() - at).TotalSeconds) : 0, "s",
            "Age of the oldest point that waits; 0 when none does.");
        meter.CreateObservableGauge("senioriot.telemetry.dead_letters", () => store.Status.DeadLetters, "{line}", "Lines that the database refused for ever and that are kept.");
        meter.CreateObservableCounter(
            "senioriot.telemetry.dropped_dead_letters", () => store.Status.DroppedDeadLetters, "{line}", "Lines of that kind that newer ones took the room of, since the start.");
        meter.CreateObservableGauge("senioriot.telemetry.state", () => (int)store.Status.State, "{state}", "0 ok, 1 retrying, 2 paused, 3 full.");
    }
}
