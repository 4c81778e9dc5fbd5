using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class NoticeRulesTests
{
    private static readonly Responder Volunteer = new("Li", "13800000001", Role.Volunteer);
    private static readonly Responder Second = new("Wu", "13800000002", Role.SecondVolunteer);
    private static readonly Responder Daughter = new("Wang Mei", "13800000003", "daughter");
    private static readonly Responder Duty = new("duty", "021-52310000", Role.CommitteeDuty);
    private static readonly Responder Head = new("head", "13800000005", Role.CommitteeHead);
    private static readonly Responder Supervisor = new("supervisor", "13800000006", Role.Supervisor);
    private static readonly Responder[] Everybody = [Volunteer, Second, Daughter, Duty, Head, Supervisor];

    [Fact]
    public void Raising_tells_the_console_and_the_first_step_and_each_step_tells_its_own()
    {
        var episode = new Episode(Rule.NoWater);
        Assert.Equal(["monitoring centre", "Li", "duty"], Told(episode, episode.Raise(), 0));
        Assert.Equal(["Wu", "Wang Mei"], Told(episode, new AlertCommand.Wake(), 900));
        Assert.Equal(["head"], Told(episode, new AlertCommand.Wake(), 2700));
        Assert.Equal(["supervisor"], Told(episode, new AlertCommand.Wake(), 3600));
        Assert.Equal(["head", "supervisor"], Told(episode, new AlertCommand.Wake(), 5400));
    }

    [Fact]
    public void Nothing_but_raising_and_escalating_tells_anybody()
    {
        var episode = Episode.Of(Rule.Sos);
        Assert.Empty(Told(episode, episode.Raise(), 1));
        Assert.Empty(Told(episode, new AlertCommand.Clear(Episode.Start, "over"), 2));
        Assert.Empty(Told(episode, new AlertCommand.Close("An", "safe", null), 3));
    }

    [Fact]
    public void A_technical_finding_is_told_to_the_console_alone()
    {
        var episode = new Episode(Rule.LowBattery);
        Assert.Equal(["monitoring centre"], Told(episode, episode.Raise(), 0));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("120")]
    public void A_step_that_names_nobody_who_can_be_reached_tells_everybody_else_instead(string? dutyPhone)
    {
        var episode = new Episode(Rule.Sos);
        Responder[] known = dutyPhone is null ? [Daughter, Head] : [Daughter, Head, Duty with { Phone = dutyPhone }];
        Assert.Equal(["monitoring centre", .. known.Select(person => person.Name)], Told(episode, episode.Raise(), 0, known));
    }

    [Fact]
    public void With_nobody_at_all_only_the_console_hears_and_the_ladder_goes_on()
    {
        var episode = new Episode(Rule.Sos);
        Assert.Equal(["monitoring centre"], Told(episode, episode.Raise(), 0, []));
        Assert.Empty(Told(episode, new AlertCommand.Wake(), 60, []));
        Assert.NotNull(episode.Alert!.EscalatesAt);
    }

    [Fact]
    public void A_number_that_stands_in_two_lists_gets_one_text()
    {
        var episode = new Episode(Rule.Sos);
        Assert.Equal(["monitoring centre", "Li"], Told(episode, episode.Raise(), 0, [Volunteer, Volunteer with { Name = "Li again", Phone = "+86 138-0000-0001" }]));
    }

    [Fact]
    public void A_group_hears_of_each_step_that_asks_people_in_its_language_and_is_nobody_who_can_be_reached()
    {
        var group = new Responder("duty group", "江苏居委会/duty group", "channel") { Channel = NoticeChannel.Wecom, Language = Languages.English };
        var episode = new Episode(Rule.Sos);
        var first = Owed(episode, episode.Raise(), 0, [Daughter, group]);
        Assert.Equal(["monitoring centre", "Wang Mei", "duty group"], first.Select(notice => notice.To.Name));
        Assert.Equal([NoticeChannel.Console, NoticeChannel.Sms, NoticeChannel.Wecom], first.Select(notice => notice.Channel));
        Assert.Contains("SOS! Go now.", first[2].Text);
        Assert.Equal(["Wang Mei", "duty group"], Told(episode, new AlertCommand.Wake(), 60, [Daughter, group]));

        var technical = new Episode(Rule.LowBattery);
        Assert.Equal(["monitoring centre"], Told(technical, technical.Raise(), 0, [Daughter, group]));
    }

    [Theory]
    [InlineData(Priority.P1, 60)]
    [InlineData(Priority.P2, 300)]
    [InlineData(Priority.P3, null)]
    public void A_receipt_is_waited_for_as_long_as_the_alert_can_wait(Priority priority, int? seconds) =>
        Assert.Equal(seconds is { } wait ? Episode.Start.AddSeconds(wait) : null, NoticeRules.ReceiptDueAt(priority, Episode.Start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)));

    [Fact]
    public void Ids_of_notices_are_never_used_twice()
    {
        var episode = new Episode(Rule.Sos);
        List<string> ids = [.. Owed(episode, episode.Raise(), 0).Select(notice => notice.Id)];
        for (var second = 60; second < 2000; second += 180) ids.AddRange(Owed(episode, new AlertCommand.Wake(), second).Select(notice => notice.Id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(3 + 3 + 10 * Everybody.Length, ids.Count);
    }

    [Fact]
    public void Receipts_move_a_notice_forwards_only_whatever_their_order() =>
        Gen.Select(Episode.AnyOf(NoticeState.Owed, NoticeState.Sending, NoticeState.Sent), Gen.Enum<NoticeState>().Array[0, 10]).Sample((start, receipts) =>
        {
            NoticeState[] real = [.. receipts.Where(state => state is not (NoticeState.NotSent or NoticeState.Shown or NoticeState.HeldBack))];
            var seen = start;
            foreach (var receipt in real)
            {
                var before = seen;
                if (NoticeRules.Follows(seen, receipt)) seen = receipt;
                Assert.True(seen >= before);
                Assert.False(NoticeRules.Follows(seen, receipt));
            }

            Assert.Equal(real.Append(start).Max(), seen);
        });

    [Theory]
    [InlineData(NoticeState.NotSent)]
    [InlineData(NoticeState.Shown)]
    [InlineData(NoticeState.Delivered)]
    [InlineData(NoticeState.HeldBack)]
    public void Nothing_follows_what_has_ended(NoticeState ended) =>
        Assert.DoesNotContain(Enum.GetValues<NoticeState>(), next => NoticeRules.Follows(ended, next));

    [Theory]
    [InlineData("13800000000", "+8613800000000")]
    [InlineData("+86 138-0000 0000", "+8613800000000")]
    [InlineData("0086 138 0000 0000", "+8613800000000")]
    [InlineData("8613800000000", "+8613800000000")]
    [InlineData("021-52310000", "+862152310000")]
    [InlineData(" +1 (415) 555-0100", "+14155550100")]
    [InlineData("120", null)]
    [InlineData("", null)]
    [InlineData("none", null)]
    [InlineData("+1234567890123456", null)]
    public void Numbers_as_people_write_them(string written, string? number) => Assert.Equal(number, PhoneNumber.ToE164(written));

    private static IEnumerable<string> Told(Episode episode, AlertCommand command, double second, Responder[]? known = null) =>
        Owed(episode, command, second, known).Select(notice => notice.To.Name);

    private static List<Notice> Owed(Episode episode, AlertCommand command, double second, Responder[]? known = null)
    {
        var accepted = (Decision.Accepted)episode.Do(command, second);
        return [.. accepted.Events.SelectMany(happened => NoticeRules.Owed(episode.Alert!, happened, known ?? Everybody, TimeZoneInfo.Utc))];
    }
}
