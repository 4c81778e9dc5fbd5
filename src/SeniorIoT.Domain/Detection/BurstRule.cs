using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>burst</c>: from a reading at least <see cref="RuleSettings.BurstFor"/> ago until the newest, water ran at the limit or faster on
/// average, and still does. Over when it runs at less than half of that between two readings.
/// </summary>
internal static class BurstRule
{
    public static readonly Condition Condition = new(
        Rule.Burst, settings => settings.BurstFor, Judge, Begin, Evidence, settings => $"Water runs at less than {settings.BurstLitresPerHour / 2} L/h.");

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context)
    {
        if (index == 0) return Verdict.Unknown;
        var limit = context.Settings.BurstLitresPerHour;
        if (LitresPerHour(window, index - 1, index) < limit / 2.0) return Verdict.Off;
        var basis = Basis(window, index, context);
        return basis >= 0 && LitresPerHour(window, basis, index) >= limit ? Verdict.On : Verdict.Unknown;
    }

    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) =>
        new(window[Basis(window, index, context)].At, window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var basis = Basis(window, index, context);
        var hours = (window[index].At - window[basis].At).TotalHours;
        return WindowEvidence.Of(window, basis, index, window[basis].At, (long)(context.Settings.BurstLitresPerHour * hours)) with
        {
            Note = $"{LitresPerHour(window, basis, index):0} L/h on average; the limit is {context.Settings.BurstLitresPerHour} L/h.",
        };
    }

    private static int Basis(ReadingWindow window, int index, DeviceContext context) =>
        window.IndexAtOrBefore(window[index].At - context.Settings.BurstFor);

    private static double LitresPerHour(ReadingWindow window, int from, int until) =>
        window.UseAtLeast(from, until) / 1000.0 / (window[until].At - window[from].At).TotalHours;
}
