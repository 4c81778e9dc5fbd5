namespace SeniorIoT.Console.Server;

/// <summary>
/// Whether the picture on screen is true now. The hub sends a beat every second; without one for <see cref="LostAfter"/> the
/// link is lost, whatever the connection itself believes (a half-open TCP connection believes for many seconds). Also keeps
/// the server's clock, because elapsed times must not depend on the clock of this computer.
/// </summary>
public sealed class LinkState(TimeProvider time)
{
    /// <summary>Looked at once a second, so a person sees the loss within 4 s.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(3);

    private long _beatAt = time.GetTimestamp();
    private TimeSpan _offset;

    /// <summary>Raised when <see cref="IsLive"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Whether beats arrive.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The server's time of the last proof that the picture is true; null before the first.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>The server's time now.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + _offset;

    /// <summary>How long since the last beat.</summary>
    public TimeSpan Quiet => time.GetElapsedTime(_beatAt);

    /// <summary>A beat came.</summary>
    public void Beat(DateTimeOffset serverTime)
    {
        _beatAt = time.GetTimestamp();
        _offset = serverTime - time.GetUtcNow();
        AsOf = serverTime;
        Set(true);
    }

    /// <summary>Waiting begins anew, e.g. with a new connection.</summary>
    public void Await() => _beatAt = time.GetTimestamp();

    /// <summary>Looks whether beats still come. Called every second.</summary>
    public void Check()
    {
        if (Quiet >= LostAfter)
            Set(false);
    }

    /// <summary>The connection is known to be gone: no need to wait for the watchdog.</summary>
    public void Lose() => Set(false);

    private void Set(bool live)
    {
        if (IsLive == live)
            return;
        IsLive = live;
        Changed?.Invoke();
    }
}
