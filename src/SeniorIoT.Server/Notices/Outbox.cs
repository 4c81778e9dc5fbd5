using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Notices;

/// <summary>
/// Sends what is owed. One database row is the truth for every notice: claimed, sent, and its fate written down. A crash between
/// claiming and writing repeats the message rather than losing it. When everybody of a step is out of reach, the alert goes
/// up the ladder at once instead of waiting.
/// </summary>
internal sealed class Outbox(NoticeStore store, AlertStore alerts, TwilioClient? twilio, OutboxBell bell, IGrainFactory grains, TimeProvider clock, ILogger<Outbox> log)
    : BackgroundService
{
    private const int ClaimMax = 50;
    private const int SendingMax = 8;
    private const int AttemptsMax = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>What a notice says when there is nobody to hand it to.</summary>
    public const string NoProvider = "not sent: no provider set";

    /// <summary>When the last round ended that left nothing due; null: none since the start.</summary>
    public DateTimeOffset? LastRoundAt { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendDueAsync(stoppingToken) == ClaimMax)
                {
                }

                LastRoundAt = clock.GetUtcNow();
                await bell.RungAsync(LookEvery, clock, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The rows are still owed; what failed is tried again at the next look. Health shows owed notices that grow old.
                log.LogError(error, "The outbox stumbled");
                await Task.Delay(LookEvery, clock, stoppingToken);
            }
        }
    }

    /// <summary>Sends what is due now. Returns how many notices it took.</summary>
    internal async Task<int> SendDueAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = await store.ClaimAsync(now, now + Lease, ClaimMax);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SendingMax, CancellationToken = cancel }, async (notice, _) => await TrySendAsync(notice, cancel));
        return due.Count;
    }

    private async Task TrySendAsync(OwedNotice notice, CancellationToken cancel)
    {
        try
        {
            await SendAsync(notice, cancel);
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            // One that stumbles must not take the others with it. Its row is claimed again when the lease ends.
            log.LogError(error, "Notice {Notice} stumbled", notice.NoticeId);
        }
    }

    private async Task SendAsync(OwedNotice notice, CancellationToken cancel)
    {
        if (twilio is null)
        {
            await store.RecordAsync(notice.NoticeId, NoticeState.NotSent, NoProvider, null, clock.GetUtcNow(), null);
            return;
        }

        var result = await twilio.SendAsync(notice.NoticeId, notice.Phone, notice.Text, notice.Priority == (int)Priority.P1, cancel);
        var now = clock.GetUtcNow();
        switch (result)
        {
            case SmsResult.Taken taken:
                await store.RecordAsync(notice.NoticeId, NoticeState.Sent, null, taken.ProviderId, now, null);
                break;
            case SmsResult.TryAgain again when notice.Attempts + 1 < AttemptsMax:
                await store.RecordAsync(notice.NoticeId, NoticeState.Owed, again.Why, null, now, now + (again.After ?? TimeSpan.FromSeconds(5 * Math.Pow(3, notice.Attempts))));
                break;
            default:
                await store.RecordAsync(notice.NoticeId, NoticeState.Failed, result.Why, null, now, null);
                await GoOnIfNobodyHearsAsync(notice.AlertId, notice.Step);
                break;
        }
    }

    /// <summary>Escalates at once when the whole step is out of reach.</summary>
    internal async Task GoOnIfNobodyHearsAsync(string alertId, int step)
    {
        if (store.IsStepLost(alertId, step) && alerts.ReadKey(alertId) is { } key)
            await grains.GetGrain<IAlertGrain>(key).Handle(new AlertCommand.Undelivered(step, "nobody of the step before could be reached"));
    }
}
