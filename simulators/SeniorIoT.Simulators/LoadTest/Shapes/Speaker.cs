namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>How a speaker's messages are dated.</summary>
/// <param name="StartMs">Where the registers begin to run; ms since 1970.</param>
/// <param name="StepMs">Device time between two reports of one device. 0: they report as they come, dated now.</param>
internal readonly record struct Dating(long StartMs, long StepMs);

/// <summary>
/// One connection, speaking for one device or, as a gateway, for several in turn. Message <c>n</c> of a speaker is a function of
/// <c>n</c>, so that what was not acknowledged before a crash can be sent again as it was.
/// </summary>
internal sealed class Speaker
{
    private const int LitresFirst = 100_000, LitresSpread = 700_000;
    private const long MsPerLitre = 20_000, UsingMs = 20 * 60_000, EveryMs = 120 * 60_000;

    private readonly Message? _message;
    private readonly Dating _dating;
    private readonly int _firstNumber;
    private readonly int _children;
    private readonly long _mid;
    private readonly long[] _sentAt;
    private readonly long[] _roundMs;
    private readonly int[] _freeSlots;
    private long _lastRoundMs;
    private int _freeCount;

    /// <param name="login">Client id and password.</param>
    /// <param name="message">What it says; null when it only keeps its connection alive.</param>
    /// <param name="firstNumber">Number of the first device it speaks for.</param>
    /// <param name="children">How many devices in turn.</param>
    /// <param name="window">Messages in flight at most; the server may allow fewer.</param>
    /// <param name="dating">How its messages are dated.</param>
    /// <param name="run">A number of this run: message ids of two runs differ.</param>
    public Speaker((string Id, string Password) login, Message? message, int firstNumber, int children, int window, Dating dating, long run)
    {
        Login = login;
        (_message, _firstNumber, _children, Window, _dating) = (message, firstNumber, children, window, dating);
        _mid = run << 24;
        Numbers = new long[window];
        (_sentAt, _roundMs, _freeSlots) = (new long[window], new long[window], new int[window]);
        FreeAll();
    }

    /// <summary>Client id and password.</summary>
    public (string Id, string Password) Login { get; }

    /// <summary>The connection; -1 when there is none.</summary>
    public int Socket { get; set; } = -1;

    /// <summary>Whether the server said welcome.</summary>
    public bool IsWelcome { get; set; }

    /// <summary>Messages in flight at most.</summary>
    public int Window { get; }

    /// <summary>Messages in flight at most on this connection, as the server said.</summary>
    public int WindowNow { get; set; }

    /// <summary>Messages sent for the first time.</summary>
    public long Sent { get; private set; }

    /// <summary>Messages that will be sent in all; nothing is sent beyond.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Messages that wait for their PUBACK.</summary>
    public int InFlight => Window - _freeCount;

    /// <summary>Whether one more may be sent.</summary>
    public bool MaySend => IsWelcome && Unsent.Length == 0 && InFlight < WindowNow && Sent < Limit;

    /// <summary>Bytes that the socket did not take.</summary>
    public byte[] Unsent { get; set; } = [];

    /// <summary>The beginning of a packet that has not come whole.</summary>
    public byte[] Unread { get; set; } = [];

    /// <summary>Bytes of one message.</summary>
    public int MessageBytes => _message!.Length;

    /// <summary>The number of the message in a slot, plus one; 0 when the slot is free. The slot is the packet id less one.</summary>
    private long[] Numbers { get; }

    /// <summary>Writes the next message; returns its length.</summary>
    public int WriteNext(Span<byte> to, long nowMs, long stamp)
    {
        var slot = _freeSlots[--_freeCount];
        var number = Sent++;
        if (number % _children == 0) _lastRoundMs = _dating.StepMs == 0 ? Math.Max(nowMs, _lastRoundMs + 1) : _dating.StartMs + (number / _children * _dating.StepMs);
        (Numbers[slot], _sentAt[slot], _roundMs[slot]) = (number + 1, stamp, _lastRoundMs);
        return Write(to, slot, isAgain: false);
    }

    /// <summary>Writes one that was sent before, after a new welcome; false when there is none left. Call with 0, then with what came out.</summary>
    public bool TryWriteAgain(Span<byte> to, ref int slot, long stamp, out int length)
    {
        length = 0;
        for (; slot < Window; slot++)
        {
            if (Numbers[slot] == 0) continue;
            _sentAt[slot] = stamp;
            length = Write(to, slot++, isAgain: true);
            return true;
        }

        return false;
    }

    /// <summary>Takes a PUBACK. False when nothing with this packet id was in flight.</summary>
    public bool TrySettle(int packetId, out long number, out long sentAt)
    {
        var slot = packetId - 1;
        (number, sentAt) = (-1, 0);
        if ((uint)slot >= (uint)Window || Numbers[slot] == 0) return false;
        (number, sentAt) = (Numbers[slot] - 1, _sentAt[slot]);
        Numbers[slot] = 0;
        _freeSlots[_freeCount++] = slot;
        return true;
    }

    /// <summary>The number of the device that message <paramref name="number"/> speaks for.</summary>
    public int DeviceOf(long number) => _firstNumber + (int)(number % _children);

    private int Write(Span<byte> to, int slot, bool isAgain)
    {
        var number = Numbers[slot] - 1;
        var device = DeviceOf(number);
        var (round, atMs) = (number / _children, _roundMs[slot]);
        _message!.WriteTo(to, (ushort)(slot + 1), isAgain, device, _mid + round, atMs, LitresAt(device, atMs));
        return _message.Length;
    }

    /// <summary>60 L within 20 minutes of every two hours: no rule has anything to say about that, however long it goes on.</summary>
    private int LitresAt(int device, long atMs)
    {
        var running = Math.Max(0, atMs - _dating.StartMs + (device % 7 * EveryMs / 7));
        var usedMs = (running / EveryMs * UsingMs) + Math.Min(running % EveryMs, UsingMs);
        return LitresFirst + (int)((device * 7_919L % LitresSpread) + (usedMs / MsPerLitre));
    }

    private void FreeAll()
    {
        for (_freeCount = 0; _freeCount < Window; _freeCount++) _freeSlots[_freeCount] = Window - 1 - _freeCount;
    }
}
