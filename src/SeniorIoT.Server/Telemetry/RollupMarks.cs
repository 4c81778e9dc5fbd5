using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>Local days of a meter whose readings came or changed, so that what was rolled up of them is no longer the truth.</summary>
/// <param name="Device">The meter.</param>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day; the same, except for history that is rolled up for the first time.</param>
/// <param name="Generation">Changes when the mark is made again.</param>
internal readonly record struct RollupMark(string Device, DateOnly First, DateOnly Last, long Generation);

/// <summary>
/// Which days must be rolled up, or again: a file of its own, written before the journal lets go of the readings. A mark too many costs
/// a look; one too few would be a wrong day for ever.
/// </summary>
internal sealed class RollupMarks(SqliteFile file, TimeZoneInfo zone, TimeProvider clock) : IAsyncDisposable
{
    private const int RangesPerWrite = 5_000;

    /// <summary>Schema of <c>rollup.db</c>.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        """
        CREATE TABLE dirty(
            device TEXT NOT NULL, day INTEGER NOT NULL, until INTEGER NOT NULL, generation INTEGER NOT NULL, marked_at INTEGER NOT NULL,
            PRIMARY KEY(device, day)) STRICT, WITHOUT ROWID;
        CREATE INDEX dirty_by_until ON dirty(until, device, day);
        CREATE TABLE standing(name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """,
    ];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _marked = new(StringComparer.Ordinal);
    private volatile bool _isPrepared = file.Read(connection => connection.Has("SELECT 1 FROM standing WHERE name = @name", ("@name", HistoryOf(zone))));
    private DateOnly _rawFrom = DateOnly.FromDayNumber((int)file.Read(connection => connection.Scalar("SELECT value FROM standing WHERE name = 'raw_from'", 0L)));

    /// <summary>
    /// False while the file is so new, or the time zone, that the history from before it is not marked yet: then no roll-up can be trusted.
    /// </summary>
    public bool IsPrepared => _isPrepared;

    /// <summary>The first UTC day of which all samples are still kept. It never moves back: what was deleted does not return.</summary>
    public DateOnly RawFrom => _rawFrom;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => file.DisposeAsync();

    /// <summary>
    /// Marks the days of the register readings among <paramref name="points"/>, which must be stored already; on disk when the task
    /// completes. A day that is not over is marked once: nobody can take that mark before it is.
    /// </summary>
    public async Task MarkAsync(IReadOnlyList<Point> points, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        HashSet<(string Device, int Day)> days = [];
        lock (_lock)
        {
            var (from, to, day) = (0L, 0L, 0);
            foreach (var point in points)
            {
                if (point.Metric != Metric.TotalMillilitres) continue;
                if (point.AtMs < from || point.AtMs >= to)
                {
                    // Neighbours mostly share a day.
                    var date = Edges.DayOf(point.AtMs, zone);
                    (from, to, day) = (Edges.StartOf(date, zone), Edges.StartOf(date.AddDays(1), zone), date.DayNumber);
                }

                if (now >= to || _marked.GetValueOrDefault(point.Device) != day) days.Add((point.Device, day));
            }
        }

        if (days.Count == 0) return;
        await PutAsync([.. days.Select(mark => (mark.Device, mark.Day, mark.Day))], now, cancel);
        lock (_lock)
        {
            // The greater day is today's, the one that will be asked for again.
            foreach (var (device, day) in days) _marked[device] = Math.Max(day, _marked.GetValueOrDefault(device));
        }
    }

    /// <summary>
    /// Marks a span of days of many meters: history that was never rolled up, because it is older than this file or was copied here
    /// from another store. Costs a row a meter.
    /// </summary>
    public async Task MarkHistoryAsync(IEnumerable<string> devices, DateOnly first, DateOnly last, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var some in devices.Chunk(RangesPerWrite))
            await PutAsync([.. some.Select(device => (device, first.DayNumber, last.DayNumber))], now, cancel);
    }

    /// <summary>Remembers that the history from before this file is marked, for the days of this time zone.</summary>
    public async Task SetPreparedAsync(CancellationToken cancel)
    {
        await file.WriteAsync(connection =>
        {
            connection.Run("DELETE FROM standing WHERE name LIKE 'history %'");
            connection.Run("INSERT INTO standing VALUES(@name, 1)", ("@name", HistoryOf(zone)));
        }, cancel);
        _isPrepared = true;
    }

    /// <summary>Remembers that samples before <paramref name="day"/> may be gone.</summary>
    public async Task RaiseRawFromAsync(DateOnly day, CancellationToken cancel)
    {
        if (day <= _rawFrom) return;
        await file.WriteAsync(connection => connection.Run("INSERT OR REPLACE INTO standing VALUES('raw_from', @day)", ("@day", day.DayNumber)), cancel);
        _rawFrom = day;
    }

    /// <summary>The marked days of a meter that touch <c>[from, to]</c>, as spans in no order.</summary>
    public IReadOnlyList<(DateOnly First, DateOnly Last)> ReadOf(string device, DateOnly from, DateOnly to) => file.Read(connection => connection.Rows(
        "SELECT day, until FROM dirty WHERE device = @device AND day <= @to AND until >= @from",
        row => (DateOnly.FromDayNumber(row.GetInt32(0)), DateOnly.FromDayNumber(row.GetInt32(1))),
        ("@device", device), ("@from", from.DayNumber), ("@to", to.DayNumber)));

    /// <summary>Marks of days up to <paramref name="lastDay"/> that were made before <paramref name="before"/>, oldest days first, after <paramref name="after"/>.</summary>
    public IReadOnlyList<RollupMark> ReadRipe(DateOnly lastDay, DateTimeOffset before, RollupMark? after, int limit) => file.Read(connection => connection.Rows(
        """
        SELECT device, day, until, generation FROM dirty
        WHERE until <= @last AND (until, device, day) > (@until, @device, @day) AND marked_at <= @before ORDER BY until, device, day LIMIT @limit
        """,
        row => new RollupMark(row.GetString(0), DateOnly.FromDayNumber(row.GetInt32(1)), DateOnly.FromDayNumber(row.GetInt32(2)), row.GetInt64(3)),
        ("@last", lastDay.DayNumber), ("@before", before), ("@limit", limit),
        ("@until", after?.Last.DayNumber ?? -1), ("@device", after?.Device ?? ""), ("@day", after?.First.DayNumber ?? 0)));

    /// <summary>How many marks of days up to <paramref name="lastDay"/> wait, and the oldest of their days.</summary>
    public (int Count, DateOnly? Oldest) CountRipe(DateOnly lastDay) => file.Read(connection => connection.Rows(
        "SELECT count(*), min(day) FROM dirty WHERE until <= @last",
        row => (row.GetInt32(0), row.IsDBNull(1) ? (DateOnly?)null : DateOnly.FromDayNumber(row.GetInt32(1))), ("@last", lastDay.DayNumber))[0]);

    /// <summary>Removes marks that were worked off, except those made again meanwhile.</summary>
    public Task RemoveAsync(IReadOnlyCollection<RollupMark> marks) => file.WriteAsync(connection =>
    {
        foreach (var mark in marks)
            connection.Run(
                "DELETE FROM dirty WHERE device = @device AND day = @day AND generation = @generation",
                ("@device", mark.Device), ("@day", mark.First.DayNumber), ("@generation", mark.Generation));
    });

    private static string HistoryOf(TimeZoneInfo zone) => "history " + zone.Id;

    private Task PutAsync((string Device, int Day, int Until)[] spans, long now, CancellationToken cancel) => file.WriteAsync(connection =>
    {
        using var put = new Statement(
            connection,
            """
            INSERT INTO dirty VALUES(?1, ?2, ?3, 1, ?4)
            ON CONFLICT DO UPDATE SET until = max(until, excluded.until), generation = generation + 1, marked_at = excluded.marked_at
            """);
        put.Bind(4, now);
        foreach (var (device, day, until) in spans)
        {
            put.Bind(1, device);
            put.Bind(2, day);
            put.Bind(3, until);
            put.Run();
        }
    }, cancel);
}
