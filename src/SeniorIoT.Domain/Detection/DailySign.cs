using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// A sign that shows over weeks: one row of the rules that compare the last days or nights of a home with those before. It is judged when a day
/// becomes known, told once, and again after <see cref="ToldAgainAfterDays"/> while it lasts or when it came back.
/// </summary>
/// <param name="Rule">Which rule.</param>
/// <param name="DaysKept">How many days it looks back on.</param>
/// <param name="SpacingMax">What ran until a moment is taken to have run evenly between the readings around it, if they stand no further apart.</param>
/// <param name="PartOf">The part of a local day that counts.</param>
/// <param name="Judge">What the amounts say, and in which words. Evidence only when it is on.</param>
/// <param name="ClearedBy">Why it is over.</param>
internal sealed record DailySign(
    Rule Rule,
    int DaysKept,
    TimeSpan SpacingMax,
    Func<long, DeviceContext, (DateTimeOffset From, DateTimeOffset Until)> PartOf,
    Func<DailyAmounts, long, DeviceContext, (Verdict Verdict, Evidence? Evidence)> Judge,
    string ClearedBy)
{
    /// <summary>Nobody needs to hear of a change over weeks more often.</summary>
    private const int ToldAgainAfterDays = 28;

    /// <summary>What the window must hold: a day, and a day before it in which somebody was at home.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromHours(50);

    /// <summary>Takes in what new readings say of whole days, and finds what that means.</summary>
    /// <param name="amounts">What is known of earlier days; null when nothing.</param>
    /// <param name="status">Whether it is on.</param>
    /// <param name="before">The window as it was.</param>
    /// <param name="after">The window with the new readings, not yet pruned.</param>
    /// <param name="shared">How many readings at its start are not new.</param>
    /// <param name="resolutionMillilitres">What one step of the register is worth.</param>
    /// <param name="context">The device.</param>
    /// <param name="findings">Where findings go.</param>
    public (DailyAmounts? Amounts, DeviceStatus Status) Follow(
        DailyAmounts? amounts, DeviceStatus status, ReadingWindow before, ReadingWindow after, int shared, long resolutionMillilitres, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (after.Count == 0) return (amounts, status);
        // What comes late from before the window stands alone there: it would say less of a day than the readings that are forgotten did.
        if (before.Count > 0 && after[0].At < before[0].At)
        {
            after = after.Since(before[0].At);
            shared = before.SharedWith(after);
        }

        var known = amounts ?? DailyAmounts.None(DaysKept);
        var learnt = Learn(known, after, shared, context);
        if (ReferenceEquals(learnt, known)) return (amounts, status);
        if (!context.Settings.IsOn(Rule)) return (learnt, status); // another rule asks for the days

        var day = learnt.NewestDay;
        var (fromAt, untilAt) = PartOf(day, context);
        var (verdict, evidence) = Judge(learnt, resolutionMillilitres, context);
        if (verdict == Verdict.Off && status.Has(Rule))
        {
            findings.Add(new Finding.Cleared(Rule, untilAt, ClearedBy));
            return (learnt, status.Off(Rule));
        }

        if (verdict != Verdict.On || day - learnt.ToldOn < ToldAgainAfterDays) return (learnt, status);
        var (since, times) = status.LatchOf(Rule) is { } latch ? (latch.At, latch.Times + 1) : (untilAt, 1);
        var again = times > 1 ? $"/{times}" : "";
        findings.Add(new Finding.Raised(Rule, untilAt, $"{context.DeviceId}/{Rule.Id}/{since.ToUnixTimeMilliseconds()}{again}", evidence! with
        {
            RuleVersion = context.Settings.Version, UntilAt = untilAt, LastHeardAt = status.LastReceivedAt,
        }));
        return (learnt with { ToldOn = day }, status.On(Rule, since, times));
    }

    // Only days that the change of the window reaches: so the amount of a day is the one that the fullest window showed.
    private DailyAmounts Learn(DailyAmounts amounts, ReadingWindow after, int shared, DeviceContext context)
    {
        var changedFrom = after[Math.Clamp(shared - 1, 0, after.Count - 1)].At;
        var newest = LocalHour.At(after.Last.At, context.Zone).Index / 24;
        for (var day = Math.Max(LocalHour.At(changedFrom, context.Zone).Index / 24, newest - DaysKept); day <= newest; day++)
        {
            var (fromAt, untilAt) = PartOf(day, context);
            if (untilAt <= changedFrom || untilAt > after.Last.At || context.Absences.Overlap(fromAt, untilAt)) continue;
            if (RegisterAt(after, fromAt) is { } from && RegisterAt(after, untilAt) is { } until && IsLivedIn(after, untilAt))
                amounts = amounts.With(day, (until - from) / 1000);
        }

        return amounts;
    }

    // Of a day on which nothing ran at all nobody was at home, or no-water has told: either way it says nothing of how somebody lives.
    private static bool IsLivedIn(ReadingWindow window, DateTimeOffset until) =>
        RegisterAt(window, until - Stillness.Day, TimeSpan.MaxValue) is not { } earlier || RegisterAt(window, until, TimeSpan.MaxValue) > earlier;

    private double? RegisterAt(ReadingWindow window, DateTimeOffset at) => RegisterAt(window, at, SpacingMax);

    private static double? RegisterAt(ReadingWindow window, DateTimeOffset at, TimeSpan spacingMax)
    {
        var place = window.IndexAtOrBefore(at);
        if (place < 0) return null;
        var before = window[place];
        if (before.At == at) return before.TotalMillilitres;
        if (place + 1 == window.Count) return null;
        var (apart, rise) = (window[place + 1].At - before.At, window[place + 1].TotalMillilitres - before.TotalMillilitres);
        return rise == 0 || apart <= spacingMax ? before.TotalMillilitres + rise * ((at - before.At) / apart) : null;
    }
}
