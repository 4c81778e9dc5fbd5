using Hangfire;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Proof;

/// <summary>Puts reconciliation, heartbeat and probe into a host.</summary>
internal static class ProofSetup
{
    private static readonly TimeSpan HeartbeatWithin = TimeSpan.FromSeconds(10), FirstAfter = TimeSpan.FromSeconds(45);

    /// <summary>What alerts must know of the server's own button.</summary>
    public static IServiceCollection AddProbeHome(this IServiceCollection services, ProofOptions options) =>
        services.AddSingleton(options).AddSingleton<ProbeHome>().AddSingleton<ProofStore>();

    /// <summary>Everything else; needs ingest.</summary>
    public static IServiceCollection AddProof(this IServiceCollection services)
    {
        services.AddSingleton(provider => new CallRecord(provider.GetRequiredService<Journal>().File, provider.GetRequiredService<DeviceDirectory>()));
        services.AddSingleton(provider => new BooksReader(
            provider.GetRequiredService<CallRecord>(), provider.GetRequiredService<AlertStore>(), provider.GetRequiredService<AlertSurroundings>(), provider.GetRequiredService<RetentionOptions>(),
            () => provider.GetRequiredService<TwilioOptions>() is { AccountSid: not null, PublicUrl: not null }, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Reconciler>();
        services.AddSingleton<ProbeButton>().AddSingleton<Prober>().AddHostedService(provider => provider.GetRequiredService<Prober>());
        services.AddHttpClient(Heartbeat.Client, client => client.Timeout = HeartbeatWithin);
        services.AddSingleton<Heartbeat>().AddHostedService(provider => provider.GetRequiredService<Heartbeat>());
        services.AddHealthChecks().AddCheck<HeartbeatHealth>("heartbeat", tags: ["ready"]);
        return services;
    }

    /// <summary>Plants the hourly and the nightly reconciliation, and one for what the last run of the server left behind.</summary>
    public static void PlantProof(this IServiceProvider services, IRecurringJobManager jobs, RecurringJobOptions options)
    {
        jobs.AddOrUpdate<Reconciler>("reconciliation-hourly", reconciler => reconciler.HourlyAsync(), "17 * * * *", options);
        jobs.AddOrUpdate<Reconciler>("reconciliation-nightly", reconciler => reconciler.NightlyAsync(), "10 3 * * *", options);
        services.GetRequiredService<IBackgroundJobClient>().Schedule<Reconciler>(reconciler => reconciler.HourlyAsync(), FirstAfter);
    }
}
