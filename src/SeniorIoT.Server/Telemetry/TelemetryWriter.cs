using SeniorIoT.Server.Storage;
using SeniorIoT.TimeSeries;

namespace SeniorIoT.Server.Telemetry;

/// <summary>
/// Gathers samples and events until the next checkpoint writes them in one go. Bounded: when the store cannot keep up, handing
/// over waits for a flush, which slows ingest down; nothing is dropped. What is stored is marked to be rolled up before a flush is done.
/// </summary>
internal sealed class TelemetryWriter(ITimeSeriesStore store, RollupMarks marks) : ICheckpointed, IDisposable
{
    private const int WaitingMax = 300_000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneFlush = new(1, 1);
    private List<Point> _points = [];
    private List<EventPoint> _events = [];

    /// <summary>Hands over what one or more reports contain. Throws when the store refuses and there is no more room: deliver again.</summary>
    public async ValueTask AddAsync(IReadOnlyList<Point> points, IReadOnlyList<EventPoint> events, CancellationToken cancel)
    {
        bool isFull;
        lock (_lock) isFull = _points.Count + _events.Count + points.Count > WaitingMax;
        if (isFull) await FlushAsync(cancel);
        lock (_lock)
        {
            _points.AddRange(points);
            _events.AddRange(events);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneFlush.Dispose();

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _oneFlush.WaitAsync(cancel);
        try
        {
            List<Point> points;
            List<EventPoint> events;
            lock (_lock)
            {
                if (_points.Count + _events.Count == 0) return;
                (points, _points) = (_points, []);
                (events, _events) = (_events, []);
            }

            try
            {
                await store.AppendAsync(points, events, cancel);
                await marks.MarkAsync(points, cancel);
            }
            catch
            {
                lock (_lock)
                {
                    _points.InsertRange(0, points);
                    _events.InsertRange(0, events);
                }

                throw;
            }
        }
        finally
        {
            _oneFlush.Release();
        }
    }
}
