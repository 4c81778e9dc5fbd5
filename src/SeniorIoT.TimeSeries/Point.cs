namespace SeniorIoT.TimeSeries;

/// <summary>What is measured. The number is stored: never reuse or renumber one.</summary>
public enum Metric : byte
{
    /// <summary>Cumulative register of a water meter, millilitres.</summary>
    TotalMillilitres = 1,

    /// <summary>Battery charge, percent.</summary>
    BatteryPercent = 2,

    /// <summary>Received signal strength, dBm.</summary>
    RssiDbm = 3,
}

/// <summary>One measured value. Identity is (device, metric, time): writing it again is harmless.</summary>
/// <param name="Device">Device id.</param>
/// <param name="Metric">What was measured, which also fixes the unit.</param>
/// <param name="AtMs">When it was measured, Unix milliseconds UTC.</param>
/// <param name="Value">The value in the metric's unit.</param>
public readonly record struct Point(string Device, Metric Metric, long AtMs, long Value);

/// <summary>One value of a series that is already known by name.</summary>
/// <param name="AtMs">Unix milliseconds UTC.</param>
/// <param name="Value">The value in the metric's unit.</param>
public readonly record struct Sample(long AtMs, long Value);

/// <summary>Something that happened at a device. Identity is (device, time, kind).</summary>
/// <param name="Device">Device id.</param>
/// <param name="AtMs">When, Unix milliseconds UTC.</param>
/// <param name="Kind">Short stable word such as <c>sos.press</c>.</param>
/// <param name="Detail">Free JSON for people; holds no personal data.</param>
public readonly record struct EventPoint(string Device, long AtMs, string Kind, string Detail);

/// <summary>A UTC day of one series, read without decoding its samples.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Count">Number of samples, 1 or more.</param>
/// <param name="First">Earliest sample.</param>
/// <param name="Last">Latest sample.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Sum">Sum of the values.</param>
public readonly record struct DaySummary(DateOnly Day, int Count, Sample First, Sample Last, long Min, long Max, long Sum);
