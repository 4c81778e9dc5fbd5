using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class MixedRegistersTests
{
    /// <summary>The register of this home and that of the neighbours, in turn.</summary>
    private static Reading[] TwoInTurn(int hours) =>
        [.. Enumerable.Range(0, hours).Select(hour => Litres(hour, hour % 2 == 0 ? 1_000 + hour : 5_200 + hour))];

    [Fact]
    public void Readings_of_two_registers_under_one_name_are_told_at_the_third_step_back_and_over_after_a_week_without()
    {
        var meter = new Meter();
        foreach (var reading in TwoInTurn(20)) meter.Sends([reading]);
        var raised = Assert.Single(meter.Raised(Rule.Fault));
        Assert.Equal((At(6), $"w1/fault/{At(2).ToUnixTimeMilliseconds()}"), (raised.At, raised.Cause));
        Assert.Equal("Two registers seem to be mixed: the register stepped back 3 times within a week, last by 4199 L, and no exchange was reported.", raised.Evidence.Note);
        for (var hour = 20; hour < 200; hour++) meter.Sends([Litres(hour, 5_200 + hour)]);
        Assert.Equal(At(18 + 168), Assert.Single(meter.Findings.OfType<Finding.Cleared>(), cleared => cleared.Rule == Rule.Fault).At);
    }

    [Fact]
    public void Once_that_is_known_the_step_from_one_to_the_other_is_no_burst()
    {
        var meter = new Meter();
        foreach (var reading in TwoInTurn(40)) meter.Sends([reading]);
        Assert.Equal([At(1), At(3), At(5)], meter.Raised(Rule.Burst).Select(raised => raised.At));
        Assert.All(meter.Raised(Rule.ExcessWater), raised => Assert.True(raised.At <= At(5)));
    }

    [Fact]
    public void That_a_register_fell_is_written_down_once_and_by_jitter_never()
    {
        var meter = new Meter();
        foreach (var (hour, litres) in new[] { (0.0, 99_990.0), (1, 99_987), (2, 3), (2, 3), (0, 99_990), (3, 9) }) meter.Sends([Litres(hour, litres)]);
        var recorded = Assert.Single(meter.Findings.OfType<Finding.Recorded>(), recorded => recorded.Kind == "register-fell");
        Assert.Equal((At(2), "The register fell by 99987 L: another meter, or one that began again at 0. What was known of before does not count any more."), (recorded.At, recorded.Note));
    }

    [Fact]
    public void In_one_message_it_is_the_same()
    {
        var meter = new Meter();
        meter.Sends(TwoInTurn(7).Reverse());
        Assert.Single(meter.Raised(Rule.Fault));
    }

    [Fact]
    public void Three_steps_back_over_more_than_a_week_and_an_exchange_that_was_reported_are_no_fault()
    {
        var slow = new Meter();
        foreach (var (day, litres) in new[] { (0, 900), (1, 10), (4, 900), (5, 10), (9, 900), (10, 10) }) slow.Sends([Litres(day * 24, litres)]);
        Assert.Empty(slow.Raised(Rule.Fault));

        var exchanged = new Meter();
        exchanged.Sends(TwoInTurn(5));
        exchanged.Says(new ReportBody.WaterEvent(WaterEventKind.MeterSwap), 4.5);
        exchanged.Sends([Litres(5, 90)]);
        exchanged.Sends([Litres(6, 10)]);
        Assert.Empty(exchanged.Raised(Rule.Fault));
    }

    [Fact]
    public void Heard_again_it_is_not_told_again()
    {
        var meter = new Meter();
        foreach (var reading in TwoInTurn(12)) meter.Sends([reading]);
        meter.Sends([TwoInTurn(12)[^1]]);
        meter.Sends([TwoInTurn(12)[^1]]);
        Assert.Single(meter.Raised(Rule.Fault));
        Assert.Equal(3, meter.State.StepsBack!.Value.Length);
    }

    [Fact]
    public void Jitter_of_up_to_five_litres_never_raises_it() =>
        (from home in TrueHome.Any(1_000)
         from back in Gen.Long[0, ReadingWindow.JitterMillilitres].Array[home.Readings.Length]
         from jittered in Gen.Shuffle(home.Readings.Select((reading, i) => reading with { TotalMillilitres = 50_000 + reading.TotalMillilitres - back[i] }).ToArray())
         from cuts in Gen.Int[0, 300].Array[0, 8]
         select TrueHome.Cut(jittered, cuts)).Sample(batches =>
        {
            var meter = new Meter();
            foreach (var batch in batches) meter.Sends(batch);
            Assert.Empty(meter.Raised(Rule.Fault));
            Assert.Null(meter.State.StepsBack);
        });
}
