using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Storms;

/// <summary>One incident, keyed by its id. Four moves, as an alert; then it brings its members to where it stands, as often as it takes.</summary>
internal interface IIncidentGrain : IGrainWithStringKey
{
    /// <summary>Looks at its members. Early, late or twice is harmless.</summary>
    Task Look();

    /// <summary>
    /// A person acts on it and, with it, on all its members. They follow at once, or at the next look after a crash. The same cause acts once, for ever. Refused when
    /// somebody else acted who was not seen.
    /// </summary>
    Task<IncidentAnswer> Act([Immutable] IncidentCommand command, [Immutable] Actor actor);
}

/// <inheritdoc cref="IIncidentGrain"/>
internal sealed class IncidentGrain(
    IncidentStore store, AlertStore alerts, StormDesk desk, AlertSurroundings around, OutboxBell outbox, IGrainFactory grains, TimeProvider clock) : Grain, IIncidentGrain
{
    private const int TellingMax = 16;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5), GathersFor = TimeSpan.FromMinutes(1);
    private static readonly Actor Platform = new("the platform", null);

    private Incident? _incident;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => Task.FromResult(_incident = store.Read(this.GetPrimaryKeyString()));

    public async Task Look()
    {
        if (_incident is null) return;
        var now = clock.GetUtcNow();
        await store.SetDueAsync(_incident.Id, now + LookEvery);
        if (!_incident.IsOver) await GatherAsync(_incident, now);
        await DoAsync(
            store.Count(_incident.Id) with { IsUnheard = IncidentNotices.IsUnheard(Responders(now)), Texted = _incident.ToldHomes == 0 ? store.CountTexted(_incident.Id) : 0 }, Platform);
        await BringMembersAsync(Platform.Name);
        if (IncidentRules.IsDone(_incident, now)) await store.EndDueAsync(_incident.Id, now + LookEvery);
    }

    public async Task<IncidentAnswer> Act(IncidentCommand command, Actor actor)
    {
        if (_incident is null) return new IncidentAnswer(null, $"There is no incident {this.GetPrimaryKeyString()}.");
        if (actor.Cause is { } cause && alerts.IsKnownCause(cause)) return new IncidentAnswer(_incident, null);
        if ((IncidentRules.Conflict(_incident, actor.Name, actor.Seen) ?? await DoAsync(command, actor)) is { } rejected) return new IncidentAnswer(_incident, rejected);
        await BringMembersAsync(actor.From);
        return new IncidentAnswer(_incident, null);
    }

    /// <summary>Takes in what is a part of it: alerts that were raised shortly before it opened, and smaller incidents.</summary>
    private async Task GatherAsync(Incident incident, DateTimeOffset now)
    {
        if (incident.ToldHomes == 0 || now - incident.OpenedAt < GathersFor)
            await ForEachAsync(desk.KeysBefore(incident), key => Alert(key).Handle(new AlertCommand.Join(incident.Id)));
        foreach (var part in desk.PartsOf(incident))
        {
            await DoAsync(new IncidentCommand.TakeIn(part.Id, part.Homes, part.AnsweredBy), Platform);
            await grains.GetGrain<IIncidentGrain>(part.Id).Act(new IncidentCommand.Merge(incident.Id), Platform);
        }
    }

    /// <summary>Decide, save, tell. Returns why it was refused.</summary>
    private async Task<string?> DoAsync(IncidentCommand command, Actor actor)
    {
        var now = clock.GetUtcNow();
        var decision = IncidentRules.Decide(_incident!, command, now);
        foreach (var happened in decision.Events)
        {
            var next = IncidentRules.Evolve(_incident!, happened);
            var notices = IncidentNotices.Owed(next, happened, Responders(now), around.Zone);
            try
            {
                await store.SaveAsync(next, happened, notices, actor);
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

    /// <summary>Members do what the incident did: answered, closed, moved to a larger one, or sent their own way. What began after it was closed is not closed unseen.</summary>
    private async Task BringMembersAsync(string? from)
    {
        if (_incident is { ClosedBy: { } by, Outcome: { } outcome })
            await EachAsync(store.MembersOf(_incident.Id, until: _incident.EndedAt), new AlertCommand.Close(by, outcome, $"with incident {_incident.Id}"), by, from);
        await BringOthersAsync(from);
    }

    private Task BringOthersAsync(string? from) => _incident switch
    {
        { MergedInto: { } into } => ForEachAsync(store.MembersOf(_incident.Id), member => Alert(member.Key).Handle(new AlertCommand.Join(into, _incident.Id))),
        { IsOver: true } => ForEachAsync(store.MembersOf(_incident.Id), member => Alert(member.Key).Handle(new AlertCommand.Leave(null, _incident.EndedBecause!))),
        { AnsweredBy: { } by } => EachAsync(store.MembersOf(_incident.Id, isUnanswered: true), new AlertCommand.Acknowledge(by, $"with incident {_incident.Id}") { At = _incident.AnsweredAt }, by, from),
        { DeclinedBy: { } by } => EachAsync(store.MembersAnsweredBy(_incident.Id, by), new AlertCommand.Decline(by, $"with incident {_incident.Id}"), by, from),
        _ => Task.CompletedTask,
    };


    private Task EachAsync(List<MemberKey> members, AlertCommand command, string by, string? from) =>
        ForEachAsync(members, member => Alert(member.Key).Act(new AlertId(member.AlertId), command, new Actor(by, from)));
    private static Task ForEachAsync<T>(IEnumerable<T> all, Func<T, Task> tell) =>
        Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = TellingMax, TaskScheduler = TaskScheduler.Default }, async (one, _) => await tell(one));

    private IAlertGrain Alert(string key) => grains.GetGrain<IAlertGrain>(key);

    private IReadOnlyList<Domain.Notices.Responder> Responders(DateTimeOffset now) => around.RespondersOf(IncidentNotices.PlaceOf(_incident!), now);
}
