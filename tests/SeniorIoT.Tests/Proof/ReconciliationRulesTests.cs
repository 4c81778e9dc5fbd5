using CsCheck;
using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Domain.Storms;
using SeniorIoT.Tests.Alerts;
using Xunit;
using static SeniorIoT.Domain.Alerts.AlertCommand;

namespace SeniorIoT.Tests.Proof;

public sealed class ReconciliationRulesTests
{
    private static readonly Responder[] People =
    [
        new("Li", "13800000001", Role.Volunteer), new("Wu", "13800000002", Role.SecondVolunteer), new("duty", "13800000003", Role.CommitteeDuty),
        new("head", "13800000004", Role.CommitteeHead), new("supervisor", "13800000005", Role.Supervisor), new("son", "13800000006", Role.Contact),
    ];

    private static readonly Gen<(Rule Rule, (int Kind, int Seconds)[] Moves)> Stories =
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.NoWater, Rule.Tamper), Gen.Select(Gen.Int[0, 12], Gen.Int[0, 2_000]).Array[0, 25]);

    private static readonly Gen<(Rule Rule, (int Kind, int Seconds)[] Moves)> Storms =
        Gen.Select(Episode.AnyOf(Rule.Sos, Rule.Burst, Rule.Tamper), Gen.Select(Gen.Int[0, 18], Gen.Int[0, 2_000]).Array[0, 25]);

    /// <summary>What each kind of break looks like: an alert of a press after two minutes that nobody answered, with one thing wrong.</summary>
    public static TheoryData<string, Repair> Breaks { get; } = new()
    {
        { BreakKind.TimelineGap, Repair.None }, { BreakKind.AlertWithoutCause, Repair.None }, { BreakKind.NoDeadline, Repair.WakeAlert },
        { BreakKind.DeadlineOverdue, Repair.WakeAlert }, { BreakKind.StepWithoutNotice, Repair.GoOn }, { BreakKind.StepLost, Repair.GoOn },
        { BreakKind.NoticeGap, Repair.None }, { BreakKind.NoticeStuck, Repair.SendNotice }, { BreakKind.NoticeOverdue, Repair.None },
        { BreakKind.ReceiptOverdue, Repair.None }, { BreakKind.ToldAfterAnswer, Repair.None }, { BreakKind.ClosedWithoutOutcome, Repair.None },
        { BreakKind.SentWithoutAttempt, Repair.None }, { BreakKind.AnswerWithoutText, Repair.None }, { BreakKind.ClosedWithoutVisit, Repair.None },
    };

    [Fact]
    public void Somebody_at_the_door_who_asks_for_help_and_is_not_told_so_himself_leaves_no_gap()
    {
        var (fact, now) = Tell(Rule.Sos, [(5, 20), (12, 30), (2, 5)]);
        Assert.Contains(fact.Notices, notice => notice.Step > 0);
        Assert.Empty(ReconciliationRules.Check(Of(fact), now));
    }

    [Fact]
    public void Books_that_are_kept_by_the_rules_balance_whatever_happened() => Stories.Sample(story =>
    {
        var (fact, now) = Tell(story.Rule, story.Moves);
        Assert.Empty(ReconciliationRules.Check(Of(fact), now));
    });

    [Fact]
    public void They_balance_in_a_storm_and_with_shelves_too() => Storms.Sample(story =>
    {
        var (fact, now) = Tell(story.Rule, story.Moves, isStorm: true);
        Assert.Empty(ReconciliationRules.Check(Of(fact), now));
    });

    [Fact]
    public void A_line_a_notice_or_a_deadline_that_is_lost_from_any_story_is_found() => Stories.Where(story => story.Rule != Rule.Tamper).Sample(story =>
    {
        var (fact, now) = Tell(story.Rule, story.Moves);
        Assert.Contains(ReconciliationRules.Check(Of(fact with { Lines = fact.Lines - 1 }), now), one => one.Kind == BreakKind.TimelineGap);
        if (fact.Alert.EscalatesAt is null) return;
        Assert.Contains(ReconciliationRules.Check(Of(fact with { Deadline = null }), now), one => one is { Kind: BreakKind.NoDeadline, Repair: Repair.WakeAlert });
        if (fact.Alert.Response is not Response.Awaited) return; // it waits for whoever it was handed to
        var without = fact with { Notices = [.. fact.Notices.Where(notice => notice.Step != fact.Alert.Step || notice.Channel == NoticeChannel.Console)] };
        Assert.Contains(ReconciliationRules.Check(Of(without), now), one => one is { Kind: BreakKind.StepWithoutNotice, Repair: Repair.GoOn });
    });

    [Theory]
    [MemberData(nameof(Breaks))]
    public void Each_break_is_named_with_what_can_be_done(string kind, Repair repair)
    {
        var (fact, _) = Tell(Rule.Sos, [(11, 60)]); // step 1: second volunteer, head and supervisor
        var alert = fact.Alert;
        var (broken, seconds) = kind switch
        {
            BreakKind.TimelineGap => (fact with { Lines = 1 }, 70),
            BreakKind.AlertWithoutCause => (fact with { HasCause = false }, 70),
            BreakKind.NoDeadline => (fact with { Deadline = null, Alert = alert with { Response = new Response.Awaited(1, null) } }, 70),
            BreakKind.DeadlineOverdue => (fact, 271),
            BreakKind.StepWithoutNotice => (fact with { Notices = [.. fact.Notices.Where(notice => notice.Step == 0)] }, 70),
            BreakKind.StepLost => (Tell(Rule.Sos, []).Fact is var first ? first with { Notices = With(first, notice => notice with { State = NoticeState.Undelivered, ReceiptAt = Episode.At(5) }) } : first, 40),
            BreakKind.NoticeGap => (fact with { Notices = [.. fact.Notices.Where(notice => notice.Id != "A0001-1-2")] }, 70),
            BreakKind.NoticeStuck => (fact with { Notices = With(fact, notice => notice.Id == "A0001-1-2" ? notice with { State = NoticeState.Owed } : notice) }, 70),
            BreakKind.NoticeOverdue => (Answered(fact) with { Notices = With(fact, notice => notice.Id == "A0001-1-2" ? notice with { State = NoticeState.Owed, NextAttemptAt = Episode.At(60) } : notice) }, 361),
            BreakKind.ReceiptOverdue => (Awaiting(Tell(Rule.NoWater, [(11, 900), (11, 1800), (11, 1200), (11, 1800)]).Fact), 5_701),
            BreakKind.ToldAfterAnswer => (Answered(fact) with { Notices = With(fact, notice => notice.Id == "A0001-1-1" ? notice with { SentAt = Episode.At(300) } : notice) }, 400),
            BreakKind.SentWithoutAttempt => (fact with { Notices = With(fact, notice => notice.Id == "A0001-1-1" ? notice with { HasAttempt = false } : notice) }, 70),
            BreakKind.AnswerWithoutText => (fact with { HasTexts = false }, 70),
            BreakKind.ClosedWithoutVisit => (Answered(fact) with { Deadline = null, HasVisit = false, Alert = Answered(fact).Alert with { Closing = new("An", Episode.At(90), "safe") } }, 100),
            _ => (Answered(fact) with { Deadline = null, Alert = Answered(fact).Alert with { Closing = new("An", Episode.At(90), " ") } }, 100),
        };
        var found = ReconciliationRules.Check(Of(broken), Episode.At(seconds));
        var one = Assert.Single(found, one => one.Kind == kind && one.Repair == repair);
        Assert.EndsWith(".", one.Missing);
        Assert.True(one.Since <= Episode.At(seconds));
        Assert.All(found, other => Assert.Equal(kind, other.Kind));
    }

    [Fact]
    public void The_last_notice_of_a_step_is_missed_as_well_where_it_was_written_down_how_many_were_owed()
    {
        var (fact, _) = Tell(Rule.Sos, [(11, 60)]);
        var last = fact.Notices[^1].Id;
        var without = fact with { Notices = [.. fact.Notices.Where(notice => notice.Id != last)] };
        Assert.Empty(ReconciliationRules.Check(Of(without), Episode.At(70)));
        Assert.Empty(ReconciliationRules.Check(Of(fact with { Owed = fact.Notices.Count }), Episode.At(70)));
        Assert.Equal($"It has {fact.Notices.Count - 1} of {fact.Notices.Count} notices.", Assert.Single(ReconciliationRules.Check(Of(without with { Owed = fact.Notices.Count }), Episode.At(70))).Missing);
    }

    [Fact]
    public void A_call_is_given_a_minute_and_a_device_without_a_home_is_another_matter()
    {
        var call = new CallFact("b1/m:1", new("b1"), new HouseholdId("H1"), Rule.Sos, Episode.At(0), Episode.At(-1), null);
        Assert.Empty(ReconciliationRules.Check(Of(call), Episode.At(60)));
        var late = Assert.Single(ReconciliationRules.Check(Of(call), Episode.At(61)));
        Assert.Equal((BreakKind.CallWithoutAlert, Repair.RaiseCall, "A call (sos) of device b1 became no alert."), (late.Kind, late.Repair, late.Missing));
        var homeless = Assert.Single(ReconciliationRules.Check(Of(call with { Household = null }), Episode.At(61)));
        Assert.Equal((BreakKind.CallWithoutHome, Repair.None), (homeless.Kind, homeless.Repair));
        Assert.Empty(ReconciliationRules.Check(Of(call with { Alert = new AlertId("A0001") }), Episode.At(9_999)));
    }

    [Fact]
    public void A_text_whose_fate_nobody_knows_is_let_go_of_when_somebody_answered_also_when_people_are_asked_anew()
    {
        var (fact, _) = Tell(Rule.Sos, []);
        var unknown = fact with { Notices = With(fact, notice => notice with { State = NoticeState.Sending, SentAt = null, ReceiptAt = null }) };
        Assert.Equal([BreakKind.NoticeStuck, BreakKind.NoticeStuck], ReconciliationRules.Check(Of(unknown), Episode.At(10)).Select(one => one.Kind));
        Assert.Empty(ReconciliationRules.Check(Of(Answered(unknown)), Episode.At(100)));

        var (again, now) = Tell(Rule.Sos, [(3, 10), (0, 400)]);
        Assert.Equal(1, again.Alert.Round.Step);
        Assert.Empty(ReconciliationRules.Check(Of(again with { Notices = With(again, notice => notice.Step == 0 ? notice with { State = NoticeState.Sending, SentAt = null, ReceiptAt = null } : notice) }), now));
    }

    [Fact]
    public void Notices_about_no_alert_and_what_is_left_of_an_alert_that_is_gone_are_looked_at_too()
    {
        var test = new NoticeFact("test-1", 0, NoticeChannel.Sms, NoticeState.Owed, Episode.At(0), null, null, null, true);
        var books = new Books(Episode.At(0), Episode.At(9), [], [], [test], 1, [new("A0002")], false);
        Assert.Equal([BreakKind.Orphan, BreakKind.NoticeStuck], ReconciliationRules.Check(books, Episode.At(9)).Select(one => one.Kind));
        Assert.All(ReconciliationRules.Check(books, Episode.At(9)), one => Assert.Contains(one.Kind, BreakKind.All));
    }

    private static Books Of(AlertFact fact) => new(Episode.Start, Episode.At(100_000), [], [fact], [], 0, [], AreReceiptsExpected: true);

    private static Books Of(CallFact call) => new(Episode.Start, Episode.At(100_000), [call], [], [], 0, [], true);

    private static IReadOnlyList<NoticeFact> With(AlertFact fact, Func<NoticeFact, NoticeFact> change) => [.. fact.Notices.Select(notice => notice.Channel == NoticeChannel.Console ? notice : change(notice))];

    private static AlertFact Answered(AlertFact fact) => fact with { Deadline = null, Alert = fact.Alert with { Response = new Response.Given(1, "An", Episode.At(80)) } };

    private static AlertFact Awaiting(AlertFact fact) => fact with { Notices = With(fact, notice => notice with { State = notice.Id == "A0001-3-1" ? NoticeState.Sent : NoticeState.Delivered, ReceiptAt = notice.Id == "A0001-3-1" ? null : notice.SentAt }) };

    /// <summary>A story as a faithful store keeps it: every notice delivered a second after it was owed, every bell rung when it was due.</summary>
    private static (AlertFact Fact, DateTimeOffset Now) Tell(Rule rule, (int Kind, int Seconds)[] moves, bool isStorm = false)
    {
        Alert? alert = null;
        var (now, lines, notices) = (Episode.Start, 0, new List<NoticeFact>());
        Do(Raise(0));
        foreach (var (i, (kind, seconds)) in moves.Index())
        {
            Pass(now.AddSeconds(seconds));
            Do(kind switch
            {
                0 => Raise(i + 1),
                1 => new Clear(now, "over"),
                2 => new Note("An", "said"),
                3 => new Acknowledge("An", null),
                4 => new AlertCommand.Dispatch("Bo", "Li", null),
                5 => new Arrive("Li", null),
                6 => new Close("An", "safe", null),
                7 => new Reopen("Bo", null),
                8 => new HandOver("An", "Bo", null),
                9 => new Regrade("An", (Priority)(1 + (seconds % 3)), "on the phone"),
                10 => new Undelivered(alert!.Step, "no phone answers"),
                12 => new AskHelp("Li", "come"),
                13 or 14 => new Join("I0001"),
                15 => new Leave(null, "over"),
                16 => new Shelve("An", now.AddSeconds(seconds), "said"),
                17 => new Unshelve("An", "said"),
                18 when alert?.Incident is not null => new Acknowledge("An", "with incident I0001") { At = now.AddSeconds(-seconds) },
                _ => new Wake(),
            });
        }

        return (new AlertFact(alert!, alert!.EscalatesAt, lines, true, true, notices), now);

        AlertCommand Raise(int n) => new AlertCommand.Raise(alert is null or { IsClosed: true } ? new AlertId($"A{n + 1:0000}") : alert.Id, rule, Episode.Home, new("d1"), now, $"d1/{n}", new Evidence())
        {
            Incident = isStorm && rule.Priority != Priority.P1 && (moves.Length + n) % 2 == 0 ? new Incident("I0001", StormTable.Water, new(StormScope.Building, "江苏路100弄38号"), "江苏居委会", "江苏路街道", Episode.Start, new("A0001"), 0) : null,
        };

        void Pass(DateTimeOffset until)
        {
            while (alert?.EscalatesAt is { } due && due <= until)
            {
                now = due > now ? due : now;
                Do(new Wake());
            }

            now = until;
        }

        void Do(AlertCommand command)
        {
            var ladder = Ladder.For(command is Regrade regrade ? regrade.Priority : command is AskHelp ? Priority.P1 : rule.Priority);
            if (AlertRules.Decide(alert, command, ladder, now) is not Decision.Accepted { Events.Count: > 0 } accepted) return;
            foreach (var happened in accepted.Events)
            {
                if (happened is AlertEvent.Raised)
                {
                    lines = 0;
                    notices = [];
                }

                alert = AlertRules.Evolve(alert, happened);
                lines++;
                notices.AddRange(AnswerRules.Owed(alert, happened, NoticeRules.Owed(alert, happened, People, TimeZoneInfo.Utc), [], TimeZoneInfo.Utc).Select(notice => new NoticeFact(
                    notice.Id, notice.Step, notice.Channel, notice.Channel == NoticeChannel.Console ? NoticeState.Shown : NoticeState.Delivered, notice.OwedAt, notice.OwedAt.AddSeconds(1),
                    notice.OwedAt.AddSeconds(2), null, notice.IsInformation)));
            }
        }
    }
}
