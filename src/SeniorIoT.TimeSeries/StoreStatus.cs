namespace SeniorIoT.TimeSeries;

/// <summary>Whether a store takes what it is given.</summary>
public enum StoreState
{
    /// <summary>What is appended gets where it belongs.</summary>
    Ok,

    /// <summary>The database is out of reach or busy. Points wait on disk and are tried again; nobody needs to do anything yet.</summary>
    Retrying,

    /// <summary>The database refuses all of it (credentials, missing database, a limit of its own). Points wait on disk until a person mends that.</summary>
    Paused,

    /// <summary>There is no room to wait any more: appends fail, and devices are not acknowledged.</summary>
    Full,
}

/// <summary>How a store is, for metrics, the health page and the administrator's alert.</summary>
/// <param name="Kind"><c>embedded</c> or <c>influx</c>.</param>
/// <param name="State">Whether it takes what it is given.</param>
/// <param name="Since">Since when it is in that state; null when it never was in another.</param>
/// <param name="Problem">What is wrong, and the remedy; null when nothing is. Holds no secrets and no telemetry.</param>
public sealed record StoreStatus(string Kind, StoreState State, DateTimeOffset? Since, string? Problem)
{
    /// <summary>Points that are on disk but not in the database yet.</summary>
    public long WaitingPoints { get; init; }

    /// <summary>Bytes that they take on disk.</summary>
    public long WaitingBytes { get; init; }

    /// <summary>Most bytes that may wait; 0 for a store in which nothing waits.</summary>
    public long WaitingBytesMax { get; init; }

    /// <summary>When the oldest of them was appended; null when none waits.</summary>
    public DateTimeOffset? OldestWaitingAt { get; init; }

    /// <summary>Points written since the start.</summary>
    public long WrittenPoints { get; init; }

    /// <summary>Points that the database would not keep because they are older than its retention, since the start.</summary>
    public long ExpiredPoints { get; init; }

    /// <summary>Dead letters that are kept now.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Id of the newest dead letter there ever was; 0 when there was none.</summary>
    public long NewestDeadLetter { get; init; }

    /// <summary>Dead letters that were dropped because newer ones took their room, since the start.</summary>
    public long DroppedDeadLetters { get; init; }
}

/// <summary>A line that the database refused for ever, kept for a person to look at.</summary>
/// <param name="Id">Rises with every dead letter.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Database">Where it should have gone.</param>
/// <param name="Line">The line as it was sent.</param>
/// <param name="Error">The database's words.</param>
public sealed record DeadLetter(long Id, DateTimeOffset At, string Database, string Line, string Error);

/// <summary>The oldest days that are kept, by tier.</summary>
/// <param name="Raw">Samples and events.</param>
/// <param name="Hourly">Use by hour.</param>
/// <param name="Daily">Use by local day.</param>
public readonly record struct Cutoffs(DateOnly Raw, DateOnly Hourly, DateOnly Daily);
