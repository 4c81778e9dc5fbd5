namespace SeniorIoT.Api;

/// <summary>How the program and what it stands on are (<c>GET /api/v1/system</c>), for operators and administrators of the whole district.</summary>
/// <param name="Now">The server's time.</param>
/// <param name="Version">Version of the program.</param>
/// <param name="TelemetryStore">Where samples are kept.</param>
/// <param name="Rollup">The summing up of readings to use by hour and by day.</param>
/// <param name="Journal">Where messages are from their acknowledgement until their effects are on disk.</param>
/// <param name="Ingest">What came through the door since the start.</param>
/// <param name="Checks">The checks of <c>/health/ready</c>.</param>
public sealed record SystemState(
    DateTimeOffset Now, string Version, TelemetryStore TelemetryStore, RollupState Rollup, JournalState Journal, IngestState Ingest, IReadOnlyList<SystemCheck> Checks);

/// <summary>Where samples are kept, and whether they get there.</summary>
/// <param name="Kind"><c>embedded</c> or <c>influx</c>.</param>
/// <param name="State">
/// <c>ok</c>; <c>retrying</c>: out of reach or busy, samples wait on disk; <c>paused</c>: refused until a person mends something, samples wait on
/// disk; <c>full</c>: there is no room to wait any more.
/// </param>
/// <param name="Since">Since when; null when it never was otherwise.</param>
/// <param name="Problem">What is wrong and the remedy, in English; null when nothing is.</param>
/// <param name="WaitingPoints">Points on disk that are not in the database yet.</param>
/// <param name="WaitingBytes">Bytes that they take.</param>
/// <param name="WaitingBytesMax">Most bytes that may wait; 0 where nothing waits.</param>
/// <param name="OldestWaitingAt">When the oldest of them came; null when none waits.</param>
/// <param name="WrittenPoints">Points written since the start.</param>
/// <param name="ExpiredPoints">Points that the database would not keep, being older than its retention, since the start.</param>
/// <param name="DeadLetters">Lines that the database refused for ever and that are kept.</param>
/// <param name="DroppedDeadLetters">Lines of that kind that are lost, because newer ones took their room, since the start.</param>
public sealed record TelemetryStore(
    string Kind,
    string State,
    DateTimeOffset? Since,
    string? Problem,
    long WaitingPoints,
    long WaitingBytes,
    long WaitingBytesMax,
    DateTimeOffset? OldestWaitingAt,
    long WrittenPoints,
    long ExpiredPoints,
    long DeadLetters,
    long DroppedDeadLetters);

/// <summary>How the roll-ups go. Until a day is rolled up its readings answer, so nothing is wrong while some wait.</summary>
/// <param name="Waiting">Days of meters that are over and wait to be rolled up; history that is rolled up for the first time counts once a meter.</param>
/// <param name="OldestDay">The oldest of those days, on the district's calendar; null when none waits.</param>
/// <param name="Problem">What went wrong last and the remedy, in English; null when nothing did.</param>
/// <param name="Written">Days of meters written since the start.</param>
/// <param name="Expired">Days left as they were since the start: readings came late, when the others of that day were no longer kept.</param>
public sealed record RollupState(int Waiting, DateOnly? OldestDay, string? Problem, long Written, long Expired);

/// <summary>The journal.</summary>
/// <param name="Length">Messages that have not left it.</param>
/// <param name="OldestAgeSeconds">Age of the oldest, in seconds; 0 when it is empty.</param>
/// <param name="Problem">Why the last commit failed; null when it did not.</param>
public sealed record JournalState(int Length, double OldestAgeSeconds, string? Problem);

/// <summary>The door, in messages since the start: every one that came is in one of the three.</summary>
/// <param name="Stored">Accepted.</param>
/// <param name="Quarantined">Refused, to be read by people.</param>
/// <param name="Shed">Not acknowledged, so that the device sends it again.</param>
/// <param name="Connections">MQTT connections that are open now.</param>
public sealed record IngestState(long Stored, long Quarantined, long Shed, int Connections);

/// <summary>One check of the server's health.</summary>
/// <param name="Name">Its name, e.g. <c>telemetry</c>.</param>
/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Detail">What is wrong, in English; null when nothing is.</param>
public sealed record SystemCheck(string Name, string Status, string? Detail);

/// <summary>A line that the database refused for ever (<c>GET /api/v1/system/dead-letters</c>).</summary>
/// <param name="Id">Rises with every dead letter.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Database">Where it should have gone.</param>
/// <param name="Line">The line as it was sent.</param>
/// <param name="Error">The database's words.</param>
public sealed record DeadLetter(long Id, DateTimeOffset At, string Database, string Line, string Error);

/// <summary>Body of <c>POST /api/v1/system/dead-letters/retry</c>.</summary>
/// <param name="UpToId">Dead letters with ids up to this one are written again.</param>
public sealed record DeadLetterRetry(long UpToId);

/// <summary>Answer when dead letters were put back or forgotten.</summary>
/// <param name="Count">How many.</param>
public sealed record DeadLettersDone(int Count);
