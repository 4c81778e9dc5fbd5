namespace SeniorIoT.Api;

/// <summary>An alert as lists and the hub (<c>alertChanged</c>) carry it. The hub sends it again at every change; <see cref="Version"/> grows by one.</summary>
public record Alert
{
    /// <summary>Short id spoken on the phone, e.g. <c>A0427</c>.</summary>
    public required string AlertId { get; init; }

    /// <summary>Where; empty for an alert about the system itself, which has no address, resident, device or area either.</summary>
    public required string HouseholdId { get; init; }

    /// <summary>The device that raised it.</summary>
    public required string DeviceId { get; init; }

    /// <summary>Rule id, e.g. <c>no-water</c>.</summary>
    public required string Rule { get; init; }

    /// <summary><c>P1</c>, <c>P2</c> or <c>P3</c>.</summary>
    public required string Priority { get; init; }

    /// <summary><c>open</c> or <c>closed</c>.</summary>
    public required string State { get; init; }

    /// <summary>When we raised it.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>When it happened at the device.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>When the condition ended; null while it is there. A person must answer all the same.</summary>
    public DateTimeOffset? ClearedAt { get; init; }

    /// <summary>When a person first acknowledged it.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Who.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Who sees to it now: whoever answered, until it is handed over; null when nobody has answered.</summary>
    public string? HandledBy { get; init; }

    /// <summary>The user whom it was handed to and who has not taken it yet; null: nobody.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Who handed it over.</summary>
    public string? HandedOverBy { get; init; }

    /// <summary>Then it is asked of others.</summary>
    public DateTimeOffset? WaitsUntil { get; init; }

    /// <summary>Which version of which ladder it goes by, <c>{area}/{priority} v{n}</c>; null: the default.</summary>
    public string? LadderVersion { get; init; }

    /// <summary>The incident it is a part of, which is told and answered as one; null: none.</summary>
    public string? IncidentId { get; init; }

    /// <summary>Until when somebody shelved it: nobody is told before, and people are asked anew then if its trouble is still there. Null: it is not shelved.</summary>
    public DateTimeOffset? ShelvedUntil { get; init; }

    /// <summary>When somebody was sent.</summary>
    public DateTimeOffset? DispatchedAt { get; init; }

    /// <summary>Who was sent.</summary>
    public string? DispatchedTo { get; init; }

    /// <summary>When somebody was at the door.</summary>
    public DateTimeOffset? ArrivedAt { get; init; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who closed it.</summary>
    public string? ClosedBy { get; init; }

    /// <summary>One of <see cref="Outcomes"/> or the words of whoever closed it; null while open.</summary>
    public string? Outcome { get; init; }

    /// <summary>When somebody at the door asked for help, as long as no other person has answered that; null otherwise.</summary>
    public DateTimeOffset? HelpAskedAt { get; init; }

    /// <summary>Who asked.</summary>
    public string? HelpAskedBy { get; init; }

    /// <summary>How often the same call came again while it was open.</summary>
    public int Repeats { get; init; }

    /// <summary>How far up the ladder it is, from 0.</summary>
    public int EscalationStep { get; init; }

    /// <summary>When the next step is due, or when it returns from a hand-over (see <see cref="WaitsUntil"/>); null when nobody waits any more.</summary>
    public DateTimeOffset? EscalatesAt { get; init; }

    /// <summary>Address of the household.</summary>
    public required string Address { get; init; }

    /// <summary>Names of the residents.</summary>
    public required string Resident { get; init; }

    /// <summary>Of the first resident; null when unknown.</summary>
    public int? BirthYear { get; init; }

    /// <summary>Whether the resident lives alone.</summary>
    public bool LivesAlone { get; init; }

    /// <summary>Neighbourhood committee.</summary>
    public required string Committee { get; init; }

    /// <summary>Sub-district.</summary>
    public required string SubDistrict { get; init; }

    /// <summary>What it rests on.</summary>
    public required Evidence Evidence { get; init; }

    /// <summary>Grows with every change.</summary>
    public required int Version { get; init; }
}

/// <summary>What an alert rests on. Absent members do not apply.</summary>
public sealed record Evidence(
    string? RuleVersion,
    DateTimeOffset? FromAt,
    DateTimeOffset? UntilAt,
    double? CoveredHours,
    double? UsedLitres,
    double? LimitLitres,
    double? ResolutionLitres,
    DateTimeOffset? LastUseAt,
    DateTimeOffset? LastHeardAt,
    IReadOnlyList<EvidenceReading> Readings,
    string? Note);

/// <summary>A reading a finding rests on.</summary>
public sealed record EvidenceReading(DateTimeOffset At, double TotalLitres);

/// <summary>Answer of <c>GET /api/v1/alerts/{id}</c>: the alert with everything that happened to it and everybody who was told.</summary>
public sealed record AlertDetail : Alert
{
    /// <summary>For deserialization.</summary>
    public AlertDetail()
    {
    }

    /// <summary>The detail of <paramref name="alert"/>; set the other members after.</summary>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public AlertDetail(Alert alert)
        : base(alert)
    {
    }

    /// <summary>Everything that happened to it, oldest first.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; init; } = [];

    /// <summary>Everybody who was or is to be told.</summary>
    public IReadOnlyList<Notice> Notices { get; init; } = [];

    /// <summary>The household with its people and devices; null when it was deleted, and for the system itself.</summary>
    public Household? Household { get; init; }
}

/// <summary>
/// One line of an alert's timeline. Kinds: raised, repeated, called_again, cleared, acknowledged, dispatched, arrived, noted, escalated,
/// stopped, handed_over, regraded, closed, reopened, help_asked, declined.
/// </summary>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, string? By, string Text)
{
    /// <summary>From where a person acted, e.g. <c>console 10.1.2.3</c> or <c>SMS ***1234</c>; null for devices and time.</summary>
    public string? From { get; init; }
}

/// <summary>A message owed or sent to a person (<c>GET /api/v1/notices</c>).</summary>
/// <param name="NoticeId">Its id, also the idempotency id towards the provider.</param>
/// <param name="AlertId">What it is about: an alert, or an incident (<c>I0007</c>); empty: neither.</param>
/// <param name="Step">Step of the ladder.</param>
/// <param name="Channel"><c>console</c>, <c>sms</c>, <c>webhook</c> or <c>wecom</c>.</param>
/// <param name="Role">Why this person.</param>
/// <param name="Recipient">Name.</param>
/// <param name="Phone">Number, masked for everybody but operators and administrators.</param>
/// <param name="Text">The whole text.</param>
/// <param name="State"><c>owed</c>, <c>sending</c>, <c>sent</c>, <c>delivered</c>, <c>undelivered</c>, <c>failed</c>, <c>not_sent</c>, <c>held_back</c> or <c>shown</c> (console).</param>
/// <param name="Detail">Plain words, e.g. <c>not sent: no provider set</c>.</param>
/// <param name="OwedAt">When it became due.</param>
/// <param name="SentAt">When the provider took it.</param>
/// <param name="ReceiptAt">When the latest receipt came.</param>
public sealed record Notice(
    string NoticeId,
    string AlertId,
    int Step,
    string Channel,
    string Role,
    string Recipient,
    string Phone,
    string Text,
    string State,
    string? Detail,
    DateTimeOffset OwedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? ReceiptAt)
{
    /// <summary>Who sent it: <c>twilio</c>, <c>aliyun</c>, <c>webhook</c> or <c>wecom</c>; null when nobody has.</summary>
    public string? Provider { get; init; }

    /// <summary>Segments that the text took; null when it was not sent, or is no SMS.</summary>
    public int? Segments { get; init; }

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<NoticeAttempt> Attempts { get; init; } = [];

    /// <summary>Since when its receipt is late: the ladder waits for it no longer. Null: it came, is not late yet, or none is expected.</summary>
    public DateTimeOffset? LateSince { get; init; }

    /// <summary>What this person answered last: <c>cannot_come</c>, <c>here</c>, <c>safe</c>, <c>needs_help</c>, <c>on_the_way</c>; null: nothing yet.</summary>
    public string? Answer { get; init; }
}

/// <summary>
/// Body of <c>acknowledge</c>, <c>dispatch</c>, <c>arrive</c>, <c>note</c>, <c>close</c>, <c>reopen</c>, <c>hand-over</c> and
/// <c>regrade</c>. Each uses what it needs.
/// </summary>
/// <param name="Note">Free text, at most 1,000 characters.</param>
/// <param name="To">Dispatch: who is sent, if known. Hand-over: the user who sees to it from now on; one's own name takes it over.</param>
/// <param name="Outcome">Close: one of <see cref="Outcomes"/>, or words of your own, at most 64 characters.</param>
/// <param name="Text">Another name for <paramref name="Note"/>.</param>
public sealed record AlertAction(string? Note = null, string? To = null, string? Outcome = null, string? Text = null)
{
    /// <summary>Dispatch: the number of whoever is sent, or its last four digits; it tells two people of one name apart.</summary>
    public string? ToPhone { get; init; }

    /// <summary>Regrade: <c>P1</c>, <c>P2</c> or <c>P3</c>; the note says why.</summary>
    public string? Priority { get; init; }

    /// <summary>
    /// The version the person was looking at. When another person has acted since, the answer is 409 with <c>by</c>, <c>at</c> and
    /// <c>kind</c>; left out, the newest wins.
    /// </summary>
    public int? Version { get; init; }
}

/// <summary>How an alert ended. Every closed alert is a visit record.</summary>
public static class Outcomes
{
    /// <summary>Somebody was helped in an emergency.</summary>
    public const string Emergency = "emergency";

    /// <summary>Seen or spoken to: all is well.</summary>
    public const string Safe = "safe";

    /// <summary>Nobody at home, and known to be away.</summary>
    public const string Away = "away";

    /// <summary>In hospital.</summary>
    public const string Hospital = "hospital";

    /// <summary>Pressed by mistake, or cooking smoke.</summary>
    public const string FalseAlarm = "false_alarm";

    /// <summary>A test.</summary>
    public const string Test = "test";

    /// <summary>A leak or burst was found.</summary>
    public const string Leak = "leak";

    /// <summary>The device was at fault.</summary>
    public const string DeviceFault = "device_fault";

    /// <summary>Anything else; say it in the note.</summary>
    public const string Other = "other";

    /// <summary>All of them, in the order the console shows.</summary>
    public static IReadOnlyList<string> All { get; } = [Safe, FalseAlarm, Emergency, Away, Hospital, Leak, DeviceFault, Test, Other];
}

/// <summary>The daily digest (<c>GET /api/v1/digests</c>).</summary>
public sealed record Digest(DateOnly Day, string Text, DateTimeOffset WrittenAt);

/// <summary>
/// How the system itself is (<c>GET /api/v1/overview</c>): the console's header and footer. <c>TimeZone</c> is the IANA name of the zone
/// whose days and clocks the district lives by.
/// </summary>
public sealed record Overview(
    DateTimeOffset Now,
    int Households,
    int Devices,
    int DevicesConnected,
    int DevicesSilent,
    IReadOnlyDictionary<string, int> OpenByPriority,
    long MessagesStored,
    long MessagesQuarantined,
    bool SmsProviderSet,
    string Version,
    string? TimeZone = null)
{
    /// <summary><c>ok</c>, <c>retrying</c>, <c>paused</c> or <c>full</c>, see <see cref="TelemetryStore.State"/>; null for users of an area.</summary>
    public string? TelemetryState { get; init; }

    /// <summary>Points that are on disk but not in the database yet; null for users of an area.</summary>
    public long? TelemetryWaiting { get; init; }
}
