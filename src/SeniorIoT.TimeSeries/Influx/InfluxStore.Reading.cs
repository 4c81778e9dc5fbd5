using SeniorIoT.TimeSeries.Embedded;

namespace SeniorIoT.TimeSeries.Influx;

public sealed partial class InfluxStore
{
    private static readonly string[] EventColumns = ["time", InfluxSchema.Kind, InfluxSchema.Detail, InfluxSchema.Device];

    /// <inheritdoc/>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<IReadOnlyList<Sample>> ReadAsync(string device, Metric metric, long fromMs, long toMs, CancellationToken cancel)
    {
        var samples = new List<Sample>();
        await ReadSamplesAsync(device, metric, fromMs, toMs, samples.Add, cancel);
        return samples;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<Sample?> ReadLastBeforeAsync(string device, Metric metric, long beforeMs, TimeSpan lookBack, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lookBack, TimeSpan.Zero);
        // Floor, so that a look back of part of a millisecond never reaches further than asked for.
        var oldest = (long)Int128.Max((Int128)beforeMs - lookBack.Ticks / TimeSpan.TicksPerMillisecond, long.MinValue);
        var series = new Selection(_options.Database, Quoted(InfluxSchema.FieldOf(metric)), InfluxSchema.Telemetry, device);
        Sample? found = null;
        await foreach (var (from, to) in WindowsAsync(series, oldest, beforeMs, true, cancel))
        {
            await AskAsync(series, series.Statement(from, to, " ORDER BY time DESC LIMIT 1"), ["time", InfluxSchema.FieldOf(metric)], row => found = new Sample(row.Long(0), row.Long(1)), cancel);
            if (found is not null) break;
        }

        return found;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<IReadOnlyList<DaySummary>> ReadDaysAsync(string device, Metric metric, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var days = new List<DaySummary>();
        var (day, samples) = (-1, new List<Sample>());
        await ReadSamplesAsync(device, metric, StartOf(from), StartOf(to) + Calendar.DayMs, sample =>
        {
            if (Calendar.DayOf(sample.AtMs) != day) Finish();
            day = Calendar.DayOf(sample.AtMs);
            samples.Add(sample);
        }, cancel);
        Finish();
        return days;

        void Finish()
        {
            if (samples.Count > 0) days.Add(Chunk.Summarise(day, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(samples)));
            samples.Clear();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public Task<IReadOnlyList<EventPoint>> ReadEventsAsync(string device, long fromMs, long toMs, CancellationToken cancel) =>
        ReadEventsAsync(new Selection(_options.Database, $"{Quoted(InfluxSchema.Kind)}, {Quoted(InfluxSchema.Detail)}", InfluxSchema.Events, device), fromMs, toMs, cancel);

    /// <summary>Events of all devices on a UTC day, ordered by time, device and kind.</summary>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public Task<IReadOnlyList<EventPoint>> ReadEventsOfDayAsync(DateOnly day, CancellationToken cancel) =>
        ReadEventsAsync(
            new Selection(_options.Database, $"{Quoted(InfluxSchema.Device)}, {Quoted(InfluxSchema.Kind)}, {Quoted(InfluxSchema.Detail)}", InfluxSchema.Events, null),
            StartOf(day), StartOf(day) + Calendar.DayMs, cancel);

    /// <summary>
    /// The UTC days of the oldest and the newest sample or event; null when there is none. It looks for them four weeks at a time, so it
    /// takes a second or more: it is for an export, not for a screen.
    /// </summary>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<(DateOnly First, DateOnly Last)?> ReadSpanAsync(CancellationToken cancel)
    {
        if (await FindEndAsync(false, cancel) is not { } first) return null;
        return (Calendar.DateOf(Calendar.DayOf(first)), Calendar.DateOf(Calendar.DayOf(await FindEndAsync(true, cancel) ?? first)));
    }

    /// <summary>
    /// How much each device has of one metric on a UTC day, ordered by device. InfluxDB adds up in 64 bits: a sum beyond them wraps.
    /// </summary>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<IReadOnlyList<Tally>> ReadTalliesAsync(Metric metric, DateOnly day, CancellationToken cancel)
    {
        var tallies = new List<Tally>();
        var field = Quoted(InfluxSchema.FieldOf(metric));
        await ReadAsync(new Selection(_options.Database, $"COUNT({field}) AS n, SUM({field}) AS total", InfluxSchema.Telemetry, null), StartOf(day), StartOf(day) + Calendar.DayMs,
            ["n", "total"], row =>
            {
                if (!row.IsNull(0) && row.Long(0) > 0) tallies.Add(new Tally(row.Device, row.Long(0), row.Long(1)));
            }, cancel, $" GROUP BY {Quoted(InfluxSchema.Device)}");
        tallies.Sort((a, b) => string.CompareOrdinal(a.Device, b.Device));
        return tallies;
    }

    private Task ReadSamplesAsync(string device, Metric metric, long fromMs, long toMs, Action<Sample> take, CancellationToken cancel)
    {
        var field = InfluxSchema.FieldOf(metric);
        return ReadAsync(new Selection(_options.Database, Quoted(field), InfluxSchema.Telemetry, device), fromMs, toMs, ["time", field], row =>
        {
            if (!row.IsNull(1)) take(new Sample(row.Long(0), row.Long(1)));
        }, cancel);
    }

    private async Task<IReadOnlyList<EventPoint>> ReadEventsAsync(Selection events, long fromMs, long toMs, CancellationToken cancel)
    {
        var found = new List<EventPoint>();
        await ReadAsync(events, fromMs, toMs, EventColumns, row => found.Add(new EventPoint(events.Device ?? row.Text(3), row.Long(0), row.Text(1), row.Text(2))), cancel);
        found.Sort((a, b) =>
        {
            var order = a.AtMs.CompareTo(b.AtMs);
            if (order == 0) order = string.CompareOrdinal(a.Device, b.Device);
            return order != 0 ? order : string.CompareOrdinal(a.Kind, b.Kind);
        });
        return found;
    }

    /// <summary>Time of the oldest or the newest sample or event.</summary>
    private async Task<long?> FindEndAsync(bool newest, CancellationToken cancel)
    {
        Metric[] metrics = Enum.GetValues<Metric>();
        var all = new Selection(_options.Database, string.Join(", ", [.. metrics.Select(metric => Quoted(InfluxSchema.FieldOf(metric))), Quoted(InfluxSchema.Detail)]),
            $"{InfluxSchema.Telemetry}\", \"{InfluxSchema.Events}", null);
        long? end = null;
        await foreach (var (from, to) in newest ? YearsNewestFirst(all, cancel) : YearsOldestFirst(all, cancel))
        {
            // Months apart, because a server opens every series of the shards that a statement reaches; a year a request, because most are empty.
            var statements = new List<string>();
            for (var start = from; start < to; start += FourWeeksMs)
                statements.Add(all.Statement(start, Math.Min(to, start + FourWeeksMs), $" ORDER BY time {(newest ? "DESC" : "ASC")} LIMIT 1"));
            await AskAsync(all, string.Join("; ", statements), ["time"], row => end = end is null || row.Long(0) > end == newest ? row.Long(0) : end, cancel);
            if (end is not null) break;
        }

        return end;
    }

    private IAsyncEnumerable<(long From, long To)> YearsOldestFirst(Selection all, CancellationToken cancel) => WindowsAsync(all, long.MinValue, long.MaxValue, false, cancel, 13 * FourWeeksMs);

    private IAsyncEnumerable<(long From, long To)> YearsNewestFirst(Selection all, CancellationToken cancel) => WindowsAsync(all, long.MinValue, long.MaxValue, true, cancel, 13 * FourWeeksMs);

    private static long StartOf(DateOnly day) => Calendar.DayOf(day) * Calendar.DayMs;
}
