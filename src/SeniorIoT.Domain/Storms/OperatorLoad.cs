namespace SeniorIoT.Domain.Storms;

/// <summary>How many alerts a person can look at (EEMUA 191: one in ten minutes; ISA-18.2-2009: about 150 a day).</summary>
public static class OperatorLoad
{
    /// <summary>In an hour.</summary>
    public const int LimitHour = 6;

    /// <summary>In a day.</summary>
    public const int LimitDay = 150;

    /// <summary>An alert that is open longer is stale.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromHours(24);

    /// <summary>Whether so many are too many for one person.</summary>
    public static bool IsOver(int lastHour, int lastDay) => lastHour > LimitHour || lastDay > LimitDay;

    /// <summary>Whether so many alerts are too many for so many people; nobody counts as one.</summary>
    public static bool IsOver(int raisedLastHour, int raisedLastDay, int operators) =>
        raisedLastHour > LimitHour * Math.Max(1, operators) || raisedLastDay > LimitDay * Math.Max(1, operators);
}
