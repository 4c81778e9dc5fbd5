using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;
using SeniorIoT.Server.Storms;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// Rings the bell of everything whose deadline has passed, every second. It decides nothing: the alert or the device does, and
/// ringing early, twice or late is harmless. What fails is rung again.
/// </summary>
internal sealed class Sweeper(AlertStore alerts, DeadlineTable deadlines, DeviceDirectory devices, DeviceAddresses addresses, AbsenceEnds absences, StormSweep storms, IGrainFactory grains, TimeProvider clock, ILogger<Sweeper> log)
    : BackgroundService
{
    private const int RingMax = 500;
    private const int RingingMax = 16;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AgainAfterFailure = TimeSpan.FromSeconds(30);

    /// <summary>When the last round ended that reached everything due; null: none since the start.</summary>
    public DateTimeOffset? LastRoundAt { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
                LastRoundAt = clock.GetUtcNow();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Deadlines are rows: they are still there in a second.
                log.LogError(error, "A sweep failed");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One round: alerts first, then absences, then devices.</summary>
    internal async Task SweepAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var limit = new ParallelOptions { MaxDegreeOfParallelism = RingingMax, CancellationToken = cancel };
        await Parallel.ForEachAsync(alerts.ReadDue(now, RingMax), limit, async (key, _) =>
        {
            if (await TryAsync(() => grains.GetGrain<IAlertGrain>(key).Handle(new AlertCommand.Wake())) is null)
                log.LogWarning("An alert could not be woken; it will be, in a second");
        });

        await storms.SweepAsync(now, cancel); // before devices, whose silence may not be their own
        var all = deadlines.Due(now, RingMax);
        foreach (var deadline in all.Where(IsAbsence))
            await TryAsync<object>(async () =>
            {
                await absences.WakeAsync(deadline, now); // moves the deadline itself
                return deadline;
            });
        List<Deadline> due = [.. all.Where(deadline => !IsAbsence(deadline))];
        if (due.Count == 0) return;
        var next = new Deadline[due.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, due.Count), limit, async (i, _) => next[i] = due[i] with { DueAt = await WakeAsync(due[i].Subject, now) });
        await deadlines.MoveAsync(next);
    }

    private static bool IsAbsence(Deadline deadline) => deadline.Kind == AbsenceStore.DeadlineKind;

    private async Task<DateTimeOffset> WakeAsync(string deviceId, DateTimeOffset now)
    {
        if (!devices.TryGet(deviceId, out var device) || device.IsRetired || device.Kind is not { } kind) return now.AddDays(1);
        var next = await TryAsync<object>(async () => await addresses.Of(kind, deviceId).Wake());
        return next is DateTimeOffset at ? at : now + AgainAfterFailure;
    }

    /// <summary>The answer, or null when the call failed: then it is rung again.</summary>
    private async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            log.LogWarning(error, "A bell could not be rung");
            return null;
        }
    }
}
