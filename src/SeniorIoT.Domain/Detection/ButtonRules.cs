using System.Collections.Immutable;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Devices;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>What is kept of a one-button caller.</summary>
public sealed record ButtonState
{
    /// <summary>A button that was never heard.</summary>
    public static ButtonState Initial { get; } = new();

    /// <summary>What every device has.</summary>
    public DeviceStatus Status { get; init; } = new();
}

/// <summary>
/// The rules of a one-button caller. A press has no end, so only its time is remembered: each is raised, however late it comes, and the
/// open alert takes repeats in. A cancel is written on the alert and closes nothing.
/// </summary>
public static class ButtonRules
{
    /// <summary>What a report means, and the state after it.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="report">What the button said.</param>
    /// <param name="context">What is known of it otherwise.</param>
    /// <param name="now">The moment of the decision. A late press is raised like any other, so nothing here depends on it.</param>
    public static Judgement<ButtonState> Receive(ButtonState state, Report report, DeviceContext context, DateTimeOffset now)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var (status, isJudged) = DeviceRules.Receive(state.Status, report, context, findings);
        if (isJudged && report.Body is ReportBody.Button button)
        {
            findings.Add(Judge(button, report, context));
            // Whichever key it was: a press came through.
            if (button.Kind == ButtonEventKind.Press) status = DeviceRules.Test(status, report.MeasuredAt, findings);
        }

        return new(state with { Status = status }, findings.ToImmutable());
    }

    /// <summary>What passing time means, and when to ask again. Asking early, late or twice is harmless.</summary>
    public static (Judgement<ButtonState> Judgement, DateTimeOffset NextWakeAt) Wake(ButtonState state, DeviceContext context, DateTimeOffset now)
    {
        var (status, silence, nextWakeAt) = SilentRule.Wake(state.Status, context, now);
        var findings = silence.ToBuilder();
        (status, var untestedAt) = UntestedRule.Wake(status, context.Settings.ButtonTestEvery, context, now, findings);
        return (new(state with { Status = status }, findings.ToImmutable()), untestedAt < nextWakeAt ? untestedAt : nextWakeAt);
    }

    private static Finding Judge(ReportBody.Button button, Report report, DeviceContext context)
    {
        var cause = DeviceRules.CauseOf(report, context);
        return button switch
        {
            { Kind: ButtonEventKind.Fall } => DeviceRules.Call(Rule.Fall, report, context),
            { Kind: ButtonEventKind.Press, Use: ButtonUse.Emergency } => DeviceRules.Call(Rule.Sos, report, context),
            { Kind: ButtonEventKind.Press, Use: var use } => new Finding.ServiceRequested(use, report.MeasuredAt, cause),
            { Kind: ButtonEventKind.Cancel } => new Finding.Noted(Rule.Sos, report.MeasuredAt, cause, "The press was taken back at the button."),
            _ => new Finding.Noted(Rule.Sos, report.MeasuredAt, cause, "The button sent its position or opened a voice line."),
        };
    }
}
