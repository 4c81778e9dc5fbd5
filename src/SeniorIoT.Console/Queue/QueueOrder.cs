using SeniorIoT.Api;

namespace SeniorIoT.Console.Queue;

/// <summary>
/// Which rows are shown, in which order. While the pointer is over the list no row moves: rows that no longer belong stay
/// until it leaves, and new ones that would push others down wait, counted; new ones at the end are added at once.
/// </summary>
public sealed class QueueOrder
{
    private List<string> _shown = [];
    private IReadOnlyList<Alert> _wanted = [];

    /// <summary>Ids in the order shown.</summary>
    public IReadOnlyList<string> Shown => _shown;

    /// <summary>New alerts that wait for the pointer to leave.</summary>
    public IReadOnlyList<Alert> Waiting { get; private set; } = [];

    /// <summary>Whether rows are held still.</summary>
    public bool Held { get; private set; }

    /// <summary>What belongs in the list now, in its order.</summary>
    public void Want(IReadOnlyList<Alert> wanted)
    {
        _wanted = wanted;
        Arrange();
    }

    /// <summary>The pointer came over the list, or left it.</summary>
    public void Hold(bool held)
    {
        Held = held;
        Arrange();
    }

    /// <summary>Shows what waits, at the person's own wish.</summary>
    public void Flow() => Place();

    private void Arrange()
    {
        if (!Held || _shown.Count == 0)
        {
            Place();
            return;
        }
        var shown = _shown.ToHashSet();
        var lastOld = -1;
        for (var i = 0; i < _wanted.Count; i++)
            if (shown.Contains(_wanted[i].AlertId))
                lastOld = i;
        Waiting = [.. _wanted.Take(lastOld + 1).Where(alert => !shown.Contains(alert.AlertId))];
        if (lastOld >= 0)
            _shown.AddRange(_wanted.Skip(lastOld + 1).Select(alert => alert.AlertId));
        else
            Waiting = [.. _wanted];
    }

    private void Place()
    {
        _shown = [.. _wanted.Select(alert => alert.AlertId)];
        Waiting = [];
    }
}
