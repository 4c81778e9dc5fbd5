namespace SeniorIoT.Domain.Kpis;

/// <summary>Why an alert is an exception that somebody must explain.</summary>
public enum ExceptionKind
{
    /// <summary>Answered, or asked anew, later than <see cref="KpiRules.AnswerMax"/>.</summary>
    AnsweredLate,

    /// <summary>Not answered although that time is over.</summary>
    Unanswered,

    /// <summary>Somebody was sent, and was not at the door within <see cref="KpiRules.DoorMax"/>, or nobody wrote down that he was.</summary>
    DoorLate,
}

/// <summary>Calls of a part of the whole, and how many were answered in time.</summary>
/// <param name="Part">Which part.</param>
/// <param name="Calls">All of them.</param>
/// <param name="Within60s">Share answered within a minute; null when nothing counts.</param>
public sealed record KpiPart<T>(T Part, int Calls, double? Within60s);

/// <summary>
/// The key figures (design section 6; the times are those of the telecare quality standard of the UK: 97.5 % within 60 s, 99 % within 180 s, 90 % at the door within
/// 45 min, 100 % within 60 min). Counted are P1 and P2 of households, also those that somebody made a P3 later. An alert that nobody has answered counts as late once the time is over, and
/// as nothing before. At the door counts of those to whom somebody was sent; one that was closed in time without a word about the door counts as nothing.
/// </summary>
public static class KpiRules
{
    /// <summary>The usual time to answer.</summary>
    public static readonly TimeSpan AnswerUsual = TimeSpan.FromSeconds(60);

    /// <summary>Every call that is answered later must be explained.</summary>
    public static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(180);

    /// <summary>The usual time to the door.</summary>
    public static readonly TimeSpan DoorUsual = TimeSpan.FromMinutes(45);

    /// <summary>Every visit that takes longer must be explained.</summary>
    public static readonly TimeSpan DoorMax = TimeSpan.FromMinutes(60);

    /// <summary>The share of calls answered within a time, 0 to 1; null when nothing counts.</summary>
    public static double? AnsweredWithin(IEnumerable<AlertFacts> alerts, TimeSpan within, DateTimeOffset now) =>
        Share(
            alerts.Where(alert => alert.IsCall), alert => alert.TimeToAnswer ?? (alert.SlowestAnswer > within ? alert.SlowestAnswer : null), alert => now - alert.AskedAt, within);

    /// <summary>The share of visits at the door within a time, 0 to 1; null when nothing counts.</summary>
    public static double? ArrivedWithin(IEnumerable<AlertFacts> alerts, TimeSpan within, DateTimeOffset now) =>
        Share(alerts.Where(alert => alert.IsCall && (alert.DispatchedAt ?? alert.ArrivedAt) is not null), alert => alert.TimeToDoor, alert => (alert.ClosedAt ?? now) - alert.AskedAt, within);

    /// <summary>The time that a share of the answered calls did not exceed (nearest rank), in seconds; null when none was answered.</summary>
    public static double? SecondsToAnswer(IEnumerable<AlertFacts> alerts, double share)
    {
        List<double> seconds = [.. alerts.Where(alert => alert.IsCall).Select(alert => alert.TimeToAnswer).OfType<TimeSpan>().Select(time => time.TotalSeconds).Order()];
        return seconds.Count == 0 ? null : seconds[Math.Clamp((int)Math.Ceiling(share * seconds.Count) - 1, 0, seconds.Count - 1)];
    }

    /// <summary>Calls by a property of theirs, each call in one part, in no order.</summary>
    public static IReadOnlyList<KpiPart<T>> By<T>(IEnumerable<AlertFacts> alerts, Func<AlertFacts, T> part, DateTimeOffset now) =>
        [.. alerts.Where(alert => alert.IsCall).GroupBy(part).Select(group => new KpiPart<T>(group.Key, group.Count(), AnsweredWithin(group, AnswerUsual, now)))];

    /// <summary>Why an alert must be explained; nothing for nearly all.</summary>
    public static IReadOnlyList<ExceptionKind> ExceptionsOf(AlertFacts alert, DateTimeOffset now)
    {
        if (!alert.IsCall) return [];
        List<ExceptionKind> kinds = [];
        if ((alert.TimeToAnswer ?? alert.SlowestAnswer) > AnswerMax) kinds.Add(ExceptionKind.AnsweredLate);
        if (alert.AnsweredAt is null && now - alert.AskedAt > AnswerMax) kinds.Add(ExceptionKind.Unanswered);
        if (alert.DispatchedAt is not null && (alert.TimeToDoor is { } door ? door > DoorMax : (alert.ClosedAt ?? now) - alert.AskedAt > DoorMax)) kinds.Add(ExceptionKind.DoorLate);
        return kinds;
    }

    private static double? Share(IEnumerable<AlertFacts> alerts, Func<AlertFacts, TimeSpan?> time, Func<AlertFacts, TimeSpan> waited, TimeSpan within)
    {
        var (known, inTime) = (0, 0);
        foreach (var alert in alerts)
        {
            if (time(alert) is { } taken)
            {
                known++;
                if (taken <= within) inTime++;
            }
            else if (waited(alert) > within)
            {
                known++;
            }
        }

        return known == 0 ? null : (double)inTime / known;
    }
}
