using System.Globalization;

namespace SeniorIoT.Console.Words;

/// <summary>How moments and spans are written. The centre works in China Standard Time, which has had no summer time since 1991.</summary>
public static class Times
{
    private static readonly TimeSpan ChinaOffset = TimeSpan.FromHours(8);

    /// <summary>The same instant on the centre's clock.</summary>
    public static DateTimeOffset Local(DateTimeOffset at) => at.ToOffset(ChinaOffset);

    /// <summary>Start of the centre's day that contains <paramref name="at"/>.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset at) => new(Local(at).Date, ChinaOffset);

    /// <summary>The instant of a time that a person chose on the centre's clock.</summary>
    public static DateTimeOffset Chosen(DateTime onCentreClock) => new(DateTime.SpecifyKind(onCentreClock, DateTimeKind.Unspecified), ChinaOffset);

    /// <summary>Time of day with seconds.</summary>
    public static string Clock(DateTimeOffset at) => Text(at, "HH:mm:ss");

    /// <summary>As <see cref="Moment"/>, with seconds: for records, where the order within a minute matters.</summary>
    public static string Stamp(DateTimeOffset at, DateTimeOffset now) => Moment(at, now) + Text(at, ":ss");

    /// <summary>A moment in as few signs as leave no doubt: the time today, with the date before, with the year in another year.</summary>
    public static string Moment(DateTimeOffset at, DateTimeOffset now)
    {
        var (local, today) = (Local(at), Local(now));
        return Text(at, local.Date == today.Date ? "HH:mm" : local.Year == today.Year ? "MM-dd HH:mm" : "yyyy-MM-dd HH:mm");
    }

    /// <summary>A running time: <c>04:09</c>, <c>3:04:09</c>, then days.</summary>
    public static string Elapsed(TimeSpan span, Wording words)
    {
        if (span < TimeSpan.Zero)
            span = TimeSpan.Zero;
        return span.TotalHours < 1 ? span.ToString(@"mm\:ss", CultureInfo.InvariantCulture)
            : span.TotalDays < 1 ? span.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture)
            : words.Say("time.days", (int)span.TotalDays, span.ToString(@"hh\:mm", CultureInfo.InvariantCulture));
    }

    /// <summary>How long ago, in the largest unit that fits.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now, Wording words) => (now - at) switch
    {
        { TotalSeconds: < 60 } => words["time.now"],
        { TotalMinutes: < 60 } span => words.Say("time.minutesAgo", (int)span.TotalMinutes),
        { TotalHours: < 48 } span => words.Say("time.hoursAgo", (int)span.TotalHours),
        var span => words.Say("time.daysAgo", (int)span.TotalDays),
    };

    /// <summary>Any other format, on the centre's clock.</summary>
    internal static string Text(DateTimeOffset at, string format) => Local(at).ToString(format, CultureInfo.InvariantCulture);
}
