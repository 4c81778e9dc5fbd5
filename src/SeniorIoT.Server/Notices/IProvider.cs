using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Server.Notices;

/// <summary>A notice on its way to one provider.</summary>
/// <param name="NoticeId">The same in all attempts at all providers: whoever can, recognises a repeat by it.</param>
/// <param name="To">Number in E.164, or the key of a channel.</param>
/// <param name="Text">The whole text, with its signature.</param>
/// <param name="Template">Id of its <see cref="NoticeTemplate"/>.</param>
/// <param name="Values">What stands in the template's places.</param>
/// <param name="Priority">How urgent.</param>
/// <param name="OwedAt">Since when it is owed.</param>
internal sealed record Outgoing(string NoticeId, string To, string Text, string Template, IReadOnlyDictionary<string, string> Values, Priority Priority, DateTimeOffset OwedAt);

/// <summary>What became of an attempt.</summary>
internal abstract record SendResult
{
    /// <summary>The provider took it, under an id of its own.</summary>
    public sealed record Taken(string ProviderId) : SendResult;

    /// <summary>No answer, or none that could be read: nobody knows whether the text is on its way.</summary>
    public sealed record Unknown(string Said) : SendResult;

    /// <summary>Not taken. <paramref name="After"/>: how long the provider asked us to wait.</summary>
    public sealed record Refused(SendFault Fault, string Said, TimeSpan? After = null) : SendResult;
}

/// <summary>A text that a provider took.</summary>
/// <param name="NoticeId">Its notice.</param>
/// <param name="ProviderId">The provider's own id.</param>
/// <param name="To">Number in E.164.</param>
/// <param name="SentAt">When it was taken.</param>
internal sealed record SentText(string NoticeId, string ProviderId, string To, DateTimeOffset SentAt);

/// <summary>What a provider says became of a text. <paramref name="Fault"/> and <paramref name="Said"/>: why it did not arrive.</summary>
internal sealed record Receipt(NoticeState State, SendFault? Fault, string? Said);

/// <summary>
/// Somebody who carries notices out of the house: Twilio, Aliyun, a webhook, a WeCom robot. None of them throws for anything that the
/// network or the other side does, and none repeats a request by itself: a repeated request is a second text, and the outbox decides that.
/// </summary>
internal interface IProvider
{
    /// <summary>As settings, the API and the table of budgets call it.</summary>
    string Name { get; }

    /// <summary>What it carries.</summary>
    NoticeChannel Channel { get; }

    /// <summary>How many it takes in a second: in all, or for each address where <see cref="IsPacedByAddress"/>.</summary>
    double TextsPerSecond { get; }

    /// <summary>Whether each address has a pace of its own.</summary>
    bool IsPacedByAddress => false;

    /// <summary>How many a number may get in a day, where the contract says otherwise than <see cref="SendBudget.Table"/>; 0: any number.</summary>
    int? TextsADay => null;

    /// <summary>Whether it tells what became of a text that it took.</summary>
    bool GivesReceipts { get; }

    /// <summary>Whether it can carry a text to this number or address.</summary>
    bool Reaches(string to);

    /// <summary>Sends once.</summary>
    Task<SendResult> SendAsync(Outgoing text, CancellationToken cancel);

    /// <summary>The provider's id of a text whose sending got no answer, if it has it; null: it has not, or cannot say.</summary>
    Task<string?> FindAsync(Outgoing text, CancellationToken cancel) => Task.FromResult<string?>(null);

    /// <summary>What became of a text whose receipt is late, for who is asked; null: it is still under way, or the provider cannot say.</summary>
    Task<Receipt?> AskAsync(SentText text, CancellationToken cancel) => Task.FromResult<Receipt?>(null);
}
