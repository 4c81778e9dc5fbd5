using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>What is the same for every kind of device: repeats, old data, proof of life, faults.</summary>
internal static class DeviceRules
{
    /// <summary>Why a condition is over whose rule does not count any more.</summary>
    public const string SwitchedOff = "The rule was switched off.";

    /// <summary>
    /// Takes a report in. True in <c>IsJudged</c> when it goes on to the rules of its kind; false when it was a repeat (only the time
    /// heard changes) or old data (which is not proof of life either, as a gateway may deliver it).
    /// </summary>
    public static (DeviceStatus Status, bool IsJudged) Receive(
        DeviceStatus status, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        if (status.RecentKeys.Contains(report.Key))
        {
            var isLater = !report.IsHistory && IsHeard(report) && !(status.LastReceivedAt >= report.ReceivedAt);
            return (isLater ? status with { LastReceivedAt = report.ReceivedAt } : status, false);
        }

        status = DropSwitchedOff(status, context, report.ReceivedAt, findings) with { RecentKeys = status.RecentKeys.With(report.Key) };
        if (report.IsHistory)
        {
            if (RaisedBy(report.Body) is { } rule)
                findings.Add(new Finding.Recorded($"{rule.Id}-history", report.MeasuredAt, "Old data: written down, nobody was told."));
            return (status, false);
        }

        if (IsHeard(report))
        {
            if (status.Has(Rule.Silent)) findings.Add(SilentRule.Heard(report.ReceivedAt));
            status = status.Hear(report).Off(Rule.Silent);
        }

        return (DeviceFaults.Judge(status, report, context, findings), true);
    }

    /// <summary>The status without the conditions of rules that were switched off since: each is over.</summary>
    public static DeviceStatus DropSwitchedOff(DeviceStatus status, DeviceContext context, DateTimeOffset now, ImmutableArray<Finding>.Builder findings)
    {
        if (status.Latches.IsEmpty) return status;
        foreach (var rule in status.Latches.Select(latch => Rule.Parse(latch.RuleId)).Where(rule => !context.Settings.IsOn(rule)))
        {
            findings.Add(new Finding.Cleared(rule, now, SwitchedOff));
            status = status.Off(rule);
        }

        return status;
    }

    /// <summary>The status after a call came through that was made at <paramref name="at"/>: it is tested.</summary>
    public static DeviceStatus Test(DeviceStatus status, DateTimeOffset at, ImmutableArray<Finding>.Builder findings)
    {
        if (!(status.TestedAt > at)) status = status with { TestedAt = at };
        if (status.LatchOf(Rule.Untested) is not { } latch) return status;
        findings.Add(new Finding.Cleared(Rule.Untested, at > latch.At ? at : latch.At, "A call of the device came through.", IsDated: true));
        return status.Off(Rule.Untested);
    }

    /// <summary>Whether the report proves that the device lives. A last will does not: the broker speaks it.</summary>
    public static bool IsHeard(Report report) => report.Body is not ReportBody.Status { IsOnline: false };

    /// <summary>Evidence of a finding that rests on one message.</summary>
    public static Evidence EvidenceOf(Report report, DeviceContext context) => new(RuleVersion: context.Settings.Version, LastHeardAt: report.ReceivedAt);

    /// <summary>A call: raised each time it is made, whether or not its condition is on. Its cause is the message.</summary>
    public static Finding.Raised Call(Rule rule, Report report, DeviceContext context, string? note = null) =>
        new(rule, report.MeasuredAt, CauseOf(report, context), EvidenceOf(report, context) with { Note = note });

    /// <summary>The cause of what a message says.</summary>
    public static string CauseOf(Report report, DeviceContext context) => CallRules.CauseOf(context.DeviceId, report);

    private static Rule? RaisedBy(ReportBody body) => body switch
    {
        ReportBody.Button { Kind: ButtonEventKind.Press, Use: ButtonUse.Emergency } => Rule.Sos,
        ReportBody.Button { Kind: ButtonEventKind.Fall } => Rule.Fall,
        ReportBody.Smoke { Kind: SmokeEventKind.Alarm } => Rule.Smoke,
        ReportBody.WaterEvent { Kind: WaterEventKind.Burst } => Rule.Burst,
        ReportBody.WaterEvent { Kind: WaterEventKind.Leak } => Rule.Leak,
        ReportBody.FaultSeen { Fault: var fault } => DeviceFaults.RuleOf(fault),
        _ => null,
    };
}
