using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Domain.Duty;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Duty;

public sealed class ReachabilityTests
{
    private const string Mobile = "138 0000 0001";
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 4, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("110", Reach.NoNumber)]
    [InlineData("021-5231 0000", Reach.Landline)]
    [InlineData("4008123123", Reach.Landline)]
    [InlineData("+1 212 555 0100", Reach.Untested)] // nobody can tell
    [InlineData(Mobile, Reach.Untested)]
    public void A_number_alone_tells_whether_a_text_could_get_there(string phone, Reach reach) => Assert.Equal(reach, Judge(phone, TextRecord.None));

    [Fact]
    public void Texts_in_a_row_that_did_not_arrive_mean_that_none_does_until_one_arrives_or_the_person_answers()
    {
        Assert.Equal(Reach.Fine, Judge(Mobile, Record(NoticeState.Failed, NoticeState.Undelivered) with { TestedAt = Now }));
        Assert.Equal(Reach.Failing, Judge(Mobile, Record(NoticeState.Failed, NoticeState.Undelivered, NoticeState.Failed)));
        Assert.Equal(Reach.Fine, Judge(Mobile, Record(NoticeState.Failed, NoticeState.Undelivered, NoticeState.Delivered, NoticeState.Failed) with { DeliveredAt = Now.AddDays(-3) }));
        Assert.Equal(Reach.Fine, Judge(Mobile, Record(NoticeState.Failed, NoticeState.Undelivered, NoticeState.Failed) with { HeardAt = Now }));
    }

    [Fact]
    public void Texts_without_any_receipt_for_weeks_mean_that_none_arrives_if_the_provider_sends_receipts()
    {
        var sent = Record(NoticeState.Sent);
        Assert.Equal(Reach.Unconfirmed, Judge(Mobile, sent));
        Assert.Equal(Reach.Untested, Judge(Mobile, sent, receiptsCome: false));
        Assert.Equal(Reach.Fine, Judge(Mobile, sent with { DeliveredAt = Now.AddDays(-34) }));
        Assert.Equal(Reach.Unconfirmed, Judge(Mobile, sent with { DeliveredAt = Now.AddDays(-36) }));
        Assert.Equal(Reach.Fine, Judge(Mobile, sent with { HeardAt = Now.AddDays(-2) }));
        // A receipt may take a day.
        Assert.Equal(Reach.Fine, Judge(Mobile, new([new(Now.AddHours(-23), NoticeState.Sent)], null, null, Now.AddHours(-23))));
    }

    [Fact]
    public void A_household_is_short_of_people_by_the_numbers_that_texts_get_to()
    {
        var (li, wu) = (new Responder("Li", "13800000001", Role.Volunteer), new Responder("Wu", "13800000002", Role.CommitteeDuty));
        var landline = new Responder("office", "021-52310000", Role.CommitteeDuty);
        foreach (var ladder in new[] { Ladder.For(Priority.P1), Ladder.For(Priority.P2), Ladder.For(Priority.P2).WithContactFirst() })
        {
            Assert.Null(Coverage.Of(ladder, [li, wu]));
            Assert.Equal(Shortage.Nobody, Coverage.Of(ladder, []));
            Assert.Equal(Shortage.Nobody, Coverage.Of(ladder, [li with { Phone = "110" }]));
            Assert.Equal(Shortage.OnlyUnreachable, Coverage.Of(ladder, [li with { IsUnreachable = true }, landline]));
            Assert.Equal(Shortage.OnlyOne, Coverage.Of(ladder, [li, li with { Role = Role.Contact }, landline]));
        }
    }

    [Fact]
    public void Where_a_homes_own_people_are_enough_nobody_else_makes_it_short()
    {
        var people = Gen.Select(Gen.Int[0, 4], Gen.Int[0, Role.All.Count - 1], (number, role) => new Responder("x", number == 0 ? "110" : $"1380000000{number}", Role.All[role]) { IsUnreachable = number == 1 }).Array[0, 4];
        Gen.Select(people, people, Gen.Int[0, Role.All.Count - 1].Array[1, 3]).Sample((own, others, roles) =>
        {
            var ladder = new Ladder([.. roles.Select((role, i) => new LadderStep(TimeSpan.FromMinutes(i), [Role.All[role]]))], null, []);
            if (Coverage.IsEnough(ladder, own)) Assert.Null(Coverage.Of(ladder, [.. own, .. others]));
        });
    }

    [Fact]
    public void A_household_is_covered_exactly_when_the_steps_of_the_ladder_tell_two_people()
    {
        var people = Gen.Select(Gen.Int[0, 3], Gen.Int[0, Role.All.Count - 1], Gen.Bool, (number, role, isUnreachable) =>
            new Responder("x", number == 0 ? "110" : $"1380000000{number}", Role.All[role]) { IsUnreachable = isUnreachable });
        // One number is reachable or not, whatever list names it.
        Gen.Select(people.Array[0, 5], Gen.Int[0, Role.All.Count - 1].Array[1, 3]).Sample((drawn, roles) =>
        {
            var all = drawn.GroupBy(person => person.Phone).SelectMany(same => same.Select(person => person with { IsUnreachable = same.First().IsUnreachable })).ToList();
            var ladder = new Ladder([.. roles.Select((role, i) => new LadderStep(TimeSpan.FromMinutes(i), [Role.All[role]]))], null, []);
            var told = Enumerable.Range(0, roles.Length).SelectMany(rung => NoticeRules.PeopleOf(ladder.RolesAt(rung), all)).Where(person => person.Phone != "110").ToList();
            var reachable = told.Where(person => !person.IsUnreachable).DistinctBy(person => person.Phone).Count();
            Shortage? expected = told.Count == 0 ? Shortage.Nobody : reachable == 0 ? Shortage.OnlyUnreachable : reachable == 1 ? Shortage.OnlyOne : null;
            Assert.Equal(expected, Coverage.Of(ladder, all));
        });
    }

    [Fact]
    public void Every_number_is_tested_once_a_month_by_day_and_numbers_are_spread()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        var times = Enumerable.Range(0, 2800).Select(i => TimeZoneInfo.ConvertTime(TestText.DueAt($"+86138{i:00000000}", 2026, 2, zone), zone)).ToList();
        Assert.All(times, at => Assert.InRange(at.TimeOfDay, TimeSpan.FromHours(TestText.FirstHour), TimeSpan.FromHours(TestText.LastHour)));
        var days = times.CountBy(at => at.Day).ToList();
        Assert.Equal(28, days.Count);
        Assert.All(days, day => Assert.InRange(day.Value, 50, 200));
    }

    [Theory]
    [InlineData("")]
    [InlineData("江苏路街道")]
    [InlineData("一个名字特别特别长的街道办事处")]
    public void A_test_text_fits_one_segment_and_no_two_months_have_the_same(string subDistrict)
    {
        var texts = Enumerable.Range(1, 24).Select(month => TestText.Of(2026 + ((month - 1) / 12), ((month - 1) % 12) + 1, subDistrict)).ToList();
        Assert.Equal(24, texts.Distinct().Count());
        Assert.All(texts, text => Assert.InRange(text.Length, 20, NoticeText.LengthMax));
    }

    [Fact]
    public void Households_with_nobody_are_told_once_until_their_number_changes_somebody_closes_it_or_it_is_over()
    {
        var raised = Assert.IsType<Finding.Raised>(NobodyWatch.Decide(2, 1, null, Now));
        var episode = new Episode(Rule.NobodyToTell);
        episode.Do(new AlertCommand.Raise(new("A0001"), raised.Rule, Place.System, new(""), Now, raised.Cause, raised.Evidence));
        Assert.Null(NobodyWatch.Decide(2, 1, episode.Alert, Now.AddDays(1)));
        Assert.IsType<Finding.Raised>(NobodyWatch.Decide(3, 1, episode.Alert, Now.AddDays(1)));
        Assert.IsType<Finding.Cleared>(NobodyWatch.Decide(0, 0, episode.Alert, Now.AddDays(1)));
        episode.Do(new AlertCommand.Close("An", "other", null));
        Assert.IsType<Finding.Raised>(NobodyWatch.Decide(2, 1, episode.Alert, Now.AddDays(1)));
        Assert.Null(NobodyWatch.Decide(0, 0, episode.Alert, Now.AddDays(1)));
        Assert.Null(NobodyWatch.Decide(0, 0, null, Now));
    }

    private static Reach Judge(string phone, TextRecord texts, bool receiptsCome = true) => Reachability.Of(phone, texts, 3, TimeSpan.FromDays(35), receiptsCome, Now);

    // Newest first, one every other day, the newest two days ago.
    private static TextRecord Record(params NoticeState[] newest) =>
        new([.. newest.Select((state, i) => new SentText(Now.AddDays(-2 - (2 * i)), state))], null, null, null);
}
