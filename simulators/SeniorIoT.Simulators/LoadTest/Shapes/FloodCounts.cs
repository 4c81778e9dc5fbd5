namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>
/// What a loop did. Published = acknowledged + refused + in flight, always. The loop's thread writes; others read.
/// </summary>
internal sealed class FloodCounts
{
    private readonly long[] _refusedBy = new long[256];
    private long _published;
    private long _acknowledged;
    private long _sentAgain;
    private long _refused;
    private long _pings;
    private long _lost;
    private long _turnedAway;
    private int _connected;

    /// <summary>Messages sent, each counted once however often it went over the wire.</summary>
    public long PublishedTotal => Volatile.Read(ref _published);

    /// <summary>Messages with a PUBACK that says yes.</summary>
    public long AcknowledgedTotal => Volatile.Read(ref _acknowledged);

    /// <summary>Messages with a PUBACK that says no.</summary>
    public long RefusedTotal => Volatile.Read(ref _refused);

    /// <summary>Messages sent once more on a new connection.</summary>
    public long SentAgainTotal => Volatile.Read(ref _sentAgain);

    /// <summary>PINGREQs.</summary>
    public long PingsTotal => Volatile.Read(ref _pings);

    /// <summary>Connections that broke.</summary>
    public long LostTotal => Volatile.Read(ref _lost);

    /// <summary>CONNECTs that the server refused.</summary>
    public long TurnedAwayTotal => Volatile.Read(ref _turnedAway);

    /// <summary>Connections that are open and admitted now.</summary>
    public int Connected => Volatile.Read(ref _connected);

    /// <summary>Reason codes of refusals, CONNECT and DISCONNECT included, with how often.</summary>
    public IEnumerable<(byte Reason, long Count)> Reasons => _refusedBy.Index().Where(one => one.Item > 0).Select(one => ((byte)one.Index, one.Item));

    public void Published(int count) => Volatile.Write(ref _published, _published + count);

    public void Acknowledged() => Volatile.Write(ref _acknowledged, _acknowledged + 1);

    public void SentAgain(int count) => Volatile.Write(ref _sentAgain, _sentAgain + count);

    public void Pinged() => Volatile.Write(ref _pings, _pings + 1);

    public void Came() => Volatile.Write(ref _connected, _connected + 1);

    public void Refused(byte reason)
    {
        _refusedBy[reason]++;
        Volatile.Write(ref _refused, _refused + 1);
    }

    public void Dismissed(byte reason) => _refusedBy[reason]++;

    public void TurnedAway(byte reason)
    {
        _refusedBy[reason]++;
        Volatile.Write(ref _turnedAway, _turnedAway + 1);
    }

    public void Went()
    {
        Volatile.Write(ref _connected, _connected - 1);
        Volatile.Write(ref _lost, _lost + 1);
    }
}
