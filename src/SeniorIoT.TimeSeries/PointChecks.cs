using System.Globalization;

namespace SeniorIoT.TimeSeries;

/// <summary>What every store refuses to write, in the same words: exceptions name the item and its field.</summary>
internal static class PointChecks
{
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

    /// <inheritdoc cref="Require(in Point, int)"/>
    public static void Require(UseDay day, int index)
    {
        RequireTime(day.StartMs, $"days[{index}].{nameof(UseDay.StartMs)}");
        RequireDevice(day.Device, $"days[{index}].{nameof(UseDay.Device)}");
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
