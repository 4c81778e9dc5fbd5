using System.Collections.Immutable;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// When a home uses water: for each hour of the local day, on weekdays and at weekends, the share of days on which water ran in that
/// hour. Old days fade. Immutable; about 260 bytes.
/// </summary>
/// <remarks>
/// A stretch without water teaches only when it is over, so no stretch is judged by what it taught itself. One of a day or longer is an
/// absence, and teaches only that such stretches happen. Hours of which the readings prove nothing are not learnt from.
/// </remarks>
public sealed record Habit
{
    /// <summary>Weeks over which the longest stretch is remembered.</summary>
    public const int WeeksKept = 8;

    /// <summary>What <see cref="LongLately"/> is in a usual home.</summary>
    internal const double LongLatelyUsually = 1.2;

    private const double HoursToHalf = 168;

    /// <summary>A home of which nothing is known: it is taken to use water in three hours of ten, and long stretches are taken to be neither rare nor common.</summary>
    public static Habit Unknown { get; } = new();

    /// <summary>What was seen of each hour.</summary>
    public HabitCells Cells { get; init; } = HabitCells.Empty;

    /// <summary>The newest local hour learnt from, in hours since 1970; 0 when none.</summary>
    public long LearntHour { get; init; }

    /// <summary>
    /// Longest stretch without water that ended in each of the last weeks, in half hours, 255 at most; the newest week first.
    /// </summary>
    public ImmutableArray<byte> Longest { get; init; } = [];

    /// <summary>How often a stretch without water lasts long, by the time of day at which it begins.</summary>
    public StretchCells Stretches { get; init; } = StretchCells.Empty;

    /// <summary>
    /// How many stretches were long lately, each counting half after a week: they come in clusters, when somebody is ill, has visitors or travels.
    /// A home of which nothing is known begins with what is usual.
    /// </summary>
    public double LongLately { get; init; } = LongLatelyUsually;

    /// <summary>How many weekdays it has seen, 28 at most: how far it is to be trusted.</summary>
    public int DaysSeen() => Cells.DaysSeen;

    /// <summary>The share of days on which water runs in an hour: 0 to 1.</summary>
    /// <param name="hour">Hours since 1970 in local time.</param>
    public double ShareOf(long hour) => Cells.ShareOf(IsWeekend(hour), (int)(hour % 24));

    /// <summary>The number of hours in which this home uses water on a usual day: 0 to 24.</summary>
    public double HoursADay() => Enumerable.Range(0, 24).Sum(hour => (5 * Cells.ShareOf(false, hour) + 2 * Cells.ShareOf(true, hour)) / 7);

    /// <summary>The longest stretch without water that ended in the last weeks, as far as they were seen; null when none was.</summary>
    public TimeSpan? LongestStretch() => Longest.IsEmpty || Longest.Max() == 0 ? null : TimeSpan.FromHours(Longest.Max() / 2.0);

    /// <summary>The habit after a stretch without water that is over.</summary>
    /// <param name="stretch">What the readings prove of it.</param>
    internal Habit Learn(Stretch stretch)
    {
        var cells = Cells.ToBuilder();
        var newest = LearntHour;
        for (var hour = Math.Max(stretch.FirstHour, LearntHour + 1); hour < stretch.EndHour; hour++)
        {
            cells.See(IsWeekend(hour), (int)(hour % 24), false);
            newest = hour;
        }

        if (stretch.UsedHour is { } used && used > newest)
        {
            cells.See(IsWeekend(used), (int)(used % 24), true);
            newest = used;
        }

        if (newest == LearntHour) return this;
        var weeks = LearntHour == 0 ? 0 : (int)Math.Min(newest / 168 - LearntHour / 168, 100);
        return this with
        {
            Cells = cells.ToCells(),
            Stretches = Stretches.After(weeks, stretch),
            LearntHour = newest,
            LongLately = Math.Round((LearntHour == 0 ? LongLately : LongLately * Math.Pow(0.5, (newest - LearntHour) / HoursToHalf)) + (stretch.IsLong ? 1 : 0), 3),
            Longest = Remember(weeks, stretch.Length),
        };
    }

    /// <summary>Whether a local hour since 1970 is of a Saturday or Sunday.</summary>
    internal static bool IsWeekend(long hour) => (hour / 24 + 3) % 7 >= 5; // 1970-01-01 was a Thursday

    private ImmutableArray<byte> Remember(int weeks, TimeSpan length)
    {
        var halves = (byte)Math.Clamp(length.TotalHours * 2, 0, 255);
        if (Longest.IsEmpty) return [halves];
        if (weeks == 0) return Longest.SetItem(0, Math.Max(Longest[0], halves));
        return [halves, .. Enumerable.Repeat((byte)0, Math.Min(weeks - 1, WeeksKept - 1)), .. Longest.Take(WeeksKept - Math.Min(weeks, WeeksKept))];
    }
}

/// <summary>A stretch without water that is over. Hours are local ones since 1970.</summary>
/// <param name="StartHour">The hour in which it began; null when the readings stand too far apart to say.</param>
/// <param name="FirstHour">The first hour proven without water.</param>
/// <param name="EndHour">The first hour after those.</param>
/// <param name="UsedHour">The hour in which water ran again; null when the readings stand too far apart to say.</param>
/// <param name="Length">How long no water ran, as far as it is proven.</param>
/// <param name="IsLong">Whether it was long enough to be judged.</param>
internal readonly record struct Stretch(long? StartHour, long FirstHour, long EndHour, long? UsedHour, TimeSpan Length, bool IsLong);
