namespace SeniorIoT.Domain.Backtest;

/// <summary>How a rule does in homes, or in a time, by which its patience was not chosen.</summary>
/// <param name="Chosen">The factor chosen on the rest, for each fold.</param>
/// <param name="Unseen">All folds' results together.</param>
/// <param name="MeanAlertsPerMonth">Alerts a household-month, each home (or half of one) counting the same.</param>
public sealed record Validated(IReadOnlyList<double> Chosen, HomeResult Unseen, double MeanAlertsPerMonth);

/// <summary>
/// Chooses the point of a curve with the fewest alerts among those that meet the goals for the delay, on a part of the data, and judges it on
/// the rest. When none meets them, the one with the shortest p90 is taken.
/// </summary>
public static class CrossValidation
{
    /// <summary>The goal for the median delay after a collapse (design section 8).</summary>
    public static TimeSpan MedianMax { get; } = TimeSpan.FromHours(12);

    /// <summary>The goal for the delay that nine of ten collapses do not exceed (design section 8).</summary>
    public static TimeSpan P90Max { get; } = TimeSpan.FromHours(16);

    /// <summary>The goal for false alerts in homes of one person, a household-month (design section 8).</summary>
    public const double AlertsPerMonthMax = 1;

    private const int FoldsMax = 5;

    /// <summary>Five folds of homes; fewer when there are fewer homes. Null when there is one home only.</summary>
    public static Validated? ByHousehold(IReadOnlyList<CurvePoint> curve)
    {
        var count = curve[0].Homes.Count;
        var folds = Math.Min(FoldsMax, count);
        return folds < 2
            ? null
            : Validate(folds, fold => [.. curve.Select(point => point with { Homes = [.. point.Homes.Where((_, home) => home % folds != fold)] })],
                fold => [.. curve.Select(point => point with { Homes = [.. point.Homes.Where((_, home) => home % folds == fold)] })]);
    }

    /// <summary>The first half of each home's time judges what was chosen on the second, and the other way round.</summary>
    /// <param name="curve">The curve.</param>
    /// <param name="middles">The middle of each home's time, in the order of the curve's homes.</param>
    public static Validated ByTime(IReadOnlyList<CurvePoint> curve, IReadOnlyList<DateTimeOffset> middles)
    {
        return Validate(2, fold => HalfOf(fold == 0), fold => HalfOf(fold != 0));

        List<CurvePoint> HalfOf(bool isSecond) =>
            [.. curve.Select(point => point with { Homes = [.. point.Homes.Select((home, i) => home.Half(middles[i], isSecond))] })];
    }

    /// <summary>The best point of a curve: see the class.</summary>
    public static CurvePoint Best(IReadOnlyList<CurvePoint> curve)
    {
        var points = curve.Select(point => (Point: point, All: HomeResult.Together(point.Homes), Alerts: HomeResult.MeanAlertsPerMonth(point.Homes))).ToList();
        return points
            .OrderBy(point => MeetsGoals(point.All) ? 0 : 1)
            .ThenBy(point => MeetsGoals(point.All) ? point.Alerts : (point.All.DelayOf(0.9) ?? TimeSpan.MaxValue).TotalHours)
            .ThenBy(point => point.Point.Factor)
            .First().Point;
    }

    /// <summary>Whether the delays are within the goals.</summary>
    public static bool MeetsGoals(HomeResult result) => result.DelayOf(0.5) <= MedianMax && result.DelayOf(0.9) <= P90Max;

    private static Validated Validate(int folds, Func<int, IReadOnlyList<CurvePoint>> restOf, Func<int, IReadOnlyList<CurvePoint>> foldOf)
    {
        List<double> chosen = [];
        List<HomeResult> unseen = [];
        for (var fold = 0; fold < folds; fold++)
        {
            var factor = Best(restOf(fold)).Factor;
            chosen.Add(factor);
            unseen.AddRange(foldOf(fold).Single(point => point.Factor == factor).Homes);
        }

        return new(chosen, HomeResult.Together(unseen), HomeResult.MeanAlertsPerMonth(unseen));
    }
}
