using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Proof;

/// <summary>
/// When somebody is told that the books do not balance. A mismatch is itself an alarm, also one that was mended: something let it happen.
/// Each is told once; it is over when a later look finds none.
/// </summary>
public static class ReconciliationAlarm
{
    /// <summary>Decides what is to be told: a raise, a clearing, or nothing.</summary>
    /// <param name="isOn">Whether breaks were told and not cleared.</param>
    /// <param name="before">What is known to be broken from before.</param>
    /// <param name="found">What is broken now.</param>
    /// <param name="mended">How many of those were mended.</param>
    /// <param name="now">The moment.</param>
    public static Finding? Decide(bool isOn, IReadOnlyList<Break> before, IReadOnlyList<Break> found, int mended, DateTimeOffset now)
    {
        if (found.Count == 0) return isOn ? new Finding.Cleared(Rule.Reconciliation, now, "From call to answer nothing is missing any more.") : null;
        var known = before.Select(IdentityOf).ToHashSet();
        if (isOn && found.All(one => known.Contains(IdentityOf(one)))) return null;
        var note = string.Create(CultureInfo.InvariantCulture, $"Between call and answer {found.Count} things are missing; mended by itself: {mended}. See the page System for what, and whose.");
        return new Finding.Raised(Rule.Reconciliation, now, $"{Rule.SystemSubject}/{Rule.Reconciliation}/{now.ToUnixTimeMilliseconds()}", new Evidence(Note: note));
    }

    private static (string, string) IdentityOf(Break one) => (one.Kind, one.Subject);
}
