using Microsoft.Data.Sqlite;

namespace SeniorIoT.TimeSeries.Embedded;

/// <summary>The queries of one month file on one connection. Each sees what was committed before it began. Not thread safe.</summary>
internal sealed partial class MonthReader(SqliteConnection connection) : IDisposable
{
    private readonly Statement _chunk = new(connection,
        "SELECT n, first_ms, first_value, last_ms, last_value, min, max, sum, codec, samples FROM chunk WHERE day = ? AND device = ? AND metric = ?");

    private readonly Statement _events = new(connection,
        "SELECT at_ms, kind, detail FROM event WHERE device = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms, kind");

    private readonly Statement _everyChunk = new(connection,
        "SELECT n, first_ms, first_value, codec, samples, device FROM chunk WHERE day = ? AND metric = ? ORDER BY device");

    /// <summary>Appends all samples of a day.</summary>
    public void ReadChunk(ChunkKey key, List<Sample> into)
    {
        if (!Find(key)) return;
        try
        {
            ChunkCodec.Decode((byte)_chunk.Long(8), _chunk.Bytes(9), (int)_chunk.Long(0), First(key.Day), into);
        }
        finally
        {
            _chunk.Reset();
        }
    }

    /// <summary>The samples of every device on a day, by device.</summary>
    public void ReadEveryChunk(int day, Metric metric, Action<string, List<Sample>> found)
    {
        _everyChunk.Bind(1, day);
        _everyChunk.Bind(2, (long)metric);
        try
        {
            while (_everyChunk.Step())
            {
                var samples = new List<Sample>();
                var first = new Sample(day * Calendar.DayMs + _everyChunk.Long(1), _everyChunk.Long(2));
                ChunkCodec.Decode((byte)_everyChunk.Long(3), _everyChunk.Bytes(4), (int)_everyChunk.Long(0), first, samples);
                found(_everyChunk.Text(5), samples);
            }
        }
        finally
        {
            _everyChunk.Reset();
        }
    }

    public DaySummary? ReadDay(ChunkKey key)
    {
        if (!Find(key)) return null;
        var (first, last) = (First(key.Day), Last(key.Day));
        var summary = new DaySummary(Calendar.DateOf(key.Day), (int)_chunk.Long(0), first, last,
            _chunk.IsNull(5) ? first.Value : _chunk.Long(5), _chunk.IsNull(6) ? last.Value : _chunk.Long(6), _chunk.Long(7));
        _chunk.Reset();
        return summary;
    }

    /// <summary>The last sample of the day before a time. Decodes the day only when it holds later samples too.</summary>
    public Sample? ReadLastBefore(ChunkKey key, long beforeMs)
    {
        if (!Find(key)) return null;
        var (first, last) = (First(key.Day), Last(key.Day));
        _chunk.Reset();
        if (first.AtMs >= beforeMs) return null;
        if (last.AtMs < beforeMs) return last;
        var samples = new List<Sample>();
        ReadChunk(key, samples);
        // Another write may have come between the two queries, but samples are never taken away.
        return samples.FindLast(sample => sample.AtMs < beforeMs);
    }

    public void ReadEvents(string device, long fromMs, long toMs, List<EventPoint> into)
    {
        _events.Bind(1, device);
        _events.Bind(2, fromMs);
        _events.Bind(3, toMs);
        while (_events.Step()) into.Add(new EventPoint(device, _events.Long(0), _events.Text(1), _events.Text(2)));
    }

    public void Dispose()
    {
        _chunk.Dispose();
        _events.Dispose();
        _everyChunk.Dispose();
    }

    private bool Find(ChunkKey key)
    {
        _chunk.Bind(1, key.Day);
        _chunk.Bind(2, key.Device);
        _chunk.Bind(3, (long)key.Metric);
        return _chunk.Step();
    }

    private Sample First(int day) => new(day * Calendar.DayMs + _chunk.Long(1), _chunk.Long(2));

    private Sample Last(int day) => new(day * Calendar.DayMs + _chunk.Long(3), _chunk.Long(4));
}
