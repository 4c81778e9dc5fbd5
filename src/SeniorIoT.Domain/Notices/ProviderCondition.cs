namespace SeniorIoT.Domain.Notices;

/// <summary>
/// Whether a provider can be used, as its answers show. No timer: the moment until which it is left alone is kept, and compared with now.
/// </summary>
/// <param name="Failures">Failures in a row.</param>
/// <param name="RestsUntil">It is not asked before; null: it is asked.</param>
/// <param name="Problem">What it said last that was wrong; null when its latest answer was good.</param>
/// <param name="Since">Since when it has been failing.</param>
public sealed record ProviderCondition(int Failures, DateTimeOffset? RestsUntil, string? Problem, DateTimeOffset? Since)
{
    /// <summary>So many failures in a row, and the provider is left alone for a while.</summary>
    public const int FailuresMax = 3;

    /// <summary>How long it is left alone: long enough not to wait for it with every text, short enough to find out soon that it is back.</summary>
    public static readonly TimeSpan RestsFor = TimeSpan.FromSeconds(30);

    /// <summary>Nothing is wrong.</summary>
    public static readonly ProviderCondition Good = new(0, null, null, null);

    /// <summary>Whether it is out of order, as far as is known: nothing but one trial at a time, when it has rested, finds out that it is back.</summary>
    public bool IsDown { get; init; }

    /// <summary>Whether it may be asked by everybody.</summary>
    public bool IsUp(DateTimeOffset now) => !IsDown && (RestsUntil is not { } until || now >= until);

    /// <summary>Whether one text may find out whether it is back.</summary>
    public bool IsTrialDue(DateTimeOffset now) => IsDown && (RestsUntil is not { } until || now >= until);

    /// <summary>While a text is finding out: the others do not wait for it.</summary>
    public ProviderCondition OnTrial(DateTimeOffset now) => this with { RestsUntil = now + RestsFor };

    /// <summary>After an answer that shows that it works, also a refusal of one text.</summary>
    public ProviderCondition Worked() => Good;

    /// <summary>
    /// After a failure. One that every text would meet (<see cref="SendFault.Account"/>) and a wish to go slower count at once;
    /// <paramref name="after"/> is what the provider asked for, at most two minutes of it are kept.
    /// </summary>
    public ProviderCondition Failed(SendFault fault, string problem, TimeSpan? after, DateTimeOffset now)
    {
        var failures = Failures + (fault == SendFault.TooFast ? 0 : 1);
        var isDown = fault != SendFault.TooFast && (fault == SendFault.Account || failures >= FailuresMax);
        var rests = isDown ? Within(after ?? RestsFor) : fault == SendFault.TooFast ? Within(after ?? TimeSpan.FromSeconds(1)) : after is { } asked ? Within(asked) : TimeSpan.Zero;
        return new(failures, rests > TimeSpan.Zero ? now + rests : null, problem, Since ?? now) { IsDown = isDown };
    }

    private static TimeSpan Within(TimeSpan asked) => TimeSpan.FromSeconds(Math.Clamp(asked.TotalSeconds, 1, 120));
}

/// <summary>
/// How fast texts may go to a provider: places that come free at a steady rate, a second's worth of them kept at most. One place is left
/// for what is urgent, so a P1 never waits behind others. One number is all that is remembered.
/// </summary>
/// <param name="PerSecond">Places a second.</param>
/// <param name="FullAt">When all places are free again.</param>
public readonly record struct Pace(double PerSecond, DateTimeOffset FullAt)
{
    private double Room => Math.Max(2, PerSecond);

    /// <summary>Free places at <paramref name="now"/>.</summary>
    public int Free(DateTimeOffset now, bool isUrgent) => Math.Max(0, (int)Math.Floor(Places(now) + 1e-6) - (isUrgent ? 0 : 1));

    /// <summary>After one place was taken.</summary>
    public Pace Take(DateTimeOffset now) => this with { FullAt = (FullAt > now ? FullAt : now) + TimeSpan.FromSeconds(1 / PerSecond) };

    /// <summary>After a place was given back that nobody used.</summary>
    public Pace GiveBack() => this with { FullAt = FullAt - TimeSpan.FromSeconds(1 / PerSecond) };

    /// <summary>When the next place comes free, if none is.</summary>
    public DateTimeOffset NextAt(DateTimeOffset now, bool isUrgent)
    {
        var missing = (isUrgent ? 1 : 2) - Places(now);
        return missing <= 0 ? now : now + TimeSpan.FromSeconds(missing / PerSecond);
    }

    private double Places(DateTimeOffset now) => FullAt <= now ? Room : Room - ((FullAt - now).TotalSeconds * PerSecond);
}
