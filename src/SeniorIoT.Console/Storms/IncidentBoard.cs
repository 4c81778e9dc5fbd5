using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;

namespace SeniorIoT.Console.Storms;

/// <summary>
/// The incidents this console knows: those that are open, and those that ended while it looked. As on the board of alerts the higher
/// version wins; of two with the same version the newer counts its members better. An action shows its hoped-for effect at once.
/// </summary>
public sealed class IncidentBoard
{
    private readonly Dictionary<string, (Incident Incident, long At)> _known = [];
    private readonly Dictionary<string, Incident> _hoped = [];
    private long _changes;

    /// <summary>Something to show has changed.</summary>
    public event Action? Changed;

    /// <summary>Counts changes; taken before a fetch, it tells what the fetch cannot know yet.</summary>
    public long Mark => _changes;

    /// <summary>One of them, as shown; null: not known.</summary>
    public Incident? Find(string incidentId) =>
        _hoped.TryGetValue(incidentId, out var hoped) ? hoped : _known.TryGetValue(incidentId, out var entry) ? entry.Incident : null;

    /// <summary>
    /// The incident under whose row an alert stands; null: it stands for itself, as every closed alert, every call for help, and
    /// every alert whose incident is over or not known here does.
    /// </summary>
    public Incident? Over(Alert alert) =>
        alert is { IncidentId: { } id, IsOpen: true } && alert.Priority != AlertWords.P1 && Find(id) is { IsOpen: true } incident ? incident : null;

    /// <summary>Takes up an incident; one that is older than what is known changes nothing.</summary>
    public void Merge(Incident incident)
    {
        Put(incident);
        Changed?.Invoke();
    }

    /// <summary>Takes up a whole fetch of the open incidents, begun at <paramref name="mark"/>. What it no longer holds is no longer open.</summary>
    public void Replace(IReadOnlyList<Incident> open, long mark)
    {
        var fetched = open.Select(incident => incident.IncidentId).ToHashSet();
        foreach (var (id, entry) in _known)
            if (entry.Incident.IsOpen && entry.At <= mark && !fetched.Contains(id))
                _known.Remove(id);
        foreach (var incident in open)
            Put(incident);
        Changed?.Invoke();
    }

    /// <summary>Shows what an action is hoped to do until the server answers.</summary>
    public void Hope(Incident incident)
    {
        _hoped[incident.IncidentId] = incident;
        Changed?.Invoke();
    }

    /// <summary>Shows again what is known.</summary>
    public void GiveUp(string incidentId)
    {
        if (_hoped.Remove(incidentId))
            Changed?.Invoke();
    }

    /// <summary>Forgets everything, at the end of a session.</summary>
    public void Clear()
    {
        _known.Clear();
        _hoped.Clear();
        Changed?.Invoke();
    }

    private void Put(Incident incident)
    {
        if (!_known.TryGetValue(incident.IncidentId, out var before) || before.Incident.Version <= incident.Version)
            _known[incident.IncidentId] = (incident, ++_changes);
    }
}
