using System.Collections.Concurrent;
using System.Collections.Immutable;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Alerts;

/// <summary>A call for help that nobody has closed.</summary>
/// <param name="Rule">What was called.</param>
/// <param name="Alert">The alert.</param>
/// <param name="CalledAt">When it was called last, by the device's clock.</param>
internal readonly record struct OpenCall(Rule Rule, AlertId Alert, DateTimeOffset CalledAt);

/// <summary>
/// The open calls for help of every household, in memory, for those who ask with every message. Read from the store once; alert grains
/// keep it up to date. Thread-safe.
/// </summary>
internal sealed class OpenCalls
{
    private readonly ConcurrentDictionary<HouseholdId, ImmutableArray<OpenCall>> _calls = new();

    public OpenCalls(AlertStore store)
    {
        foreach (var alert in store.File.Read(connection => connection.Rows(
            "SELECT doc FROM alerts WHERE closed_at IS NULL AND priority = 1", AlertStore.ReadAlert))) Show(alert);
    }

    /// <summary>Calls of a household; none is by far the usual answer, and costs a look-up.</summary>
    public ImmutableArray<OpenCall> Of(HouseholdId household) => _calls.TryGetValue(household, out var calls) ? calls : [];

    /// <summary>Takes an alert as it now is.</summary>
    public void Show(Alert alert)
    {
        if (alert.Priority != Priority.P1 || alert.Rule.Scope != RuleScope.Household) return;
        ImmutableArray<OpenCall> own = alert.IsClosed ? [] : [new(alert.Rule, alert.Id, alert.LastOccurredAt)];
        var calls = _calls.AddOrUpdate(alert.Place.Household, own, (_, others) => [.. others.Where(call => call.Rule != alert.Rule), .. own]);
        if (calls.IsEmpty) _calls.TryRemove(KeyValuePair.Create(alert.Place.Household, calls));
    }
}
