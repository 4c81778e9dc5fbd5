namespace SeniorIoT.Console.Server;

/// <summary>
/// Whether the picture on screen is true now. The hub sends a beat every second; without one for <see cref="LostAfter"/> the
/// link is lost, whatever the connection itself believes (a half-open TCP connection believes for many seconds). Also keeps
/// the server's clock, because elapsed times must not depend on the clock of this computer.
/// </summary>
public sealed class LinkState
{
    /// <summary>Looked at once a second, so a person sees the loss within 4 s.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time;
    private long _beatAt;
    private TimeSpan _offset;

    public LinkState(TimeProvider time, Ticker ticker)
    {
        _time = time;
        Await();
        ticker.Tick += Check;
    }

    /// <summary>Raised when <see cref="Condition"/> changed.</summary>
    public event Action? Changed;

    /// <summary>Whether beats arrive.</summary>
    public LinkCondition Condition { get; private set; }

    /// <summary>Whether what is shown is true now.</summary>
    public bool IsLive => Condition == LinkCondition.Live;

    /// <summary>Whether a person must be told that it is not.</summary>
    public bool IsLost => Condition == LinkCondition.Lost;

    /// <summary>The server's time of the last proof that the picture is true; null before the first.</summary>
    public DateTimeOffset? AsOf { get; private set; }

    /// <summary>The server's time now.</summary>
    public DateTimeOffset Now => _time.GetUtcNow() + _offset;

    /// <summary>How long since the last beat.</summary>
    public TimeSpan Quiet => _time.GetElapsedTime(_beatAt);

    /// <summary>A beat came.</summary>
    public void Beat(DateTimeOffset serverTime)
    {
        _beatAt = _time.GetTimestamp();
        _offset = serverTime - _time.GetUtcNow();
        AsOf = serverTime;
        Set(LinkCondition.Live);
    }

    /// <summary>Somebody logged in: nothing is lost yet, only not there yet.</summary>
    public void Begin()
    {
        Await();
        Set(LinkCondition.Connecting);
    }

    /// <summary>Waiting begins anew, with a new connection.</summary>
    public void Await() => _beatAt = _time.GetTimestamp();

    /// <summary>The connection is known to be gone: no need to wait for the watchdog.</summary>
    public void Lose()
    {
        if (IsLive)
            Set(LinkCondition.Lost);
    }

    private void Check()
    {
        if (Quiet >= LostAfter)
            Set(LinkCondition.Lost);
    }

    private void Set(LinkCondition condition)
    {
        if (Condition == condition)
            return;
        Condition = condition;
        Changed?.Invoke();
    }
}

/// <summary>What is known about the link.</summary>
public enum LinkCondition
{
    /// <summary>Just logged in, no beat yet.</summary>
    Connecting,

    /// <summary>Beats arrive.</summary>
    Live,

    /// <summary>No beat for too long.</summary>
    Lost,
}
