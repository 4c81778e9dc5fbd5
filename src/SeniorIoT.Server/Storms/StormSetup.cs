using SeniorIoT.Server.Ingest;

namespace SeniorIoT.Server.Storms;

/// <summary>The room as services.</summary>
internal static class StormSetup
{
    /// <summary>Adds incidents, shelves, what flaps and what could not be heard.</summary>
    public static IServiceCollection AddStorms(this IServiceCollection services) => services
        .AddSingleton<IncidentStore>().AddSingleton<StormDesk>().AddSingleton<HeldStore>().AddSingleton<ShelfDesk>().AddSingleton<RaiseGate>()
        .AddSingleton<Ears>().AddSingleton<GatewayDesk>().AddSingleton<StormSweep>().AddSingleton<LoadQueries>()
        .AddSingleton<CanHear>(provider => provider.GetService<Journal>() is { } journal ? () => journal.Failure is null : () => true);
}
