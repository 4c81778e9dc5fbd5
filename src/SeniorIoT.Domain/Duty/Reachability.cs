using System.Collections.Immutable;
using SeniorIoT.Domain.Notices;

namespace SeniorIoT.Domain.Duty;

/// <summary>Whether a text gets to a person, as far as is known.</summary>
public enum Reach
{
    /// <summary>Nothing speaks against it.</summary>
    Fine,

    /// <summary>No text was ever known to arrive, and none was sent as a test.</summary>
    Untested,

    /// <summary>What is written there cannot be a phone number.</summary>
    NoNumber,

    /// <summary>A landline, which takes no texts.</summary>
    Landline,

    /// <summary>The latest texts all failed or could not be delivered.</summary>
    Failing,

    /// <summary>Texts were sent, and for a long time no receipt said that one arrived.</summary>
    Unconfirmed,
}

/// <summary>What became of a text.</summary>
/// <param name="OwedAt">When it became due.</param>
/// <param name="State">Where it stands.</param>
public readonly record struct SentText(DateTimeOffset OwedAt, NoticeState State);

/// <summary>What is known of the texts to one number.</summary>
/// <param name="Newest">The latest texts that were given to a provider, newest first.</param>
/// <param name="DeliveredAt">When a receipt last said that one arrived.</param>
/// <param name="HeardAt">When the person last answered by text.</param>
/// <param name="TestedAt">When a test text was last owed.</param>
public sealed record TextRecord(ImmutableArray<SentText> Newest, DateTimeOffset? DeliveredAt, DateTimeOffset? HeardAt, DateTimeOffset? TestedAt)
{
    /// <summary>Nobody ever texted this number.</summary>
    public static TextRecord None { get; } = new([], null, null, null);
}

/// <summary>Finds out beforehand who cannot be told.</summary>
public static class Reachability
{
    /// <summary>A receipt may take so long.</summary>
    public static readonly TimeSpan ReceiptWithin = TimeSpan.FromDays(1);

    /// <summary>Judges one number.</summary>
    /// <param name="phone">As written.</param>
    /// <param name="texts">What is known of texts to it.</param>
    /// <param name="failuresMax">So many texts in a row that did not arrive mean that none does.</param>
    /// <param name="receiptWithin">So long without a receipt means that none arrives; more than a month, the time between two tests.</param>
    /// <param name="receiptsCome">Whether the provider sends receipts at all.</param>
    /// <param name="now">The moment.</param>
    public static Reach Of(string phone, TextRecord texts, int failuresMax, TimeSpan receiptWithin, bool receiptsCome, DateTimeOffset now)
    {
        if (PhoneNumber.ToE164(phone) is not { } number) return Reach.NoNumber;
        if (PhoneNumber.IsLandline(number)) return Reach.Landline;
        var since = texts.Newest.Where(text => text.OwedAt > (texts.HeardAt ?? DateTimeOffset.MinValue)).Take(failuresMax).ToList();
        if (since.Count == failuresMax && since.All(text => text.State is NoticeState.Failed or NoticeState.Undelivered)) return Reach.Failing;
        var provenAt = texts.DeliveredAt > texts.HeardAt || texts.HeardAt is null ? texts.DeliveredAt : texts.HeardAt;
        if (receiptsCome && !(provenAt >= now - receiptWithin) && texts.Newest.Any(text => text.State == NoticeState.Sent && text.OwedAt <= now - ReceiptWithin))
            return Reach.Unconfirmed;
        return provenAt is null && texts.TestedAt is null ? Reach.Untested : Reach.Fine;
    }

    /// <summary>Whether a finding means that no text gets there. Somebody who was never tested may well be reached.</summary>
    public static bool IsUnreachable(Reach reach) => reach is not (Reach.Fine or Reach.Untested);
}
