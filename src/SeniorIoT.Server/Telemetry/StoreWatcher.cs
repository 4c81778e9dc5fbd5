using System.Diagnostics.Metrics;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Alerts;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Looks at the telemetry store every 5 s and tells the administrator what <see cref="StoreWatch"/> decides. What it remembers is in the
/// alert's causes, so after a restart it tells nothing twice and still says when a trouble is over.
/// </summary>
internal sealed class StoreWatcher(ITimeSeriesStore store, SystemAlerts alerts, IMeterFactory meters, TimeProvider clock, ILogger<StoreWatcher> log)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private StoreWatchState? _state;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        StoreMeter.Register(meters, store, clock);
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await LookAsync();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing was taken for told: the next look decides the same again.
                log.LogError(error, "The administrator could not be told how the telemetry store is");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One look.</summary>
    internal async Task LookAsync()
    {
        _state ??= StoreWatch.Resume(alerts.ReadCauses(Rule.TelemetryStore), alerts.ReadTroubledSince(Rule.TelemetryStore));
        var (next, told) = StoreWatch.Decide(_state, Look(store.Status), clock.GetUtcNow());
        if (told is not null) await alerts.TellAsync(told);
        _state = next;
    }

    private static StoreLook Look(StoreStatus status) => new(
        status.State switch
        {
            StoreState.Ok => StoreCondition.Ok,
            StoreState.Retrying => StoreCondition.Retrying,
            StoreState.Paused => StoreCondition.Paused,
            StoreState.Full => StoreCondition.Full,
            _ => throw new System.Diagnostics.UnreachableException(),
        },
        status.Since, status.Problem)
    {
        WaitingBytes = status.WaitingBytes, WaitingBytesMax = status.WaitingBytesMax, OldestWaitingAt = status.OldestWaitingAt,
        DeadLetters = status.DeadLetters, NewestDeadLetter = status.NewestDeadLetter,
    };
}
