using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Notices;

/// <summary>How a notice reaches a person.</summary>
public enum NoticeChannel
{
    /// <summary>The queue of the monitoring centre.</summary>
    Console,

    /// <summary>A text message.</summary>
    Sms,

    /// <summary>A signed JSON message to a program of the committee.</summary>
    Webhook,

    /// <summary>A message of the robot in a WeCom group.</summary>
    Wecom,
}

/// <summary>
/// Where a notice stands. What receipts say moves it forwards only (see <see cref="NoticeRules.Follows"/>): they repeat and overtake each
/// other. Numbers are stored: new ones come last.
/// </summary>
public enum NoticeState
{
    /// <summary>To be sent.</summary>
    Owed,

    /// <summary>Handed to the provider; the answer is not known (also after a crash in that moment).</summary>
    Sending,

    /// <summary>The provider took it.</summary>
    Sent,

    /// <summary>No provider is set: the text can be read in the console.</summary>
    NotSent,

    /// <summary>Shown in the queue.</summary>
    Shown,

    /// <summary>The provider refused it, or could not be reached often enough.</summary>
    Failed,

    /// <summary>The network could not deliver it.</summary>
    Undelivered,

    /// <summary>It is on the phone.</summary>
    Delivered,

    /// <summary>Not sent, so that the number does not get more than its network lets through (see <see cref="SendBudget"/>).</summary>
    HeldBack,
}

/// <summary>Somebody who can be told.</summary>
/// <param name="Name">As the operator says it.</param>
/// <param name="Phone">Number, in whatever notation it was enrolled.</param>
/// <param name="Role">See <see cref="Alerts.Role"/>; anything else counts as <see cref="Role.Contact"/>.</param>
public sealed record Responder(string Name, string Phone, string Role)
{
    /// <summary>How. For other channels than texts, <see cref="Phone"/> is the channel's key in place of a number.</summary>
    public NoticeChannel Channel { get; init; } = NoticeChannel.Sms;

    /// <summary>One of <see cref="Languages"/>.</summary>
    public string Language { get; init; } = Languages.Chinese;

    /// <summary>Whether this person is absent: told only when nobody else can be.</summary>
    public bool IsAbsent { get; init; }

    /// <summary>Whether it is quiet hours for this person: told only of what cannot wait, or when nobody else can be told.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Whether texts are known not to get there.</summary>
    public bool IsUnreachable { get; init; }
}

/// <summary>A message that is owed: born in the same write as the alert or the step that owes it.</summary>
/// <param name="Id"><c>{alert}-{step}-{n}</c>; also the idempotency id towards the provider.</param>
/// <param name="Alert">What it is about.</param>
/// <param name="Step">Step of the alert.</param>
/// <param name="Channel">How.</param>
/// <param name="To">Whom.</param>
/// <param name="Text">The whole text.</param>
/// <param name="OwedAt">Since when.</param>
public sealed record Notice(string Id, AlertId Alert, int Step, NoticeChannel Channel, Responder To, string Text, DateTimeOffset OwedAt)
{
    /// <summary>
    /// Whether it tells people something instead of asking them to answer: it is sent also after somebody has answered, and its fate
    /// does not move the ladder. Such a notice may be about no alert: then <see cref="Alert"/> is empty.
    /// </summary>
    public bool IsInformation { get; init; }

    /// <summary>How soon it goes, against others.</summary>
    public SendRank Rank { get; init; } = SendRank.Other;

    /// <summary>What the text was made of; null: it stands for itself (<see cref="NoticeTemplate.Note"/>).</summary>
    public NoticeWords? Words { get; init; }
}
