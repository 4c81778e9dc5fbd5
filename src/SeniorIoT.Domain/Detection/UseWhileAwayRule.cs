using System.Globalization;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;

namespace SeniorIoT.Domain.Detection;

/// <summary>
/// <c>use-while-away</c>: while nobody is said to be at home, <see cref="RuleSettings.AwayUseLitres"/> or more ran within two hours, as
/// somebody uses it and no dripping tap. One finding an absence, told again after each further day on which it happens. Over with the absence.
/// </summary>
internal static class UseWhileAwayRule
{
    // Between readings further apart, so much an hour may be a tap that drips: below a litre an hour nobody hears or sees it.
    private const double DripLitresPerHour = 1;

    public static readonly Condition Condition = new(
        Rule.UseWhileAway, _ => Stillness.Day, Judge, Begin, Evidence, _ => "The absence is over.", _ => Stillness.Day);

    private static Verdict Judge(ReadingWindow window, int index, DeviceContext context) =>
        context.Absences.At(window[index].At) is not { } away ? Verdict.Off
        : UseSince(window, index, away, context) is not null ? Verdict.On
        : Verdict.Unknown;

    // The absence is the cause, so that it is told once however its readings come.
    private static Beginning Begin(ReadingWindow window, int index, DeviceContext context) =>
        new(context.Absences.At(window[index].At)!.From, window[index].At);

    private static Evidence Evidence(ReadingWindow window, int index, DeviceContext context)
    {
        var away = context.Absences.At(window[index].At)!;
        var first = UseSince(window, index, away, context)!.Value;
        var soFar = window.UseAtLeast(away.From, window[index].At) / 1000.0;
        return WindowEvidence.Of(window, first, index, window[first].At, context.Settings.AwayUseLitres) with
        {
            Note = $"At least {soFar.ToString("0.#", CultureInfo.InvariantCulture)} L ran in this absence lately. Somebody may be back early: then end the absence.",
        };
    }

    // Place of the reading since which enough ran; null when it did not. Nothing counts that may have run before the absence.
    private static int? UseSince(ReadingWindow window, int index, AwayPeriod away, DeviceContext context)
    {
        for (var i = index - 1; i >= 0 && window[i].At >= away.From; i--)
        {
            var apart = window[index].At - window[i].At;
            if (i < index - 1 && apart > Stillness.SpacingMax) return null;
            var drip = apart > Stillness.SpacingMax ? apart.TotalHours * DripLitresPerHour : 0;
            if (window[index].TotalMillilitres - window[i].TotalMillilitres >= (context.Settings.AwayUseLitres + drip) * 1000) return i;
        }

        return null;
    }
}
