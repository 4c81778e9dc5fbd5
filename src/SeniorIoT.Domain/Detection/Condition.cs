using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>What a rule says of the time that ends at one reading.</summary>
internal enum Verdict
{
    /// <summary>Nothing is proven either way: what held before still holds.</summary>
    Unknown,

    /// <summary>The condition is true.</summary>
    On,

    /// <summary>The condition is not true.</summary>
    Off,

    /// <summary>The condition is not true, but what was told of it is not over either: it goes on when it becomes true again.</summary>
    Paused,
}

/// <summary>When a condition began, and when it had lasted long enough to be one.</summary>
internal readonly record struct Beginning(DateTimeOffset StartAt, DateTimeOffset TrueAt);

/// <summary>
/// One row of the water rules: a question that is put to a window at each reading. With <paramref name="RingsAgainEvery"/> it is
/// told again after each further span of that length: the open alert takes it in, but when an operator has closed it and the
/// condition goes on, somebody must hear of it again.
/// </summary>
internal sealed record Condition(
    Rule Rule,
    Func<RuleSettings, TimeSpan> LookBack,
    Func<ReadingWindow, int, DeviceContext, Verdict> Judge,
    Func<ReadingWindow, int, DeviceContext, Beginning> Begin,
    Func<ReadingWindow, int, DeviceContext, Evidence> Evidence,
    Func<RuleSettings, string> ClearedBy,
    Func<RuleSettings, TimeSpan>? RingsAgainEvery = null)
{
    /// <summary>
    /// Walks over the readings that are new, from the old window to the new one, and finds what began, what ended, and what began
    /// and ended before it was known.
    /// </summary>
    /// <param name="status">Whether the condition is on. Returned with the change.</param>
    /// <param name="before">The window as it was.</param>
    /// <param name="after">The window with the new readings, not yet pruned.</param>
    /// <param name="shared">How many readings at the start of both are the same.</param>
    /// <param name="context">The device.</param>
    /// <param name="findings">Where findings go.</param>
    public DeviceStatus Follow(
        DeviceStatus status, ReadingWindow before, ReadingWindow after, int shared, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (after.Count == 0) return status;
        var latch = status.LatchOf(Rule);
        var judgedUntil = before.Count == 0 ? DateTimeOffset.MinValue : before.Last.At;
        if (latch is { } on && on.At > judgedUntil) judgedUntil = on.At;

        int firstOn = -1, lastOn = -1;
        var offAt = DateTimeOffset.MinValue;
        for (var i = Math.Min(shared, after.Count - 1); i < after.Count; i++)
        {
            switch (Judge(after, i, context))
            {
                case Verdict.On:
                    if (firstOn < 0) firstOn = i;
                    lastOn = i;
                    break;

                case Verdict.Paused when latch is not null:
                    break;

                case Verdict.Off or Verdict.Paused:
                    if (latch is not null && after[i].At > judgedUntil)
                    {
                        findings.Add(new Finding.Cleared(Rule, after[i].At, ClearedBy(context.Settings)));
                        (latch, status) = (null, status.Off(Rule));
                    }
                    else if (firstOn >= 0 && !WasKnown(before, offAt, after[lastOn].At, context))
                    {
                        findings.Add(new Finding.OverBeforeKnown(Rule, Begin(after, firstOn, context).StartAt, after[lastOn].At));
                    }

                    (firstOn, offAt) = (-1, after[i].At);
                    break;
            }
        }

        if (latch is { } lasting) return lastOn < 0 ? status : RingAgain(status, lasting, after, lastOn, context, findings);
        if (firstOn < 0) return status;
        var (startAt, trueAt) = Begin(after, firstOn, context);
        findings.Add(Raise(trueAt, CauseOf(startAt, context), status, after, lastOn, context));
        return status.On(Rule, trueAt, TimesLasted(trueAt, after[lastOn].At, context));
    }

    // Spans count from the moment that rang first, also when earlier readings come later: so each span rings at most once.
    private DeviceStatus RingAgain(
        DeviceStatus status, Latch latch, ReadingWindow window, int lastOn, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        var times = TimesLasted(latch.At, window[lastOn].At, context);
        if (times <= latch.Times) return status;
        var every = RingsAgainEvery!(context.Settings);
        findings.Add(Raise(latch.At + every * (times - 1), $"{CauseOf(latch.At - every, context)}/{times}", status, window, lastOn, context));
        return status.On(Rule, latch.At, times);
    }

    private long TimesLasted(DateTimeOffset trueAt, DateTimeOffset until, DeviceContext context) =>
        RingsAgainEvery is null || until < trueAt ? 1 : 1 + (until - trueAt).Ticks / RingsAgainEvery(context.Settings).Ticks;

    private string CauseOf(DateTimeOffset startAt, DeviceContext context) => $"{context.DeviceId}/{Rule.Id}/{startAt.ToUnixTimeMilliseconds()}";

    private Finding.Raised Raise(DateTimeOffset at, string cause, DeviceStatus status, ReadingWindow window, int lastOn, DeviceContext context) =>
        new(Rule, at, cause, Evidence(window, lastOn, context) with { RuleVersion = context.Settings.Version, LastHeardAt = status.LastReceivedAt });

    /// <summary>Whether the old window already said so between the last time the condition was off and this time, or is pruned too far to say.</summary>
    private bool WasKnown(ReadingWindow before, DateTimeOffset offAt, DateTimeOffset at, DeviceContext context)
    {
        if (before.Count == 0) return false;
        if (at - LookBack(context.Settings) < before.Last.At - context.Settings.LookBack) return true;
        for (var i = before.IndexAtOrBefore(at); i >= 0 && before[i].At > offAt; i--)
        {
            var verdict = Judge(before, i, context);
            if (verdict != Verdict.Unknown) return verdict == Verdict.On;
        }

        return false;
    }
}
