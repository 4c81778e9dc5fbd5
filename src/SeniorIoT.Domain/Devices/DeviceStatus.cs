using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Devices;

/// <summary>A condition that is on: raised, and not yet seen to be over.</summary>
/// <param name="RuleId">Which rule.</param>
/// <param name="At">When it became true.</param>
/// <param name="Times">How many full spans it has lasted, for a rule that rings again while it lasts; 1 otherwise.</param>
public readonly record struct Latch(string RuleId, DateTimeOffset At, long Times = 1);

/// <summary>What every device's state carries, whatever its kind.</summary>
public sealed record DeviceStatus
{
    /// <summary>When the device was last heard live, by our clock; null when never.</summary>
    public DateTimeOffset? LastReceivedAt { get; init; }

    /// <summary>The newest time it measured at; null when never.</summary>
    public DateTimeOffset? LastMeasuredAt { get; init; }

    /// <summary>When a call of it last came through, by its own clock: a button's press, a detector's test or alarm. Null when none did.</summary>
    public DateTimeOffset? TestedAt { get; init; }

    /// <summary>0 to 100, as last said; null when never.</summary>
    public int? BatteryPercent { get; init; }

    /// <summary>Signal strength as last said; null when never.</summary>
    public int? RssiDbm { get; init; }

    /// <summary>Messages that were seen lately.</summary>
    public KeyRing RecentKeys { get; init; } = KeyRing.Empty;

    /// <summary>Conditions that are on, at most one for each rule.</summary>
    public ImmutableArray<Latch> Latches { get; init; } = [];

    /// <summary>The rule's condition, when it is on.</summary>
    public Latch? LatchOf(Rule rule)
    {
        foreach (var latch in Latches)
            if (latch.RuleId == rule.Id) return latch;
        return null;
    }

    /// <summary>Whether the rule's condition is on.</summary>
    public bool Has(Rule rule) => LatchOf(rule) is not null;

    /// <summary>The status with the rule's condition on since a moment; one that is on already moves to it.</summary>
    public DeviceStatus On(Rule rule, DateTimeOffset at, long times = 1) =>
        this with { Latches = [.. Latches.Where(latch => latch.RuleId != rule.Id), new(rule.Id, at, times)] };

    /// <summary>The status with the rule's condition off.</summary>
    public DeviceStatus Off(Rule rule) => Has(rule) ? this with { Latches = [.. Latches.Where(latch => latch.RuleId != rule.Id)] } : this;

    /// <summary>The status after a report was heard: times, and what the newest measurement says of battery and signal.</summary>
    public DeviceStatus Hear(Report report)
    {
        var isNewest = report.MeasuredAt >= (LastMeasuredAt ?? DateTimeOffset.MinValue);
        return this with
        {
            LastReceivedAt = Later(LastReceivedAt, report.ReceivedAt),
            LastMeasuredAt = Later(LastMeasuredAt, report.MeasuredAt),
            BatteryPercent = isNewest ? report.BatteryPercent ?? BatteryPercent : BatteryPercent,
            RssiDbm = isNewest ? report.RssiDbm ?? RssiDbm : RssiDbm,
        };
    }

    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset at) => known > at ? known.Value : at;
}
