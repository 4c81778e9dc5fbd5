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

    private readonly ConcurrentDictionary<string, HouseholdEntry> _households = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Area, IReadOnlyList<Contact>> _responders = new();
    private HouseholdEntry? _own;
    private long _version;
    private volatile Tuple<long, IReadOnlyList<CommitteeHomes>>? _byCommittee;

    /// <summary>Grows after each change of a household or an area's responders: what was worked out at one version holds until there is another.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>All households by sub-district and committee, in no order: gathered once for every <see cref="Version"/>.</summary>
    public IReadOnlyList<CommitteeHomes> ByCommittee
    {
        get
        {
            var version = Version; // before the households: a change in between makes another version
            if (_byCommittee is { } known && known.Item1 == version) return known.Item2;
            IReadOnlyList<CommitteeHomes> gathered = [.. All.GroupBy(home => home.Area).Select(area => new CommitteeHomes(area.Key, [.. area]))];
            _byCommittee = Tuple.Create(version, gathered);
            return gathered;
        }
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
        Names.Move(_households.GetValueOrDefault(entry.HouseholdId)?.Area, entry.Area);
        _households[entry.HouseholdId] = entry;
        Interlocked.Increment(ref _version);
    }

    /// <summary>Forgets a household.</summary>
    public void Remove(string householdId)
    {
        if (_households.TryRemove(householdId, out var gone)) Names.Move(gone.Area, null);
        Interlocked.Increment(ref _version);
    }

    /// <summary>Replaces the responders of an area: a committee, a sub-district or the district.</summary>
    public void SetResponders(Area area, IReadOnlyList<Contact> responders)
    {
        _responders[area] = responders;
        Interlocked.Increment(ref _version);
    }

    /// <summary>Responders of one area; none when nobody was named.</summary>
    public IReadOnlyList<Contact> RespondersOfArea(Area area) => _responders.GetValueOrDefault(area, []);

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
}
