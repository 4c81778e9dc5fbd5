using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Proof;

/// <summary>A call for help whose device was promised, with its PUBACK, that it is kept.</summary>
/// <param name="Cause">Identity of the message, as alerts know it.</param>
/// <param name="Device">Who called.</param>
/// <param name="Household">Where the device is now; null when it is in no household any more.</param>
/// <param name="Rule">What the call raises.</param>
/// <param name="ReceivedAt">When it was promised.</param>
/// <param name="OccurredAt">When it happened at the device.</param>
/// <param name="Alert">The alert that it raised, or that took it in; null when there is none.</param>
public sealed record CallFact(
    string Cause, DeviceId Device, HouseholdId? Household, Rule Rule, DateTimeOffset ReceivedAt, DateTimeOffset OccurredAt, AlertId? Alert);

/// <summary>A notice as it is stored.</summary>
/// <param name="Id"><c>{alert}-{step}-{n}</c>.</param>
/// <param name="Step">Step of the alert that owes it.</param>
/// <param name="Channel">How.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OwedAt">Since when it is owed.</param>
/// <param name="SentAt">When a provider took it; null when none did.</param>
/// <param name="ReceiptAt">When a provider told its fate; null when none did.</param>
/// <param name="NextAttemptAt">When it is looked at next; null: never.</param>
/// <param name="IsInformation">See <see cref="Notice.IsInformation"/>.</param>
public sealed record NoticeFact(
    string Id, int Step, NoticeChannel Channel, NoticeState State, DateTimeOffset OwedAt, DateTimeOffset? SentAt, DateTimeOffset? ReceiptAt,
    DateTimeOffset? NextAttemptAt, bool IsInformation)
{
    /// <summary>Whether an attempt to send it is on record; only what a provider took must have one.</summary>
    public bool HasAttempt { get; init; } = true;
}

/// <summary>An alert as it is stored, with what should stand beside it.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Deadline">The deadline by which the sweeper finds it; should be the alert's own.</param>
/// <param name="Lines">Lines of its timeline; should be as many as the alert has events.</param>
/// <param name="HasCause">Whether what raised it is known, or so long ago that it was forgotten on purpose.</param>
/// <param name="HasSomebody">Whether anybody with a number that can be called is enrolled for its place now.</param>
/// <param name="Notices">What it owes.</param>
public sealed record AlertFact(Alert Alert, DateTimeOffset? Deadline, int Lines, bool HasCause, bool HasSomebody, IReadOnlyList<NoticeFact> Notices)
{
    /// <summary>How many notices its events owed, as written down with them; null for alerts from before that was.</summary>
    public int? Owed { get; init; }

    /// <summary>Whether its record as a visit is there; only a closed one must have one.</summary>
    public bool HasVisit { get; init; } = true;

    /// <summary>Whether every text that somebody answered it by is there.</summary>
    public bool HasTexts { get; init; } = true;
}

/// <summary>All that is compared: the chain from call to answer, as every store has it.</summary>
/// <param name="From">Calls and alerts from here on; alerts that are open are all in, however old.</param>
/// <param name="To">Up to here.</param>
/// <param name="Calls">Calls that were promised.</param>
/// <param name="Alerts">Alerts.</param>
/// <param name="LooseNotices">Notices that are about no alert.</param>
/// <param name="MissingIds">Numbers between the first and the last alert of the time that no alert has.</param>
/// <param name="Orphans">Those of <paramref name="MissingIds"/> of which a timeline or notices are left all the same.</param>
/// <param name="AreReceiptsExpected">Whether providers tell us what became of a text.</param>
public sealed record Books(
    DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CallFact> Calls, IReadOnlyList<AlertFact> Alerts, IReadOnlyList<NoticeFact> LooseNotices,
    int MissingIds, IReadOnlyList<AlertId> Orphans, bool AreReceiptsExpected);

/// <summary>What can be done about a break without a person. Each is harmless when it was not needed.</summary>
public enum Repair
{
    /// <summary>Nothing: a person must look.</summary>
    None,

    /// <summary>The call is raised now, late; its cause keeps it from being raised twice.</summary>
    RaiseCall,

    /// <summary>The alert is woken, and its deadline is written where the sweeper looks.</summary>
    WakeAlert,

    /// <summary>The alert is told that nobody of its step was reached, and goes on.</summary>
    GoOn,

    /// <summary>The notice is given a next attempt.</summary>
    SendNotice,
}

/// <summary>A place where the chain from call to answer is broken.</summary>
/// <param name="Kind">Which link; the ids are the API's, see <see cref="BreakKind"/>.</param>
/// <param name="Subject">What the repair is about: the cause, the alert or the notice.</param>
/// <param name="Alert">The alert; null where there is none.</param>
/// <param name="Household">The household; null when it is not known.</param>
/// <param name="Missing">What is missing, in an English sentence.</param>
/// <param name="Since">Since when.</param>
/// <param name="Repair">What can be done about it.</param>
public sealed record Break(string Kind, string Subject, AlertId? Alert, HouseholdId? Household, string Missing, DateTimeOffset Since, Repair Repair);

/// <summary>Every kind of break, in the order of the chain. The ids are the API's: never rename one.</summary>
public static class BreakKind
{
    /// <summary>A call was promised and became no alert.</summary>
    public const string CallWithoutAlert = "call-without-alert";

    /// <summary>As before, and its device is in no household, so nobody can be sent.</summary>
    public const string CallWithoutHome = "call-without-home";

    /// <summary>An alert of which nobody knows what raised it: a repeat of the message could raise another.</summary>
    public const string AlertWithoutCause = "alert-without-cause";

    /// <summary>The timeline has not as many lines as the alert has events.</summary>
    public const string TimelineGap = "timeline-gap";

    /// <summary>A timeline or notices of an alert that is not there.</summary>
    public const string Orphan = "orphan";

    /// <summary>Nobody has answered, and no next step is planned.</summary>
    public const string NoDeadline = "no-deadline";

    /// <summary>A step of the ladder was due and did not happen.</summary>
    public const string DeadlineOverdue = "deadline-overdue";

    /// <summary>A step of the ladder told nobody, though there is somebody.</summary>
    public const string StepWithoutNotice = "step-without-notice";

    /// <summary>Nobody of a step was reached, and the ladder waits all the same.</summary>
    public const string StepLost = "step-lost";

    /// <summary>A notice is missing between others of its step, or there are fewer than its events owed.</summary>
    public const string NoticeGap = "notice-gap";

    /// <summary>A provider took a notice, and no attempt to send it is on record.</summary>
    public const string SentWithoutAttempt = "sent-without-attempt";

    /// <summary>Somebody answered by a text that is not there.</summary>
    public const string AnswerWithoutText = "answer-without-text";

    /// <summary>It was closed, and is no visit record.</summary>
    public const string ClosedWithoutVisit = "closed-without-visit";

    /// <summary>A notice is owed and will never be looked at again.</summary>
    public const string NoticeStuck = "notice-stuck";

    /// <summary>A notice was due long ago.</summary>
    public const string NoticeOverdue = "notice-overdue";

    /// <summary>A text was sent, nobody has answered, and the provider does not say what became of it.</summary>
    public const string ReceiptOverdue = "receipt-overdue";

    /// <summary>Somebody was told after a person had answered.</summary>
    public const string ToldAfterAnswer = "told-after-answer";

    /// <summary>It was closed, and nobody said how it ended.</summary>
    public const string ClosedWithoutOutcome = "closed-without-outcome";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CallWithoutAlert, CallWithoutHome, AlertWithoutCause, TimelineGap, Orphan, NoDeadline, DeadlineOverdue, StepWithoutNotice, StepLost, NoticeGap, NoticeStuck,
        NoticeOverdue, SentWithoutAttempt, ReceiptOverdue, AnswerWithoutText, ToldAfterAnswer, ClosedWithoutOutcome, ClosedWithoutVisit,
    ];
}
