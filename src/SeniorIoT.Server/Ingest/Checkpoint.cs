using SeniorIoT.Server.Storage;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Lets delivered messages leave the journal, once everything their grains kept in memory is on disk. If anything fails the rows
/// stay, and it is tried again at the next turn: a crash then repeats deliveries, it loses none.
/// </summary>
internal sealed class Checkpoint(
    Journal journal, Dispatcher dispatcher, IEnumerable<ICheckpointed> participants, IngestOptions options, TimeProvider clock, ILogger<Checkpoint> log)
    : BackgroundService
{
    // A turn takes at most about a tenth of the time, and is never further away than this.
    private const int RestFactor = 9;
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(4);

    private readonly List<long> _owed = [];

    /// <summary>Checkpoints that failed since the last one that succeeded.</summary>
    public int FailuresInRow { get; private set; }

    /// <summary>When the last turn ended that succeeded; null: none since the start.</summary>
    public DateTimeOffset? LastTurnAt { get; private set; }

    /// <summary>One turn. Throws when a participant or the journal refuses; nothing is forgotten then.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        _owed.AddRange(dispatcher.TakeDelivered());
        if (_owed.Count > 0)
            foreach (var participant in participants) await participant.FlushAsync(cancel);
        _owed.Sort();
        await journal.RemoveAsync(_owed);
        _owed.Clear();
    }

    /// <summary>Stops the turns, then makes a last one.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryRunOnceAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var rest = options.CheckpointEvery; ;)
            {
                await Task.Delay(rest, clock, stoppingToken);
                var begun = clock.GetTimestamp();
                await TryRunOnceAsync(stoppingToken);
                // A turn costs by devices that changed, not by their messages: under load longer pauses make it cheaper for all.
                var took = clock.GetElapsedTime(begun);
                rest = took * RestFactor > options.CheckpointEvery ? took * RestFactor : options.CheckpointEvery;
                if (rest > RestMax) rest = RestMax;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The ordinary end; StopAsync makes the last turn.
        }
    }

    private async Task TryRunOnceAsync(CancellationToken cancel)
    {
        try
        {
            await RunOnceAsync(cancel);
            FailuresInRow = 0;
            LastTurnAt = clock.GetUtcNow();
        }
        catch (Exception error) when (!cancel.IsCancellationRequested)
        {
            // The rows are still there and the next turn tries again; health shows it.
            if (FailuresInRow++ == 0) log.LogError(error, "A checkpoint failed; {Count} delivered messages stay in the journal.", _owed.Count);
        }
    }
}
