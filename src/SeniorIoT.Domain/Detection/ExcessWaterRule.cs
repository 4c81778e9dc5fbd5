using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary><c>excess-water</c>: more than the limit must have run within the last day. Over when that is no longer so.</summary>
internal static class ExcessWaterRule
{
    public static readonly Condition Condition = new(
        Rule.ExcessWater, settings => settings.ExcessWindow, Judge, Begin, Evidence,
        settings => $"No more than {settings.ExcessLitres} L within {settings.ExcessWindow.TotalHours:0} h are proven any more.");

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context) =>
        Used(window, index, context.Settings) > context.Settings.ExcessLitres * 1000 ? Verdict.On : Verdict.Off;

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) => new(window[index].At, window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var startAt = window[index].At - context.Settings.ExcessWindow;
        var edge = window.IndexAtOrBefore(startAt);
        var first = edge >= 0 && window[edge].At == startAt ? edge : edge + 1;
        return WindowEvidence.Of(window, first, index, window[first].At, context.Settings.ExcessLitres);
    }

    private static long Used(ReadingWindow window, int index, RuleSettings settings) =>
        window.UseAtLeast(window[index].At - settings.ExcessWindow, window[index].At);
}
