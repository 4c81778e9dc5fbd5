using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Proof;

/// <summary>One press of our own button, measured. Times are seconds since it was published; null: that did not happen in time.</summary>
/// <param name="At">When it was pressed.</param>
/// <param name="AcknowledgedAfter">The PUBACK came.</param>
/// <param name="AlertAfter">The alert was on its way to consoles: journal, grain, alert, notice and hub lie behind it.</param>
/// <param name="TextAfter">A provider took the text to the probe's number.</param>
/// <param name="ReceiptAfter">The provider said that the text arrived.</param>
/// <param name="IsTextExpected">Whether there is a number and a provider.</param>
/// <param name="IsReceiptExpected">Whether the provider tells us of receipts.</param>
/// <param name="Problem">Why it went no further; null when it did.</param>
public sealed record ProbeResult(
    DateTimeOffset At, double? AcknowledgedAfter, double? AlertAfter, double? TextAfter, double? ReceiptAfter, bool IsTextExpected, bool IsReceiptExpected, string? Problem);

/// <summary>What a probe means. A probe that works is nobody's business; one that does not is worth waking somebody, for a real call may not come through either.</summary>
public static class ProbeRules
{
    /// <summary>So soon a press must be an alert in front of operators.</summary>
    public static readonly TimeSpan AlertWithin = TimeSpan.FromSeconds(10);

    /// <summary>So soon its text must have arrived.</summary>
    public static readonly TimeSpan TextWithin = TimeSpan.FromSeconds(120);

    /// <summary>Rules that probes raise.</summary>
    public static IReadOnlyList<Rule> Rules { get; } = [Rule.Probe, Rule.ProbeText];

    /// <summary>What is wrong for a rule of <see cref="Rules"/>, with what to do; null when nothing is.</summary>
    public static string? WhatIsWrong(Rule rule, ProbeResult probe)
    {
        if (rule == Rule.Probe)
        {
            if (probe.AlertAfter is not { } after)
                return $"A press of the server's own button became no alert{(probe.Problem is null ? "" : $" ({probe.Problem})")}. A real call may not either: watch by telephone, and see the page System and the log.";
            return after > AlertWithin.TotalSeconds
                ? $"A press of the server's own button was an alert after {Seconds(after)} s; more than {Seconds(AlertWithin.TotalSeconds)} is too slow. See the page System, the load of the machine and its disk."
                : null;
        }

        if (!probe.IsTextExpected || probe.AlertAfter is null) return null;
        if (probe.TextAfter is null) return "No provider took the text to the probe's number. Texts of real calls may not go out either: see the page Notices.";
        return probe.IsReceiptExpected && !(probe.ReceiptAfter <= TextWithin.TotalSeconds)
            ? $"The text to the probe's number was not delivered within {Seconds(TextWithin.TotalSeconds)} s. See the page Notices and the provider's state."
            : null;
    }

    /// <summary>Decides what is to be told of a rule of <see cref="Rules"/>: a raise, a clearing, or nothing.</summary>
    public static Finding? Decide(Rule rule, bool isOn, ProbeResult probe, DateTimeOffset now)
    {
        var wrong = WhatIsWrong(rule, probe);
        if (wrong is not null)
            return isOn ? null : new Finding.Raised(rule, now, $"{Rule.SystemSubject}/{rule}/{now.ToUnixTimeMilliseconds()}", new Evidence(Note: wrong));
        var isProven = rule == Rule.Probe || !probe.IsTextExpected || probe.TextAfter is not null;
        return isOn && isProven ? new Finding.Cleared(rule, now, "A press of the server's own button came through in time.") : null;
    }

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
}
