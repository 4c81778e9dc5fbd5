using System.Collections.Immutable;
using System.Globalization;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// The end of an absence as a meter sees it. The first water after it is a line in the home's history, so that whoever looks knows that somebody
/// is back. That nothing is used is told by <c>no-water</c>, which watches the home from the end of the absence on.
/// </summary>
internal static class ReturnRule
{
    /// <summary>The kind of the line.</summary>
    public const string Kind = "returned";

    private const long UseMillilitres = 1_000;

    /// <summary>Writes down the first use after each absence that the new readings show; readings that come late add nothing.</summary>
    public static void Record(ReadingWindow before, ReadingWindow after, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (context.Absences.Periods.IsEmpty) return; // most homes, most of the time
        var knownUntil = before.Count == 0 ? DateTimeOffset.MinValue : before.Last.At;
        for (var i = Math.Max(1, after.IndexAtOrBefore(knownUntil) + 1); i < after.Count; i++)
        {
            if (context.Absences.LastSince(DateTimeOffset.MinValue, after[i].At) is not { } away || away.Until >= after[i].At) continue;
            var basis = after.IndexAtOrBefore(away.Until);
            if (basis >= 0 && !IsUse(after, basis, i - 1) && IsUse(after, basis, i))
                findings.Add(new Finding.Recorded(Kind, after[i].At, $"First use of water after the absence that ended {Clock(away.Until, context)}."));
        }
    }

    /// <summary>What to add to the evidence of a stretch that begins with the end of an absence; null for any other.</summary>
    public static string? NoteFor(DateTimeOffset? fromAt, DeviceContext context) =>
        fromAt is { } at && context.Absences.At(at.AddTicks(-1)) is { } away && away.Until == at
            ? $"The absence ended {Clock(at, context)}; since then nothing shows that somebody is back."
            : null;

    private static bool IsUse(ReadingWindow window, int from, int until) => window[until].TotalMillilitres - window[from].TotalMillilitres >= UseMillilitres;

    private static string Clock(DateTimeOffset at, DeviceContext context) =>
        TimeZoneInfo.ConvertTime(at, context.Zone).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}
