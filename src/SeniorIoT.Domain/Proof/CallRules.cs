using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Proof;

/// <summary>Which messages are calls for help, whatever the state of their device: what must become an alert once it was promised.</summary>
public static class CallRules
{
    /// <summary>The rule that a message raises; null when it is no call, or old data that nobody is called for.</summary>
    public static Rule? RuleOf(Report report) => report switch
    {
        { IsHistory: true } => null,
        { Body: ReportBody.Button { Kind: ButtonEventKind.Press, Use: ButtonUse.Emergency } } => Rule.Sos,
        { Body: ReportBody.Button { Kind: ButtonEventKind.Fall } } => Rule.Fall,
        { Body: ReportBody.Smoke { Kind: SmokeEventKind.Alarm } } => Rule.Smoke,
        _ => null,
    };

    /// <summary>The cause by which an alert knows a message: <c>{device}/{message key}</c>.</summary>
    public static string CauseOf(DeviceId device, Report report) => $"{device}/{report.Key}";
}
