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

    // A provider that takes a hundred a second and answers within one has a hundred under way.
    private const int UrgentFlyingMax = 100;
    private const int OtherFlyingMax = 8;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskWithin = TimeSpan.FromSeconds(5);

    private Task _hurrying = Task.CompletedTask;
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
                // Beside the sending: a provider that is asked for receipts and does not answer must hold up no text.
                if (_hurrying.IsCompleted) _hurrying = HurryOrLogAsync(stoppingToken);
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

        await Task.WhenAll(_flying.Values.SelectMany(tasks => tasks).Append(_hurrying));
    }

    /// <summary>Sends what is due now, waits until it is sent, and tells the ladder what was lost. Returns how many notices it took.</summary>
    internal async Task<int> SendDueAsync(CancellationToken cancel)
    {
        await HurryAsync(cancel);
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

    /// <summary>
    /// Asks the providers of texts whose receipts are late, once; tells the ladder of those that did not get through, and sends by another provider those of which
    /// nothing is heard.
    /// </summary>
    internal async Task HurryAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var late = receipts.ReadLate(now, ClaimMax);
        await Task.WhenAll(late.Select(text => AskAsync(text, now, cancel)));
        foreach (var notice in await receipts.ReadOverdueAsync([.. late.Select(text => text.NoticeId)], now, ClaimMax))
        {
            var isTriedAgain = notice.State == NoticeState.Sent && notice.Rounds < NoticeReceipts.RoundsMax && PhoneNumber.ToE164(notice.Phone) is { } number
                && desk.For(NoticeChannel.Sms, number, []).Any(provider => !notice.Tried.Contains(provider.Name));
            await GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
            await receipts.SettleAsync(notice.NoticeId, isTriedAgain, now);
        }
    }

    private async Task HurryOrLogAsync(CancellationToken cancel)
    {
        try
        {
            await HurryAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops: nothing was settled, the next start asks again.
        }
        catch (Exception error)
        {
            // Nothing was settled: the next look does it again.
            log.LogError(error, "Late receipts could not be seen to");
        }
    }

    private async Task AskAsync(LateText text, DateTimeOffset now, CancellationToken cancel)
    {
        if (text.ProviderId.Length == 0 || desk.All.FirstOrDefault(provider => provider.Name == text.Provider) is not { } provider || PhoneNumber.ToE164(text.Phone) is not { } number) return;
        if (!desk.ConditionOf(provider, number).IsUp(now)) return;
        using var limit = new CancellationTokenSource(AskWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            if (await provider.AskAsync(new SentText(text.NoticeId, text.ProviderId, number, text.SentAt), either.Token) is not { } receipt) return;
            await receipts.ReceiveAsync(text.ProviderId, text.NoticeId, receipt.State, receipt.Fault?.Words(ProviderHttp.Short(receipt.Said ?? "")), now, receipt.Fault);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // No answer in time is no receipt.
        }
    }

    // No more are claimed than may go now, so what waits, waits in order, and a new P1 is before all of it.
    private async Task<int> StartDueAsync(CancellationToken cancel)
    {
        foreach (var lane in _flying.Values) lane.RemoveAll(task => task.IsCompleted);
        var now = clock.GetUtcNow();
        var room = new SendRoom(Math.Min(ClaimMax, UrgentFlyingMax - _flying[true].Count), Math.Min(ClaimMax, OtherFlyingMax - _flying[false].Count), desk.FreePlaces(now));
        if (!room.IsAny) return 0;
        var due = await store.ClaimAsync(now, now + Lease, room);
        foreach (var notice in due) _flying[notice.Rank.IsUrgent()].Add(SendAsync(notice, cancel));
        return due.Count;
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
