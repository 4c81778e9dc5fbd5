using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Households;
using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Storms;

/// <summary>
/// Says of every new alert whether it is one of many, from memory, without waiting. What it knows it reads from <c>alerts.db</c> at start;
/// losing it loses nothing. A call for help never comes here. Thread-safe.
/// </summary>
internal sealed class StormDesk
{
    private static readonly TimeSpan CountsAgainAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly StormWatch _watch = new();
    private readonly Dictionary<StormPlace, (int Homes, DateTimeOffset At)> _homes = [];
    private readonly IncidentStore _store;
    private readonly DeviceDirectory _devices;
    private readonly HouseholdDirectory _households;
    private readonly Registry _registry;
    private readonly TimeProvider _clock;

    public StormDesk(IncidentStore store, DeviceDirectory devices, HouseholdDirectory households, Registry registry, TimeProvider clock)
    {
        (_store, _devices, _households, _registry, _clock) = (store, devices, households, registry, clock);
        foreach (var (_, incident) in store.List(isOpen: true, null, long.MaxValue, int.MaxValue)) _watch.Open(incident);
        foreach (var raised in store.ReadRaised(clock.GetUtcNow() - StormTable.WithinMax)) _watch.Note(CallOf(raised));
    }

    /// <summary>The incident that a new alert belongs to; null: none. It is on disk when the alert is.</summary>
    public Incident? Admit(string key, Rule rule, Place place, DeviceId device, AlertId alert)
    {
        var now = _clock.GetUtcNow();
        var call = new StormCall(key, rule, place, GatewayOf(device), now);
        lock (_lock)
        {
            return _watch.Admit(call, area => HomesIn(area, place, now), (area, family) => new Incident(
                _store.NextId(), family, area,
                area.Scope is StormScope.Building or StormScope.Gateway ? place.Committee : "", area.Scope == StormScope.District ? "" : place.SubDistrict,
                now, alert, Version: 0));
        }
    }

    /// <summary>An incident is over.</summary>
    public void End(Incident incident)
    {
        lock (_lock) _watch.End(incident);
    }

    /// <summary>Alerts in no incident, raised shortly before this one opened, that are the same trouble.</summary>
    public List<string> KeysBefore(Incident incident) =>
    [
        // A building is one committee's; a gateway may serve homes of several.
        .. _store.ReadLoose(
            incident.Family, incident.OpenedAt - StormTable.LimitOf(incident.Place.Scope, incident.Family).Within,
            incident.Place.Scope == StormScope.Building ? incident.Committee : "", incident.Place.Scope == StormScope.Gateway ? "" : incident.SubDistrict)
            .Where(loose => CallOf(loose).Places().Contains(incident.Place)).Select(loose => loose.Key),
    ];

    /// <summary>Smaller incidents that are open and turn out to be a part of this one.</summary>
    public List<Incident> PartsOf(Incident incident) => incident.Place.Scope < StormScope.SubDistrict ? []
        : [.. _store.List(isOpen: true, null, long.MaxValue, int.MaxValue).Select(row => row.Incident).Where(incident.Holds)];

    // Where the home is now: an address that is put right puts the building right.
    private StormCall CallOf(RaisedAlert raised) => new(
        raised.Key, raised.Rule,
        Place.System with { Household = raised.Household, SubDistrict = raised.SubDistrict, Address = _households.TryGet(raised.Household.Value, out var home) ? home.Address : "" },
        GatewayOf(raised.Device), raised.RaisedAt);

    private string? GatewayOf(DeviceId device) => _devices.TryGet(device.Value, out var entry) ? entry.GatewayId : null;

    /// <summary>How many homes a place has, as counted within the last minutes: asked again and again while a storm gathers. Each count looks at no more than a committee.</summary>
    private int HomesIn(StormPlace area, Place place, DateTimeOffset now)
    {
        if (_homes.TryGetValue(area, out var known) && now - known.At < CountsAgainAfter) return known.Homes;
        var homes = area.Scope switch
        {
            StormScope.District => _households.Count,
            StormScope.SubDistrict => _households.ByCommittee.Where(committee => committee.SubDistrict == area.Name).Sum(committee => committee.Homes.Length),
            // A building is one committee's.
            StormScope.Building => _households.HomesOf(place.SubDistrict, place.Committee).Count(home => Building.Holds(area.Name, home.Address)),
            _ => _registry.File.Read(connection => (int)connection.Scalar("SELECT count(DISTINCT household_id) FROM devices WHERE gateway_id = @gateway", 0L, ("@gateway", area.Name))),
        };
        _homes[area] = (homes, now);
        return homes;
    }
}
