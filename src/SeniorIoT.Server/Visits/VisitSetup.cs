using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Kpis;

namespace SeniorIoT.Server.Visits;

/// <summary>The rooms of visits and key figures, over the alerts.</summary>
internal static class VisitSetup
{
    /// <summary>Adds what they need.</summary>
    public static IServiceCollection AddVisits(this IServiceCollection services) => services
        .AddSingleton(provider => new VisitStore(provider.GetRequiredService<AlertStore>().File)).AddSingleton<SeenHomes>().AddSingleton<VisitDesk>().AddSingleton<KpiDesk>();
}
