using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Detector;

namespace SeniorIoT.Tests.Detection;

/// <summary>Devices whose calls were not proven for too long, and devices that are too old.</summary>
public sealed class UntestedTests
{
    private static readonly ReportBody Press = new ReportBody.Button(ButtonEventKind.Press, ButtonUse.Emergency);

    [Fact]
    public void A_detector_without_a_test_for_half_a_year_is_found_as_time_passes_and_a_heartbeat_is_no_test()
    {
        var detector = new Detector();
        detector.Beats(Day(179.5));
        Assert.Equal(Day(180), detector.Wakes(Day(179.5)));
        Assert.Empty(detector.Raised(Rule.Untested));
        detector.Wakes(Day(180));
        var raised = Assert.Single(detector.Raised(Rule.Untested));
        Assert.Equal((Day(180), $"f1/untested/{Meter.Start.ToUnixTimeMilliseconds()}", Meter.Start), (raised.At, raised.Cause, raised.Evidence.FromAt));
        Assert.Equal("No test or call for 180 days. Heartbeats do not show whether a call would come through.", raised.Evidence.Note);
    }

    [Theory]
    [InlineData(SmokeEventKind.Test, true)]
    [InlineData(SmokeEventKind.Alarm, true)]
    [InlineData(SmokeEventKind.Clear, false)]
    [InlineData(SmokeEventKind.Hush, false)]
    public void A_test_or_an_alarm_ends_it_and_the_time_counts_from_there(SmokeEventKind kind, bool isTest)
    {
        var detector = new Detector();
        detector.Wakes(Day(180));
        detector.Says(kind, Day(181));
        Assert.Equal(isTest, detector.Cleared(Rule.Untested).Any());
        detector.Wakes(Day(360.9));
        Assert.Equal(isTest ? 1 : 2, detector.Raised(Rule.Untested).Count());
        detector.Wakes(Day(361));
        Assert.Equal(2, detector.Raised(Rule.Untested).Count());
    }

    [Fact]
    public void It_is_told_again_after_each_further_half_year_and_not_in_between()
    {
        var detector = new Detector();
        for (var day = 0; day < 600; day += 5) detector.Wakes(Day(day));
        Assert.Equal(["", "/2", "/3"], detector.Raised(Rule.Untested).Select(raised => raised.Cause[$"f1/untested/{Meter.Start.ToUnixTimeMilliseconds()}".Length..]));
    }

    [Fact]
    public void A_late_test_ends_what_was_told_meanwhile_and_counts_from_its_own_time()
    {
        var detector = new Detector();
        detector.Wakes(Day(180));
        detector.Says(SmokeEventKind.Test, Day(170));
        Assert.Equal(Day(180), Assert.Single(detector.Cleared(Rule.Untested)).At);
        detector.Beats(Day(349.9));
        Assert.Equal(Day(350), detector.Wakes(Day(349.9)));
    }

    [Fact]
    public void A_button_that_nobody_pressed_for_a_quarter_is_found_and_any_key_ends_it()
    {
        var context = new DeviceContext(new("b1"), RuleSettings.Changning, Meter.Start, DeviceContext.UsualInterval, Absences.None);
        Report Says(ReportBody body, double day) => new($"1/{day}", Day(day), Day(day), false, false, null, null, body);
        var state = ButtonRules.Receive(ButtonState.Initial, Says(Press, 10), context, Day(10)).State;
        var (judgement, nextWakeAt) = ButtonRules.Wake(ButtonRules.Receive(state, Says(new ReportBody.Heartbeat(), 99), context, Day(99)).State, context, Day(99));
        Assert.Equal((0, Day(100)), (judgement.Findings.Length, nextWakeAt));
        judgement = ButtonRules.Wake(judgement.State, context, Day(100)).Judgement;
        Assert.Equal((Rule.Untested, Day(10)), judgement.Findings.Cast<Finding.Raised>().Select(raised => (raised.Rule, raised.Evidence.FromAt!.Value)).Single());

        var findings = ButtonRules.Receive(judgement.State, Says(new ReportBody.Button(ButtonEventKind.Press, ButtonUse.Taxi), 101), context, Day(101)).Findings;
        Assert.Equal(["ServiceRequested", "Cleared"], findings.Select(finding => finding.GetType().Name));
    }

    [Fact]
    public void More_time_by_other_settings_ends_it()
    {
        var detector = new Detector();
        detector.Wakes(Day(180));
        detector.Context = detector.Context with { Settings = RuleSettings.Changning with { DetectorTestEvery = TimeSpan.FromDays(365) } };
        detector.Beats(Day(181));
        detector.Wakes(Day(181));
        Assert.Equal("By the rules of now there is time left.", Assert.Single(detector.Cleared(Rule.Untested)).Note);
    }

    [Fact]
    public void A_detector_in_use_for_ten_years_is_to_be_replaced_and_told_once()
    {
        var detector = new Detector(RuleSettings.Changning with { Off = ["untested", "silent"] });
        detector.Wakes(Day(3652));
        Assert.Empty(detector.Findings);
        detector.Wakes(Day(3653));
        detector.Wakes(Day(4000));
        var raised = Assert.IsType<Finding.Raised>(Assert.Single(detector.Findings));
        Assert.Equal((Rule.EndOfLife, Day(3653), "In use for more than 10 years. A detector of that age is replaced."), (raised.Rule, raised.At, raised.Evidence.Note));
    }

    [Fact]
    public void Rules_about_devices_that_are_off_raise_nothing_and_what_was_on_is_over()
    {
        var off = RuleSettings.Changning with { Off = ["silent", "low-battery", "clock", "tamper", "untested"] };
        var detector = new Detector();
        detector.Wakes(Day(200));
        Assert.Equal([Rule.Silent, Rule.Untested], detector.Findings.OfType<Finding.Raised>().Select(raised => raised.Rule));
        detector.Context = detector.Context with { Settings = off };
        detector.Wakes(Day(201));
        Assert.Equal([Rule.Silent, Rule.Untested], detector.Findings.OfType<Finding.Cleared>().Select(cleared => cleared.Rule));

        var low = new Report("2/1", Day(202), Day(202), false, IsClockSuspect: true, BatteryPercent: 3, null, new ReportBody.FaultSeen(DeviceFault.Tamper));
        Assert.Empty(SmokeRules.Receive(detector.State, low, detector.Context, Day(202)).Findings);
    }
}
