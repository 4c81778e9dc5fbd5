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

    /// <summary>When the alarm began that goes on; null when it is quiet.</summary>
    public DateTimeOffset? AlarmingSince { get; init; }

    /// <summary>When alarms began that were soon over or silenced, as far back as <see cref="SmokeNuisanceRule"/> looks, oldest first.</summary>
    public ImmutableArray<DateTimeOffset> BriefAlarms { get; init; } = [];
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
        state = state with { Status = status };
        if (isJudged && report.Body is ReportBody.Smoke { Kind: var kind }) state = Judge(state, kind, report, context, findings);
        return new(state, findings.ToImmutable());
    }

    /// <summary>What passing time means, and when to ask again. Asking early, late or twice is harmless.</summary>
    public static (Judgement<SmokeState> Judgement, DateTimeOffset NextWakeAt) Wake(SmokeState state, DeviceContext context, DateTimeOffset now)
    {
        var (status, silence, nextWakeAt) = SilentRule.Wake(state.Status, context, now);
        var findings = silence.ToBuilder();
        (status, var untestedAt) = UntestedRule.Wake(status, context.Settings.DetectorTestEvery, context, now, findings);
        (status, var wornAt) = DeviceFaults.Wear(status, context.Settings.DetectorLife, context, now, findings);
        (state, var quietAt) = SmokeNuisanceRule.Wake(state with { Status = status }, context, now, findings);
        return (new(state, findings.ToImmutable()), new[] { nextWakeAt, untestedAt, wornAt, quietAt }.Min());
    }

    private static SmokeState Judge(SmokeState state, SmokeEventKind kind, Report report, DeviceContext context, ImmutableArray<Finding>.Builder findings)
    {
        var at = report.MeasuredAt;
        var since = state.Status.LatchOf(Rule.Smoke)?.At;
        switch (kind)
        {
            case SmokeEventKind.Alarm:
                findings.Add(DeviceRules.Call(Rule.Smoke, report, context));
                state = SmokeNuisanceRule.Alarm(state, at, context);
                return state with { Status = DeviceRules.Test(state.Status.On(Rule.Smoke, since > at ? since.Value : at), at, findings) };

            // A clear that is older than the alarm came late and says nothing of it.
            case SmokeEventKind.Clear when !(since > at):
                findings.Add(new Finding.Cleared(Rule.Smoke, at, "The detector says that the smoke is gone.", IsDated: true));
                state = SmokeNuisanceRule.Quiet(state, at, context, findings);
                return state with { Status = state.Status.Off(Rule.Smoke), AlarmingSince = null };

            case SmokeEventKind.Test:
                findings.Add(new Finding.Recorded("smoke-test", at, "The test key was pressed."));
                return state with { Status = DeviceRules.Test(state.Status, at, findings) };

            case SmokeEventKind.Hush:
                findings.Add(new Finding.Noted(Rule.Smoke, at, DeviceRules.CauseOf(report, context), "Somebody silenced the detector."));
                return SmokeNuisanceRule.Quiet(state, at, context, findings);

            default:
                return state;
        }
    }
}
