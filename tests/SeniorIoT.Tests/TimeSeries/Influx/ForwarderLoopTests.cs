using System.Text;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Tests.TimeSeries.Embedded;
using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

/// <summary>The forwarder running by itself, on threads.</summary>
public sealed class ForwarderLoopTests : IAsyncDisposable
{
    private static readonly WriteAnswer Taken = new(204, "", null);

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(Rig.Start);
    private readonly List<string> _written = [];
    private readonly Spool _spool;

    public ForwarderLoopTests() => _spool = new Spool(Path.Combine(_folder.Path, "spool.db"), 10_000_000, _clock);

    [Fact]
    public async Task What_is_appended_goes_by_itself_when_its_time_has_come()
    {
        await using var forwarder = Started((_, _) => Task.FromResult(Taken));
        await AppendAsync("a v=1i 1");
        await PassTimeUntilAsync(() => forwarder.Status.WrittenPoints == 1);
        await AppendAsync("b v=2i 2");
        await PassTimeUntilAsync(() => forwarder.Status.WrittenPoints == 2);
        Assert.Equal(["a v=1i 1\n", "b v=2i 2\n"], _written);
    }

    [Fact]
    public async Task Whoever_waits_for_empty_waits_for_what_was_before_and_not_for_company()
    {
        await using var forwarder = Started((_, _) => Task.FromResult(Taken));
        await forwarder.WhenEmptyAsync(CancellationToken.None);
        await AppendAsync("a v=1i 1");
        await forwarder.WhenEmptyAsync(CancellationToken.None);
        Assert.Equal((1L, 0L), (forwarder.Status.WrittenPoints, forwarder.Status.WaitingPoints));
    }

    [Fact]
    public async Task After_an_outage_it_goes_on_by_itself()
    {
        var isAway = true;
        await using var forwarder = Started((_, _) => Task.FromResult(Volatile.Read(ref isAway) ? new WriteAnswer(null, "Connection refused", null) : Taken));
        await AppendAsync("a v=1i 1");
        await PassTimeUntilAsync(() => forwarder.Status.State == StoreState.Retrying);
        var empty = forwarder.WhenEmptyAsync(CancellationToken.None);
        Volatile.Write(ref isAway, false);
        await PassTimeUntilAsync(() => empty.IsCompleted);
        Assert.Equal(StoreState.Ok, forwarder.Status.State);
    }

    [Fact]
    public async Task A_client_that_throws_ends_nothing()
    {
        var calls = 0;
        await using var forwarder = Started((_, _) => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("a mistake") : Task.FromResult(Taken));
        await AppendAsync("a v=1i 1");
        // The same look for both: the next try may come at once.
        var seen = forwarder.Status;
        await PassTimeUntilAsync(() => (seen = forwarder.Status).State == StoreState.Retrying);
        Assert.Contains("a mistake", seen.Problem);
        await PassTimeUntilAsync(() => forwarder.Status.WrittenPoints == 1);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Stopping_lets_a_request_finish_that_finishes_soon()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource<WriteAnswer>());
        var forwarder = Started((_, _) => { asked.SetResult(); return answer.Task; });
        await AppendAsync("a v=1i 1");
        _ = forwarder.WhenEmptyAsync(CancellationToken.None);
        await asked.Task;
        var stopping = forwarder.DisposeAsync();
        answer.SetResult(Taken);
        await stopping;
        Assert.Equal(0, _spool.Depth.Rows);
    }

    [Fact]
    public async Task Stopping_abandons_a_request_that_hangs_and_its_points_stay()
    {
        var asked = new TaskCompletionSource();
        var forwarder = Started(async (_, cancel) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, cancel);
            return Taken;
        });
        await AppendAsync("a v=1i 1");
        var empty = forwarder.WhenEmptyAsync(CancellationToken.None);
        await asked.Task;
        var (started, stopping) = (_clock.GetUtcNow(), forwarder.DisposeAsync().AsTask());
        while (!stopping.IsCompleted && _clock.GetUtcNow() - started < TimeSpan.FromSeconds(1)) _clock.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        Assert.Equal(1, _spool.Depth.Rows);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => empty);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => forwarder.WhenEmptyAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await _spool.DisposeAsync();
        _folder.Dispose();
    }

    private Forwarder Started(Func<string, CancellationToken, Task<WriteAnswer>> write)
    {
        var forwarder = new Forwarder(_spool, (_, gzip, cancel) =>
        {
            var text = Encoding.UTF8.GetString(Lines.Expand(gzip.ToArray()));
            _written.Add(text);
            return write(text, cancel);
        }, new InfluxOptions(), _clock);
        forwarder.Start();
        return forwarder;
    }

    private Task AppendAsync(params string[] lines) => _spool.AppendAsync([Rig.Batch("raw", lines)], CancellationToken.None);

    /// <summary>Time passes in small steps, as often as it takes; half a minute of the real clock at most.</summary>
    private async Task PassTimeUntilAsync(Func<bool> isDone)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isDone())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It never happens.");
            _clock.Advance(TimeSpan.FromSeconds(0.2));
            await Task.Yield();
        }
    }
}
