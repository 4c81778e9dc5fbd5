namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>Reads across all devices, for copies between stores.</summary>
public sealed partial class EmbeddedStore
{
    /// <inheritdoc/>
    public Task<(DateOnly First, DateOnly Last)?> ReadSpanAsync(CancellationToken cancel) => RunAsync<(DateOnly, DateOnly)?>(() =>
    {
        var months = _files.Existing(Calendar.MonthOf(Calendar.DayOf(Calendar.FirstMs)), Calendar.MonthOf(Calendar.DayOf(Calendar.EndMs)));
        // A month may be empty: made, but nothing was committed.
        if (First(months) is not { } oldest || First(months.Reverse()) is not { } newest) return null;
        return (Calendar.DateOf(oldest.First), Calendar.DateOf(newest.Last));

        (int First, int Last)? First(IEnumerable<int> inOrder)
        {
            (int, int)? span = null;
            foreach (var month in inOrder)
            {
                cancel.ThrowIfCancellationRequested();
                _files.Read(month, reader => span = reader.ReadSpan());
                if (span is not null) break;
            }

            return span;
        }
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Tally>> ReadTalliesAsync(Metric metric, DateOnly day, CancellationToken cancel)
    {
        var tallies = new List<Tally>();
        var fromMs = Calendar.DayOf(day) * Calendar.DayMs;
        await ReadRangeAsync(_files, fromMs, fromMs + Calendar.DayMs, (reader, only, _) => reader.ReadTallies(only, metric, tallies), cancel);
        return tallies;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EventPoint>> ReadEventsOfDayAsync(DateOnly day, CancellationToken cancel)
    {
        var events = new List<EventPoint>();
        var fromMs = Calendar.DayOf(day) * Calendar.DayMs;
        await ReadRangeAsync(_files, fromMs, fromMs + Calendar.DayMs, (reader, _, _) => reader.ReadEventsOfAll(fromMs, fromMs + Calendar.DayMs, events), cancel);
        return events;
    }
}
