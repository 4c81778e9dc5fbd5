using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Notices;

/// <summary>Looks every 5 s whether any provider takes texts, and tells the administrator what <see cref="ProvidersWatch"/> decides.</summary>
internal sealed class ProviderWatcher(ProviderDesk desk, NoticeStore notices, AlertStore alerts, SystemAlerts tell, TimeProvider clock, ILogger<ProviderWatcher> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Nothing was taken for told: the next look decides the same again.
                log.LogError(error, "The administrator could not be told how the providers are");
            }
        }
    }

    /// <summary>One look.</summary>
    internal async Task LookAsync()
    {
        var texts = desk.Texts;
        var standing = alerts.ReadNewest(AlertKey.OfSystem(Rule.ProvidersDown));
        if (ProvidersWatch.Decide(texts, ProvidersWatch.DownSince([.. texts.Values]) is null ? 0 : notices.CountWaiting(), standing, clock.GetUtcNow()) is { } finding) await tell.TellAsync(finding);
    }
}
