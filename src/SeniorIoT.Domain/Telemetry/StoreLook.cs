namespace SeniorIoT.Domain.Telemetry;

/// <summary>Whether the telemetry store takes what it is given. The store's own words, said again here because the domain knows no store.</summary>
public enum StoreCondition
{
    /// <summary>What is written gets where it belongs.</summary>
    Ok,

    /// <summary>Out of reach or busy; tried again by itself.</summary>
    Retrying,

    /// <summary>Refused until a person mends something.</summary>
    Paused,

    /// <summary>There is no room to wait any more.</summary>
    Full,
}

/// <summary>What one look at the telemetry store shows.</summary>
/// <param name="Condition">Whether it takes what it is given.</param>
/// <param name="Since">Since when; null when it never was otherwise.</param>
/// <param name="Problem">What is wrong and the remedy, in English; null when nothing is.</param>
public sealed record StoreLook(StoreCondition Condition, DateTimeOffset? Since, string? Problem)
{
    /// <summary>Bytes that wait on disk.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Most bytes that may wait; 0 where nothing waits.</summary>
    public long WaitingBytesMax { get; init; }

    /// <summary>When the oldest of what waits came; null when nothing waits.</summary>
    public DateTimeOffset? OldestWaitingAt { get; init; }

    /// <summary>Lines that were refused for ever and are kept.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Id of the newest of them there ever was; 0 when there was none.</summary>
    public long NewestDeadLetter { get; init; }
}

/// <summary>What may be wrong with the telemetry store, in the order in which it is said, the gravest first.</summary>
public enum StoreTrouble
{
    /// <summary>No room to wait: devices will not be acknowledged.</summary>
    Full,

    /// <summary>Refused until a person mends something.</summary>
    Paused,

    /// <summary>Out of reach for more than <see cref="StoreWatch.RetryingFor"/>.</summary>
    Unreached,

    /// <summary>What waits fills more than <see cref="StoreWatch.FilledShare"/> of its room.</summary>
    Filling,

    /// <summary>Something waits for longer than <see cref="StoreWatch.WaitingFor"/>.</summary>
    Late,

    /// <summary>Lines were refused for ever since the last time this was told.</summary>
    DeadLetters,
}
