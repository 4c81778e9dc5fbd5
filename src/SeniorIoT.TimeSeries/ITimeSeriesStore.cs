namespace SeniorIoT.TimeSeries;

/// <summary>
/// The seam between the platform and where telemetry is kept: the embedded store today, InfluxDB beside it.
/// All members are safe to call from several threads.
/// </summary>
public interface ITimeSeriesStore : IAsyncDisposable
{
    /// <summary>
    /// Writes points and events. When the task completes they are on disk. Safe to retry: the same point written twice is one point.
    /// Points may come in any order and any time late. Throws <see cref="IOException"/> when the disk refuses; then nothing of the batch is promised.
    /// </summary>
    Task AppendAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, CancellationToken cancel);

    /// <summary>Samples of one series in <c>[fromMs, toMs)</c>, oldest first, each time once.</summary>
    Task<IReadOnlyList<Sample>> ReadAsync(string device, Metric metric, long fromMs, long toMs, CancellationToken cancel);

    /// <summary>The last sample strictly before <paramref name="beforeMs"/>, looking back at most <paramref name="lookBack"/>; null when there is none.</summary>
    Task<Sample?> ReadLastBeforeAsync(string device, Metric metric, long beforeMs, TimeSpan lookBack, CancellationToken cancel);

    /// <summary>Day summaries of one series for UTC days in <c>[from, to]</c>, oldest first; days without samples are absent.</summary>
    Task<IReadOnlyList<DaySummary>> ReadDaysAsync(string device, Metric metric, DateOnly from, DateOnly to, CancellationToken cancel);

    /// <summary>Events of one device in <c>[fromMs, toMs)</c>, oldest first.</summary>
    Task<IReadOnlyList<EventPoint>> ReadEventsAsync(string device, long fromMs, long toMs, CancellationToken cancel);

    /// <summary>
    /// The UTC days that hold samples or events, first and last; null when there are none. May be wider than the truth by part
    /// of a month, never narrower.
    /// </summary>
    Task<(DateOnly First, DateOnly Last)?> ReadSpanAsync(CancellationToken cancel);

    /// <summary>What every device has of a metric on a UTC day, ordered by device ordinally; devices without samples are absent.</summary>
    Task<IReadOnlyList<Tally>> ReadTalliesAsync(Metric metric, DateOnly day, CancellationToken cancel);

    /// <summary>The events of all devices on a UTC day, ordered by time, device and kind.</summary>
    Task<IReadOnlyList<EventPoint>> ReadEventsOfDayAsync(DateOnly day, CancellationToken cancel);

    /// <summary>
    /// Writes roll-ups; a (device, day) that was written before is replaced. When the task completes they are on disk. Throws
    /// <see cref="IOException"/> when the store refuses; then some of the days may be written and others not: write all again.
    /// </summary>
    Task WriteUseAsync(IReadOnlyList<UseDay> days, CancellationToken cancel);

    /// <summary>Roll-ups of one device for local days in <c>[from, to]</c>, oldest first; days never rolled up are absent.</summary>
    Task<IReadOnlyList<UseDay>> ReadUseAsync(string device, DateOnly from, DateOnly to, CancellationToken cancel);

    /// <summary>Every device's roll-up of one local day, ordered by device ordinally.</summary>
    Task<IReadOnlyList<UseDay>> ReadUseOfDayAsync(DateOnly day, CancellationToken cancel);

    /// <summary>
    /// Deletes what is past its time, in the store's own units (whole months of files). Returns how many units were deleted; 0 where
    /// the database does that by itself.
    /// </summary>
    Task<int> RetainAsync(Cutoffs cutoffs, CancellationToken cancel);

    /// <summary>How the store is now. Cheap: it is asked every few seconds. Never throws.</summary>
    StoreStatus Status { get; }

    /// <summary>What the database refused for ever, newest first, ids below <paramref name="beforeId"/> (null: from the newest). Empty for a store that refuses nothing.</summary>
    IReadOnlyList<DeadLetter> ReadDeadLetters(long? beforeId, int limit);

    /// <summary>Forgets dead letters with ids up to <paramref name="upToId"/>, after a person has looked. Returns how many.</summary>
    Task<int> DiscardDeadLettersAsync(long upToId, CancellationToken cancel);

    /// <summary>Puts dead letters with ids up to <paramref name="upToId"/> back among what waits to be written, after the cause was mended. Returns how many.</summary>
    Task<int> RetryDeadLettersAsync(long upToId, CancellationToken cancel);
}
