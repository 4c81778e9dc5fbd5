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

    /// <summary>Forgets an incident that is over, and what was raised there until then, in every place: the next one begins at nothing. What was merged lives on in the larger.</summary>
    public void End(Incident incident)
    {
        if (!_open.TryGetValue((incident.Place, incident.Family), out var open) || open.Id != incident.Id) return;
        _open.Remove((incident.Place, incident.Family));
        if (incident.MergedInto is not null) return;
        foreach (var call in SlotOf(incident.Place, incident.Family).Calls.ToList())
            foreach (var place in call.Places()) SlotOf(place, incident.Family).Forget(call.Key);
    }

    /// <summary>Takes an alert that was raised already and is in no incident.</summary>
    public void Note(StormCall call)
    {
        if (StormTable.FamilyOf(call.Rule) is { } family) Note(call, call.Places(), family);
    }

    /// <summary>
    /// The incident a new alert belongs to: the widest that is open there, or one that it opens because it is one too many; null when
    /// it stands for itself, as every call for help does. Where smaller incidents are open, one of the sub-district or the district opens when they are
    /// no longer all of it; the smaller ones are merged into it then, see <see cref="Incident.Holds"/>.
    /// </summary>
    /// <param name="call">The alert.</param>
    /// <param name="homesIn">How many homes a place has. Asked only when enough of them raise.</param>
    /// <param name="create">Makes an incident of that place and family.</param>
    public Incident? Admit(StormCall call, Func<StormPlace, int> homesIn, Func<StormPlace, string, Incident> create)
    {
        if (StormTable.FamilyOf(call.Rule) is not { } family) return null;
        List<StormPlace> places = [.. call.Places()];
        Note(call, places, family);
        var widest = Enumerable.Reverse(places).Select(place => _open.GetValueOrDefault((place, family))).FirstOrDefault(open => open is not null);
        foreach (var place in places)
        {
            if (widest is not null && (place.Scope <= widest.Place.Scope || place.Scope < StormScope.SubDistrict)) continue;
            var limit = StormTable.LimitOf(place.Scope, family);
            var slot = SlotOf(place, family);
            if (slot.Homes < limit.Homes || slot.Homes < limit.Share * homesIn(place) || IsNearlyOneOf(slot, place, family, call.At)) continue;
            var incident = create(place, family);
            Open(incident);
            return incident;
        }

        return widest;
    }

    private void Note(StormCall call, IEnumerable<StormPlace> places, string family)
    {
        foreach (var place in places) SlotOf(place, family).Add(call);
    }

    /// <summary>Whether a wide place is little more than one smaller incident that is open: too few of its homes are outside.</summary>
    private bool IsNearlyOneOf(Slot wide, StormPlace place, string family, DateTimeOffset now)
    {
        if (place.Scope < StormScope.SubDistrict) return false;
        var sharedMax = wide.Homes - StormTable.ElsewhereShare * StormTable.LimitOf(place.Scope, family).Homes;
        foreach (var open in _open.Values)
        {
            if (open.Family != family || open.Place.Scope >= place.Scope) continue;
            var smaller = SlotOf(open.Place, family);
            smaller.Forget(now);
            // Counted only where it can matter. What raised in any place has raised in the district.
            if (smaller.Homes > sharedMax && (place.Scope == StormScope.District || wide.Shared(smaller) > sharedMax)) return true;
        }

        return false;
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
        private readonly Queue<StormCall> _calls = []; // also those that were forgotten, until their time is over
        private readonly Dictionary<string, StormCall> _byKey = new(StringComparer.Ordinal);
        private readonly Dictionary<HouseholdId, int> _homes = [];

        public int Homes => _homes.Count;

        public IReadOnlyCollection<StormCall> Calls => _byKey.Values;

        public int Shared(Slot smaller) => smaller._homes.Keys.Count(_homes.ContainsKey);

        /// <summary>Forgets what this key raised.</summary>
        public void Forget(string key)
        {
            if (!_byKey.Remove(key, out var call)) return;
            if (--_homes[call.Place.Household] == 0) _homes.Remove(call.Place.Household);
        }

        /// <summary>Forgets what was raised too long ago.</summary>
        public void Forget(DateTimeOffset now)
        {
            while (_calls.TryPeek(out var oldest) && oldest.At <= now - within)
            {
                _calls.Dequeue();
                if (ReferenceEquals(_byKey.GetValueOrDefault(oldest.Key), oldest)) Forget(oldest.Key);
            }
        }

        public void Add(StormCall call)
        {
            Forget(call.At);
            if (!_byKey.TryAdd(call.Key, call)) return;
            _calls.Enqueue(call);
            _homes[call.Place.Household] = _homes.GetValueOrDefault(call.Place.Household) + 1;
        }
    }
}
