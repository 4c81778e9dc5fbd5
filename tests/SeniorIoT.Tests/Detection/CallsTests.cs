using System.Text;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Telemetry;
using Xunit;
using static SeniorIoT.Tests.Detection.Meter;

namespace SeniorIoT.Tests.Detection;

/// <summary>Smoke, presses, and what devices say of themselves.</summary>
public sealed class CallsTests
{
    private static readonly DeviceContext Context = new(new("d1"), RuleSettings.Changning, Start, DeviceContext.UsualInterval, Absences.None);

    private static Report Says(ReportBody body, string key, double hour = 0, double? receivedHour = null, int? battery = null, bool isSuspect = false, bool isHistory = false) =>
        new(key, At(receivedHour ?? hour), At(hour), isHistory, isSuspect, battery, null, body);

    private static Finding[] Smoke(params Report[] reports)
    {
        var state = SmokeState.Initial;
        return [.. reports.SelectMany(report =>
        {
            var judgement = SmokeRules.Receive(state, report, Context, report.ReceivedAt);
            state = judgement.State;
            return judgement.Findings;
        })];
    }

    private static Finding[] Button(params Report[] reports)
    {
        var state = ButtonState.Initial;
        return [.. reports.SelectMany(report =>
        {
            var judgement = ButtonRules.Receive(state, report, Context, report.ReceivedAt);
            state = judgement.State;
            return judgement.Findings;
        })];
    }

    [Fact]
    public void What_each_call_leads_to()
    {
        var table = new StringBuilder();
        void Row(ReportBody body, Func<Report[], Finding[]> rules)
        {
            table.Append(body).AppendLine();
            foreach (var isHistory in new[] { false, true })
            {
                var findings = rules([Says(body, "7/1", 1, receivedHour: 9, isHistory: isHistory)]);
                table.Append(isHistory ? "  old:  " : "  live: ").AppendLine(findings.Length == 0 ? "-" : string.Join("; ", findings.Select(Describe)));
            }
        }

        foreach (var kind in Enum.GetValues<SmokeEventKind>()) Row(new ReportBody.Smoke(kind), Smoke);
        foreach (var kind in Enum.GetValues<ButtonEventKind>())
            foreach (var use in kind == ButtonEventKind.Press ? Enum.GetValues<ButtonUse>() : [ButtonUse.Emergency]) Row(new ReportBody.Button(kind, use), Button);
        foreach (var fault in Enum.GetValues<DeviceFault>()) Row(new ReportBody.FaultSeen(fault), Button);
        Row(new ReportBody.Heartbeat(), Button);
        Row(new ReportBody.Status(false), Button);
        Snapshot.Match(table.ToString());
    }

    [Fact]
    public void A_press_sent_again_is_known_and_a_second_press_rings_again()
    {
        var press = new ReportBody.Button(ButtonEventKind.Press, ButtonUse.Emergency);
        Assert.Equal(["d1/7/1", "d1/7/2"], Button(Says(press, "7/1"), Says(press, "7/1", receivedHour: 1), Says(press, "7/2")).OfType<Finding.Raised>().Select(raised => raised.Cause));
    }

    [Fact]
    public void A_late_press_rings_with_the_time_of_the_press() =>
        Assert.Equal(At(1), Assert.IsType<Finding.Raised>(Assert.Single(Button(Says(new ReportBody.Button(ButtonEventKind.Press, ButtonUse.Emergency), "7/1", 1, receivedHour: 40)))).At);

    [Fact]
    public void Every_smoke_alarm_rings_because_an_operator_may_have_closed_the_last()
    {
        var findings = Smoke(
            Says(new ReportBody.Smoke(SmokeEventKind.Alarm), "1", 1),
            Says(new ReportBody.Smoke(SmokeEventKind.Alarm), "2", 1.1),
            Says(new ReportBody.Smoke(SmokeEventKind.Clear), "3", 1.2));
        Assert.Equal(["Raised", "Raised", "Cleared"], findings.Select(finding => finding.GetType().Name));
    }

    [Fact]
    public void A_clear_that_is_older_than_the_alarm_does_not_end_it() =>
        Assert.IsType<Finding.Raised>(Assert.Single(Smoke(
            Says(new ReportBody.Smoke(SmokeEventKind.Alarm), "2", 2),
            Says(new ReportBody.Smoke(SmokeEventKind.Clear), "1", 1, receivedHour: 3))));

    [Fact]
    public void A_low_battery_rings_once_and_is_over_well_above_the_limit()
    {
        var findings = Button([.. new[] { 30, 16, 15, 9, 18, 20, 21, 15 }.Select((percent, hour) => Says(new ReportBody.Heartbeat(), $"{hour}", hour, battery: percent))]);
        Assert.Equal(["low-battery raised 2", "low-battery cleared 6", "low-battery raised 7"], findings.Select(OnOff));
    }

    [Fact]
    public void What_an_old_message_says_of_the_battery_no_longer_counts() =>
        Assert.Empty(Button(
            Says(new ReportBody.Heartbeat(), "2", 2, battery: 80),
            Says(new ReportBody.Heartbeat(), "1", 1, receivedHour: 3, battery: 5)));

    [Fact]
    public void A_wrong_clock_rings_once_until_its_time_can_be_believed()
    {
        var findings = Button(
            Says(new ReportBody.Heartbeat(), "1", 1, isSuspect: true),
            Says(new ReportBody.Heartbeat(), "2", 2, isSuspect: true),
            Says(new ReportBody.Status(false), "will", 3),
            Says(new ReportBody.Heartbeat(), "4", 4));
        Assert.Equal(["clock raised 1", "clock cleared 4"], findings.Select(OnOff));
    }

    private static string OnOff(Finding finding) => finding switch
    {
        Finding.Raised raised => $"{raised.Rule.Id} raised {(raised.At - Start).TotalHours}",
        Finding.Cleared cleared => $"{cleared.Rule.Id} cleared {(cleared.At - Start).TotalHours}",
        _ => finding.ToString(),
    };

    private static string Describe(Finding finding) => finding switch
    {
        Finding.Raised raised => $"Raised {raised.Rule.Id} ({raised.Rule.Priority}) by {raised.Cause}, {(raised.At - Start).TotalHours} h",
        Finding.Cleared cleared => $"Cleared {cleared.Rule.Id}: {cleared.Note}",
        Finding.Noted noted => $"Noted on {noted.Rule.Id} by {noted.Cause}: {noted.Note}",
        Finding.ServiceRequested service => $"ServiceRequested {service.Use} by {service.Cause}",
        Finding.Recorded recorded => $"Recorded {recorded.Kind}: {recorded.Note}",
        _ => finding.ToString(),
    };
}
