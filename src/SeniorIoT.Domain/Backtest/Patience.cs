using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Backtest;

/// <summary>A rule with its times multiplied, and what it did in each home.</summary>
/// <param name="Factor">1 for the rule as it is, less for a more hurried one, more for a more patient one.</param>
/// <param name="Homes">Its results, one for each home, always in the same order.</param>
public sealed record CurvePoint(double Factor, IReadOnlyList<HomeResult> Homes);

/// <summary>One rule, more hurried or more patient: the curve of false alerts against delay on which it is one point.</summary>
public static class Patience
{
    /// <summary>The factors of a curve: close together around the rule itself, where one is chosen.</summary>
    public static IReadOnlyList<double> Factors { get; } = [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5, 2];

    /// <summary>
    /// The rule with its time of <c>no-water</c> multiplied, as far as settings go; by habit with its patience multiplied. Between which hours habit may tell
    /// is a promise, which no patience changes.
    /// </summary>
    public static RuleSettings Scaled(RuleSettings settings, double factor) => settings.Adaptive is { } habit
        ? settings with { Adaptive = habit with { Patience = Math.Clamp(habit.Patience * factor, 0.3, 3) } }
        : settings with { NoWaterWindow = TimeSpan.FromHours(Math.Clamp(settings.NoWaterWindow.TotalHours * factor, 1, MaxHours)) };

    private const int MaxHours = 7 * 24;
}
