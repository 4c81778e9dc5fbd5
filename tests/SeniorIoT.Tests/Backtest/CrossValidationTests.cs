using SeniorIoT.Domain.Backtest;
using SeniorIoT.Domain.Detection;
using Xunit;

namespace SeniorIoT.Tests.Backtest;

public sealed class CrossValidationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A home of two months with so many alerts in each of its halves, and the same delay of every collapse.</summary>
    private static HomeResult Home(int first, int second, double hours) => new(
        "h", 2, [.. Enumerable.Repeat(Start, first), .. Enumerable.Repeat(Start.AddDays(40), second)], 0,
        [new(Start, TimeSpan.FromHours(hours)), new(Start.AddDays(40), TimeSpan.FromHours(hours))]);

    [Fact]
    public void The_best_point_has_the_fewest_alerts_of_those_that_are_fast_enough()
    {
        CurvePoint[] curve = [new(0.5, [Home(9, 9, 6)]), new(1, [Home(2, 2, 11)]), new(1.5, [Home(1, 1, 13)])];
        Assert.Equal(1, CrossValidation.Best(curve).Factor);
        Assert.Equal(0.5, CrossValidation.Best([curve[0] with { Homes = [Home(9, 9, 20)] }, curve[1] with { Homes = [Home(1, 1, 21)] }]).Factor);
    }

    [Fact]
    public void A_home_is_judged_by_what_was_chosen_on_the_others()
    {
        // By themselves the first home would choose 2 and the second 1: each is judged by the other's choice.
        CurvePoint[] curve = [new(1, [Home(2, 2, 11), Home(1, 1, 11)]), new(2, [Home(0, 0, 11), Home(3, 3, 11)])];
        var validated = CrossValidation.ByHousehold(curve)!;
        Assert.Equal([1, 2], validated.Chosen);
        Assert.Equal(4 + 6, validated.Unseen.Alerts);
        Assert.Equal((2 + 3) / 2.0, validated.MeanAlertsPerMonth);
        Assert.Null(CrossValidation.ByHousehold([new(1, [Home(1, 1, 11)])]));
    }

    [Fact]
    public void A_half_of_the_time_is_judged_by_what_was_chosen_on_the_other()
    {
        CurvePoint[] curve = [new(1, [Home(4, 1, 11)]), new(2, [Home(0, 3, 11)])];
        var validated = CrossValidation.ByTime(curve, [Start.AddDays(30)]);
        Assert.Equal([1, 2], validated.Chosen); // chosen on the second half for the first, and the other way round
        Assert.Equal((4 + 3, 2.0, 3.5), (validated.Unseen.Alerts, validated.Unseen.Months, validated.MeanAlertsPerMonth));
    }

    [Fact]
    public void Every_point_of_every_curve_has_settings_that_can_be_used() => Assert.All(
        RuleSettings.Presets.Values.SelectMany(preset => Patience.Factors.Select(factor => Patience.Scaled(preset, factor))),
        settings => Assert.Empty(settings.Validate()));

    [Fact]
    public void The_factor_one_is_the_rule_itself() =>
        Assert.All(RuleSettings.Presets.Values, preset => Assert.Equivalent(preset, Patience.Scaled(preset, 1), strict: true));
}
