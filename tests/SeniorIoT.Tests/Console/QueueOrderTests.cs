using CsCheck;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Queue;
using Xunit;

namespace SeniorIoT.Tests.Console;

public sealed class QueueOrderTests
{
    private static readonly Gen<List<QueueLine>> GenWanted =
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 3], (id, priority) => ConsoleContext.An($"A{id:00}", priority: $"P{priority}", minutesAgo: id))
            .List[0, 15].Select(alerts => alerts.DistinctBy(alert => alert.AlertId).Order(AlertWords.QueueOrder).Select(alert => QueueLine.Of(alert)).ToList());

    [Fact]
    public void No_row_moves_while_the_pointer_is_over_the_list_and_all_flow_when_it_leaves() =>
        Gen.Select(GenWanted, GenWanted.List[1, 5]).Sample((first, later) =>
        {
            var order = new QueueOrder();
            order.Want(first);
            order.Hold(true);
            foreach (var wanted in later)
            {
                var before = order.Shown.ToList();
                order.Want(wanted);
                Assert.Equal(before, order.Shown.Take(before.Count));
                Assert.Equal(wanted.Select(Id).ToHashSet(), order.Shown.Concat(order.Waiting.Select(Id)).Intersect(wanted.Select(Id)).ToHashSet());
            }
            order.Hold(false);
            Assert.Equal(later[^1].Select(Id), order.Shown);
            Assert.Empty(order.Waiting);
        });

    [Fact]
    public void A_new_alert_above_waits_and_is_counted()
    {
        var order = new QueueOrder();
        var old = ConsoleContext.An("A1", priority: "P2");
        order.Want([QueueLine.Of(old)]);
        order.Hold(true);
        order.Want([QueueLine.Of(ConsoleContext.An("A2")), QueueLine.Of(old), QueueLine.Of(ConsoleContext.An("A3", priority: "P2", minutesAgo: 0))]);
        Assert.Equal(["A1", "A3"], order.Shown);
        Assert.Equal("A2", Assert.Single(order.Waiting).Id);
        order.Flow();
        Assert.Equal(["A2", "A1", "A3"], order.Shown);
    }

    private static string Id(QueueLine line) => line.Id;
}
