using System.Diagnostics.Metrics;

namespace SeniorIoT.Server.Telemetry;

/// <summary>How the roll-ups go, for the meter <c>SeniorIoT</c>: read when somebody asks, and without any labels.</summary>
internal static class RollupMeter
{
    /// <summary>Makes the instruments; once a process.</summary>
    public static void Register(IMeterFactory meters, Func<RollupStatus> status)
    {
        var meter = meters.Create("SeniorIoT");
        meter.CreateObservableGauge("senioriot.rollup.waiting", () => status().Waiting, "{day}", "Days of meters that are over and wait to be rolled up.");
        meter.CreateObservableCounter("senioriot.rollup.written", () => status().Written, "{day}", "Days of meters that were rolled up, since the start.");
        meter.CreateObservableCounter(
            "senioriot.rollup.expired", () => status().Expired, "{day}", "Days left as they were because late readings came when the others were no longer kept, since the start.");
    }
}
