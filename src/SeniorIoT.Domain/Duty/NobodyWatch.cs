using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Duty;

/// <summary>When the administrator is told that there are households of which nobody could be told.</summary>
public static class NobodyWatch
{
    /// <summary>
    /// Decides what is to be told: a raise, also when the numbers are others than were told, a clearing, or nothing. A trouble that goes on is told
    /// again after somebody closed its alert.
    /// </summary>
    /// <param name="nobody">Households of which nobody can be told.</param>
    /// <param name="onlyUnreachable">Households of which only people can be told whom no text gets to.</param>
    /// <param name="standing">The newest alert of <see cref="Rule.NobodyToTell"/>; null when there never was one.</param>
    /// <param name="now">The moment.</param>
    public static Finding? Decide(int nobody, int onlyUnreachable, Alert? standing, DateTimeOffset now)
    {
        var rule = Rule.NobodyToTell;
        var isStanding = standing is { IsClosed: false, ClearedAt: null };
        if (nobody + onlyUnreachable == 0) return isStanding ? new Finding.Cleared(rule, now, "Of every household somebody can be told.") : null;
        var note = $"Households of which nobody can be told: {nobody}. Households with only people whom no text gets to: {onlyUnreachable}. Enter people on the page Duty.";
        return isStanding && standing!.Evidence.Note == note
            ? null
            : new Finding.Raised(rule, now, $"{Rule.SystemSubject}/{rule}/{now.ToUnixTimeMilliseconds()}", new Evidence(Note: note));
    }
}
