namespace SeniorIoT.Api;

/// <summary>One attempt to send a notice.</summary>
/// <param name="N">1 for the first.</param>
/// <param name="Provider">Who was asked.</param>
/// <param name="At">When.</param>
/// <param name="State">As of a notice: <c>sending</c> (no answer, nobody knows), <c>sent</c>, <c>delivered</c>, <c>undelivered</c> or <c>failed</c>.</param>
/// <param name="Detail">What was said, in English; null when nothing was.</param>
public sealed record NoticeAttempt(int N, string Provider, DateTimeOffset At, string State, string? Detail);

/// <summary>A number that gets no texts any more (<c>GET /api/v1/sms/barred</c>).</summary>
/// <param name="Number">In E.164.</param>
/// <param name="Why">In English.</param>
/// <param name="At">Since when.</param>
public sealed record BarredNumber(string Number, string Why, DateTimeOffset At);

/// <summary>Somebody who carries notices (<c>GET /api/v1/sms/providers</c>).</summary>
/// <param name="Name"><c>twilio</c>, <c>aliyun</c>, <c>webhook</c> or <c>wecom</c>.</param>
/// <param name="Channel"><c>sms</c>, <c>webhook</c> or <c>wecom</c>.</param>
/// <param name="IsUp">Whether it is asked.</param>
/// <param name="Problem">What it said last that was wrong, in English; null when its latest answer was good.</param>
/// <param name="Since">Since when it has been failing.</param>
/// <param name="RestsUntil">It is not asked before; null: it is.</param>
/// <param name="TakenToday">Notices that it took since midnight of the district.</param>
/// <param name="DeliveredToday">Those of them that arrived, as receipts say.</param>
/// <param name="LostToday">Those of them that did not.</param>
/// <param name="GivesReceipts">Whether it tells what becomes of them.</param>
/// <param name="TextsPerSecond">How fast it is used.</param>
/// <param name="Budgets">What a number may get, by the beginning of the number.</param>
public sealed record ProviderState(
    string Name, string Channel, bool IsUp, string? Problem, DateTimeOffset? Since, DateTimeOffset? RestsUntil, int TakenToday, int DeliveredToday, int LostToday, bool GivesReceipts,
    double TextsPerSecond, IReadOnlyList<NumberBudget> Budgets);

/// <summary>What waits to be sent by text (<c>GET /api/v1/sms/queue</c>).</summary>
/// <param name="Waiting">Texts that wait for a provider.</param>
/// <param name="UrgentWaiting">Those of them about a P1.</param>
/// <param name="OldestOwedAt">Since when the oldest of them is owed; null: none waits.</param>
/// <param name="NotNeededToday">Texts of today that were not sent because they were not needed any more: somebody had answered, a newer one says the same, or it was over.</param>
/// <param name="WithoutReceipt">Texts of today of which no receipt came in time.</param>
/// <param name="OldestLateSince">Since when the oldest of those receipts is late; null: none is.</param>
/// <param name="AllDownSince">Since when no provider takes texts; null: one does, or none is set up.</param>
public sealed record SmsQueue(
    int Waiting, int UrgentWaiting, DateTimeOffset? OldestOwedAt, int NotNeededToday, int WithoutReceipt, DateTimeOffset? OldestLateSince, DateTimeOffset? AllDownSince);

/// <summary>What one number may get.</summary>
/// <param name="Prefix">Numbers that begin so; empty: all.</param>
/// <param name="Texts">So many.</param>
/// <param name="Hours">Within.</param>
/// <param name="IsSameText">Whether texts that are the same are meant.</param>
public sealed record NumberBudget(string Prefix, int Texts, double Hours, bool IsSameText);

/// <summary>How an area is told of things (<c>GET</c> and <c>PUT /api/v1/areas/{area}/channels</c>).</summary>
/// <param name="Area">Committee, sub-district or <c>district</c>.</param>
/// <param name="Language">Language of its texts: <c>zh</c> or <c>en</c>; null: as the area above it.</param>
/// <param name="Channels">Channels besides SMS.</param>
/// <param name="DigestTo">E-mail addresses that get its daily digest.</param>
public sealed record AreaTelling(string Area, string? Language, IReadOnlyList<Channel> Channels, IReadOnlyList<string> DigestTo);

/// <summary>A channel to a group of people.</summary>
/// <param name="Name">What people call it; unique in the area.</param>
/// <param name="Kind"><c>webhook</c> or <c>wecom</c>.</param>
public sealed record Channel(string Name, string Kind)
{
    /// <summary>Where it is: scheme and host. The rest may hold a key and is never shown.</summary>
    public string? Host { get; init; }

    /// <summary>Whether a webhook is signed.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Only written: the whole address; left out, the one that is known stays.</summary>
    public string? Url { get; init; }

    /// <summary>Only written: what a webhook is signed with; left out, the one that is known stays; empty: none.</summary>
    public string? Secret { get; init; }
}

/// <summary>An e-mail to one address (<c>GET /api/v1/mails</c>).</summary>
/// <param name="Id">Rises with every mail.</param>
/// <param name="At">When it was written.</param>
/// <param name="To">To whom.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="State"><c>waiting</c>, <c>sent</c>, <c>failed</c>, or <c>not_sent</c> where no mail server is set.</param>
/// <param name="Detail">What the mail server said, in English; null when nothing is wrong.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="SentAt">When the mail server took it.</param>
public sealed record Mail(long Id, DateTimeOffset At, string To, string Subject, string State, string? Detail, int Attempts, DateTimeOffset? SentAt);
