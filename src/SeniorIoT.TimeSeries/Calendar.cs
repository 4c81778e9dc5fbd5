namespace SeniorIoT.TimeSeries;

/// <summary>UTC days and months as small numbers, and the times that can be stored.</summary>
internal static class Calendar
{
    public const long DayMs = 86_400_000;

    /// <summary>2000-01-01T00:00Z, the first time that can be stored.</summary>
    public static readonly long FirstMs = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>2101-01-01T00:00Z, the first time that is too late to be stored.</summary>
    public static readonly long EndMs = new DateTimeOffset(2101, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static readonly int Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    /// <summary>Days since 1970-01-01 of a storable time.</summary>
    public static int DayOf(long ms) => (int)(ms / DayMs);

    public static int DayOf(DateOnly date) => date.DayNumber - Epoch;

    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(day + Epoch);

    /// <summary>Months since year 0 of a day.</summary>
    public static int MonthOf(int day) => MonthOf(DateOf(day));

    public static int MonthOf(DateOnly date) => date.Year * 12 + date.Month - 1;

    /// <summary>The first day of a month, as a day number.</summary>
    public static int FirstDayOf(int month) => DayOf(new DateOnly(month / 12, month % 12 + 1, 1));

    /// <summary>Brings any number into the storable times: a query may ask for more than there can be.</summary>
    public static long Clamp(long ms) => Math.Clamp(ms, FirstMs, EndMs);
}
