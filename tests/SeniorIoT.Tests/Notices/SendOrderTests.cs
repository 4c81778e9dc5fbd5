using CsCheck;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Tests.Alerts;
using Xunit;

namespace SeniorIoT.Tests.Notices;

public sealed class SendOrderTests
{
    private sealed record Due(int N, SendRank Rank, DateTimeOffset OwedAt);

    private static readonly Gen<Due[]> SomeDue = Gen.Select(Gen.Enum<SendRank>(), Gen.Int[0, 600]).Array[0, 60]
        .Select(all => all.Select((one, n) => new Due(n, one.Item1, Episode.Start.AddSeconds(one.Item2))).ToArray());

    private static readonly Gen<SendRoom> Rooms = Gen.Select(Gen.Int[0, 32], Gen.Int[0, 8], Gen.OneOf(Gen.Int[0, 60], Gen.Const(int.MaxValue)), (urgent, others, paced) => new SendRoom(urgent, others, paced));

    [Fact]
    public void Nothing_goes_before_a_P1_that_is_due_and_what_goes_goes_in_order_and_fits() =>
        Gen.Select(SomeDue, Rooms).Sample((due, room) =>
        {
            var chosen = Choose(due, room);
            var left = due.Except(chosen).ToList();
            if (left.Exists(one => one.Rank.IsUrgent())) Assert.All(chosen, one => Assert.True(one.Rank.IsUrgent()));
            Assert.Equal(chosen.OrderBy(one => one.Rank).ThenBy(one => one.OwedAt).Select(one => one.N), chosen.Select(one => one.N));
            // Of each lane, the first in order.
            foreach (var lane in (bool[])[true, false])
            {
                var last = chosen.LastOrDefault(one => one.Rank.IsUrgent() == lane);
                if (last is not null) Assert.All(left.Where(one => one.Rank.IsUrgent() == lane), one => Assert.True((one.Rank, one.OwedAt).CompareTo((last.Rank, last.OwedAt)) >= 0));
            }

            Assert.InRange(chosen.Count(one => one.Rank.IsUrgent()), 0, room.Urgent);
            Assert.InRange(chosen.Count(one => !one.Rank.IsUrgent()), 0, room.Others);
            Assert.True(chosen.Count <= room.Paced);
            if (chosen.Any(one => !one.Rank.IsUrgent())) Assert.True(chosen.Count < room.Paced, "the last place of the pace is a P1's");
        });

    [Fact]
    public void Among_ten_thousand_others_the_first_text_of_a_P1_is_first_and_the_beginning_of_the_queue_is_enough_to_know() =>
        Gen.Select(SomeDue, Rooms).Sample((due, room) =>
        {
            Due[] storm = [.. Enumerable.Range(0, 10_000).Select(n => new Due(1000 + n, SendRank.P2, Episode.Start.AddSeconds(-n))), .. due];
            var chosen = Choose(storm, room);
            if (room is { Urgent: > 0, Paced: > 0 } && due.Any(one => one.Rank == SendRank.FirstOfP1)) Assert.Equal(SendRank.FirstOfP1, chosen[0].Rank);
            Assert.Equal(chosen, Choose([.. storm.OrderBy(one => one.Rank).ThenBy(one => one.OwedAt).Take(room.LookAt)], room));
        }, iter: 100);

    [Fact]
    public void What_could_not_go_is_tried_again_later_and_later_and_a_P1_never_more_than_a_minute_later() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Bool).Sample((rounds, isUrgent) =>
        {
            var again = SendOrder.AgainAfter(rounds, isUrgent);
            Assert.InRange(again, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(isUrgent ? 60 : 120));
            Assert.True(SendOrder.AgainAfter(rounds + 1, isUrgent) >= again);
        });

    [Theory]
    [InlineData(Priority.P1, true, SendRank.FirstOfP1)]
    [InlineData(Priority.P1, false, SendRank.P1)]
    [InlineData(Priority.P2, true, SendRank.P2)]
    [InlineData(Priority.P3, true, SendRank.Other)]
    public void A_rank_is_the_priority_s_and_of_a_P1_the_first_step_is_before_the_others(Priority priority, bool isFirst, SendRank rank) => Assert.Equal(rank, SendOrder.RankOf(priority, isFirst));

    private static IReadOnlyList<Due> Choose(IEnumerable<Due> due, SendRoom room) => SendOrder.Choose(due, one => one.Rank, one => one.OwedAt, room);
}
