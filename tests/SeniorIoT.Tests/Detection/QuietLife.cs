using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Tests.Detection;

/// <summary>The register of somebody with habits, read at each full hour of local time; day 0 is Monday 5 January 2026.</summary>
internal sealed class QuietLife(TimeZoneInfo zone, params int[] hours)
{
    private static readonly DateTime Monday = new(2026, 1, 5);

    private long _litres = 1000;

    public static TimeZoneInfo Shanghai { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static TimeZoneInfo Madrid { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid");

    /// <summary>Up at seven, cooks at eight, twelve and six, washes at nine in the evening.</summary>
    public static int[] AtHome { get; } = [7, 8, 12, 18, 21];

    /// <summary>The instant at which the clocks of the home show this hour of this day.</summary>
    public DateTimeOffset At(int day, double hour)
    {
        var local = Monday.AddDays(day).AddHours(hour);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>Readings of whole days. Water runs in the hour before a reading on the days and hours that <paramref name="runs"/> says.</summary>
    public IEnumerable<Reading> Days(int from, int until, Func<int, int, bool>? runs = null) =>
        Enumerable.Range(from, until - from).SelectMany(day => Hours(day, 0, 24, runs));

    /// <summary>Readings of a part of a day, by the hour.</summary>
    public IEnumerable<Reading> Hours(int day, int from, int until, Func<int, int, bool>? runs = null)
    {
        for (var hour = from; hour < until; hour++)
        {
            if (zone.IsInvalidTime(Monday.AddDays(day).AddHours(hour))) continue;
            if (runs?.Invoke(day, hour) ?? hours.Contains(hour)) _litres += 5;
            yield return new(At(day, hour), _litres * 1000);
        }
    }
}
