using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Storms;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Sends what is owed. One database row is the truth for every notice: claimed, sent, and its fate written down. A crash between
/// claiming and writing repeats the message rather than losing it. When everybody of a step is out of reach, the alert goes
/// up the ladder at once instead of waiting. P1 has a lane of its own: nothing that hangs for others holds it up.
/// </summary>
internal sealed class Outbox(
    NoticeStore store, NoticeReceipts receipts, NoticeSender sender, ProviderDesk desk, AlertStore alerts, OutboxBell bell, IGrainFactory grains, TimeProvider clock, ILogger<Outbox> log)
    : BackgroundService
{
    private const int ClaimMax = 50;
    private const int UrgentFlyingMax = 32;
    private const int OtherFlyingMax = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<bool, List<Task>> _flying = new() { [true] = [], [false] = [] };

    /// <summary>When the last look ended that started all that was due and had a place; null: none since the start.</summary>
    public DateTimeOffset? LastRoundAt { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await HurryAsync();
                await StartDueAsync(stoppingToken);
                LastRoundAt = clock.GetUtcNow();
                await bell.RungAsync(LookEvery, clock, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The rows are still owed; what failed is tried again at the next look. Health shows owed notices that grow old.
                log.LogError(error, "The outbox stumbled");
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                // The server stops; what is under way is given the time it needs.
            }
        }

        await Task.WhenAll(_flying.Values.SelectMany(tasks => tasks));
    }

    /// <summary>Sends what is due now, waits until it is sent, and tells the ladder what was lost. Returns how many notices it took.</summary>
    internal async Task<int> SendDueAsync(CancellationToken cancel)
    {
        await HurryAsync();
        var count = await StartDueAsync(cancel);
        await Task.WhenAll(_flying.Values.SelectMany(tasks => tasks));
        return count;
    }

    /// <summary>Escalates at once when the whole step is out of reach.</summary>
    internal async Task GoOnIfNobodyHearsAsync(string alertId, int step)
    {
        const string Why = "nobody of the step before could be reached";
        if (!store.IsStepLost(alertId, step)) return;
        if (Incident.IsCode(alertId)) await grains.GetGrain<IIncidentGrain>(alertId).Act(new IncidentCommand.Undelivered(step, Why), new Actor("the platform", null));
        else if (alerts.ReadKey(alertId) is { } key) await grains.GetGrain<IAlertGrain>(key).Handle(new AlertCommand.Undelivered(step, Why));
    }

    /// <summary>Tells the ladder of texts that did not get through, and sends by another provider those of which nothing is heard.</summary>
    internal async Task HurryAsync()
    {
        var now = clock.GetUtcNow();
        foreach (var notice in await receipts.ReadOverdueAsync(now, ClaimMax))
        {
            var isTriedAgain = notice.State == NoticeState.Sent && notice.Rounds < NoticeReceipts.RoundsMax && PhoneNumber.ToE164(notice.Phone) is { } number
                && desk.For(NoticeChannel.Sms, number, []).Any(provider => !notice.Tried.Contains(provider.Name));
            await GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
            await receipts.SettleAsync(notice.NoticeId, isTriedAgain, now);
        }
    }

    // No more are claimed than may go now, so what waits, waits in order of priority, and a new P1 is before all of it.
    private async Task<int> StartDueAsync(CancellationToken cancel)
    {
        var count = 0;
        foreach (var isUrgent in (bool[])[true, false])
        {
            var flying = _flying[isUrgent];
            flying.RemoveAll(task => task.IsCompleted);
            var now = clock.GetUtcNow();
            var room = Math.Min(Math.Min(ClaimMax, desk.FreePlaces(isUrgent, now)), (isUrgent ? UrgentFlyingMax : OtherFlyingMax) - flying.Count);
            if (room <= 0) continue;
            var due = await store.ClaimAsync(now, now + Lease, room, isUrgent);
            flying.AddRange(due.Select(notice => SendAsync(notice, cancel)));
            count += due.Count;
        }

        return count;
    }

    private async Task SendAsync(OwedNotice notice, CancellationToken cancel)
    {
        try
        {
            var fate = await sender.SendAsync(notice, cancel);
            if (fate?.State is NoticeState.Failed or NoticeState.HeldBack && !notice.IsInformation)
            {
                await GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
                await receipts.SettleAsync(notice.NoticeId, false, clock.GetUtcNow());
            }

            bell.Ring(); // a place in the lane is free
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops: the row is claimed again when its lease ends.
        }
        catch (Exception error)
        {
            // One that stumbles must not take the others with it. Its row is claimed again when the lease ends.
            log.LogError(error, "Notice {Notice} stumbled", notice.NoticeId);
        }
    }
}
