using SeniorIoT.Domain.Detection;

namespace SeniorIoT.Domain.Backtest;

/// <summary>A rule with its times multiplied, and what it did in each home.</summary>
/// <param name="Factor">1 for the rule as it is, less for a more hurried one, more for a more patient one.</param>
/// <param name="Homes">Its results, one for each home, always in the same order.</param>
public sealed record CurvePoint(double Factor, IReadOnlyList<HomeResult> Homes);

/// <summary>One rule, more hurried or more patient: the curve of false alerts against delay on which it is one point.</summary>
public static class Patience
{
    /// <summary>The factors of a curve.</summary>
    public static IReadOnlyList<double> Factors { get; } = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2];

    /// <summary>The rule with every time of <c>no-water</c> multiplied, as far as settings go.</summary>
    public static RuleSettings Scaled(RuleSettings settings, double factor)
    {
        var scaled = settings with { NoWaterWindow = Times(settings.NoWaterWindow, factor, MaxHours) };
        return settings.Adaptive is not { } habit
            ? scaled
            : scaled with
            {
                Adaptive = new AdaptiveRule(
                    Times(habit.AtLeast, factor, AdaptiveMaxHours), Times(habit.AtMost, factor, AdaptiveMaxHours), Math.Clamp(habit.Patience * factor, 0.3, 3)),
            };
    }

    private const int MaxHours = 7 * 24;
    private const int AdaptiveMaxHours = 48;

    private static TimeSpan Times(TimeSpan time, double factor, int maxHours) => TimeSpan.FromHours(Math.Clamp(time.TotalHours * factor, 1, maxHours));
}
