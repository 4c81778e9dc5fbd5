namespace SeniorIoT.Server.Ingest;

/// <summary>
/// A token bucket that is one number: the moment at which it will be full again. Taking a token moves that moment; nothing refills it,
/// so a million of them need no timer. Thread-safe.
/// </summary>
internal sealed class TokenBucket
{
    private readonly TimeProvider _clock;
    private readonly long _perToken;
    private readonly long _depth;
    private long _fullAt;

    /// <param name="perSecond">Tokens that come back in a second, more than 0.</param>
    /// <param name="burst">Tokens it holds when full, at least 1.</param>
    /// <param name="clock">The clock; only its timestamps are used.</param>
    public TokenBucket(double perSecond, double burst, TimeProvider clock)
    {
        _clock = clock;
        _perToken = Math.Max(1, (long)(clock.TimestampFrequency / perSecond));
        _depth = (long)(_perToken * Math.Max(1, burst));
        _fullAt = clock.GetTimestamp();
    }

    /// <summary>Whether nothing was taken lately: forgetting the bucket then changes nothing.</summary>
    public bool IsFull => Volatile.Read(ref _fullAt) <= _clock.GetTimestamp();

    /// <summary>Takes a token; false when there is none.</summary>
    public bool TryTake()
    {
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            var now = _clock.GetTimestamp();
            var next = Math.Max(fullAt, now) + _perToken;
            if (next - now > _depth) return false;
            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt) return true;
        }
    }

    /// <summary>Takes a token that is there, or that will be: returns how long to wait for it. Who does not wait has taken it all the same.</summary>
    public TimeSpan Reserve()
    {
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            var now = _clock.GetTimestamp();
            var next = Math.Max(fullAt, now) + _perToken;
            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) != fullAt) continue;
            return next - now <= _depth ? TimeSpan.Zero : _clock.GetElapsedTime(now + _depth, next);
        }
    }
}
