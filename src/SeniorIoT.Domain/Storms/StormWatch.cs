using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Storms;

/// <summary>An alert that is about to be raised.</summary>
/// <param name="Key">What the alert is keyed by: counted once, however often it is raised.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Place">Where.</param>
/// <param name="Gateway">The gateway its device speaks through; null when it speaks for itself.</param>
/// <param name="At">When.</param>
public sealed record StormCall(string Key, Rule Rule, Place Place, string? Gateway, DateTimeOffset At)
{
    /// <summary>The places it may be a part of, the smallest first.</summary>
    public IEnumerable<StormPlace> Places()
    {
        if (Building.Of(Place.Address) is { } building) yield return new(StormScope.Building, building);
        if (Gateway is not null) yield return new(StormScope.Gateway, Gateway);
        if (Place.SubDistrict.Length > 0) yield return new(StormScope.SubDistrict, Place.SubDistrict);
        yield return new(StormScope.District, "");
    }
}

/// <summary>
/// What was raised lately, place by place, and which incidents are open: says of every new alert whether it belongs to one. It is a
/// sliding window and rests on nothing but what it is told, so it can be told again after a restart. Not safe for threads.
/// </summary>
public sealed class StormWatch
{
    private readonly Dictionary<(StormPlace, string Family), Slot> _slots = [];
    private readonly Dictionary<(StormPlace, string Family), Incident> _open = [];

    /// <summary>Takes an incident that is open.</summary>
    public void Open(Incident incident) => _open[(incident.Place, incident.Family)] = incident;

    /// <summary>Forgets an incident that is over, and what was raised until then: the next one begins at nothing.</summary>
    public void End(Incident incident)
    {
        if (!_open.TryGetValue((incident.Place, incident.Family), out var open) || open.Id != incident.Id) return;
        _open.Remove((incident.Place, incident.Family));
        _slots.Remove((incident.Place, incident.Family));
    }

    /// <summary>Takes an alert that was raised already and is in no incident.</summary>
    public void Note(StormCall call)
    {
        if (StormTable.FamilyOf(call.Rule) is not { } family) return;
        foreach (var place in call.Places()) SlotOf(place, family).Add(call);
    }

    /// <summary>
    /// The incident a new alert belongs to: the widest that is open there, or one that it opens because it is one too many; null when
    /// it stands for itself, as every call for help does.
    /// </summary>
    /// <param name="call">The alert.</param>
    /// <param name="homesIn">How many homes a place has. Asked only when enough of them raise.</param>
    /// <param name="create">Makes an incident of that place and family.</param>
    public Incident? Admit(StormCall call, Func<StormPlace, int> homesIn, Func<StormPlace, string, Incident> create)
    {
        if (StormTable.FamilyOf(call.Rule) is not { } family) return null;
        Note(call);
        List<StormPlace> places = [.. call.Places()];
        for (var i = places.Count - 1; i >= 0; i--)
            if (_open.TryGetValue((places[i], family), out var open)) return open;
        foreach (var place in places)
        {
            var limit = StormTable.LimitOf(place.Scope, family);
            var homes = SlotOf(place, family).Homes;
            if (homes < limit.Homes || homes < limit.Share * homesIn(place)) continue;
            var incident = create(place, family);
            Open(incident);
            return incident;
        }

        return null;
    }

    private Slot SlotOf(StormPlace place, string family)
    {
        if (!_slots.TryGetValue((place, family), out var slot))
            _slots[(place, family)] = slot = new Slot(StormTable.LimitOf(place.Scope, family).Within);
        return slot;
    }

    /// <summary>Homes that raised within a time, counted as they come and go.</summary>
    private sealed class Slot(TimeSpan within)
    {
        private readonly Queue<StormCall> _calls = [];
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
        private readonly Dictionary<HouseholdId, int> _homes = [];

        public int Homes => _homes.Count;

        public void Add(StormCall call)
        {
            while (_calls.TryPeek(out var oldest) && oldest.At <= call.At - within)
            {
                _calls.Dequeue();
                _keys.Remove(oldest.Key);
                if (--_homes[oldest.Place.Household] == 0) _homes.Remove(oldest.Place.Household);
            }

            if (!_keys.Add(call.Key)) return;
            _calls.Enqueue(call);
            _homes[call.Place.Household] = _homes.GetValueOrDefault(call.Place.Household) + 1;
        }
    }
}
