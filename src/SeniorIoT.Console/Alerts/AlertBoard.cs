using SeniorIoT.Api;

namespace SeniorIoT.Console.Alerts;

/// <summary>
/// The alerts this console knows. Pushes and fetches may arrive in any order; the higher version wins. An action shows its
/// hoped-for effect at once and is taken back when the server refuses it.
/// </summary>
public sealed class AlertBoard
{
    /// <summary>Closed alerts kept for a look back; the oldest go first.</summary>
    private const int ClosedKept = 500;

    private readonly Dictionary<string, (Alert Alert, long At)> _known = [];
    private readonly Dictionary<string, Alert> _hoped = [];

    // Kept in the queue's order, because sorting thousands of rows at every push is what a slow browser cannot afford.
    private readonly List<Alert> _ordered = [];
    private Dictionary<string, PriorityCount>? _counts;
    private long _changes;

    /// <summary>Something to show has changed.</summary>
    public event Action? Changed;

    /// <summary>An open alert nobody has answered became known by push, after the first fetch.</summary>
    public event Action<Alert>? Raised;

    /// <summary>An alert became known or changed: what it was before (null: nothing was known), and what it is.</summary>
    public event Action<Alert?, Alert>? Moved;

    /// <summary>Whether the open alerts were fetched at least once.</summary>
    public bool Loaded { get; private set; }

    /// <summary>Counts changes; taken before a fetch, it tells what the fetch cannot know yet.</summary>
    public long Mark => _changes;

    /// <summary>All of them, as shown, in the queue's order.</summary>
    public IEnumerable<Alert> All => _hoped.Count == 0 ? _ordered : _ordered.Select(Shown);

    /// <summary>Those not closed.</summary>
    public IEnumerable<Alert> Open => All.Where(alert => alert.IsOpen);

    /// <summary>Open alerts of the highest priority.</summary>
    public IEnumerable<Alert> Urgent => All.TakeWhile(alert => alert.Priority == AlertWords.P1).Where(alert => alert.IsOpen);

    /// <summary>What the header says of a priority.</summary>
    public PriorityCount Count(string priority) => (_counts ??= CountAll()).GetValueOrDefault(priority);

    /// <summary>One of them, as shown.</summary>
    public Alert? Find(string alertId) => _known.TryGetValue(alertId, out var entry) ? Shown(entry.Alert) : null;

    /// <summary>Takes up an alert; false when what is known is as new or newer.</summary>
    public bool Merge(Alert alert)
    {
        if (!Put(alert, out var isNew))
            return false;
        if (isNew && Loaded && alert.IsUnanswered)
            Raised?.Invoke(alert);
        Announce();
        return true;
    }

    /// <summary>Takes up a page of alerts as one change.</summary>
    public void Merge(IReadOnlyList<Alert> page)
    {
        var raised = page.Where(alert => Put(alert, out var isNew) && isNew && alert.IsUnanswered).ToList();
        if (Loaded)
            raised.ForEach(alert => Raised?.Invoke(alert));
        Announce();
    }

    /// <summary>Takes up a whole fetch of the open alerts, begun at <paramref name="mark"/>. What it no longer holds is no longer open.</summary>
    public void Replace(IReadOnlyList<Alert> open, long mark)
    {
        var fetched = open.Select(alert => alert.AlertId).ToHashSet();
        var gone = _known.Values.Where(entry => entry.Alert.IsOpen && entry.At <= mark && !fetched.Contains(entry.Alert.AlertId)).ToList();
        foreach (var (alert, _) in gone)
            Forget(alert.AlertId);
        Merge(open);
        Loaded = true;
        Announce();
    }

    /// <summary>Shows what an action is hoped to do until the server answers, or until something newer is known.</summary>
    public void Hope(Alert alert)
    {
        _hoped[alert.AlertId] = alert;
        Announce();
    }

    /// <summary>Shows again what is known.</summary>
    public void GiveUp(string alertId)
    {
        if (_hoped.Remove(alertId))
            Announce();
    }

    /// <summary>Forgets everything, at the end of a session.</summary>
    public void Clear()
    {
        _known.Clear();
        _hoped.Clear();
        _ordered.Clear();
        Loaded = false;
        Announce();
    }

    private bool Put(Alert alert, out bool isNew)
    {
        isNew = !_known.TryGetValue(alert.AlertId, out var before);
        if (!isNew && before.Alert.Version >= alert.Version)
            return false;
        if (!isNew)
            TakeOut(before.Alert);
        _ordered.Insert(~_ordered.BinarySearch(alert, AlertWords.QueueOrder), alert);
        _known[alert.AlertId] = (alert, ++_changes);
        _hoped.Remove(alert.AlertId);
        if (!alert.IsOpen)
            TrimClosed();
        Moved?.Invoke(isNew ? null : before.Alert, alert);
        return true;
    }

    private void TrimClosed()
    {
        var closed = _known.Values.Where(entry => !entry.Alert.IsOpen).ToList();
        foreach (var (alert, _) in closed.OrderByDescending(entry => entry.Alert.ClosedAt).Skip(ClosedKept))
            Forget(alert.AlertId);
    }

    private void Forget(string alertId)
    {
        if (_known.Remove(alertId, out var entry))
            TakeOut(entry.Alert);
        _hoped.Remove(alertId);
    }

    private void TakeOut(Alert alert) => _ordered.RemoveAt(_ordered.BinarySearch(alert, AlertWords.QueueOrder));

    private void Announce()
    {
        _counts = null;
        Changed?.Invoke();
    }

    private Dictionary<string, PriorityCount> CountAll()
    {
        Dictionary<string, PriorityCount> counts = [];
        // The first open alert of an incident stands for all, and so does the first that nobody has answered.
        HashSet<(string Incident, string Priority, bool IsUnanswered)> counted = [];
        foreach (var alert in Open)
        {
            var isOne = alert.IncidentId is null || alert.Priority == AlertWords.P1;
            var (isFirst, isFirstUnanswered) = isOne ? (true, alert.IsUnanswered)
                : (counted.Add((alert.IncidentId!, alert.Priority, false)), alert.IsUnanswered && counted.Add((alert.IncidentId!, alert.Priority, true)));
            counts[alert.Priority] = counts.GetValueOrDefault(alert.Priority).With(alert, isFirst, isFirstUnanswered);
        }
        return counts;
    }

    private Alert Shown(Alert alert) => _hoped.GetValueOrDefault(alert.AlertId, alert);
}

/// <summary>How many alerts of a priority are open, how many of them nobody has answered, and since when the first of those waits. Those of an incident count as one.</summary>
public readonly record struct PriorityCount(int Open, int Unanswered, DateTimeOffset? WaitingSince)
{
    internal PriorityCount With(Alert alert, bool isCounted, bool isCountedUnanswered) => new(
        Open + (isCounted ? 1 : 0),
        Unanswered + (isCountedUnanswered ? 1 : 0),
        alert.IsUnanswered && !(WaitingSince <= alert.RaisedAt) ? alert.RaisedAt : WaitingSince);
}
