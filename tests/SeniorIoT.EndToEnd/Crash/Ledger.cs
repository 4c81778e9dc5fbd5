using System.Collections.Concurrent;

namespace SeniorIoT.EndToEnd.Crash;

/// <summary>
/// What devices know: every message they ever made, whether it went onto a socket, and whether its PUBACK was seen. It is all that the
/// server is held to; nothing in here comes from the server but PUBACKs.
/// </summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<Message> _messages = new();
    private Action<int>? _listener;
    private int _life;
    private int _heard;
    private int _repeats;

    /// <summary>All messages that were made.</summary>
    public IReadOnlyCollection<Message> Messages => _messages;

    /// <summary>How often a message was sent again.</summary>
    public int Repeats => Volatile.Read(ref _repeats);

    /// <summary>Which life of the server it is; grows with every <see cref="Listen"/>.</summary>
    public int Life => Volatile.Read(ref _life);

    /// <summary>PUBACKs of this life, those of repeats too.</summary>
    public int Heard => Volatile.Read(ref _heard);

    /// <summary>Writes down what a device is about to send.</summary>
    public Message Add(string topic, string payload, Says says)
    {
        var message = new Message(topic, System.Text.Encoding.UTF8.GetBytes(payload), says);
        _messages.Enqueue(message);
        return message;
    }

    /// <summary>Before the first byte goes out: from here on the server may have it. True when it went out before.</summary>
    public bool Send(Message message)
    {
        if (message.IsSent) Interlocked.Increment(ref _repeats);
        return message.Send();
    }

    /// <summary>Its PUBACK was seen. Calls the listener at once, on the thread that read it.</summary>
    /// <param name="message">Whose.</param>
    /// <param name="life">When the connection began: what was still on its way from a server that is dead belongs to that one.</param>
    public void Acknowledge(Message message, int life)
    {
        message.Acknowledge();
        if (life != Life) return;
        var heard = Interlocked.Increment(ref _heard);
        Volatile.Read(ref _listener)?.Invoke(heard);
    }

    /// <summary>A new life: counts PUBACKs from 1 again and tells the number of each. Call while there is no server.</summary>
    public void Listen(Action<int> listener)
    {
        Interlocked.Increment(ref _life);
        Volatile.Write(ref _heard, 0);
        Volatile.Write(ref _listener, listener);
    }
}

/// <summary>One message, its bytes fixed: it is repeated unchanged.</summary>
internal sealed class Message(string topic, byte[] payload, Says says)
{
    private volatile bool _isSent;
    private volatile bool _isAcknowledged;

    public string Topic { get; } = topic;

    public byte[] Payload { get; } = payload;

    public Says Says { get; } = says;

    /// <summary>It went onto a socket, at least in part.</summary>
    public bool IsSent => _isSent;

    /// <summary>The device was promised that it is kept.</summary>
    public bool IsAcknowledged => _isAcknowledged;

    public bool Send() => (_isSent, _isSent = true).Item1;

    public void Acknowledge() => _isAcknowledged = true;
}

/// <summary>What a message says, as far as it matters when the books are closed.</summary>
internal abstract record Says
{
    /// <summary>A call for help: it must be an alert of this home.</summary>
    public sealed record Call(string HouseholdId, string Rule) : Says;

    /// <summary>The smoke in this home is gone.</summary>
    public sealed record Clear(string HouseholdId) : Says;

    /// <summary>Readings of a meter.</summary>
    public sealed record Readings(string MeterId, IReadOnlyList<(DateTimeOffset At, long Litres)> Values) : Says;
}
