using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Lets TLS handshakes begin a few at a time, so that a district that reconnects after a power cut cannot take the processor
/// away from devices that are connected. The others wait in a line of bounded length and for a bounded time; who is refused comes back later.
/// </summary>
/// <remarks>
/// A connection stands in line only once its first bytes are here, and gives its place back when the handshake is done or after
/// <see cref="HeldMax"/>, whichever comes first: a handshake costs the processor milliseconds but may take seconds on a slow radio, and
/// somebody who stops half-way must not hold a place that others need.
/// </remarks>
internal sealed class HandshakeGate(IngestOptions options, IngestCounters counters, TimeProvider clock) : IDisposable
{
    /// <summary>How long a handshake may hold its place. It may go on without it, up to its own deadline.</summary>
    public static readonly TimeSpan HeldMax = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _places = new(options.HandshakesMax);
    private int _line;

    /// <summary>Connections that have not begun their handshake.</summary>
    public int Line => Volatile.Read(ref _line);

    /// <summary>Handshakes that may begin at once now.</summary>
    public int Free => _places.CurrentCount;

    /// <summary>Connection middleware before TLS.</summary>
    public async Task EnterAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await WaitAsync(connection) is not { } place) return;
        connection.Features.Set(place);
        try
        {
            await next(connection);
        }
        finally
        {
            place.Release();
        }

        if (!place.IsThrough) counters.RefusedConnection("tls_handshake");
    }

    /// <summary>Connection middleware behind TLS: the handshake is done.</summary>
    public static Task LeaveAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var place = connection.Features.GetRequiredFeature<Place>();
        place.IsThrough = true;
        place.Release();
        return next(connection);
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    /// <summary>A place to begin the handshake; null when the connection was refused or has gone.</summary>
    private async Task<Place?> WaitAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _line) > options.HandshakeLineMax)
            {
                Refuse(connection, "tls_busy");
                return null;
            }

            using var limit = new CancellationTokenSource(options.ConnectWithin, clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
            var isHere = false;
            try
            {
                var input = connection.Transport.Input;
                var first = await input.ReadAsync(both.Token);
                input.AdvanceTo(first.Buffer.Start);
                if (first.IsCompleted && first.Buffer.IsEmpty) return null;
                isHere = true;
                await _places.WaitAsync(both.Token);
            }
            catch (OperationCanceledException)
            {
                if (!connection.ConnectionClosed.IsCancellationRequested) Refuse(connection, isHere ? "tls_busy" : "connect_timeout");
                return null;
            }
            catch (Exception error) when (error is ConnectionResetException or ConnectionAbortedException or IOException)
            {
                // The client is gone; nothing is owed to it.
                return null;
            }

            return new Place(_places, clock);
        }
        finally
        {
            Interlocked.Decrement(ref _line);
        }
    }

    private void Refuse(ConnectionContext connection, string reason)
    {
        counters.RefusedConnection(reason);
        connection.Abort(new ConnectionAbortedException("No TLS handshake now."));
    }

    /// <summary>A place among the handshakes that are being made; given back once.</summary>
    private sealed class Place
    {
        private readonly SemaphoreSlim _places;
        private readonly ITimer _limit;
        private int _isReleased;

        public Place(SemaphoreSlim places, TimeProvider clock)
        {
            _places = places;
            _limit = clock.CreateTimer(_ => Release(), null, HeldMax, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Whether the handshake succeeded.</summary>
        public bool IsThrough { get; set; }

        public void Release()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) != 0) return;
            _limit?.Dispose(); // null when the limit rings before it is noted
            _places.Release();
        }
    }
}
