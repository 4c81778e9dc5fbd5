using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using SeniorIoT.Domain.Backtest;

namespace SeniorIoT.Server.Backtest;

/// <summary>The plots of the report, as SVG. Lines differ by dash and marker too, for those who see no colours.</summary>
internal static class BacktestPlots
{
    private const int Width = 760;
    private const int Height = 400;
    private const double HoursShown = 48;
    private const double AlertsShown = 0.05; // the fewest: the axis is logarithmic

    private static readonly OxyColor[] Colors = [OxyColor.Parse("#0b5cad"), OxyColor.Parse("#b3261e"), OxyColor.Parse("#1b7f4b"), OxyColor.Parse("#7a4fb5"), OxyColor.Parse("#8a5a00")];
    private static readonly MarkerType[] Markers = [MarkerType.Circle, MarkerType.Square, MarkerType.Triangle, MarkerType.Diamond, MarkerType.Star];
    private static readonly LineStyle[] Dashes = [LineStyle.Solid, LineStyle.Dash, LineStyle.DashDot, LineStyle.Dot, LineStyle.LongDash];

    /// <summary>Alerts a household-month over the delay that a share of the collapses does not exceed; a point for each factor, the rule itself drawn larger.</summary>
    /// <param name="results">The rules with their curves.</param>
    /// <param name="share">0.5 for the median, 0.9 for p90.</param>
    /// <param name="goal">The delay to stay below.</param>
    public static string Curve(IReadOnlyList<RuleResult> results, double share, TimeSpan goal)
    {
        var plot = Plot($"延迟（小时，{(share == 0.5 ? "中位数" : "p90")}） / delay in hours, {(share == 0.5 ? "median" : "p90")}", "每户每月误报 / alerts a household-month", isLogarithmic: true);
        plot.Annotations.Add(Line(LineAnnotationType.Vertical, goal.TotalHours, $"≤ {goal.TotalHours:0} h"));
        plot.Annotations.Add(Line(LineAnnotationType.Horizontal, CrossValidation.AlertsPerMonthMax, "≤ 1"));
        foreach (var (i, result) in results.Index())
        {
            var (series, itself) = (Series(result.Rule, i), Series(null, i));
            (itself.MarkerSize, itself.LineStyle) = (8, LineStyle.None);
            foreach (var point in result.Curve)
            {
                if (HomeResult.Together(point.Homes).DelayOf(share) is not { TotalHours: <= HoursShown } delay) continue;
                var at = new DataPoint(delay.TotalHours, Math.Max(AlertsShown, HomeResult.MeanAlertsPerMonth(point.Homes)));
                series.Points.Add(at);
                if (point.Factor == 1) itself.Points.Add(at);
            }

            plot.Series.Add(series);
            plot.Series.Add(itself);
        }

        return Svg(plot);
    }

    /// <summary>The share of simulated collapses that were alerts after so many hours.</summary>
    public static string Delays(IReadOnlyList<RuleResult> results)
    {
        var plot = Plot("倒地后小时数 / hours after the collapse", "已报警比例 / share alerted");
        plot.Axes[1].Maximum = 1;
        foreach (var (i, result) in results.Index())
        {
            var series = Series(result.Rule, i);
            series.MarkerType = MarkerType.None;
            var delays = HomeResult.Together(result.Homes).Delays.ToList();
            var sorted = delays.OfType<TimeSpan>().Where(delay => delay.TotalHours <= HoursShown).Order().ToList();
            series.Points.Add(new(0, 0));
            // A point for each hundredth is enough for the eye.
            var step = Math.Max(1, delays.Count / 100);
            for (var rank = step; rank <= sorted.Count; rank += step) series.Points.Add(new(sorted[rank - 1].TotalHours, (double)rank / delays.Count));
            plot.Series.Add(series);
        }

        return Svg(plot);
    }

    /// <summary>Alerts a month of every home, the noisiest first: whether a few homes make most of the noise.</summary>
    public static string Homes(IReadOnlyList<RuleResult> results)
    {
        var plot = Plot("户（按误报排序） / homes, the noisiest first", "每月误报 / alerts a month");
        foreach (var (i, result) in results.Index())
        {
            var series = Series(result.Rule, i);
            series.LineStyle = LineStyle.None;
            foreach (var (rank, alerts) in result.Homes.Select(home => home.AlertsPerMonth).OrderDescending().Index()) series.Points.Add(new(rank + 1, alerts));
            plot.Series.Add(series);
        }

        return Svg(plot);
    }

    private static Axis Axis(AxisPosition position, string title, bool isLogarithmic)
    {
        Axis axis = isLogarithmic ? new LogarithmicAxis { Minimum = AlertsShown } : new LinearAxis { Minimum = 0 };
        (axis.Position, axis.Title, axis.AxisTitleDistance) = (position, title, 16);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor) = (LineStyle.Solid, OxyColor.Parse("#e4e4e4"));
        return axis;
    }

    private static PlotModel Plot(string x, string y, bool isLogarithmic = false)
    {
        var plot = new PlotModel { PlotAreaBorderColor = OxyColor.Parse("#888888"), DefaultFont = "Noto Sans CJK SC, sans-serif", DefaultFontSize = 13, PlotMargins = new OxyThickness(70, 10, 20, 60) };
        plot.Axes.Add(Axis(AxisPosition.Bottom, x, isLogarithmic: false));
        plot.Axes.Add(Axis(AxisPosition.Left, y, isLogarithmic));
        plot.Legends.Add(new Legend
        {
            LegendPosition = LegendPosition.RightTop, LegendBackground = OxyColors.White, LegendBorder = OxyColor.Parse("#cccccc"), LegendMargin = 12, LegendPadding = 14, LegendLineSpacing = 8,
            LegendSymbolLength = 30,
        });
        return plot;
    }

    private static LineSeries Series(string? title, int i) => new()
    {
        // The exporter takes text for narrower than it is; the blanks keep the end of a name inside the box.
        Title = title is null ? null : title + "\u00A0\u00A0\u00A0\u00A0", RenderInLegend = title is not null, Color = Colors[i % Colors.Length], MarkerType = Markers[i % Markers.Length],
        MarkerFill = Colors[i % Colors.Length], MarkerSize = 4, LineStyle = Dashes[i % Dashes.Length], StrokeThickness = 2,
    };

    private static LineAnnotation Line(LineAnnotationType type, double at, string text) => new()
    {
        Type = type, X = at, Y = at, Text = text, Color = OxyColor.Parse("#555555"), LineStyle = LineStyle.Dot, TextColor = OxyColor.Parse("#333333"),
    };

    private static string Svg(PlotModel plot) => new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true, IsDocument = false }.ExportToString(plot);
}
