using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>Stretches in which a register stood still, as the readings show them.</summary>
internal static class Stillness
{
    /// <summary>Readings further apart say too little of the hour in which water ran.</summary>
    public static readonly TimeSpan SpacingMax = TimeSpan.FromHours(2);

    /// <summary>A stretch as long as this is an absence.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    // Of a usual day's hours with water, so many within a day show that the home is lived in again.
    private const double LivedInShare = 0.3;

    /// <summary>Place of the first reading from which on the register rose by less than <paramref name="step"/> millilitres between readings.</summary>
    public static int StartOf(ReadingWindow window, int index, long step)
    {
        var first = index;
        while (first > 0 && window[index].TotalMillilitres - window[first - 1].TotalMillilitres < step) first--;
        return first;
    }

    /// <summary>Whether, within the day that ends at a reading, water ran in enough different hours that somebody lives there again.</summary>
    /// <param name="window">The readings.</param>
    /// <param name="index">The place of the last of them.</param>
    /// <param name="step">A rise of so many millilitres is use.</param>
    /// <param name="habit">What is usual.</param>
    public static bool IsLivedIn(ReadingWindow window, int index, long step, Habit habit)
    {
        var usual = habit.HoursADay();
        var needed = usual < 3 ? 1 : Math.Max(2, (int)Math.Ceiling(LivedInShare * usual));
        var hours = 0;
        for (long i = index, last = long.MaxValue; i > 0 && window[index].At - window[(int)i].At < Day; i--)
        {
            if (window[(int)i].TotalMillilitres - window[(int)i - 1].TotalMillilitres < step) continue;
            var hour = window[(int)i].At.UtcTicks / TimeSpan.TicksPerHour;
            if (hour != last && ++hours >= needed) return true;
            last = hour;
        }

        return false;
    }
}
