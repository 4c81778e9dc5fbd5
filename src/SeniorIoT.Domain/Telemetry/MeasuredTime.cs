namespace SeniorIoT.Domain.Telemetry;

/// <summary>Decides which time counts for a message, from what the device claims and when we received it.</summary>
public static class MeasuredTime
{
    /// <summary>A device's clock may be this far ahead of ours before it is disbelieved.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(10);

    /// <summary>A time before this means that the device's clock was never set (1970, or the firmware's build default).</summary>
    public static readonly DateTimeOffset EarliestBelievable = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// The time that counts, and whether the claim was disbelieved. Without a claim, <paramref name="ageSeconds"/> before
    /// the receive time counts; without that, the receive time. A device that says it has no clock is never disbelieved.
    /// </summary>
    /// <param name="claimed">The device's <c>ts</c>; null when absent.</param>
    /// <param name="hasClock">False when the device says <c>clock: none</c>.</param>
    /// <param name="ageSeconds">Seconds between measuring and sending, 0 or more; null when absent.</param>
    /// <param name="receivedAt">Stamped at the door.</param>
    public static (DateTimeOffset At, bool IsSuspect) Judge(DateTimeOffset? claimed, bool hasClock, double? ageSeconds, DateTimeOffset receivedAt)
    {
        var byAge = ageSeconds is { } age and >= 0 ? receivedAt - TimeSpan.FromSeconds(Math.Min(age, TimeSpan.FromDays(3650).TotalSeconds)) : receivedAt;
        if (claimed is not { } at || !hasClock) return (byAge, false);
        return at > receivedAt + AheadMax || at < EarliestBelievable ? (byAge, true) : (at, false);
    }
}
