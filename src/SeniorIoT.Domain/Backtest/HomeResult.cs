using System.Collections.Immutable;

namespace SeniorIoT.Domain.Backtest;

/// <summary>What became of a simulated collapse.</summary>
/// <param name="CollapsedAt">When it was.</param>
/// <param name="Delay">From then to the alert; null when there was none within a week.</param>
public readonly record struct CollapseResult(DateTimeOffset CollapsedAt, TimeSpan? Delay);

/// <summary>What a rule did over the history of one home.</summary>
/// <param name="HouseholdId">Which home.</param>
/// <param name="Months">Covered time in months.</param>
/// <param name="RaisedAt">When it raised a new <c>no-water</c> alert.</param>
/// <param name="ToldAgain">How often one was told again because it lasted: an open alert takes these in.</param>
/// <param name="Detections">What became of each simulated collapse.</param>
public sealed record HomeResult(string HouseholdId, double Months, ImmutableArray<DateTimeOffset> RaisedAt, int ToldAgain, ImmutableArray<CollapseResult> Detections)
{
    /// <summary>New alerts of the other rules, by rule id; those that never fired are not there.</summary>
    public IReadOnlyDictionary<string, int> Others { get; init; } = ImmutableDictionary<string, int>.Empty;

    /// <summary>What one step of the register is worth.</summary>
    public long ResolutionMillilitres { get; init; }

    /// <summary>New <c>no-water</c> alerts.</summary>
    public int Alerts => RaisedAt.Length;

    /// <summary>From each simulated collapse to the alert; null when it was missed.</summary>
    public IEnumerable<TimeSpan?> Delays => Detections.Select(detection => detection.Delay);

    /// <summary>Alerts in a month of covered time; 0 when nothing is covered.</summary>
    public double AlertsPerMonth => Months > 0 ? Alerts / Months : 0;

    /// <summary>Collapses without an alert within a week.</summary>
    public int Missed => Delays.Count(delay => delay is null);

    /// <summary>
    /// The delay that this share of the collapses does not exceed (nearest rank), a missed one being longer than any; null when that is a
    /// missed one or nothing was simulated.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    public TimeSpan? DelayOf(double share)
    {
        if (Detections.IsEmpty) return null;
        var sorted = Delays.Order(Comparer<TimeSpan?>.Create(static (a, b) => (a ?? TimeSpan.MaxValue).CompareTo(b ?? TimeSpan.MaxValue))).ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>All homes as one.</summary>
    public static HomeResult Together(IReadOnlyCollection<HomeResult> homes) => new(
        "", homes.Sum(home => home.Months), [.. homes.SelectMany(home => home.RaisedAt)], homes.Sum(home => home.ToldAgain),
        [.. homes.SelectMany(home => home.Detections)])
    {
        Others = homes.SelectMany(home => home.Others).GroupBy(other => other.Key, StringComparer.Ordinal)
            .OrderBy(rule => rule.Key, StringComparer.Ordinal).ToDictionary(rule => rule.Key, rule => rule.Sum(other => other.Value)),
    };

    /// <summary>The first or the second half of this home's covered time. <see cref="ToldAgain"/> and <see cref="Others"/> are not divided: none.</summary>
    /// <param name="middleAt">By then half of the covered time had passed: <see cref="HomeRecord.MiddleAt"/>.</param>
    /// <param name="isSecond">Which half.</param>
    public HomeResult Half(DateTimeOffset middleAt, bool isSecond) => new(
        HouseholdId, Months / 2, [.. RaisedAt.Where(at => at >= middleAt == isSecond)], 0, [.. Detections.Where(detection => detection.CollapsedAt >= middleAt == isSecond)]);

    /// <summary>The mean of the homes' alerts a month, each home counting the same; homes of which nothing is covered are left out.</summary>
    public static double MeanAlertsPerMonth(IEnumerable<HomeResult> homes) =>
        homes.Where(home => home.Months > 0).Select(home => home.AlertsPerMonth).DefaultIfEmpty(0).Average();
}
