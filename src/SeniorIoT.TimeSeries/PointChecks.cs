using System.Globalization;

namespace SeniorIoT.TimeSeries;

/// <summary>What every store refuses to write, in the same words: exceptions name the item and its field.</summary>
internal static class PointChecks
{
    /// <summary>A day that was met twice at the date line has twice as many hours as another.</summary>
    private const int HoursMax = 48;

    /// <exception cref="ArgumentOutOfRangeException">Its time lies outside 2000-01-01 to 2100-12-31.</exception>
    /// <exception cref="ArgumentException">It has no device.</exception>
    public static void Require(in Point point, int index)
    {
        if (IsTime(point.AtMs) && !string.IsNullOrEmpty(point.Device)) return;
        RequireTime(point.AtMs, $"points[{index}].{nameof(Point.AtMs)}");
        RequireDevice(point.Device, $"points[{index}].{nameof(Point.Device)}");
    }

    /// <inheritdoc cref="Require(in Point, int)"/>
    public static void Require(in EventPoint happened, int index)
    {
        RequireTime(happened.AtMs, $"events[{index}].{nameof(EventPoint.AtMs)}");
        RequireDevice(happened.Device, $"events[{index}].{nameof(EventPoint.Device)}");
        if (string.IsNullOrEmpty(happened.Kind)) throw new ArgumentException("An event needs a kind such as sos.press.", $"events[{index}].{nameof(EventPoint.Kind)}");
    }

    /// <exception cref="ArgumentException">A day lies outside 2000 to 2100, has no device, no hours, or a negative use.</exception>
    public static void Require(UseDay use, int index)
    {
        RequireDevice(use.Device, $"days[{index}].{nameof(UseDay.Device)}");
        if (use.Day.Year is < 2000 or > 2100) throw new ArgumentException("Must be a day from 2000-01-01 to 2100-12-31.", $"days[{index}].{nameof(UseDay.Day)}");
        if (Math.Abs(use.StartMs - Calendar.DayOf(use.Day) * Calendar.DayMs) > Calendar.DayMs)
            throw new ArgumentException("Must be the first moment of the day, Unix milliseconds UTC.", $"days[{index}].{nameof(UseDay.StartMs)}");
        if (use.HourlyMillilitres.Count is < 1 or > HoursMax)
            throw new ArgumentException($"Must be 1 to {HoursMax} hours.", $"days[{index}].{nameof(UseDay.HourlyMillilitres)}");
        if (use.Millilitres < 0 || use.HourlyMillilitres.Any(used => used < 0)) throw new ArgumentException("Use is never negative; null is unknown.", $"days[{index}]");
    }

    private static bool IsTime(long atMs) => atMs >= Calendar.FirstMs && atMs < Calendar.EndMs;

    private static void RequireTime(long atMs, string field)
    {
        if (!IsTime(atMs))
            throw new ArgumentOutOfRangeException(field, atMs,
                string.Create(CultureInfo.InvariantCulture, $"Must be Unix milliseconds from 2000-01-01 to 2100-12-31 UTC ({Calendar.FirstMs} to {Calendar.EndMs - 1})."));
    }

    private static void RequireDevice(string device, string field)
    {
        if (string.IsNullOrEmpty(device)) throw new ArgumentException("A device id is needed.", field);
    }
}
