using System.Collections.Immutable;
using System.Diagnostics;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>The device's own troubles: battery, clock, and what it says of itself.</summary>
internal static class DeviceFaults
{
    /// <summary>The rule for a fault.</summary>
    public static Rule RuleOf(DeviceFault fault) => fault switch
    {
        DeviceFault.LowBattery => Rule.LowBattery,
        DeviceFault.Tamper => Rule.Tamper,
        DeviceFault.Fault => Rule.Fault,
        DeviceFault.EndOfLife => Rule.EndOfLife,
        DeviceFault.Backflow => Rule.Backflow,
        DeviceFault.Clock => Rule.Clock,
        _ => throw new UnreachableException(),
    };

    /// <summary>Judges a live report. The status has heard it already.</summary>
    public static DeviceStatus Judge(DeviceStatus status, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        status = JudgeBattery(status, report, context, findings);
        status = JudgeClock(status, report, context, findings);
        if (report.Body is not ReportBody.FaultSeen { Fault: var fault }) return status;

        // What a device says of itself is a call, not a condition: each is raised, and the open alert takes the repeats in.
        var rule = RuleOf(fault);
        if (!context.Settings.IsOn(rule)) return status;
        findings.Add(new Finding.Raised(rule, report.MeasuredAt, $"{context.DeviceId}/{rule.Id}/{report.Key}", DeviceRules.EvidenceOf(report, context)));
        return rule == Rule.LowBattery ? status.On(rule, Later(status.LatchOf(rule)?.At, report.MeasuredAt)) : status;
    }

    /// <summary><c>end-of-life</c> by age, counted from the enrolment because nothing better is known. The second value says when to look again.</summary>
    public static (DeviceStatus Status, DateTimeOffset NextWakeAt) Wear(
        DeviceStatus status, TimeSpan life, DeviceContext context, DateTimeOffset now, ImmutableArray<Finding>.Builder findings)
    {
        var wornAt = context.EnrolledAt + life;
        if (now < wornAt) return (status, wornAt);
        if (status.Has(Rule.EndOfLife) || !context.Settings.IsOn(Rule.EndOfLife)) return (status, DateTimeOffset.MaxValue);
        var evidence = new Evidence(
            RuleVersion: context.Settings.Version, FromAt: context.EnrolledAt, LastHeardAt: status.LastReceivedAt,
            Note: $"In use for more than {life.TotalDays / 365.25:0.#} years. A detector of that age is replaced.");
        findings.Add(new Finding.Raised(Rule.EndOfLife, wornAt, $"{context.DeviceId}/{Rule.EndOfLife.Id}/{context.EnrolledAt.ToUnixTimeMilliseconds()}", evidence));
        return (status.On(Rule.EndOfLife, wornAt), DateTimeOffset.MaxValue);
    }

    private static DeviceStatus JudgeBattery(DeviceStatus status, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (report.BatteryPercent is not { } percent || report.MeasuredAt < status.LastMeasuredAt) return status;
        var isLow = status.Has(Rule.LowBattery);
        if (!isLow && percent <= context.Settings.LowBatteryPercent)
            return Raise(status, Rule.LowBattery, report, context, $"Battery {percent} %.", findings);
        return isLow && percent > context.Settings.BatteryRecoveredPercent
            ? Clear(status, Rule.LowBattery, report, $"Battery {percent} %.", findings)
            : status;
    }

    private static DeviceStatus JudgeClock(DeviceStatus status, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        var isWrong = status.Has(Rule.Clock);
        if (report.IsClockSuspect && !isWrong)
            return Raise(status, Rule.Clock, report, context, "The device's time cannot be right; the time of receipt counts.", findings);
        return isWrong && !report.IsClockSuspect && DeviceRules.IsHeard(report)
            ? Clear(status, Rule.Clock, report, "The device's time can be believed again.", findings)
            : status;
    }

    private static DeviceStatus Raise(
        DeviceStatus status, Rule rule, Report report, DeviceContext context, string note, ImmutableArray<Finding>.Builder findings)
    {
        if (!context.Settings.IsOn(rule)) return status;
        var cause = $"{context.DeviceId}/{rule.Id}/{report.MeasuredAt.ToUnixTimeMilliseconds()}";
        findings.Add(new Finding.Raised(rule, report.MeasuredAt, cause, DeviceRules.EvidenceOf(report, context) with { Note = note }));
        return status.On(rule, report.MeasuredAt);
    }

    private static DeviceStatus Clear(DeviceStatus status, Rule rule, Report report, string note, ImmutableArray<Finding>.Builder findings)
    {
        findings.Add(new Finding.Cleared(rule, Later(status.LatchOf(rule)?.At, report.MeasuredAt), note, IsDated: true));
        return status.Off(rule);
    }

    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset at) => known > at ? known.Value : at;
}
