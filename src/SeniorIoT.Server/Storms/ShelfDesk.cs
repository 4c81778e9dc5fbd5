using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Server.Alerts;

namespace SeniorIoT.Server.Storms;

/// <summary>
/// Brings shelves to the alerts that are open already. What an operator expects of it is what ISA-18.2 says of shelving: what is shelved is silent until the end that
/// was given with it, is listed meanwhile, and comes back by itself as if it were new if its trouble is still there. So an open alert that nobody
/// has answered tells nobody while it is shelved, and then begins its ladder anew; one that somebody has answered is in hands already; a call for help is never touched.
/// What a crash interrupts is done at the next sweep.
/// </summary>
internal sealed class ShelfDesk(HeldStore held, IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Brings the open alerts of a new or ended shelf to where all shelves together say. Repeating it is harmless.</summary>
    public async Task ApplyAsync(Shelf shelf)
    {
        var now = clock.GetUtcNow();
        foreach (var (key, alert) in held.OpenUnder(shelf))
        {
            // Another shelf may hold it longer, or still.
            AlertCommand command = held.LongestCovering(alert.Place.Household, alert.Rule, alert.Device, now) is { } longest
                ? new AlertCommand.Shelve(longest.By, longest.UntilAt, longest.Reason)
                : new AlertCommand.Unshelve(shelf.EndedBy ?? shelf.By, "the shelf was ended");
            await grains.GetGrain<IAlertGrain>(key).Handle(command);
        }

        await held.AppliedAsync(shelf, now);
    }

    /// <summary>Applies what was interrupted.</summary>
    public async Task SweepAsync(DateTimeOffset now)
    {
        foreach (var shelf in held.ReadToApply(now, SweepMax)) await ApplyAsync(shelf);
    }

    private const int SweepMax = 100;
}
