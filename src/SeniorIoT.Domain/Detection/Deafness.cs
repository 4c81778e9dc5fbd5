using System.Collections.Immutable;

namespace SeniorIoT.Domain.Detection;

/// <summary>A time in which a device could not be heard, whatever it said: we were down, or the gateway it speaks through was.</summary>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when; null while it lasts.</param>
public readonly record struct DeafTime(DateTimeOffset From, DateTimeOffset? Until);

/// <summary>Silence that is not the device's own.</summary>
public static class Deafness
{
    /// <summary>A pause of ours up to this long is none: devices send again what was not acknowledged.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// By when a device must be heard that was last heard at <paramref name="heardAt"/>: an interval later, or, when it could not be
    /// heard for a part of that, an interval after it could be again. Null while it cannot be heard.
    /// </summary>
    /// <param name="heardAt">When it was last heard.</param>
    /// <param name="interval">How long it may be silent.</param>
    /// <param name="times">When it could not be heard, in order of their beginning.</param>
    public static DateTimeOffset? DueAt(DateTimeOffset heardAt, TimeSpan interval, ImmutableArray<DeafTime> times)
    {
        var dueAt = heardAt + interval;
        foreach (var time in times)
        {
            if (time.From > dueAt || time.Until <= heardAt) continue; // silent before it began, or heard since
            if (time.Until is not { } until) return null;
            if (until + interval > dueAt) dueAt = until + interval;
        }

        return dueAt;
    }
}
