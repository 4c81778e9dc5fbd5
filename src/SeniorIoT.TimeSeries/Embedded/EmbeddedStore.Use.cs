namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>
/// Roll-ups. A day of use is a chunk in each of two families of month files, keyed by the local day: in one a sample an hour, in
/// the other a single one. Keeping days longer than hours is then, as with samples, a matter of deleting files.
/// <para>Hours are written first: a day is rolled up when it has its daily row.</para>
/// </summary>
public sealed partial class EmbeddedStore
{
    // Stored for ever, and apart from the numbers of what is measured.
    private const Metric UsePerHour = (Metric)101, UsePerDay = (Metric)102;

    /// <summary>How an unknown use is stored. Use is never negative.</summary>
    private const long Unknown = -1;

    private const long HourMs = 3_600_000;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A day lies outside 2000 to 2100, has no device, no hours, or a negative use; nothing was written.</exception>
    public async Task WriteUseAsync(IReadOnlyList<UseDay> days, CancellationToken cancel)
    {
        RequireWritable();
        SortedDictionary<int, MonthBatch> hourly = [], daily = [];
        for (var i = 0; i < days.Count; i++)
        {
            PointChecks.Require(days[i], i);
            Put(hourly, days[i], UsePerHour, [.. days[i].HourlyMillilitres.Select((used, hour) => new Sample(days[i].FirstHourMs + hour * HourMs, used ?? Unknown))]);
            Put(daily, days[i], UsePerDay, [new Sample(days[i].StartMs, days[i].Millilitres ?? Unknown)]);
        }

        await _writing.WaitAsync(cancel);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            await Task.Run(() =>
            {
                Write(_hourly, hourly, cancel);
                Write(_daily, daily, cancel);
            }, CancellationToken.None);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UseDay>> ReadUseAsync(string device, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var (fromMs, toMs) = (Calendar.DayOf(from) * Calendar.DayMs, (Calendar.DayOf(to) + 1) * Calendar.DayMs);
        List<(int Day, Sample Use)> days = [];
        Dictionary<int, List<Sample>> hours = [];
        // Days first: of a day that is written meanwhile the hours are then never older than the day.
        await ReadRangeAsync(_daily, fromMs, toMs, (reader, firstDay, lastDay) =>
        {
            var samples = new List<Sample>(1);
            for (var day = firstDay; day <= lastDay; day++, samples.Clear())
            {
                reader.ReadChunk(new ChunkKey(day, device, UsePerDay), samples);
                if (samples.Count > 0) days.Add((day, samples[0]));
            }
        }, cancel);
        if (days.Count == 0) return [];
        await ReadRangeAsync(_hourly, fromMs, toMs, (reader, firstDay, lastDay) =>
        {
            foreach (var (day, _) in days)
                if (day >= firstDay && day <= lastDay) reader.ReadChunk(new ChunkKey(day, device, UsePerHour), hours[day] = []);
        }, cancel);
        return [.. days.Select(day => ToUse(device, day.Day, day.Use, hours.GetValueOrDefault(day.Day)))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UseDay>> ReadUseOfDayAsync(DateOnly day, CancellationToken cancel)
    {
        var (number, fromMs) = (Calendar.DayOf(day), Calendar.DayOf(day) * Calendar.DayMs);
        List<(string Device, Sample Use)> days = [];
        Dictionary<string, List<Sample>> hours = [];
        await ReadRangeAsync(_daily, fromMs, fromMs + 1,
            (reader, _, _) => reader.ReadEveryChunk(number, UsePerDay, (device, samples) => days.Add((device, samples[0]))), cancel);
        await ReadRangeAsync(_hourly, fromMs, fromMs + 1, (reader, _, _) => reader.ReadEveryChunk(number, UsePerHour, hours.Add), cancel);
        // SQLite orders by UTF-8; that is another order than the ordinal one outside the ids that a registry gives.
        return [.. days.OrderBy(found => found.Device, StringComparer.Ordinal).Select(found => ToUse(found.Device, number, found.Use, hours.GetValueOrDefault(found.Device)))];
    }

    private static UseDay ToUse(string device, int day, Sample use, List<Sample>? hours) =>
        new(device, Calendar.DateOf(day), use.AtMs, Known(use), [.. hours?.Select(Known) ?? []]);

    private static long? Known(Sample use) => use.Value == Unknown ? null : use.Value;

    private static void Put(SortedDictionary<int, MonthBatch> months, UseDay use, Metric metric, List<Sample> samples)
    {
        var day = Calendar.DayOf(use.Day);
        if (!months.TryGetValue(Calendar.MonthOf(day), out var batch)) months.Add(Calendar.MonthOf(day), batch = new MonthBatch { Replaces = true });
        batch.Chunks[new ChunkKey(day, use.Device, metric)] = samples;
    }
}
