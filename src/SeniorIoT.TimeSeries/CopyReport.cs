namespace SeniorIoT.TimeSeries;

/// <summary>How far a copy is.</summary>
/// <param name="Day">The UTC day that is being copied; days go backwards.</param>
/// <param name="DaysDone">Days that are copied and verified.</param>
/// <param name="DaysTotal">Days in all, those without data included.</param>
/// <param name="Points">Points and events written to the target so far.</param>
/// <param name="PointsPerSecond">Since the start.</param>
/// <param name="Remaining">How long the other days will take at the pace of those done; null before the first is done.</param>
public sealed record CopyProgress(DateOnly Day, int DaysDone, int DaysTotal, long Points, double PointsPerSecond, TimeSpan? Remaining);

/// <summary>What became of the device-days of one kind of data. A device-day is what one device has on one day.</summary>
/// <param name="What">A metric by name, <c>Events</c> or <c>Use</c>. Events are counted one by one.</param>
/// <param name="Equal">Were the same on both sides already.</param>
/// <param name="Copied">Were written, read back, and found whole.</param>
/// <param name="Different">Are not in the target, or not the same there. After a copy that is a failure.</param>
public sealed record CopyCount(string What, long Equal, long Copied, long Different);

/// <summary>A device-day that is not the same in the target.</summary>
/// <param name="Day">The day.</param>
/// <param name="What">See <see cref="CopyCount.What"/>.</param>
/// <param name="Device">Whose.</param>
/// <param name="Problem">What was found.</param>
public sealed record CopyDifference(DateOnly Day, string What, string Device, string Problem);

/// <summary>What a copy did.</summary>
/// <param name="Counts">One entry for each kind of data.</param>
/// <param name="Points">Points and events written.</param>
/// <param name="Differences">The first <see cref="DifferencesMax"/> differences; the counts know them all.</param>
public sealed record CopyReport(IReadOnlyList<CopyCount> Counts, long Points, IReadOnlyList<CopyDifference> Differences)
{
    /// <summary>How many differences are listed one by one.</summary>
    public const int DifferencesMax = 1_000;

    /// <summary>
    /// The UTC days from the first to the last on which register readings of a meter were written, by meter: whoever keeps roll-ups of the
    /// target has to make those again.
    /// </summary>
    public required IReadOnlyDictionary<string, (DateOnly First, DateOnly Last)> Written { get; init; }

    /// <summary>Whether the target holds everything that the source holds.</summary>
    public bool IsComplete => Counts.All(count => count.Different == 0);
}
