using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SeniorIoT.Api;
using SeniorIoT.Domain.Households;

namespace SeniorIoT.Server.Households;

/// <summary>A device that is installed and not retired.</summary>
internal sealed record InstalledDevice(string DeviceId, string Kind, DateTimeOffset EnrolledAt);

/// <summary>What grains must know of a household. Never changed: a write replaces the whole record.</summary>
/// <param name="HouseholdId">Its id.</param>
/// <param name="Address">Where.</param>
/// <param name="Committee">Neighbourhood committee by name.</param>
/// <param name="SubDistrict">Sub-district by name.</param>
/// <param name="Residents">Who lives there.</param>
/// <param name="Contacts">Who belongs to this household alone.</param>
/// <param name="Absences">When nobody is at home; most households share the empty one.</param>
/// <param name="Devices">Installed devices, retired ones left out.</param>
internal sealed record HouseholdEntry(
    string HouseholdId,
    string Address,
    string Committee,
    string SubDistrict,
    IReadOnlyList<Resident> Residents,
    IReadOnlyList<Contact> Contacts,
    AbsencePlan Absences,
    IReadOnlyList<InstalledDevice> Devices)
{
    /// <summary>Whether its own contacts are told first of what is no call for help.</summary>
    public bool ContactFirst { get; init; }

    /// <summary>Its committee and sub-district as one: what areas are told apart by.</summary>
    public Area Area => new(SubDistrict, Committee);
}

/// <summary>The households of one committee.</summary>
/// <param name="Area">The committee.</param>
/// <param name="Homes">Its households, in no order.</param>
internal sealed record CommitteeHomes(Area Area, HouseholdEntry[] Homes);

/// <summary>
/// Every household and every area's responders, in memory, for grains on the hot path. Filled and kept up to date by
/// <see cref="Registry"/>. Thread-safe.
/// </summary>
internal sealed class HouseholdDirectory
{
    /// <summary>What the area above all sub-districts is called.</summary>
    public const string District = "district";

    private const int ChangesMax = 1_000; // an import: then it is quicker to gather all of them anew

    private readonly ConcurrentDictionary<string, HouseholdEntry> _households = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Area, IReadOnlyList<Contact>> _responders = new();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal); // households, since they were gathered
    private readonly HashSet<Area> _touched = []; // their committees, before and after
    private HouseholdEntry? _own;
    private long _version;
    private Dictionary<Area, CommitteeHomes>? _byCommittee;
    private IReadOnlyList<CommitteeHomes> _committees = [];

    /// <summary>Grows after each change of a household or an area's responders: what was worked out at one version holds until there is another.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>
    /// All households by sub-district and committee, in no order. After a change only the committees that it touched are gathered anew; the others are the same
    /// objects as before.
    /// </summary>
    public IReadOnlyList<CommitteeHomes> ByCommittee
    {
        get
        {
            lock (_lock)
            {
                Gather();
                return _committees;
            }
        }
    }

    /// <summary>The households of one committee; none when it has none.</summary>
    public IReadOnlyList<HouseholdEntry> HomesOf(Area committee)
    {
        lock (_lock) return Gather().GetValueOrDefault(committee)?.Homes ?? [];
    }

    /// <summary>What the areas of the households are called.</summary>
    public AreaNames Names { get; } = new();

    /// <summary>How many households there are.</summary>
    public int Count => _households.Count;

    /// <summary>All households, in no order; safe while others write.</summary>
    public IEnumerable<HouseholdEntry> All => _households.Select(pair => pair.Value);

    /// <summary>Finds a household.</summary>
    public bool TryGet(string householdId, [NotNullWhen(true)] out HouseholdEntry? entry) =>
        _households.TryGetValue(householdId, out entry) || (entry = householdId == _own?.HouseholdId ? _own : null) is not null;

    /// <summary>Where the server's own devices are: found like others, but in no list and no count, and not in the registry.</summary>
    public void SetOwn(HouseholdEntry entry) => _own = entry;

    /// <summary>Adds or replaces a household.</summary>
    public void Set(HouseholdEntry entry)
    {
        lock (_lock)
        {
            var before = _households.GetValueOrDefault(entry.HouseholdId);
            if (before is not null) Note(before);
            _households[entry.HouseholdId] = entry;
            Note(entry);
            Names.Move(before?.Area, entry.Area);
        }

        Interlocked.Increment(ref _version);
    }

    /// <summary>Forgets a household.</summary>
    public void Remove(string householdId)
    {
        lock (_lock)
        {
            if (_households.TryRemove(householdId, out var entry))
            {
                Note(entry);
                Names.Move(entry.Area, null);
            }
        }

        Interlocked.Increment(ref _version);
    }

    /// <summary>Replaces the responders of an area: a committee, a sub-district or the district.</summary>
    public void SetResponders(Area area, IReadOnlyList<Contact> responders)
    {
        _responders[area] = responders;
        Interlocked.Increment(ref _version);
    }

    /// <summary>Responders of one area; none when nobody was named. Who was named for its name before an area had that is one of them until it has its own.</summary>
    public IReadOnlyList<Contact> RespondersOfArea(Area area) => _responders.GetValueOrDefault(area) is { Count: > 0 } own ? own
        : area == Area.District ? [] : _responders.GetValueOrDefault(Area.Unplaced(area.Name), []);

    /// <summary>Everybody who may be told about a household, nearest first: its contacts, then committee, sub-district, district.</summary>
    public IReadOnlyList<Contact> RespondersOf(HouseholdEntry household) =>
    [
        .. household.Contacts,
        .. household.Area.Around.SelectMany(RespondersOfArea),
    ];

    /// <summary>As above, by id; nobody when the household is unknown.</summary>
    public IReadOnlyList<Contact> RespondersOf(string householdId) => TryGet(householdId, out var household) ? RespondersOf(household) : [];

    /// <summary>Areas that have responders.</summary>
    public IEnumerable<Area> Areas => _responders.Where(pair => pair.Value.Count > 0).Select(pair => pair.Key);

    private void Note(HouseholdEntry home)
    {
        if (_byCommittee is null) return;
        _changed.Add(home.HouseholdId);
        _touched.Add(home.Area);
        if (_changed.Count <= ChangesMax) return;
        (_byCommittee, _committees) = (null, []);
        _changed.Clear();
        _touched.Clear();
    }

    private Dictionary<Area, CommitteeHomes> Gather()
    {
        if (_byCommittee is { } known && _changed.Count == 0) return known;
        var gathered = _byCommittee ??= All.GroupBy(home => home.Area).ToDictionary(area => area.Key, area => new CommitteeHomes(area.Key, [.. area]));
        var changed = _changed.Select(id => _households.GetValueOrDefault(id)).OfType<HouseholdEntry>().ToLookup(home => home.Area);
        foreach (var key in _touched)
        {
            HouseholdEntry[] homes = [.. (gathered.GetValueOrDefault(key)?.Homes ?? []).Where(home => !_changed.Contains(home.HouseholdId)), .. changed[key]];
            if (homes.Length > 0) gathered[key] = new CommitteeHomes(key, homes);
            else gathered.Remove(key);
        }

        _changed.Clear();
        _touched.Clear();
        _committees = [.. gathered.Values];
        return gathered;
    }
}
