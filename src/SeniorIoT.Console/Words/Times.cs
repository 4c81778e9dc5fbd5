using System.Globalization;

namespace SeniorIoT.Console.Words;

/// <summary>
/// How moments and spans are written: on the centre's clock, wherever the browser is. The server says which clock that is; until it
/// did, China Standard Time, which has had no summer time since 1991.
/// </summary>
public static class Times
{
    private static volatile TimeZoneInfo _zone = TimeZoneInfo.CreateCustomTimeZone("China", TimeSpan.FromHours(8), null, null);

    /// <summary>Takes the time zone that the server names. True when it is another than before; a zone that the browser does not know changes nothing.</summary>
    public static bool Use(string? zone)
    {
        if (zone is null || zone == _zone.Id || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)) return false;
        _zone = found;
        return true;
    }

    /// <summary>The same instant on the centre's clock.</summary>
    public static DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);

    /// <summary>Start of the centre's day that contains <paramref name="at"/>.</summary>
    public static DateTimeOffset DayOf(DateTimeOffset at) => Chosen(Local(at).Date);

    /// <summary>The instant of a time that a person chose on the centre's clock.</summary>
    public static DateTimeOffset Chosen(DateTime onCentreClock)
    {
        var chosen = DateTime.SpecifyKind(onCentreClock, DateTimeKind.Unspecified);
        return new(chosen, _zone.GetUtcOffset(chosen));
    }

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
