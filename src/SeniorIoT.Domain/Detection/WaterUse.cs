using SeniorIoT.Domain.Alerts;

namespace SeniorIoT.Domain.Detection;

/// <summary>Water that ran for certain, at some moment between two readings.</summary>
/// <param name="FromAt">The reading before.</param>
/// <param name="UntilAt">The reading that shows it.</param>
public readonly record struct WaterUse(DateTimeOffset FromAt, DateTimeOffset UntilAt)
{
    /// <summary>
    /// The latest use that lies wholly after a moment, as far as the readings prove one; null otherwise, and while water never stops, which
    /// shows nobody's hand.
    /// </summary>
    public static WaterUse? After(WaterState meter, DateTimeOffset at)
    {
        if (meter.Status.Has(Rule.Leak)) return null;
        var window = meter.Window;
        for (var i = window.Count - 1; i > 0 && window[i - 1].At >= at; i--)
            if (window[i].TotalMillilitres > window[i - 1].TotalMillilitres) return new(window[i - 1].At, window[i].At);
        return null;
    }

    /// <summary>
    /// What to write on the open alert of a call when the meter shows that somebody used water after it: once for an alert and hour, which
    /// the cause sees to. Null when nothing is proven.
    /// </summary>
    /// <param name="meter">The home's meter.</param>
    /// <param name="call">The rule of the open alert.</param>
    /// <param name="alert">The alert.</param>
    /// <param name="calledAt">When it was last called.</param>
    /// <param name="context">The meter, and the clock of its home.</param>
    public static Finding.Noted? NoteAfter(WaterState meter, Rule call, AlertId alert, DateTimeOffset calledAt, DeviceContext context) => After(meter, calledAt) is not { } use
        ? null
        : new(call, use.UntilAt, $"{context.DeviceId}/use-after/{alert}/{use.UntilAt.ToUnixTimeSeconds() / 3600}",
            $"Water ran between {context.Clock(use.FromAt)} and {context.Clock(use.UntilAt)}, after the call.");
}
