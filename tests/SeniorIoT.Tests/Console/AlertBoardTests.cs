using CsCheck;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class AlertBoardTests
{
    private static readonly Alert A1 = ConsoleContext.An("A1");

    [Fact]
    public void The_newest_version_wins_in_whatever_order_they_come() =>
        Gen.Int[1, 50].Array[1, 20].Sample(versions =>
        {
            var board = new AlertBoard();
            foreach (var version in versions)
                board.Merge(A1 with { Version = version });
            Assert.Equal(versions.Max(), board.Find("A1")!.Version);
        });

    [Fact]
    public void A_fetch_removes_what_is_no_longer_open_but_nothing_that_was_pushed_meanwhile()
    {
        var board = new AlertBoard();
        board.Replace([A1, A1 with { AlertId = "A2" }], board.Mark);
        var mark = board.Mark;
        board.Merge(A1 with { AlertId = "A3" });
        board.Replace([A1], mark);
        Assert.Equal(["A1", "A3"], board.Open.Select(alert => alert.AlertId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_what_comes_after_the_first_fetch_is_news()
    {
        var board = new AlertBoard();
        List<string> news = [];
        board.Raised += alert => news.Add(alert.AlertId);
        board.Replace([A1], board.Mark);
        board.Merge(A1 with { AlertId = "A2" });
        board.Merge(A1 with { AlertId = "A2", Version = 2 });
        board.Merge(A1 with { AlertId = "A3", AnsweredAt = A1.RaisedAt });
        Assert.Equal(["A2"], news);
    }

    [Fact]
    public void A_hope_is_shown_until_something_newer_is_known_or_it_is_given_up()
    {
        var board = new AlertBoard();
        board.Merge(A1);
        board.Hope(A1 with { AnsweredBy = "me" });
        Assert.Equal("me", board.Find("A1")!.AnsweredBy);
        board.GiveUp("A1");
        Assert.Null(board.Find("A1")!.AnsweredBy);
        board.Hope(A1 with { AnsweredBy = "me" });
        board.Merge(A1 with { AnsweredBy = "another", Version = 2 });
        Assert.Equal("another", board.Find("A1")!.AnsweredBy);
    }

    [Fact]
    public void All_alerts_of_an_incident_count_as_one_and_wait_as_long_as_the_first_that_nobody_answered()
    {
        var board = new AlertBoard();
        var member = ConsoleContext.An("A1", "burst", "P2", minutesAgo: 9) with { IncidentId = "I0001" };
        board.Replace([member with { AnsweredAt = A1.RaisedAt }, .. Enumerable.Range(2, 8).Select(i => member with { AlertId = "A" + i, RaisedAt = member.RaisedAt.AddMinutes(i) }), ConsoleContext.An("A20", priority: "P2")], board.Mark);
        Assert.Equal(new PriorityCount(2, 2, member.RaisedAt.AddMinutes(2)), board.Count("P2"));
        for (var i = 2; i < 10; i++) board.Merge(board.Find("A" + i)! with { Version = 2, AnsweredAt = A1.RaisedAt });
        Assert.Equal(new PriorityCount(2, 1, A1.RaisedAt), board.Count("P2"));
    }

    [Fact]
    public void The_queue_is_ordered_by_priority_then_by_who_waits_longest()
    {
        Alert[] alerts =
        [
            ConsoleContext.An("A1", priority: "P2", minutesAgo: 90), ConsoleContext.An("A2", minutesAgo: 1),
            ConsoleContext.An("A4", minutesAgo: 5), ConsoleContext.An("A3", minutesAgo: 5),
        ];
        Assert.Equal(["A3", "A4", "A2", "A1"], alerts.Order(AlertWords.QueueOrder).Select(alert => alert.AlertId));
    }
}
