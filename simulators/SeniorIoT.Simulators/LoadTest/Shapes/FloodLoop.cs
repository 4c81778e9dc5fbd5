using System.Diagnostics;
using System.Net;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>What a loop is to do.</summary>
/// <param name="Address">Where MQTT is spoken.</param>
/// <param name="PerSecond">Messages a second, all speakers together; 0: each sends again as soon as it may.</param>
/// <param name="KeepAliveSeconds">Told in CONNECT.</param>
/// <param name="Pings">Whether to send PINGREQ; who publishes all the time need not.</param>
internal sealed record FloodPlan(IPEndPoint Address, double PerSecond, ushort KeepAliveSeconds = 600, bool Pings = false);

/// <summary>
/// One thread that speaks for all connections given to it: waits for sockets, counts PUBACKs, sends. Allocates nothing per message.
/// A connection that breaks is made anew, and what was not acknowledged on it is sent again.
/// </summary>
internal sealed partial class FloodLoop(Speaker[] speakers, FloodPlan plan, TimeProvider clock)
{
    private const int HandshakesMax = 64, WaitMsMax = 20;

    private readonly int _watch = Kernel.CreateWatch();
    private readonly byte[] _events = Kernel.EventBuffer(512);
    private readonly byte[] _inbox = new byte[64 * 1024];
    private readonly byte[] _outbox = new byte[64 * 1024];
    private readonly Queue<int> _away = new(Enumerable.Range(0, speakers.Length));
    private int _handshakes;
    private long _connectAgainAt;
    private int _turn;
    private int _pingTurn;
    private long _begun;
    private long _owedFrom;
    private double _owed;
    private volatile bool _mayFlood;
    private volatile bool _isEnding;
    private volatile bool _forgets;

    /// <summary>What happened so far.</summary>
    public FloodCounts Counts { get; } = new();

    /// <summary>Publish to PUBACK, of every message.</summary>
    public LatencyCounts Latency { get; } = new();

    /// <summary>Called on the loop's thread when a message goes out for the first time: speaker, number of the message, time stamp.</summary>
    public Action<Speaker, long, long>? Published { get; init; }

    /// <summary>From now on messages are sent; before, connections are made only.</summary>
    public void Flood() => _mayFlood = true;

    /// <summary>Sends nothing more, but still takes what comes.</summary>
    public void Hush() => _mayFlood = false;

    /// <summary>The warm-up is over: latencies are counted from now on.</summary>
    public void Measure() => _forgets = true;

    /// <summary>Ends <see cref="Run"/> within a moment.</summary>
    public void End() => _isEnding = true;

    /// <summary>Runs until <see cref="End"/>, then closes everything.</summary>
    public void Run()
    {
        _begun = Stopwatch.GetTimestamp();
        while (!_isEnding)
        {
            var count = Kernel.Wait(_watch, _events, WaitMs());
            var stamp = Stopwatch.GetTimestamp();
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            if (_forgets)
            {
                Latency.Clear();
                _forgets = false;
            }

            for (var i = 0; i < count; i++) Serve(Kernel.At(_events, i), stamp, nowMs);
            if (_away.Count > 0) Connect(stamp);
            if (plan.Pings) Ping(stamp);
            if (_mayFlood) SendWhatIsDue(stamp, nowMs);
        }

        foreach (var speaker in speakers) Kernel.Close(speaker.Socket);
        Kernel.Close(_watch);
    }

    private int WaitMs() =>
        _handshakes > 0 ? 1
        : plan.PerSecond > 0 ? (int)Math.Clamp((1 - _owed) / plan.PerSecond * 1_000, 1, WaitMsMax)
        : WaitMsMax;

    private void Serve((uint Events, int Number) what, long stamp, long nowMs)
    {
        var speaker = speakers[what.Number];
        if (speaker.Socket < 0) return;
        if ((what.Events & Kernel.Writable) != 0) SendRest(speaker, what.Number);
        if (!Read(speaker, what.Number, stamp)) Lose(speaker, what.Number, stamp);
        else if (_mayFlood && plan.PerSecond == 0) SendAllIt(speaker, what.Number, stamp, nowMs);
    }

    private void SendWhatIsDue(long stamp, long nowMs)
    {
        if (plan.PerSecond == 0)
        {
            // The first messages of all; from then on every PUBACK brings forth the next.
            if (_turn++ == 0) for (var i = 0; i < speakers.Length; i++) SendAllIt(speakers[i], i, stamp, nowMs);
            return;
        }

        if (_owedFrom == 0) _owedFrom = stamp;
        _owed += Stopwatch.GetElapsedTime(_owedFrom, stamp).TotalSeconds * plan.PerSecond;
        _owedFrom = stamp;
        for (var tried = 0; _owed >= 1 && tried < speakers.Length; tried++)
        {
            if (++_turn >= speakers.Length) _turn = 0;
            var speaker = speakers[_turn];
            // A gateway sends what it gathered in one write.
            var share = Math.Min((int)_owed, Math.Max(1, speaker.Window / 4));
            var sent = Send(speaker, _turn, share, stamp, nowMs);
            _owed -= sent;
            if (sent > 0) tried = 0;
        }

        // Whoever cannot keep up does not owe for ever: what is missing shows in the rate that was reached.
        _owed = Math.Min(_owed, Math.Max(1, plan.PerSecond));
    }

    private void SendAllIt(Speaker speaker, int index, long stamp, long nowMs) => Send(speaker, index, speaker.Window, stamp, nowMs);

    private int Send(Speaker speaker, int index, int countMax, long stamp, long nowMs)
    {
        if (!speaker.MaySend) return 0;
        int count = 0, length = 0;
        while (count < countMax && speaker.MaySend && length + speaker.MessageBytes <= _outbox.Length)
        {
            Published?.Invoke(speaker, speaker.Sent, stamp);
            length += speaker.WriteNext(_outbox.AsSpan(length), nowMs, stamp);
            count++;
        }

        Counts.Published(count);
        Put(speaker, index, _outbox.AsSpan(0, length), stamp);
        return count;
    }

    private void Put(Speaker speaker, int index, ReadOnlySpan<byte> bytes, long stamp)
    {
        var sent = Kernel.Send(speaker.Socket, bytes);
        if (sent < 0) Lose(speaker, index, stamp);
        else if (sent < bytes.Length)
        {
            speaker.Unsent = bytes[sent..].ToArray();
            Kernel.Watch(_watch, speaker.Socket, index, Kernel.Readable | Kernel.Writable, isNew: false);
        }
    }

    private void SendRest(Speaker speaker, int index)
    {
        var sent = Math.Max(0, Kernel.Send(speaker.Socket, speaker.Unsent));
        speaker.Unsent = speaker.Unsent[sent..];
        if (speaker.Unsent.Length == 0) Kernel.Watch(_watch, speaker.Socket, index, Kernel.Readable, isNew: false);
    }

    // Pings of all are spread evenly over three quarters of the keep-alive.
    private void Ping(long stamp)
    {
        var due = Stopwatch.GetElapsedTime(_begun, stamp).TotalSeconds * speakers.Length / (0.75 * plan.KeepAliveSeconds);
        for (; _pingTurn < due; _pingTurn++)
        {
            var index = _pingTurn % speakers.Length;
            var speaker = speakers[index];
            if (!speaker.IsWelcome || speaker.Unsent.Length > 0) continue;
            Put(speaker, index, Packets.Pingreq, stamp);
            Counts.Pinged();
        }
    }
}
