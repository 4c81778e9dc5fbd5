using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>What the devices of a home know of each other.</summary>
public sealed class HomeSignsTests
{
    private static readonly HomeDevice Own = new(new("w1"), "meter", Start, At(20), null, false);
    private static readonly HomeDevice Pressed = new(new("b1"), "button", Start, At(20), At(8.5), false);
    private static readonly HomeDevice Silent = new(new("f1"), "detector", Start, At(-30), At(-40), true);

    private static Finding.Raised NoWater(double? lastUseHour) => new(
        Rule.NoWater, At(20), "w1/no-water/1", new Evidence(FromAt: At(7.5), LastUseAt: lastUseHour is { } hour ? At(hour) : null));

    [Fact]
    public void A_press_after_the_last_use_and_a_silent_device_are_named_and_a_press_before_it_is_not()
    {
        var context = new Meter().Context;
        Assert.Equal(
            "The button b1, used at 01-10 08:30: after the last use of water. The detector f1, silent since 01-08 18:00.",
            HomeSigns.NoteFor(NoWater(7), [Own, Pressed, Silent], context));
        Assert.Null(HomeSigns.NoteFor(NoWater(9), [Own, Pressed], context));
        Assert.Equal("The button b1, used at 01-10 08:30: after the last use of water.", HomeSigns.NoteFor(NoWater(null), [Own, Pressed], context));
    }

    [Fact]
    public void Water_that_ran_for_certain_after_a_call_is_found_and_what_may_have_run_before_it_is_not()
    {
        var meter = new Meter();
        meter.Sends([Litres(1, 100), Litres(2, 105), Litres(3, 105), Litres(4, 112)]);
        Assert.Equal(new WaterUse(At(3), At(4)), WaterUse.After(meter.State, At(2.5)));
        Assert.Equal(new WaterUse(At(3), At(4)), WaterUse.After(meter.State, At(3)));
        Assert.Null(WaterUse.After(meter.State, At(3.1)));
        Assert.Null(WaterUse.After(WaterState.Initial, At(0)));
    }

    [Fact]
    public void It_is_noted_once_an_hour_on_the_clock_of_the_home_and_not_while_water_never_stops()
    {
        var meter = new Meter();
        meter.Sends([Litres(1, 100), Litres(1.5, 105)]);
        var first = WaterUse.NoteAfter(meter.State, Rule.Sos, new("A0001"), At(1), meter.Context)!;
        Assert.Equal((Rule.Sos, At(1.5), "Water ran between 01-10 01:00 and 01-10 01:30, after the call."), (first.Rule, first.At, first.Note));
        meter.Sends([Litres(1.9, 108)]);
        Assert.Equal(first.Cause, WaterUse.NoteAfter(meter.State, Rule.Sos, new("A0001"), At(1), meter.Context)!.Cause);
        meter.Sends([Litres(2.1, 110)]);
        Assert.NotEqual(first.Cause, WaterUse.NoteAfter(meter.State, Rule.Sos, new("A0001"), At(1), meter.Context)!.Cause);

        meter.State = meter.State with { Status = meter.State.Status.On(Rule.Leak, At(2)) };
        Assert.Null(WaterUse.NoteAfter(meter.State, Rule.Sos, new("A0001"), At(1), meter.Context));
    }
}
