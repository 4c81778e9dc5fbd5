using System.Threading.Channels;

namespace SeniorIoT.Server.Notices;

/// <summary>Says that there is something to send. Rung twice is once; not rung is a second late, because the outbox also looks by itself.</summary>
internal sealed class OutboxBell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Rings.</summary>
    public void Ring() => _rung.Writer.TryWrite(true);

    /// <summary>Completes when it is rung (a ring from before the call counts), or after <paramref name="limit"/>.</summary>
    public async Task RungAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancel)
    {
        using var timer = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            await _rung.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The limit has passed: look, rung or not.
        }
    }
}
