using SeniorIoT.Server.Hosting;
using SeniorIoT.Server.Visits;

namespace SeniorIoT.Server.Reporting;

/// <summary>The room of reports.</summary>
internal static class ReportSetup
{
    /// <summary>Adds what it needs, over visits and key figures.</summary>
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<FileTickets>().AddSingleton<MonthlyFiguresDesk>().AddSingleton<ReportDesk>()
        .AddSingleton(provider => new TimeAccounts(
            provider.GetRequiredService<ServerOptions>().Data, provider.GetRequiredService<VisitStore>(), provider.GetRequiredService<TimeZoneInfo>()));
}
