using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

public sealed class SilentTests
{
    [Fact]
    public void A_device_that_was_never_heard_is_silent_an_interval_after_it_was_enrolled()
    {
        var meter = new Meter();
        Assert.Equal(At(25), meter.Wakes(0).NextWakeAt);
        Assert.Equal(At(25).AddMilliseconds(1), meter.Wakes(25).NextWakeAt);
        var (findings, nextWakeAt) = meter.Wakes(26);
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(findings));
        Assert.Equal((Rule.Silent, At(25), $"w1/silent/{Start.ToUnixTimeMilliseconds()}"), (raised.Rule, raised.At, raised.Cause));
        Assert.Null(raised.Evidence.LastHeardAt);
        Assert.Equal(At(26 + 24), nextWakeAt);
    }

    [Fact]
    public void It_rings_once_and_any_live_report_ends_it()
    {
        var meter = new Meter();
        meter.Wakes(26);
        Assert.Empty(meter.Wakes(50).Findings);
        Assert.Equal(Rule.Silent, Assert.IsType<Finding.Cleared>(Assert.Single(meter.Says(new ReportBody.Heartbeat(), 51))).Rule);
        Assert.Equal(At(51 + 25), meter.Wakes(52).NextWakeAt);
        Assert.Single(meter.Wakes(77).Findings);
    }

    [Fact]
    public void Old_data_and_a_last_will_are_no_proof_of_life()
    {
        var meter = new Meter();
        meter.Wakes(26);
        Assert.Empty(meter.Sends([Litres(27, 1)], isHistory: true));
        Assert.Empty(meter.Says(new ReportBody.Status(IsOnline: false), 28));
        Assert.Single(meter.Says(new ReportBody.Status(IsOnline: true), 29));
    }

    [Fact]
    public void A_message_sent_again_is_proof_of_life_and_nothing_else()
    {
        var meter = new Meter();
        meter.Says(new ReportBody.Heartbeat(), 1, key: "a");
        Assert.Empty(meter.Says(new ReportBody.Heartbeat(), 1, key: "a", receivedHour: 20));
        Assert.Equal(At(45), meter.Wakes(21).NextWakeAt);
    }

    [Fact]
    public void The_next_wake_is_never_later_than_the_truth()
    {
        // Every two hours, heard right after the wake: silent again two hours later.
        var meter = new Meter();
        meter.Context = meter.Context with { ExpectedInterval = TimeSpan.FromHours(2) };
        Assert.Equal(At(5), meter.Wakes(3).NextWakeAt);
    }
}
