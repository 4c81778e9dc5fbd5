using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Kpis;

/// <summary>What the figures need of an alert.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Rule">Rule id.</param>
/// <param name="Priority">How urgent it is now.</param>
/// <param name="Committee">Its committee; empty for the platform itself.</param>
/// <param name="RaisedAt">When it was raised.</param>
/// <param name="AskedAt">Since when people are asked for the answer that it got or waits for.</param>
/// <param name="AnsweredAt">When a person answered; null: nobody yet.</param>
/// <param name="AnsweredBy">Who.</param>
/// <param name="DispatchedAt">When somebody was sent.</param>
/// <param name="ArrivedAt">When somebody was first at the door.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record AlertFacts(
    AlertId Id, string Rule, Priority Priority, string Committee, DateTimeOffset RaisedAt, DateTimeOffset AskedAt, DateTimeOffset? AnsweredAt, string? AnsweredBy,
    DateTimeOffset? DispatchedAt, DateTimeOffset? ArrivedAt, DateTimeOffset? ClosedAt, string? Outcome)
{
    /// <summary>Where; empty for the platform itself.</summary>
    public string HouseholdId { get; init; } = "";

    /// <summary>The sub-district of <see cref="Committee"/>: two sub-districts may each have a committee of one name.</summary>
    public string SubDistrict { get; init; } = "";

    /// <summary>Who <see cref="AnsweredBy"/> is; null where only the name is known.</summary>
    public PersonId? AnsweredById { get; init; }

    /// <summary>What tells the person who answered from others of the name.</summary>
    public string? Answerer => AnsweredBy is null ? null : AnsweredById?.Value ?? AnsweredBy;

    /// <summary>How urgent it was when it was raised: made a P3 later, it was a call all the same.</summary>
    public Priority RaisedAs { get; init; } = Priority.P3;

    /// <summary>Whether people were expected to answer: never only a technical finding, not the platform itself.</summary>
    public bool IsCall => (Priority != Priority.P3 || RaisedAs != Priority.P3) && HouseholdId.Length > 0;

    /// <summary>The longest that people waited in an earlier round, answered or not; null when there was none, or nobody knows.</summary>
    public TimeSpan? SlowestAnswer { get; init; }

    /// <summary>From asking to the answer, the slowest of all rounds; null while nobody has answered.</summary>
    public TimeSpan? TimeToAnswer => AnsweredAt - AskedAt is not { } last ? null : SlowestAnswer > last ? SlowestAnswer : last;

    /// <summary>From asking until somebody was at the door.</summary>
    public TimeSpan? TimeToDoor => ArrivedAt is not { } at ? null : at > AskedAt ? at - AskedAt : TimeSpan.Zero;
}
