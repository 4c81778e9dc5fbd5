namespace SeniorIoT.Domain.Notices;

/// <summary>How soon a notice goes, against others. Numbers are stored: smaller goes first.</summary>
public enum SendRank
{
    /// <summary>The first that asks people to answer a P1, or to answer it anew.</summary>
    FirstOfP1,

    /// <summary>Anything else about a P1.</summary>
    P1,

    /// <summary>About a P2.</summary>
    P2,

    /// <summary>All others: answers to replies, tests, findings that can wait.</summary>
    Other,
}

/// <summary>How many notices may start now.</summary>
/// <param name="Urgent">Free places in the lane of P1.</param>
/// <param name="Others">Free places in the lane of all others.</param>
/// <param name="Paced">How many texts the providers take now, in all.</param>
public readonly record struct SendRoom(int Urgent, int Others, int Paced)
{
    /// <summary>Whether anything may start.</summary>
    public bool IsAny => Paced > 0 && (Urgent > 0 || Others > 0);

    /// <summary>So many of the notices that are due, the first first, are enough to choose from.</summary>
    public int LookAt => Math.Min(Urgent, Paced) + Others + 1;
}

/// <summary>What goes next, and when what could not go is tried again.</summary>
public static class SendOrder
{
    private static readonly TimeSpan UrgentAgainMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AgainMax = TimeSpan.FromSeconds(120);

    /// <summary>The rank of a notice about an alert of some priority.</summary>
    /// <param name="priority">Of the alert.</param>
    /// <param name="isFirst">Whether it belongs to the first step of people being asked.</param>
    public static SendRank RankOf(Alerts.Priority priority, bool isFirst) => priority switch
    {
        Alerts.Priority.P1 => isFirst ? SendRank.FirstOfP1 : SendRank.P1,
        Alerts.Priority.P2 => SendRank.P2,
        _ => SendRank.Other,
    };

    /// <summary>Whether it goes in the lane of P1.</summary>
    public static bool IsUrgent(this SendRank rank) => rank <= SendRank.P1;

    /// <summary>
    /// Those that go now, in order: by rank, then the oldest first. Nothing of a lower rank goes while one about a P1 is due and finds no place,
    /// and one place of the pace is left for the next P1, which may come at any moment.
    /// </summary>
    /// <param name="due">What is due; of many, the first <see cref="SendRoom.LookAt"/> in order are enough.</param>
    /// <param name="rank">Rank of one.</param>
    /// <param name="owedAt">Since when one is owed.</param>
    /// <param name="room">How many may start.</param>
    public static IReadOnlyList<T> Choose<T>(IEnumerable<T> due, Func<T, SendRank> rank, Func<T, DateTimeOffset> owedAt, SendRoom room)
    {
        var inOrder = due.OrderBy(rank).ThenBy(owedAt).ToList();
        var urgent = inOrder.TakeWhile(one => rank(one).IsUrgent()).ToList();
        var places = Math.Max(0, Math.Min(room.Urgent, room.Paced));
        if (urgent.Count > places) return urgent[..places];
        var left = Math.Clamp(room.Paced - urgent.Count - 1, 0, Math.Max(0, room.Others));
        return inOrder[..Math.Min(inOrder.Count, urgent.Count + left)];
    }

    /// <summary>How long to wait after the try number <paramref name="rounds"/> (from 0) that no provider took: longer each time, and never long for a P1.</summary>
    public static TimeSpan AgainAfter(int rounds, bool isUrgent)
    {
        var most = isUrgent ? UrgentAgainMax : AgainMax;
        return rounds > 3 ? most : TimeSpan.FromSeconds(Math.Min(most.TotalSeconds, 5 * Math.Pow(3, rounds)));
    }
}
