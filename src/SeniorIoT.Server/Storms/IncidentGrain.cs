using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Storms;

/// <summary>What an incident says back.</summary>
/// <param name="Incident">The incident; null when there is none.</param>
/// <param name="Rejected">Why it was refused; null when it was done.</param>
internal sealed record IncidentAnswer(Incident? Incident, string? Rejected);

/// <summary>One incident, keyed by its id. Four moves, as an alert; then it brings its members to where it stands, as often as it takes.</summary>
internal interface IIncidentGrain : IGrainWithStringKey
{
    /// <summary>Looks at its members. Early, late or twice is harmless.</summary>
    Task Look();

    /// <summary>A person acts on it and, with it, on all its members. They follow at once, or at the next look after a crash.</summary>
    Task<IncidentAnswer> Act([Immutable] IncidentCommand command, [Immutable] Actor actor);
}

/// <inheritdoc cref="IIncidentGrain"/>
internal sealed class IncidentGrain(
    IncidentStore store, StormDesk desk, AlertSurroundings around, HouseholdDirectory households, OutboxBell outbox, IGrainFactory grains, TimeProvider clock) : Grain, IIncidentGrain
{
    private const int TellingMax = 16;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5), GathersFor = TimeSpan.FromMinutes(1);

    private Incident? _incident;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _incident = store.Read(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public async Task Look()
    {
        if (_incident is null) return;
        var now = clock.GetUtcNow();
        if (!_incident.IsOver && (_incident.ToldHomes == 0 || now - _incident.OpenedAt < GathersFor))
            await ForEachAsync(desk.KeysBefore(_incident), key => Alert(key).Handle(new AlertCommand.Join(_incident.Id)));
        var isUnheard = !NoticeRules.PeopleOf(IncidentRules.Ladder.RolesAt(0), RespondersOf(_incident)).Any(person => PhoneNumber.ToE164(person.Phone) is not null);
        await DoAsync(store.Count(_incident.Id) with { IsUnheard = isUnheard }, null);
        await BringMembersAsync("the platform");
        await store.SetDueAsync(_incident.Id, _incident.IsOver ? null : now + LookEvery, now);
    }

    public async Task<IncidentAnswer> Act(IncidentCommand command, Actor actor)
    {
        if (_incident is null) return new IncidentAnswer(null, $"There is no incident {this.GetPrimaryKeyString()}.");
        if (await DoAsync(command, actor.From) is { } rejected) return new IncidentAnswer(_incident, rejected);
        await BringMembersAsync(actor.From);
        return new IncidentAnswer(_incident, null);
    }

    /// <summary>Decide, save, tell. Returns why it was refused.</summary>
    private async Task<string?> DoAsync(IncidentCommand command, string? from)
    {
        var decision = IncidentRules.Decide(_incident!, command, clock.GetUtcNow());
        foreach (var happened in decision.Events)
        {
            var next = IncidentRules.Evolve(_incident!, happened);
            var notices = IncidentNotices.Owed(next, happened, RespondersOf(next), around.Zone);
            try
            {
                await store.SaveAsync(next, happened, notices, from);
            }
            catch
            {
                DeactivateOnIdle(); // memory must never run ahead of the store
                throw;
            }

            _incident = next;
            if (next.IsOver) desk.End(next);
            if (notices.Count > 0) outbox.Ring();
        }

        return decision.Rejected;
    }

    /// <summary>Members do what the incident did: answered, closed, or sent their own way.</summary>
    private Task BringMembersAsync(string? from) => _incident switch
    {
        { ClosedBy: { } by, Outcome: { } outcome } => EachAsync(false, new AlertCommand.Close(by, outcome, $"with incident {_incident.Id}"), by, from),
        { IsOver: true } => ForEachAsync(store.MembersOf(_incident.Id, false), member => Alert(member.Key).Handle(new AlertCommand.Leave(null, _incident.EndedBecause!))),
        { AnsweredBy: { } by } => EachAsync(true, new AlertCommand.Acknowledge(by, $"with incident {_incident.Id}"), by, from),
        _ => Task.CompletedTask,
    };

    private Task EachAsync(bool isUnanswered, AlertCommand command, string by, string? from) =>
        ForEachAsync(store.MembersOf(_incident!.Id, isUnanswered), member => Alert(member.Key).Act(new AlertId(member.AlertId), command, new Actor(by, from)));

    private static Task ForEachAsync<T>(IEnumerable<T> all, Func<T, Task> tell) =>
        Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = TellingMax, TaskScheduler = TaskScheduler.Default }, async (one, _) => await tell(one));

    private IAlertGrain Alert(string key) => grains.GetGrain<IAlertGrain>(key);

    /// <summary>Whoever is known for the place: the rotas' people first, then those named for its areas.</summary>
    private IReadOnlyList<Responder> RespondersOf(Incident incident)
    {
        var place = Place.System with { Committee = incident.Committee, SubDistrict = incident.SubDistrict };
        string[] areas = [incident.Committee, incident.SubDistrict, HouseholdDirectory.District];
        return [.. around.RespondersOf(place, clock.GetUtcNow()), .. areas.SelectMany(households.RespondersOfArea).Select(person => new Responder(person.Name, person.Phone, person.Role))];
    }
}
