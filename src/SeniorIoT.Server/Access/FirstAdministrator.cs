using SeniorIoT.Api;
using SeniorIoT.Server.Households;

namespace SeniorIoT.Server.Access;

/// <summary>Somebody must be able to log in first, and again when the password was forgotten.</summary>
internal static class FirstAdministrator
{
    /// <summary>Name of the first administrator.</summary>
    public const string Name = "admin";

    /// <summary>
    /// With a configured password: <see cref="Name"/> exists, is an administrator and has that password (unchanged when it already
    /// has it, so that logins survive a restart). Without: when there is no administrator at all, one is made and the password printed
    /// once. Call after the registry was loaded.
    /// </summary>
    public static async Task EnsureAsync(
        Registry registry, UserDirectory users, Passwords passwords, TimeProvider clock, string? configuredPassword, TextWriter console)
    {
        users.TryGet(Name, out var admin);
        if (string.IsNullOrEmpty(configuredPassword))
        {
            if (users.All.Any(user => user.Role == Roles.Administrator)) return;
            configuredPassword = Passwords.Create();
            await console.WriteLineAsync(
                $"First start: log in as {Name} with the password {configuredPassword} (shown this once; SENIORIOT_ADMIN_PASSWORD sets another).");
        }
        else if (admin is { Role: Roles.Administrator, Area: null } && passwords.Verify(admin, configuredPassword))
        {
            return;
        }

        var user = new UserEntry(admin?.Name ?? Name, passwords.Hash(configuredPassword), Roles.Administrator, null, UserStore.NewStamp());
        await registry.ChangeAsync((connection, touched) =>
        {
            if (!UserStore.TryInsert(connection, user, clock.GetUtcNow())) UserStore.Update(connection, user);
            AuditLog.Write(connection, clock.GetUtcNow(), AuditLog.System, "user.reset", user.Name);
            touched.Users.Add(user.Name);
            return true;
        });
    }

    /// <summary>As above, with everything taken from <paramref name="services"/>.</summary>
    public static Task EnsureAsync(IServiceProvider services, string? configuredPassword, TextWriter console) => EnsureAsync(
        services.GetRequiredService<Registry>(), services.GetRequiredService<UserDirectory>(), services.GetRequiredService<Passwords>(),
        services.GetRequiredService<TimeProvider>(), configuredPassword, console);
}
