using System.Globalization;

namespace SeniorIoT.TimeSeries.Influx;

public sealed partial class InfluxStore
{
    private readonly Lock _revisionLock = new();
    private long _revision;

    private static readonly string[] DayColumns = ["time", InfluxSchema.UsedMillilitres, InfluxSchema.Known, InfluxSchema.Revision, InfluxSchema.Day, InfluxSchema.Hours];

    /// <summary>Writes roll-ups. When the task completes they are on disk. Writing a device's day again replaces it.</summary>
    /// <exception cref="IOException">The spool is full or the disk refuses; nothing was taken.</exception>
    /// <exception cref="ArgumentException">A device or time cannot be written; nothing was taken.</exception>
    public Task WriteUseAsync(IReadOnlyList<UseDay> days, CancellationToken cancel) =>
        SpoolAsync(PointLines.Of(days, _options.WritePath == InfluxWritePath.V3 ? NextRevision() : null, _options), cancel);

    /// <summary>Days in <c>[from, to]</c> of one device, oldest first; days that were never rolled up are absent.</summary>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<IReadOnlyList<UseDay>> ReadUseAsync(string device, DateOnly from, DateOnly to, CancellationToken cancel) =>
        [.. (await ReadUseAsync(from, to, device, cancel)).OrderBy(day => day.Day)];

    /// <summary>One local day of all devices, ordered by device; devices whose day was never rolled up are absent.</summary>
    /// <exception cref="IOException">InfluxDB cannot be reached or refuses; the message says what and the remedy.</exception>
    public async Task<IReadOnlyList<UseDay>> ReadUseOfDayAsync(DateOnly day, CancellationToken cancel) =>
        [.. (await ReadUseAsync(day, day, null, cancel)).OrderBy(use => use.Device, StringComparer.Ordinal)];

    /// <summary>Unix seconds, or one more than the last: two revisions of a day are never the same point.</summary>
    private long NextRevision()
    {
        lock (_revisionLock) return _revision = Math.Max(_revision + 1, _clock.GetUtcNow().ToUnixTimeSeconds());
    }

    private async Task<IReadOnlyList<UseDay>> ReadUseAsync(DateOnly from, DateOnly to, string? device, CancellationToken cancel)
    {
        // The first moment of a local day is within a day of that of the UTC day, wherever it is.
        var days = new Dictionary<(string Device, DateOnly Day), DayRow>();
        await ReadAsync(
            Use(InfluxSchema.DailyDatabase(_options.Database), DailyWindowMs, device, [InfluxSchema.Day, InfluxSchema.Hours]),
            StartOf(from) - Calendar.DayMs, StartOf(to) + 2 * Calendar.DayMs, DayColumns, row =>
            {
                if (!DateOnly.TryParseExact(row.IsNull(4) ? "" : row.Text(4), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day < from || day > to) return;
                ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(days, (row.Device, day), out var exists);
                if (!exists || known.Revision <= RevisionOf(row)) known = new DayRow(row.Long(0), UsedOf(row), row.IsNull(5) ? 24 : (int)row.Long(5), RevisionOf(row));
            }, cancel, ByDevice);
        if (days.Count == 0) return [];

        var hours = new Dictionary<(string Device, long AtMs), (long? Used, long Revision)>();
        await ReadAsync(
            Use(InfluxSchema.HourlyDatabase(_options.Database), HourlyWindowMs, device, []),
            days.Values.Min(day => day.StartMs), days.Values.Max(day => day.StartMs + (day.Hours + 1) * HourMs), DayColumns, row =>
            {
                ref var known = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(hours, (row.Device, row.Long(0)), out var exists);
                if (!exists || known.Revision <= RevisionOf(row)) known = (UsedOf(row), RevisionOf(row));
            }, cancel, ByDevice);
        return [.. days.Select(found =>
        {
            var ((name, date), day) = found;
            var use = new UseDay(name, date, day.StartMs, day.Used, []);
            return use with { HourlyMillilitres = [.. Enumerable.Range(0, day.Hours).Select(hour => hours.GetValueOrDefault((name, use.FirstHourMs + hour * HourMs)).Used)] };
        })];
    }

    private static Selection Use(string database, long windowMs, string? device, string[] more) =>
        new(database, string.Join(", ", ((string[])[InfluxSchema.UsedMillilitres, InfluxSchema.Known, InfluxSchema.Revision, .. more]).Select(Quoted)), InfluxSchema.Use, device, windowMs);

    private static string ByDevice => $" GROUP BY {Quoted(InfluxSchema.Device)}";

    private static long? UsedOf(InfluxRow row) => !row.IsNull(2) && row.Bool(2) && !row.IsNull(1) ? row.Long(1) : null;

    private static long RevisionOf(InfluxRow row) =>
        !row.IsNull(3) && long.TryParse(row.Text(3), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;

    private readonly record struct DayRow(long StartMs, long? Used, int Hours, long Revision);
}
