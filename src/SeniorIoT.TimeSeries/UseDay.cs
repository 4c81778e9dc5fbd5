namespace SeniorIoT.TimeSeries;

/// <summary>
/// Water used on one local day of one meter, and in each of its hours: the roll-up of its readings. Null is unknown, which is not zero.
/// Writing a day again replaces it.
/// </summary>
/// <param name="Device">The meter.</param>
/// <param name="Day">The local day.</param>
/// <param name="StartMs">Its first moment, Unix milliseconds UTC.</param>
/// <param name="Millilitres">Used on the whole day, 0 or more.</param>
/// <param name="HourlyMillilitres">
/// Used in each full hour of UTC that begins on this day, from <see cref="FirstHourMs"/> on: 24 of them, 23 or 25 when the clocks change.
/// None at all when they were read from a store that keeps hours for a shorter time than days, and no longer has these.
/// </param>
public sealed record UseDay(string Device, DateOnly Day, long StartMs, long? Millilitres, IReadOnlyList<long?> HourlyMillilitres)
{
    private const long HourMs = 3_600_000;

    /// <summary>Start of the first hour, Unix milliseconds UTC: the day's own start wherever the offset from UTC is whole hours.</summary>
    public long FirstHourMs => (StartMs + HourMs - 1) / HourMs * HourMs;
}

/// <summary>How much one device has stored of one metric on one UTC day: two stores hold the same when their tallies agree.</summary>
/// <param name="Device">Device id.</param>
/// <param name="Count">Number of samples, 1 or more.</param>
/// <param name="Sum">Sum of their values.</param>
public readonly record struct Tally(string Device, long Count, long Sum);
