using System.Collections.Concurrent;
using SeniorIoT.Api;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Access;
using Alert = SeniorIoT.Domain.Alerts.Alert;

namespace SeniorIoT.Server.Alerts;

/// <summary>Whose console is open now, as far as this process knows. Thread-safe.</summary>
internal sealed class Presence
{
    private readonly ConcurrentDictionary<PersonId, int> _consoles = new();

    /// <summary>A console of a user has opened.</summary>
    public void Enter(string user) => _consoles.AddOrUpdate(PersonId.OfUser(user), 1, (_, consoles) => consoles + 1);

    /// <summary>A console of a user has closed.</summary>
    public void Leave(string user) => _consoles.AddOrUpdate(PersonId.OfUser(user), 0, (_, consoles) => Math.Max(0, consoles - 1));

    /// <summary>Whether a user has one open.</summary>
    public bool Has(string user) => _consoles.GetValueOrDefault(PersonId.OfUser(user)) > 0;
}

/// <summary>Whom an alert can be handed to.</summary>
internal sealed class Colleagues(UserDirectory users, Presence presence, AlertSurroundings around, TimeProvider clock)
{
    /// <summary>Everybody but <paramref name="self"/> who may see the alert; those who are there first, then those on duty, by name.</summary>
    public IReadOnlyList<Colleague> Of(Alert alert, string self)
    {
        var onDuty = around.RespondersOf(alert.Place, clock.GetUtcNow())
            .Where(person => !person.IsAbsent && Role.Of(person.Role) is Role.CommitteeDuty or Role.CommitteeHead or Role.Supervisor).Select(person => person.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. users.All.Where(user => user.Name != self && !user.IsUnplaced && new AreaScope(user.Area).CanSee(alert.Place.Area))
                .Select(user => new Colleague(user.Name, user.Role, presence.Has(user.Name), onDuty.Contains(user.Name)))
                .OrderByDescending(one => one.IsSignedIn).ThenByDescending(one => one.IsOnDuty).ThenBy(one => one.User, StringComparer.Ordinal),
        ];
    }
}
