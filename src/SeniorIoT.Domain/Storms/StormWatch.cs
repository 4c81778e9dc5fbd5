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
        if (Building.Of(Place.Address) is { } building) yield return new(StormScope.Building, building) { In = Place.Area };
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
        var calls = SlotOf(incident.Place, incident.Family).Calls;
        var keys = calls.Select(call => call.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var place in calls.SelectMany(call => call.Places()).Distinct().ToList()) SlotOf(place, incident.Family).Forget(keys);
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
            if (slot.Homes < limit.Homes || slot.Homes < limit.Share * homesIn(place) || slot.Homes - InOneOf(slot, place, family) < StormTable.ElsewhereShare * limit.Homes) continue;
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

    /// <summary>The most homes that a wide place shares with any one smaller incident.</summary>
    private int InOneOf(Slot wide, StormPlace place, string family) => place.Scope < StormScope.SubDistrict ? 0
        : _open.Values.Where(open => open.Family == family && open.Place.Scope < place.Scope).Select(open => wide.Shared(SlotOf(open.Place, family))).DefaultIfEmpty().Max();

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

        public IReadOnlyCollection<StormCall> Calls => _calls;

        public int Shared(Slot smaller) => smaller._homes.Keys.Count(_homes.ContainsKey);

        public void Forget(HashSet<string> keys)
        {
            List<StormCall> kept = [.. _calls.Where(call => !keys.Contains(call.Key))];
            _calls.Clear();
            _keys.Clear();
            _homes.Clear();
            foreach (var call in kept) Take(call);
        }

        public void Add(StormCall call)
        {
            while (_calls.TryPeek(out var oldest) && oldest.At <= call.At - within)
            {
                _calls.Dequeue();
                _keys.Remove(oldest.Key);
                if (--_homes[oldest.Place.Household] == 0) _homes.Remove(oldest.Place.Household);
            }

            Take(call);
        }

        private void Take(StormCall call)
        {
            if (!_keys.Add(call.Key)) return;
            _calls.Enqueue(call);
            _homes[call.Place.Household] = _homes.GetValueOrDefault(call.Place.Household) + 1;
        }
    }
}
