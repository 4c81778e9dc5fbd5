using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Server.Access;

/// <summary>A person who may log in. Tokens carry name and stamp; a new stamp (new password) ends those given out before.</summary>
internal sealed record UserEntry(string Name, string PasswordHash, string Role, Area? Area, string Stamp)
{
    /// <summary>Type of the claim that holds the area; absent for the whole district.</summary>
    public const string AreaClaim = "area";

    /// <summary>Type of the claim that holds the stamp.</summary>
    public const string StampClaim = "stamp";

    /// <summary>Whether nobody knows yet which area is meant, because none or several have the name: the person sees nothing.</summary>
    public bool IsUnplaced => Area is { IsUnplaced: true };

    /// <summary>Who this is to the rest of the program.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, Role));
        identity.AddClaim(new Claim(StampClaim, Stamp));
        if (Area is { } area) identity.AddClaim(new Claim(AreaClaim, area.Key));
        return new ClaimsPrincipal(identity);
    }
}

/// <summary>Everybody who may log in, in memory: every request checks that its user still exists. Kept up to date by the registry.</summary>
internal sealed class UserDirectory
{
    private readonly ConcurrentDictionary<string, UserEntry> _users = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<UserEntry> All => _users.Select(pair => pair.Value);

    /// <summary>Finds a person; upper and lower case are the same.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out UserEntry? user) => _users.TryGetValue(name, out user);

    /// <summary>The person a token was given to, if it still counts.</summary>
    public UserEntry? Current(ClaimsPrincipal? ticket) =>
        ticket?.Identity?.Name is { } name && TryGet(name, out var user) && user.Stamp == ticket.FindFirstValue(UserEntry.StampClaim) ? user : null;

    /// <summary>Adds or replaces a person.</summary>
    public void Set(UserEntry user) => _users[user.Name] = user;

    /// <summary>Forgets a person.</summary>
    public void Remove(string name) => _users.TryRemove(name, out _);
}
