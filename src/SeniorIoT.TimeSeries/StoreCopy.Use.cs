namespace SeniorIoT.TimeSeries;

/// <summary>Roll-ups: kept longer than readings, so they are copied too, and not only made again.</summary>
public sealed partial class StoreCopy
{
    /// <summary>How far before the first reading roll-ups are looked for: a little more than the ten years that days are kept.</summary>
    private const int OldUseDays = 11 * 366;

    private const int HoursOfADay = 24;

    /// <summary>
    /// Whether a roll-up that the target has already stays, also when the source has another: for a target that is in use and knows
    /// more. Otherwise the source's replaces it.
    /// </summary>
    public bool KeepsUseOfTarget { get; init; }

    private async Task CopyUseAsync(DateOnly day, bool verifyOnly, CancellationToken cancel)
    {
        var found = await source.ReadUseOfDayAsync(day, cancel);
        if (found.Count == 0) return;
        var kept = await TargetUseAsync(day, cancel);
        var open = found.Where(use => !IsKept(kept, use)).ToList();
        _done.Equal(CopyTally.Use, found.Count - open.Count);
        if (open.Count == 0) return;
        if (!verifyOnly)
        {
            foreach (var batch in open.Chunk(BatchMax / HoursOfADay))
            {
                await target.WriteUseAsync([.. batch.Select(Whole)], cancel);
                _done.Wrote(batch.Length);
            }

            if (flush is not null) await flush(cancel);
            kept = await TargetUseAsync(day, cancel);
        }

        foreach (var use in open)
        {
            if (IsKept(kept, use)) _done.Copied(CopyTally.Use);
            else _done.Different(day, CopyTally.Use, use.Device, "the roll-up is missing in the target, or says something else");
        }
    }

    /// <summary>Roll-ups of days whose readings are no longer kept.</summary>
    private async Task CopyOldUseAsync(DateOnly firstCopied, DateOnly? from, bool verifyOnly, CancellationToken cancel)
    {
        var oldest = from ?? firstCopied.AddDays(-OldUseDays);
        for (var day = firstCopied.AddDays(-1); day >= oldest; day = day.AddDays(-1)) await CopyUseAsync(day, verifyOnly, cancel);
    }

    private bool IsKept(Dictionary<string, UseDay> kept, UseDay use) =>
        kept.TryGetValue(use.Device, out var there) && (KeepsUseOfTarget || there.Millilitres == use.Millilitres && there.StartMs == use.StartMs
            // Hours may be forgotten before days are; then there is nothing to compare.
            && (use.HourlyMillilitres.Count == 0 || use.HourlyMillilitres.SequenceEqual(there.HourlyMillilitres)));

    private static UseDay Whole(UseDay use) => use.HourlyMillilitres.Count > 0 ? use : use with { HourlyMillilitres = new long?[HoursOfADay] };

    private async Task<Dictionary<string, UseDay>> TargetUseAsync(DateOnly day, CancellationToken cancel) =>
        (await target.ReadUseOfDayAsync(day, cancel)).ToDictionary(use => use.Device, StringComparer.Ordinal);
}
