using Microsoft.AspNetCore.SignalR;
using Orleans.Concurrency;
using Orleans.Utilities;
using SeniorIoT.Api;
using SeniorIoT.Server.Proof;

namespace SeniorIoT.Server.Alerts;

/// <summary>Where every silo hears of changed alerts, so that consoles on any of them do.</summary>
internal interface IAlertFeedGrain : IGrainWithIntegerKey
{
    /// <summary>Renews a silo's subscription; it ends by itself 30 s after the last renewal.</summary>
    Task Subscribe(IAlertFeedObserver observer);

    /// <summary>Best effort: consoles fetch the open alerts again on reconnect and every 30 s.</summary>
    [OneWay]
    Task Publish([Immutable] Alert alert);
}

/// <summary>One silo's ear.</summary>
internal interface IAlertFeedObserver : IGrainObserver
{
    /// <summary>An alert was raised or changed.</summary>
    [OneWay]
    Task Changed([Immutable] Alert alert);
}

/// <inheritdoc cref="IAlertFeedGrain"/>
internal sealed class AlertFeedGrain(ILogger<AlertFeedGrain> log) : Grain, IAlertFeedGrain
{
    private readonly ObserverManager<IAlertFeedObserver> _silos = new(TimeSpan.FromSeconds(30), log);

    public Task Subscribe(IAlertFeedObserver observer)
    {
        _silos.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public Task Publish(Alert alert) => _silos.Notify(silo => silo.Changed(alert));
}

/// <summary>What an alert grain calls: hands the change to the feed and forgets it.</summary>
internal sealed class AlertFeed(IGrainFactory grains)
{
    public void Publish(Domain.Alerts.Alert alert) => grains.GetGrain<IAlertFeedGrain>(0).Publish(AlertView.Of(alert)).Ignore();
}

/// <summary>Brings the feed to this process's SignalR clients, and beats the hub's heart.</summary>
internal sealed class AlertFeedSubscriber(IGrainFactory grains, IHubContext<AlertsHub> hub, ProbeHome probe, TimeProvider clock, ILogger<AlertFeedSubscriber> log)
    : BackgroundService, IAlertFeedObserver
{
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(5);

    public async Task Changed(Alert alert)
    {
        await hub.Clients.Groups(ProbeHome.HubGroupsOf(alert)).SendAsync(AlertsHubNames.AlertChanged, alert);
        probe.Hear(alert);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var me = grains.CreateObjectReference<IAlertFeedObserver>(this);
        var renewAt = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        do
        {
            var now = clock.GetUtcNow();
            try
            {
                if (now >= renewAt)
                {
                    await grains.GetGrain<IAlertFeedGrain>(0).Subscribe(me);
                    renewAt = now + RenewEvery;
                }

                await hub.Clients.All.SendAsync(AlertsHubNames.Heartbeat, now, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The link to the feed is best effort and tried again in a second; consoles refetch meanwhile.
                log.LogWarning(error, "The alert feed could not be renewed");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
