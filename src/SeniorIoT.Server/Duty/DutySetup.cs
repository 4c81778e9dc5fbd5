using SeniorIoT.Server.Households;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Duty;

/// <summary>The room of duty: who can be told, now.</summary>
internal static class DutySetup
{
    /// <summary>Adds what the room needs, over the registry and the alerts.</summary>
    public static IServiceCollection AddDuty(this IServiceCollection services, DutyOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => new DutyDirectory(
            provider.GetRequiredService<Registry>().File, provider.GetRequiredService<HouseholdDirectory>(), provider.GetRequiredService<TimeZoneInfo>()));
        services.AddSingleton<TextRecords>().AddSingleton<DutyReport>().AddSingleton<DutyWatch>();
        return services.AddSingleton(provider => new TestTexts(
            provider.GetRequiredService<DutyReport>(), provider.GetRequiredService<NoticeStore>(), provider.GetRequiredService<OutboxBell>(), provider.GetRequiredService<Registry>(),
            provider.GetRequiredService<DutyOptions>(), provider.GetService<TwilioClient>() is not null, provider.GetRequiredService<TimeZoneInfo>(), provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Maps the routes below <c>/api/v1/duty</c>.</summary>
    public static IEndpointRouteBuilder MapDuty(this IEndpointRouteBuilder routes)
    {
        var duty = routes.MapGroup("/api/v1/duty").WithTags("Duty").RequireAuthorization();
        duty.MapRotas();
        duty.MapPeople();
        return routes;
    }
}
