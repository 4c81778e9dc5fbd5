using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Ladders;
using SeniorIoT.Server.Rules;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Households;

/// <summary>The registry as services.</summary>
internal static class RegistrySetup
{
    /// <summary>
    /// Adds <c>registry.db</c> in <paramref name="dataFolder"/> with its directories and stores. Register a <see cref="DevicePresence"/>
    /// of ingest before or after; call <see cref="RegistryLoader.LoadAsync"/> before anything is served.
    /// </summary>
    public static IServiceCollection AddRegistry(this IServiceCollection services, string dataFolder)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DeviceDirectory>();
        services.TryAddSingleton(DevicePresence.None);
        services.TryAddSingleton<DetectionOptions>();
        services.AddSingleton(provider => new RuleDirectory(provider.GetRequiredService<DetectionOptions>().Settings));
        services.AddSingleton<HouseholdDirectory>().AddSingleton<UserDirectory>();
        services.AddSingleton(provider => new Registry(
            dataFolder, provider.GetRequiredService<DeviceDirectory>(), provider.GetRequiredService<HouseholdDirectory>(),
            provider.GetRequiredService<RuleDirectory>(), provider.GetRequiredService<UserDirectory>()));
        services.AddSingleton(provider => new DeadlineTable(File(provider)));
        services.AddSingleton(provider => new HistoryStore(File(provider)));
        services.AddSingleton(provider => new ServiceRequestStore(File(provider)));
        services.AddSingleton(provider => new LadderStore(File(provider)));
        services.AddSingleton(provider => new ShadowStore(File(provider)));
        services.AddSingleton(provider => new AuditLog(File(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new DeviceLiveTable(File(provider), provider.GetRequiredService<DeviceDirectory>()));
        services.AddSingleton(provider => new CommandQueue(
            File(provider), provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ICheckpointed>(provider => provider.GetRequiredService<DeviceLiveTable>());
        services.AddSingleton<DeviceView>().AddSingleton<HouseholdView>().AddSingleton<Importer>().AddSingleton<AbsenceEnds>();
        return services.AddHostedService<RegistryWatch>();
    }

    private static SqliteFile File(IServiceProvider provider) => provider.GetRequiredService<Registry>().File;
}

/// <summary>Fills memory at start.</summary>
internal static partial class RegistryLoader
{
    /// <summary>Reads the registry and the latest of every device. Call it before anything is served.</summary>
    public static async Task LoadAsync(IServiceProvider services, CancellationToken cancel = default)
    {
        await services.GetRequiredService<Registry>().LoadAsync(cancel);
        services.GetRequiredService<DeviceLiveTable>().Load();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("SeniorIoT.Server.Households");
        foreach (var user in services.GetRequiredService<UserDirectory>().All.Where(user => user.IsUnplaced)) LogUnplacedUser(log, user.Name, user.Area!.Value.Name);
        foreach (var area in services.GetRequiredService<HouseholdDirectory>().Areas.Where(area => area.IsUnplaced)) LogUnplacedResponders(log, area.Name);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{User} sees no home: none or several of the areas are called {Area}. Enrol its households, or delete the account and add it again for one area")]
    private static partial void LogUnplacedUser(ILogger log, string user, string area);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Responders of {Area} are told of nothing until a household is in an area of that name. Check the name, or enter them for the area that is meant")]
    private static partial void LogUnplacedResponders(ILogger log, string area);
}

/// <summary>Sees what another process (the import command) wrote, within two seconds.</summary>
internal sealed partial class RegistryWatch(Registry registry, TimeProvider clock, ILogger<RegistryWatch> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    if (await registry.LoadIfChangedAsync(stoppingToken)) LogReloaded();
                }
                catch (SqliteException error)
                {
                    // A passing failure of the disk or a lock: the next look repeats it all.
                    LogFailed(error);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The registry was changed by another process and loaded again")]
    private partial void LogReloaded();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The registry could not be read again; the next look is in 2 s")]
    private partial void LogFailed(SqliteException error);
}
