namespace SeniorIoT.Api;

/// <summary>The books closed on everything between a call and its answer (<c>GET /api/v1/reconciliation</c>).</summary>
/// <param name="At">When they were closed.</param>
/// <param name="Kind"><c>hourly</c>, <c>nightly</c>, or <c>asked</c>.</param>
/// <param name="From">Calls and alerts from here on were compared; those that are open are always among them.</param>
/// <param name="To">Up to here.</param>
/// <param name="Counts">What was compared.</param>
/// <param name="BreakCount">How many breaks there are.</param>
/// <param name="Breaks">The first 500 of them.</param>
public sealed record Reconciliation(
    DateTimeOffset At, string Kind, DateTimeOffset From, DateTimeOffset To, ReconciledCounts Counts, int BreakCount, IReadOnlyList<ChainBreak> Breaks);

/// <summary>What was compared.</summary>
/// <param name="Calls">Calls for help that devices were promised are kept.</param>
/// <param name="Alerts">Alerts.</param>
/// <param name="Open">Of these, not closed.</param>
/// <param name="Answered">Of these, answered by a person.</param>
/// <param name="Notices">Notices.</param>
/// <param name="Delivered">Of these, on somebody's phone.</param>
/// <param name="Sent">Of these, taken by a provider that has not said more.</param>
/// <param name="Failed">Of these, neither delivered nor on their way.</param>
/// <param name="UnusedIds">Numbers between the first and the last alert that no alert has: its write failed and was repeated under another, or it was the server's own.</param>
public sealed record ReconciledCounts(int Calls, int Alerts, int Open, int Answered, int Notices, int Delivered, int Sent, int Failed, int UnusedIds);

/// <summary>A place where the chain is broken.</summary>
/// <param name="Kind">Which link.</param>
/// <param name="Subject">The alert, the notice or the message that it is about.</param>
/// <param name="AlertId">The alert; null where there is none.</param>
/// <param name="HouseholdId">The household; null when it is not known.</param>
/// <param name="Missing">What is missing, in English.</param>
/// <param name="Since">Since when.</param>
/// <param name="Done">What was done about it, in English.</param>
/// <param name="IsMended">Whether that mends it.</param>
public sealed record ChainBreak(string Kind, string Subject, string? AlertId, string? HouseholdId, string Missing, DateTimeOffset Since, string Done, bool IsMended);

/// <summary>How the server proves that it works (<c>GET /api/v1/system/proof</c>).</summary>
/// <param name="Reconciliations">The newest of each kind, newest first.</param>
/// <param name="Heartbeat">The sign of life to somebody outside.</param>
/// <param name="Probe">The server's own presses.</param>
public sealed record ProofState(IReadOnlyList<Reconciliation> Reconciliations, HeartbeatState Heartbeat, ProbeState Probe);

/// <summary>The sign of life that somebody outside waits for.</summary>
/// <param name="IsOn">Whether an address is set.</param>
/// <param name="EverySeconds">How often, in seconds.</param>
/// <param name="SentAt">When one got through last, since the start; null: none did.</param>
/// <param name="Withheld">Why none is sent, in English; null when all is well.</param>
/// <param name="Failure">Why the last one did not get through, in English; null when it did.</param>
/// <param name="FailuresInRow">How many did not, one after the other.</param>
public sealed record HeartbeatState(bool IsOn, int EverySeconds, DateTimeOffset? SentAt, string? Withheld, string? Failure, int FailuresInRow);

/// <summary>The server's own presses.</summary>
/// <param name="EveryMinutes">How often, in minutes; 0: none are made.</param>
/// <param name="HasNumber">Whether a text is sent with each.</param>
/// <param name="Latest">The newest, newest first.</param>
/// <param name="Made">How many of the last day are known.</param>
/// <param name="Late">Of these, how many were too slow or came to nothing.</param>
/// <param name="TypicalSeconds">Of these, the median time from press to console, in seconds; null when none got there.</param>
public sealed record ProbeState(int EveryMinutes, bool HasNumber, IReadOnlyList<ProbeTimes> Latest, int Made, int Late, double? TypicalSeconds);

/// <summary>One press; times in seconds since it was published, null where it did not get so far.</summary>
/// <param name="At">When.</param>
/// <param name="Acknowledged">PUBACK: it was on disk.</param>
/// <param name="Alerted">Its alert was sent to consoles.</param>
/// <param name="Texted">A provider took its text.</param>
/// <param name="Delivered">The provider said that the text arrived.</param>
/// <param name="Problem">What was wrong, in English; null: nothing.</param>
public sealed record ProbeTimes(DateTimeOffset At, double? Acknowledged, double? Alerted, double? Texted, double? Delivered, string? Problem);
