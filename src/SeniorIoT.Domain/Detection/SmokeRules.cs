using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>What is kept of a smoke detector.</summary>
public sealed record SmokeState
{
    /// <summary>A detector that was never heard.</summary>
    public static SmokeState Initial { get; } = new();

    /// <summary>What every device has.</summary>
    public DeviceStatus Status { get; init; } = new();
}

/// <summary>
/// The rules of a smoke detector. Every alarm is raised, also while one is on: the open alert takes repeats in, but when an operator
/// has closed it and the detector calls again, that must be a new alert.
/// </summary>
public static class SmokeRules
{
    /// <summary>What a report means, and the state after it.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="report">What the detector said.</param>
    /// <param name="context">What is known of it otherwise.</param>
    /// <param name="now">The moment of the decision. A late alarm is raised like any other, so nothing here depends on it.</param>
    public static Judgement<SmokeState> Receive(SmokeState state, Report report, DeviceContext context, DateTimeOffset now)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var (status, isJudged) = DeviceRules.Receive(state.Status, report, context, findings);
        if (isJudged && report.Body is ReportBody.Smoke { Kind: var kind })
        {
            var at = report.MeasuredAt;
            var since = status.LatchOf(Rule.Smoke)?.At;
            switch (kind)
            {
                case SmokeEventKind.Alarm:
                    findings.Add(DeviceRules.Call(Rule.Smoke, report, context));
                    status = status.On(Rule.Smoke, since > at ? since.Value : at);
                    break;

                // A clear that is older than the alarm came late and says nothing of it.
                case SmokeEventKind.Clear when !(since > at):
                    findings.Add(new Finding.Cleared(Rule.Smoke, at, "The detector says that the smoke is gone.", IsDated: true));
                    status = status.Off(Rule.Smoke);
                    break;

                case SmokeEventKind.Test:
                    findings.Add(new Finding.Recorded("smoke-test", at, "The test key was pressed."));
                    break;

                case SmokeEventKind.Hush:
                    findings.Add(new Finding.Noted(Rule.Smoke, at, DeviceRules.CauseOf(report, context), "Somebody silenced the detector."));
                    break;
            }
        }

        return new(state with { Status = status }, findings.ToImmutable());
    }

    /// <summary>What passing time means, and when to ask again. Asking early, late or twice is harmless.</summary>
    public static (Judgement<SmokeState> Judgement, DateTimeOffset NextWakeAt) Wake(SmokeState state, DeviceContext context, DateTimeOffset now)
    {
        var (status, findings, nextWakeAt) = SilentRule.Wake(state.Status, context, now);
        return (new(state with { Status = status }, findings), nextWakeAt);
    }
}
