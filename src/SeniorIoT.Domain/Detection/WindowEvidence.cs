using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>Evidence from a stretch of a window.</summary>
internal static class WindowEvidence
{
    /// <summary>Readings an alert shows at most.</summary>
    public const int ReadingsMax = 50;

    /// <summary>
    /// What the readings from place <paramref name="first"/> to <paramref name="last"/> show, where time counts from
    /// <paramref name="fromAt"/>, which may lie after the first.
    /// </summary>
    public static Evidence Of(ReadingWindow window, int first, int last, DateTimeOffset fromAt, long limitLitres) => new(
        FromAt: fromAt,
        UntilAt: window[last].At,
        CoveredHours: (window[last].At - fromAt).TotalHours,
        UsedLitres: window.UseAtLeast(first, last) / 1000.0,
        LimitLitres: limitLitres,
        LastUseAt: LastUseAt(window, last),
        Readings: Sample(window, first, last));

    private static DateTimeOffset? LastUseAt(ReadingWindow window, int last)
    {
        for (var i = last; i > 0; i--)
            if (window[i].TotalMillilitres > window[i - 1].TotalMillilitres) return window[i].At;
        return null;
    }

    // Both ends always; of too many between, evenly spread ones.
    private static Reading[] Sample(ReadingWindow window, int first, int last)
    {
        var count = Math.Min(last - first + 1, ReadingsMax);
        return [.. Enumerable.Range(0, count).Select(i => window[count == 1 ? last : first + (int)((long)i * (last - first) / (count - 1))])];
    }
}
