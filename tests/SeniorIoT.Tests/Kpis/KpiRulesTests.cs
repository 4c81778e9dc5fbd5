using SeniorIoT.Domain;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Kpis;
using Xunit;

namespace SeniorIoT.Tests.Kpis;

public sealed class KpiRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Start.AddHours(5);

    [Fact]
    public void What_nobody_answered_is_late_once_its_time_is_over_and_nothing_before()
    {
        AlertFacts[] alerts = [Call(answered: 30), Call(answered: 61), Call(), Call(raised: 5 * 3600 - 20)];
        Assert.Equal(1.0 / 3, KpiRules.AnsweredWithin(alerts, KpiRules.AnswerUsual, Now));
        Assert.Equal(2.0 / 3, KpiRules.AnsweredWithin(alerts, KpiRules.AnswerMax, Now));
        Assert.Null(KpiRules.AnsweredWithin([Call(raised: 5 * 3600 - 20)], KpiRules.AnswerUsual, Now));
    }

    [Fact]
    public void Technical_findings_and_the_platform_itself_are_not_calls()
    {
        AlertFacts[] none = [Call() with { Priority = Priority.P3 }, Call() with { HouseholdId = "" }];
        Assert.Null(KpiRules.AnsweredWithin(none, KpiRules.AnswerUsual, Now));
        Assert.Null(KpiRules.SecondsToAnswer(none, 0.5));
        Assert.All(none, alert => Assert.Empty(KpiRules.ExceptionsOf(alert, Now)));
    }

    [Fact]
    public void Somebody_who_was_sent_and_of_whom_nothing_was_heard_counts_as_late()
    {
        AlertFacts[] alerts = [Call(answered: 10, dispatched: 20, arrived: 1800), Call(answered: 10, dispatched: 20), Call(answered: 10)];
        Assert.Equal(0.5, KpiRules.ArrivedWithin(alerts, KpiRules.DoorUsual, Now));
        Assert.Equal([[], [ExceptionKind.DoorLate], []], alerts.Select(alert => KpiRules.ExceptionsOf(alert, Now)));
        // Closed within the hour without a word about the door: it did not take too long.
        var soon = Call(answered: 10, dispatched: 20) with { ClosedAt = Start.AddMinutes(40) };
        Assert.Empty(KpiRules.ExceptionsOf(soon, Now));
        Assert.Null(KpiRules.ArrivedWithin([soon], KpiRules.DoorUsual, Now));
    }

    [Fact]
    public void Asked_anew_the_time_counts_from_then()
    {
        var again = Call(answered: 1900) with { AskedAt = Start.AddSeconds(1880) };
        Assert.Equal(20, KpiRules.SecondsToAnswer([again], 0.5));
        Assert.Empty(KpiRules.ExceptionsOf(again, Now));
        // A quick second answer does not hide a slow first one.
        Assert.Equal([ExceptionKind.AnsweredLate], KpiRules.ExceptionsOf(again with { SlowestAnswer = TimeSpan.FromMinutes(10) }, Now));
    }

    [Theory]
    [InlineData(180, false)]
    [InlineData(181, true)]
    [InlineData(null, true)]
    public void Every_call_over_180_seconds_must_be_explained(int? answered, bool isException) =>
        Assert.Equal(isException, KpiRules.ExceptionsOf(Call(answered: answered), Now).Count > 0);

    [Fact]
    public void Times_by_nearest_rank_and_parts_by_name()
    {
        AlertFacts[] alerts = [.. Enumerable.Range(1, 100).Select(second => Call(answered: second) with { Committee = second % 2 == 0 ? "B" : "A" })];
        Assert.Equal([50, 90, 99, 100], new[] { 0.5, 0.9, 0.99, 1 }.Select(share => KpiRules.SecondsToAnswer(alerts, share)));
        Assert.Equal([("A", 50, 0.6), ("B", 50, 0.6)], KpiRules.By(alerts, alert => alert.Committee, Now).OrderBy(part => part.Part).Select(part => (part.Part, part.Calls, part.Within60s!.Value)));
    }

    private static AlertFacts Call(int raised = 0, int? answered = null, int? dispatched = null, int? arrived = null) => new(
        new AlertId("A0001"), "sos", Priority.P1, "C", Start.AddSeconds(raised), Start.AddSeconds(raised), At(answered), "An", At(dispatched), At(arrived), null, null) { HouseholdId = "H1" };

    private static DateTimeOffset? At(int? second) => second is { } known ? Start.AddSeconds(known) : null;
}
