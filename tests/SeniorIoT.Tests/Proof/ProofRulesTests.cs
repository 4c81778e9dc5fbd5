using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Domain.Telemetry;
using Xunit;

namespace SeniorIoT.Tests.Proof;

public sealed class ProofRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly Rounds Well = new(Now, Now, Now, null, Now.AddMinutes(-50), 0, null);
    private static readonly ProbeResult Quick = new(Now, 0.01, 0.02, null, null, false, false, null);

    public static TheoryData<Report> Messages { get; } =
    [
        .. from kind in Enum.GetValues<ButtonEventKind>() from use in Enum.GetValues<ButtonUse>() from isHistory in (bool[])[false, true]
           select new Report("1/2", Now, Now, isHistory, false, null, null, new ReportBody.Button(kind, use)),
        .. from kind in Enum.GetValues<SmokeEventKind>() select new Report("m:a", Now, Now, false, false, null, null, new ReportBody.Smoke(kind)),
        new Report("m:b", Now, Now, false, false, null, null, new ReportBody.Heartbeat()),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_is_written_down_as_a_call_is_what_the_rules_raise_under_the_same_cause(Report report)
    {
        var context = new DeviceContext(new("d1"), RuleSettings.Changning, Now.AddDays(-1), TimeSpan.FromHours(25), Absences.None);
        var findings = report.Body is ReportBody.Smoke ? SmokeRules.Receive(SmokeState.Initial, report, context, Now).Findings : ButtonRules.Receive(ButtonState.Initial, report, context, Now).Findings;
        var raised = findings.OfType<Finding.Raised>().Where(finding => finding.Rule.Priority == Priority.P1).ToList();
        Assert.Equal(raised.Select(finding => finding.Rule), CallRules.RuleOf(report) is { } rule ? [rule] : []);
        Assert.All(raised, finding => Assert.Equal(finding.Cause, CallRules.CauseOf(new("d1"), report)));
    }

    [Fact]
    public void A_sign_of_life_goes_out_only_while_every_round_is_recent_and_good()
    {
        Assert.Null(HeartbeatRules.WhyNot(Well, Now));
        Rounds[] wrong =
        [
            Well with { JournalProblem = "disk full" }, Well with { CheckpointAt = Now.AddSeconds(-61) }, Well with { SweptAt = null }, Well with { SweptAt = Now.AddSeconds(-31) },
            Well with { OutboxAt = Now.AddMinutes(-6) }, Well with { ReconciledAt = null }, Well with { ReconciledAt = Now.AddHours(-3) }, Well with { Breaks = 1 },
            Well with { ProbeProblem = "A press became no alert." },
        ];
        Assert.Equal(8, wrong.Select(rounds => HeartbeatRules.WhyNot(rounds, Now)).Distinct().Count());
        Assert.All(wrong, rounds => Assert.EndsWith(".", HeartbeatRules.WhyNot(rounds, Now)));
        Assert.NotNull(HeartbeatRules.WhyNot(Well, Now.AddDays(1)));
    }

    [Fact]
    public void A_break_is_told_once_a_new_one_again_and_the_end_when_nothing_is_missing()
    {
        Break one = new(BreakKind.NoticeStuck, "A0001-0-1", new AlertId("A0001"), null, "Missing.", Now, Repair.SendNotice), other = one with { Subject = "A0001-0-2" };
        var raised = Assert.IsType<Finding.Raised>(ReconciliationAlarm.Decide(false, [], [one], 1, Now));
        Assert.Equal((Rule.Reconciliation, "@system/reconciliation/1772352000000"), (raised.Rule, raised.Cause));
        Assert.Null(ReconciliationAlarm.Decide(true, [one], [one with { Since = Now.AddHours(1) }], 0, Now));
        Assert.IsType<Finding.Raised>(ReconciliationAlarm.Decide(true, [one], [one, other], 0, Now));
        Assert.IsType<Finding.Raised>(ReconciliationAlarm.Decide(false, [one], [one], 0, Now));
        Assert.IsType<Finding.Cleared>(ReconciliationAlarm.Decide(true, [one], [], 0, Now));
        Assert.Null(ReconciliationAlarm.Decide(false, [], [], 0, Now));
    }

    [Fact]
    public void A_press_that_is_late_or_lost_is_told_with_what_to_do_and_one_that_works_is_not()
    {
        Assert.Null(ProbeRules.Decide(Rule.Probe, false, Quick, Now));
        var late = Assert.IsType<Finding.Raised>(ProbeRules.Decide(Rule.Probe, false, Quick with { AlertAfter = 14.25 }, Now));
        Assert.Equal(
            "A press of the server's own button was an alert after 14.3 s; more than 10.0 is too slow. See the page System, the load of the machine and its disk.", late.Evidence.Note);
        Assert.Equal(Priority.P1, late.Rule.Priority);
        var lost = Quick with { AlertAfter = null, Problem = "connection refused" };
        Assert.Equal(
            "A press of the server's own button became no alert (connection refused). A real call may not either: watch by telephone, and see the page System and the log.",
            ProbeRules.WhatIsWrong(Rule.Probe, lost));
        Assert.Null(ProbeRules.Decide(Rule.Probe, true, lost, Now));
        Assert.IsType<Finding.Cleared>(ProbeRules.Decide(Rule.Probe, true, Quick, Now));
    }

    [Theory]
    [InlineData(null, null, true, "No provider took")]
    [InlineData(1.0, null, true, "was not delivered within 120.0 s")]
    [InlineData(1.0, 121.0, true, "was not delivered within 120.0 s")]
    [InlineData(1.0, 4.0, true, null)]
    [InlineData(1.0, null, false, null)]
    public void The_text_of_a_press_must_go_out_and_arrive_where_receipts_are_known(double? sent, double? delivered, bool isReceiptExpected, string? wrong)
    {
        var probe = Quick with { IsTextExpected = true, IsReceiptExpected = isReceiptExpected, TextAfter = sent, ReceiptAfter = delivered };
        var said = ProbeRules.WhatIsWrong(Rule.ProbeText, probe);
        if (wrong is null) Assert.Null(said);
        else Assert.Contains(wrong, said);
        Assert.Null(ProbeRules.WhatIsWrong(Rule.ProbeText, Quick));
        Assert.Null(ProbeRules.Decide(Rule.ProbeText, true, probe with { AlertAfter = null, TextAfter = null, ReceiptAfter = null }, Now));
    }

    [Fact]
    public void Raises_and_clearings_take_turns_whatever_probes_say() => Gen.Select(Gen.Int[0, 1], Gen.Double[0, 20].Nullable(), Gen.Double[0, 200].Nullable()).Array.Sample(presses =>
    {
        var isOn = ProbeRules.Rules.ToDictionary(rule => rule, _ => false);
        foreach (var (which, alerted, delivered) in presses)
        {
            var rule = ProbeRules.Rules[which];
            var told = ProbeRules.Decide(rule, isOn[rule], Quick with { AlertAfter = alerted, IsTextExpected = true, IsReceiptExpected = true, TextAfter = 1, ReceiptAfter = delivered }, Now);
            Assert.True(told is null || told is Finding.Raised == !isOn[rule]);
            if (told is not null) isOn[rule] = !isOn[rule];
        }
    });
}
