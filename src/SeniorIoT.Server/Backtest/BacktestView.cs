using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SeniorIoT.Domain.Backtest;

namespace SeniorIoT.Server.Backtest;

/// <summary>What <c>backtest --json</c> prints. Public: members are added, never changed.</summary>
internal static class BacktestView
{
    /// <summary>How it is written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One rule as one object; several as a list of such objects with the rule's name.</summary>
    public static object Of(IReadOnlyList<RuleResult> results) =>
        results.Count == 1 ? ReportOf(results[0].Homes) : new Rules([.. results.Select(result => NamedOf(result))]);

    private static Report ReportOf(IReadOnlyList<HomeResult> homes) => new([.. homes.Select(Of)], OverallOf(homes));

    private static NamedReport NamedOf(RuleResult result) => new(result.Rule, [.. result.Homes.Select(Of)], OverallOf(result.Homes));

    private static Household Of(HomeResult home) => new(home.HouseholdId, Rounded(home.Months), home.Alerts, Rounded(home.AlertsPerMonth), DetectionsOf(home), home.ResolutionMillilitres / 1000.0, home.RaisedAt);

    private static Overall OverallOf(IReadOnlyList<HomeResult> homes)
    {
        var all = HomeResult.Together(homes);
        return new(Rounded(all.Months), all.Alerts, Rounded(all.AlertsPerMonth), DetectionsOf(all), Rounded(HomeResult.MeanAlertsPerMonth(homes)), OthersOf(all));
    }

    private static IReadOnlyList<Other> OthersOf(HomeResult result) =>
        [.. result.Others.Select(other => new Other(other.Key, other.Value, result.Months > 0 ? Rounded(other.Value / result.Months) : 0))];

    private static Detections DetectionsOf(HomeResult result) => new(result.Detections.Length, result.Missed, Hours(result.DelayOf(0.5)), Hours(result.DelayOf(0.9)));

    private static double? Hours(TimeSpan? delay) => delay is { } known ? Rounded(known.TotalHours) : null;

    private static double Rounded(double value) => Math.Round(value, 4);

    private sealed record Detections(int N, int Missed, double? MedianHours, double? P90Hours);

    private sealed record Household(string HouseholdId, double Months, int Alerts, double AlertsPerMonth, Detections Detections, double ResolutionLitres, IReadOnlyList<DateTimeOffset> RaisedAt);

    private sealed record Overall(double Months, int Alerts, double AlertsPerMonth, Detections Detections, double MeanAlertsPerMonth, IReadOnlyList<Other> OtherFindings);

    private sealed record Other(string Rule, int Alerts, double AlertsPerMonth);

    private sealed record Report(IReadOnlyList<Household> Households, Overall Overall);

    private sealed record NamedReport(string Rule, IReadOnlyList<Household> Households, Overall Overall);

    private sealed record Rules([property: JsonPropertyName("rules")] IReadOnlyList<NamedReport> All);
}
