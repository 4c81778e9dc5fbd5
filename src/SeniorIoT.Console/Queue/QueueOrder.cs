namespace SeniorIoT.Console.Queue;

/// <summary>
/// Which rows are shown, in which order. While the pointer is over the list no row moves: rows that no longer belong stay
/// until it leaves, and new ones that would push others down wait, counted; new ones at the end are added at once.
/// </summary>
public sealed class QueueOrder
{
    private List<QueueLine> _wanted = [];
    private List<string>? _held;

    /// <summary>Ids in the order shown.</summary>
    public IReadOnlyList<string> Shown => _held ?? Ids();

    /// <summary>New rows that wait for the pointer to leave.</summary>
    public IReadOnlyList<QueueLine> Waiting { get; private set; } = [];

    /// <summary>What belongs in the list now, in its order.</summary>
    public void Want(List<QueueLine> wanted)
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

    /// <summary>
    /// The rows to show, as they are now; <paramref name="find"/> says what became of one that no longer belongs and keeps its place,
    /// null when nothing is left of it.
    /// </summary>
    public List<QueueLine> Rows(Func<string, QueueLine?> find)
    {
        if (_held is null)
            return _wanted;
        var wanted = _wanted.ToDictionary(line => line.Id);
        return [.. _held.Select(id => wanted.TryGetValue(id, out var line) ? line : find(id)).OfType<QueueLine>()];
    }

    private List<string> Ids() => [.. _wanted.Select(line => line.Id)];

    private void Append(List<string> held)
    {
        var shown = held.ToHashSet();
        var last = _wanted.Count - 1;
        while (last >= 0 && !shown.Contains(_wanted[last].Id))
            last--;
        // In a list without a single row that still belongs, nothing can be pushed away.
        Waiting = [.. _wanted.Take(last + 1).Where(line => !shown.Contains(line.Id))];
        held.AddRange(_wanted.Skip(last + 1).Select(line => line.Id));
    }
}
