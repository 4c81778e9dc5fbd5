using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SeniorIoT.Server.Hosting;

namespace SeniorIoT.Server.Tests.Alerts;

/// <summary>A silo whose rules, alerts and deadlines go by a clock that the test turns.</summary>
internal static class TestSilo
{
    /// <summary>Adds it, with keys that end with the test.</summary>
    public static void AddTestSilo(this IHostApplicationBuilder builder, TimeProvider clock)
    {
        builder.Services.AddSingleton(clock).AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.UseOrleans(ServerBuilder.AddSilo);
        // The silo's own housekeeping stays on the real clock: a silo that finds itself three years older than its neighbour in the
        // membership table declares it, which is itself, dead.
        foreach (var area in (string[])[TimeProviderNames.Membership, TimeProviderNames.Messaging, TimeProviderNames.SystemTimers, TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory])
            builder.Services.AddKeyedSingleton(area, TimeProvider.System);
    }
}
