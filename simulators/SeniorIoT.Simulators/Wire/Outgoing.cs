using System.Net;

namespace SeniorIoT.Simulators.Wire;

/// <summary>A message on its way: encoded once, so that what is sent again is the same bytes with the same <c>mid</c>.</summary>
internal sealed record Outgoing(string Topic, byte[] Payload);

/// <summary>Where MQTT is spoken.</summary>
internal sealed record MqttAddress(string Host, int Port)
{
    /// <summary>Parses <c>host</c> or <c>host:port</c>; port 1883 when absent. Null when it is neither.</summary>
    public static MqttAddress? TryParse(string text)
    {
        var parts = text.Split(':');
        return parts is [{ Length: > 0 } host] ? new MqttAddress(host, 1883)
            : parts is [{ Length: > 0 } named, var number] && int.TryParse(number, out var port) && port is > 0 and <= IPEndPoint.MaxPort ? new MqttAddress(named, port)
            : null;
    }

    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>What all connections of a process did, counted. Every message handed in ends as acknowledged, refused, shed or still waiting.</summary>
internal sealed class WireCounts
{
    private long _handedIn;
    private long _acknowledged;
    private long _refused;
    private long _shed;
    private long _resent;
    private long _connected;
    private long _drops;
    private long _turnedAway;

    /// <summary>Messages taken from devices.</summary>
    public long HandedIn => Interlocked.Read(ref _handedIn);

    /// <summary>Messages that have their PUBACK.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Messages answered with an error code.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Messages left out because a device's memory was full.</summary>
    public long Shed => Interlocked.Read(ref _shed);

    /// <summary>Messages sent once more after a lost connection.</summary>
    public long Resent => Interlocked.Read(ref _resent);

    /// <summary>Connections open now.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Connections lost.</summary>
    public long Drops => Interlocked.Read(ref _drops);

    /// <summary>Logins refused.</summary>
    public long TurnedAway => Interlocked.Read(ref _turnedAway);

    public void CountHandedIn() => Interlocked.Increment(ref _handedIn);

    public void CountAcknowledged() => Interlocked.Increment(ref _acknowledged);

    public void CountRefused() => Interlocked.Increment(ref _refused);

    public void CountShed() => Interlocked.Increment(ref _shed);

    public void CountResent() => Interlocked.Increment(ref _resent);

    public void CountConnected() => Interlocked.Increment(ref _connected);

    public void CountDisconnected() => Interlocked.Decrement(ref _connected);

    public void CountDrop() => Interlocked.Increment(ref _drops);

    public void CountTurnedAway() => Interlocked.Increment(ref _turnedAway);

    public override string ToString() =>
        $"{Connected} connected, {Acknowledged}/{HandedIn} messages acknowledged, {Resent} sent again, {Refused} refused, {Shed} shed, {Drops} connections lost, {TurnedAway} logins refused";
}

/// <summary>Waiting before connecting again, and a shared pace for connecting at all.</summary>
internal sealed class Pace(TimeProvider clock, int perSecond)
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _gap = TimeSpan.FromSeconds(1) / perSecond;
    private DateTimeOffset _next;

    /// <summary>Waits for this caller's turn.</summary>
    public async Task TurnAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            var turn = _next > now ? _next : now;
            _next = turn + _gap;
            wait = turn - now;
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock, cancellation);
        }
    }

    /// <summary>How long to wait before attempt <paramref name="failures"/> + 1: doubling from 1 s to 60 s, half of it by chance.</summary>
    public static TimeSpan BackOff(int failures, double chance) =>
        TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(failures, 10) - 1)) * (0.5 + (0.5 * chance)));
}
