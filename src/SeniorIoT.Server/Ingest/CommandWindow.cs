namespace SeniorIoT.Server.Ingest;

/// <summary>What one connection was sent and has not acknowledged, by packet id; and whose turn it is to send. Thread-safe.</summary>
/// <param name="size">How many may be unacknowledged, 1 or more: the client's Receive Maximum, or <see cref="SizeMax"/>.</param>
internal sealed class CommandWindow(int size)
{
    /// <summary>Unacknowledged commands on one connection, whatever more the client would take.</summary>
    public const int SizeMax = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, string> _sent = [];
    private ushort _lastId;
    private bool _isSending;
    private bool _isAskedAgain;

    /// <summary>How many more may be sent.</summary>
    public int Free
    {
        get
        {
            lock (_lock) return size - _sent.Count;
        }
    }

    /// <summary>Ids of the commands that were sent and not acknowledged.</summary>
    public IReadOnlyCollection<string> Sent
    {
        get
        {
            lock (_lock) return [.. _sent.Values];
        }
    }

    /// <summary>Takes the turn to send. False when somebody has it, who will then look once more.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (_isSending) _isAskedAgain = true;
            return !_isSending && (_isSending = true);
        }
    }

    /// <summary>Gives the turn back. False, and the turn is kept, when somebody asked meanwhile.</summary>
    public bool TryEnd()
    {
        lock (_lock)
        {
            _isSending = _isAskedAgain;
            _isAskedAgain = false;
            return !_isSending;
        }
    }

    /// <summary>Notes a command that is about to be sent; returns the packet id to send it with.</summary>
    public ushort Add(string commandId)
    {
        lock (_lock)
        {
            do _lastId = (ushort)(_lastId % ushort.MaxValue + 1);
            while (!_sent.TryAdd(_lastId, commandId));
            return _lastId;
        }
    }

    /// <summary>The command with this packet id; null when there is none.</summary>
    public string? Find(ushort packetId)
    {
        lock (_lock) return _sent.GetValueOrDefault(packetId);
    }

    /// <summary>Lets go of a packet id.</summary>
    public void Remove(ushort packetId)
    {
        lock (_lock) _sent.Remove(packetId);
    }
}
