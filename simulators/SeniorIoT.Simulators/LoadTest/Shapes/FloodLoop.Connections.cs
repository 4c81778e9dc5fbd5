using System.Buffers.Binary;
using System.Diagnostics;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <content>How connections come, what arrives on them, and how they go.</content>
internal sealed partial class FloodLoop
{
    private static readonly long RetryAfter = Stopwatch.Frequency / 5;

    private void Connect(long stamp)
    {
        while (_away.Count > 0 && _handshakes < HandshakesMax && stamp >= _connectAgainAt)
        {
            var index = _away.Peek();
            var speaker = speakers[index];
            var socket = Kernel.Connect(plan.Address);
            if (socket < 0)
            {
                // The server is away: the first of all tries again, so that the others need not.
                _connectAgainAt = stamp + RetryAfter;
                return;
            }

            _away.Dequeue();
            speaker.Socket = socket;
            Kernel.Watch(_watch, socket, index, Kernel.Readable, isNew: true);
            _handshakes++;
            Put(speaker, index, Packets.Connect(speaker.Login.Id, speaker.Login.Password, plan.KeepAliveSeconds), stamp);
        }
    }

    /// <summary>Reads what is there; false when the connection is gone.</summary>
    private bool Read(Speaker speaker, int index, long stamp)
    {
        var before = speaker.Unread.Length;
        speaker.Unread.CopyTo(_inbox, 0);
        var read = Kernel.Receive(speaker.Socket, _inbox.AsSpan(before));
        if (read < 0) return false;
        ReadOnlySpan<byte> bytes = _inbox.AsSpan(0, before + read);
        while (Packets.TryTake(ref bytes, out var type, out var body))
        {
            if (type == Packets.Puback) Settle(speaker, body, stamp);
            else if (type == Packets.Connack) Greet(speaker, index, Packets.ReadConnack(body), stamp);
            else if (type == Packets.Disconnect) Counts.Dismissed(body.Length > 0 ? body[0] : (byte)0);
        }

        if (speaker.Socket >= 0 && (bytes.Length > 0 || before > 0)) speaker.Unread = bytes.Length == 0 ? [] : bytes.ToArray();
        return true;
    }

    private void Settle(Speaker speaker, ReadOnlySpan<byte> body, long stamp)
    {
        if (!speaker.TrySettle(BinaryPrimitives.ReadUInt16BigEndian(body), out _, out var sentAt)) return;
        var reason = body.Length > 2 ? body[2] : (byte)0;
        if (reason >= Packets.RefusedFrom)
        {
            Counts.Refused(reason);
            return;
        }

        Counts.Acknowledged();
        Latency.Add(sentAt, stamp);
    }

    private void Greet(Speaker speaker, int index, Welcome welcome, long stamp)
    {
        if (welcome.Reason != 0)
        {
            Counts.TurnedAway(welcome.Reason);
            Lose(speaker, index, stamp);
            return;
        }

        _handshakes--;
        speaker.IsWelcome = true;
        speaker.WindowNow = Math.Min(speaker.Window, welcome.ReceiveMaximum);
        Counts.Came();
        SendAgain(speaker, index, stamp);
        if (_mayFlood && plan.PerSecond == 0) SendAllIt(speaker, index, stamp, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private void SendAgain(Speaker speaker, int index, long stamp)
    {
        int slot = 0, length = 0, count = 0;
        while (speaker.InFlight > 0 && length + speaker.MessageBytes <= _outbox.Length
            && speaker.TryWriteAgain(_outbox.AsSpan(length), ref slot, stamp, out var written))
        {
            length += written;
            count++;
        }

        if (count == 0) return;
        Counts.SentAgain(count);
        Put(speaker, index, _outbox.AsSpan(0, length), stamp);
    }

    private void Lose(Speaker speaker, int index, long stamp)
    {
        if (speaker.Socket < 0) return;
        Kernel.Close(speaker.Socket);
        if (speaker.IsWelcome) Counts.Went();
        else _handshakes--;
        (speaker.Socket, speaker.IsWelcome, speaker.Unsent, speaker.Unread) = (-1, false, [], []);
        _away.Enqueue(index);
        _connectAgainAt = stamp + RetryAfter;
    }
}
