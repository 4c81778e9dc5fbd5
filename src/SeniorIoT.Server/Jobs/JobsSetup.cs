using Hangfire;
using Hangfire.Dashboard;
using Hangfire.InMemory;
using SeniorIoT.Api;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Duty;

namespace SeniorIoT.Server.Jobs;

/// <summary>
/// Calendar work on Hangfire: nothing that a person waits for. Its memory is lost at a restart, so the jobs are planted again
/// at every start, and a digest that was missed while the server was down is written then.
/// </summary>
internal static class JobsSetup
{
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<DailyDigest>().AddSingleton<NightlyCleanUp>().AddSingleton<NightlyLearning>();
        services.AddHangfire(hangfire => hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings().UseInMemoryStorage(new InMemoryStorageOptions()));
        services.AddHangfireServer(options => options.WorkerCount = 2);
        return services;
    }

    /// <summary>Maps the dashboard and the digests, and plants the jobs.</summary>
    public static void MapJobs(this WebApplication app)
    {
        app.MapHangfireDashboard(AccessSetup.DashboardPath, new DashboardOptions { Authorization = [new Unhindered()], DashboardTitle = "SeniorIoT jobs" })
            .RequireAuthorization(AccessPolicies.Dashboard);
        app.MapGet("/api/v1/digests", (DailyDigest digests) => new Page<Digest>(digests.Read(60), null))
            .RequireAuthorization(AccessPolicies.Operator).WithTags("Digests");
    }

    /// <summary>Plants the recurring jobs.</summary>
    public static void PlantJobs(this IServiceProvider services)
    {
        var jobs = services.GetRequiredService<IRecurringJobManager>();
        var options = new RecurringJobOptions { TimeZone = services.GetRequiredService<TimeZoneInfo>() };
        jobs.AddOrUpdate<DailyDigest>("daily-digest", digest => digest.WriteAsync(), "5 8 * * *", options);
        jobs.AddOrUpdate<NightlyCleanUp>("nightly-clean-up", cleanUp => cleanUp.RunAsync(), "30 3 * * *", options);
        jobs.AddOrUpdate<NightlyLearning>("nightly-learning", learning => learning.RunAsync(CancellationToken.None), "30 2 * * *", options);
        jobs.AddOrUpdate<DutyWatch>("daily-duty", watch => watch.RunAsync(), "50 7 * * *", options);
        jobs.AddOrUpdate<TestTexts>("test-texts", texts => texts.RunAsync(), "*/10 9-17 * * *", options);
        services.GetRequiredService<IBackgroundJobClient>().Enqueue<DailyDigest>(digest => digest.WriteAsync());
        services.GetRequiredService<IBackgroundJobClient>().Enqueue<DutyWatch>(watch => watch.RunAsync());
    }

    /// <summary>The route's own policy has already decided; without this the dashboard would refuse everybody but localhost.</summary>
    private sealed class Unhindered : IDashboardAuthorizationFilter
    {
        public bool Authorize(DashboardContext context) => true;
    }
}
