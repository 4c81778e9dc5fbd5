using SeniorIoT.Api;

namespace SeniorIoT.Console.Queue;

/// <summary>
/// Which rows are shown, in which order. While the pointer is over the list no row moves: rows that no longer belong stay
/// until it leaves, and new ones that would push others down wait, counted; new ones at the end are added at once.
/// </summary>
public sealed class QueueOrder
{
    private List<Alert> _wanted = [];
    private List<string>? _held;

    /// <summary>Ids in the order shown.</summary>
    public IReadOnlyList<string> Shown => _held ?? Ids();

    /// <summary>New alerts that wait for the pointer to leave.</summary>
    public IReadOnlyList<Alert> Waiting { get; private set; } = [];

    /// <summary>What belongs in the list now, in its order.</summary>
    public void Want(List<Alert> wanted)
    {
        _wanted = wanted;
        if (_held is not null)
            Append(_held);
    }

    /// <summary>The pointer came over the list, or left it.</summary>
    public void Hold(bool held)
    {
        _held = held ? _held ?? Ids() : null;
        Waiting = held ? Waiting : [];
    }

    /// <summary>Shows what waits, at the person's own wish.</summary>
    public void Flow()
    {
        _held = _held is null ? null : Ids();
        Waiting = [];
    }

    /// <summary>The alerts to show, as they are now.</summary>
    public List<Alert> Rows(Func<string, Alert?> find) => _held is null ? _wanted : [.. _held.Select(find).OfType<Alert>()];

    private List<string> Ids() => [.. _wanted.Select(alert => alert.AlertId)];

    private void Append(List<string> held)
    {
        var shown = held.ToHashSet();
        var last = _wanted.Count - 1;
        while (last >= 0 && !shown.Contains(_wanted[last].AlertId))
            last--;
        // In a list without a single row that still belongs, nothing can be pushed away.
        Waiting = [.. _wanted.Take(last + 1).Where(alert => !shown.Contains(alert.AlertId))];
        held.AddRange(_wanted.Skip(last + 1).Select(alert => alert.AlertId));
    }
}
