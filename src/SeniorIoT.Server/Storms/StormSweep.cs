namespace SeniorIoT.Server.Storms;

/// <summary>Whether what devices say can be kept now.</summary>
internal delegate bool CanHear();

/// <summary>What the sweeper does for this room each second: all of it is rows that are due, so what fails is rung again.</summary>
internal sealed class StormSweep(IncidentStore incidents, HeldStore held, ShelfDesk shelves, RaiseGate gate, GatewayDesk gateways, Ears ears, CanHear canHear, IGrainFactory grains, ILogger<StormSweep> log)
{
    private const int RingMax = 500, RingingMax = 8;

    /// <summary>One round.</summary>
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancel)
    {
        await TryAsync("hearing", () => ears.ListenAsync(canHear(), now));
        await TryAsync("gateways", () => gateways.LookAsync(now));
        var limit = new ParallelOptions { MaxDegreeOfParallelism = RingingMax, CancellationToken = cancel };
        await Parallel.ForEachAsync(incidents.ReadDue(now, RingMax), limit, async (id, _) => await TryAsync(id, () => grains.GetGrain<IIncidentGrain>(id).Look()));
        await TryAsync("shelves", () => shelves.SweepAsync(now)); // before what they hold is let go: else people are asked twice
        await Parallel.ForEachAsync(held.ReadDue(now, RingMax), limit, async (due, _) => await TryAsync(due.Key, () => gate.LetGoAsync(due, now)));
    }

    private async Task TryAsync(string what, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // One that fails must not hold up the others; it is still due in a second.
            log.LogWarning(error, "The look at {What} failed and is repeated", what);
        }
    }
}
