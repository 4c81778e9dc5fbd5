using System.Collections.Concurrent;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>How much a client may send. One for each client id, so that connecting again does not fill it up.</summary>
/// <param name="Telemetry">For everything that is no event.</param>
/// <param name="Events">For calls.</param>
internal sealed record ClientRate(TokenBucket Telemetry, TokenBucket Events)
{
    /// <summary>Whether the client did not send lately.</summary>
    public bool IsFull => Telemetry.IsFull && Events.IsFull;
}

/// <summary>
/// How fast messages come through the door. All telemetry together stays below what the machine can do, so that a call for help finds it
/// idle enough; a single device that runs wild is held to its own share. Who is too fast is read from more slowly, which TCP hands on to
/// the client; only a version 5 client beyond its own share is told so instead (0x97), and that message is counted as shed. Events are never refused.
/// </summary>
internal sealed class Rates(DeviceDirectory directory, IngestOptions options, IngestCounters counters, TimeProvider clock)
{
    // A gateway speaks for a house or a village.
    private const int GatewayFactor = 50;

    // Below this a timer would be coarser than the wait.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentDictionary<string, ClientRate> _clients = new(StringComparer.Ordinal);
    private readonly TokenBucket _all = new(options.TelemetryPerSecondMax, options.TelemetryPerSecondMax / 20.0, clock);
    private int _sweepAt = 1_000;

    /// <summary>Clients that are remembered: those that are connected, and some that sent a lot before they went.</summary>
    public int Count => _clients.Count;

    /// <summary>What a client may send.</summary>
    public ClientRate Of(string clientId)
    {
        if (_clients.TryGetValue(clientId, out var rate)) return rate;
        if (_clients.Count >= _sweepAt) Sweep();
        return _clients.GetOrAdd(clientId, Create);
    }

    /// <summary>
    /// Waits until a message of this client may pass. False when it may not: then it is shed, and the client is told.
    /// </summary>
    /// <param name="rate">The client's own.</param>
    /// <param name="channel">Which sort of message.</param>
    /// <param name="canBeTold">Whether the client understands that it was too fast.</param>
    /// <param name="cancel">The end of the connection.</param>
    public async ValueTask<bool> PassAsync(ClientRate rate, Channel channel, bool canBeTold, CancellationToken cancel)
    {
        if (channel == Channel.Event)
        {
            await WaitAsync(rate.Events.Reserve(), "client", cancel);
            return true;
        }

        if (canBeTold)
        {
            if (!rate.Telemetry.TryTake()) return false;
        }
        else
        {
            await WaitAsync(rate.Telemetry.Reserve(), "client", cancel);
        }

        await WaitAsync(_all.Reserve(), "all", cancel);
        return true;
    }

    private async ValueTask WaitAsync(TimeSpan wait, string whose, CancellationToken cancel)
    {
        if (wait < ShortestWait) return;
        counters.Slowed(whose);
        await Task.Delay(wait, clock, cancel);
    }

    private ClientRate Create(string clientId)
    {
        var factor = directory.TryGet(clientId, out var entry) && entry.Kind is null ? GatewayFactor : 1;
        return new(Bucket(options.DevicePerSecondMax), Bucket(options.DeviceEventsPerSecondMax));

        TokenBucket Bucket(double perSecond) => new(perSecond * factor, perSecond * factor * options.DeviceBurst.TotalSeconds, clock);
    }

    // A connection keeps its own; a client whose bucket is full may be forgotten, it would get a full one again.
    private void Sweep()
    {
        foreach (var (id, rate) in _clients)
            if (rate.IsFull) _clients.TryRemove(new KeyValuePair<string, ClientRate>(id, rate));
        _sweepAt = Math.Max(1_000, 2 * _clients.Count);
    }
}
