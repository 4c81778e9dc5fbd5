using SeniorIoT.TimeSeries;
using SeniorIoT.TimeSeries.Influx;
using Xunit;

namespace SeniorIoT.Tests.TimeSeries.Influx;

public sealed class ForwarderTests
{
    private static readonly long Now = Rig.Start.ToUnixTimeMilliseconds();
    private static readonly WriteAnswer Refused = new(null, "Connection refused", null);

    [Fact]
    public async Task Points_wait_a_moment_for_company_and_go_in_one_request()
    {
        await using var rig = new Rig(Personality.V1_6);
        await rig.AppendAsync("raw", Line(1));
        Assert.Equal(TimeSpan.FromSeconds(1), await rig.Forwarder.StepAsync());
        rig.Clock.Advance(TimeSpan.FromSeconds(0.6));
        await rig.AppendAsync("raw", Line(2), Line(3));
        Assert.Equal(TimeSpan.FromSeconds(0.4), await rig.Forwarder.StepAsync());
        Assert.Equal((3, Rig.Start), (rig.Forwarder.Status.WaitingPoints, rig.Forwarder.Status.OldestWaitingAt));
        rig.Clock.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(TimeSpan.Zero, await rig.Forwarder.StepAsync());
        Assert.Null(await rig.Forwarder.StepAsync());

        Assert.Equal(3, Assert.Single(rig.Requests).Lines);
        Assert.Equal(3, rig.Databases.All["raw"].Points.Count);
        Assert.Equal(new StoreStatus("influx", StoreState.Ok, null, null) { WrittenPoints = 3, WaitingBytesMax = 100_000_000 }, rig.Forwarder.Status);
    }

    [Fact]
    public async Task Enough_points_do_not_wait_and_a_clock_set_back_does_not_make_them()
    {
        await using var rig = new Rig(Personality.V1_6, batchPointsMax: 4);
        await rig.AppendAsync("raw", Line(1), Line(2), Line(3), Line(4));
        Assert.Equal(TimeSpan.Zero, await rig.Forwarder.StepAsync());

        rig.Clock.AutoAdvanceAmount = TimeSpan.Zero;
        await rig.AppendAsync("raw", Line(5));
        rig.Clock.AdjustTime(Rig.Start.AddDays(-1));
        Assert.Equal(TimeSpan.Zero, await rig.Forwarder.StepAsync());
        Assert.Equal(2, rig.Requests.Count);
    }

    [Theory]
    [InlineData(Personality.V1_6)]
    [InlineData(Personality.V2)]
    [InlineData(Personality.V3)]
    public async Task A_poisoned_line_in_a_batch_of_5000_is_found_and_the_others_are_written(object personality)
    {
        var limit = 2 * (int)Math.Ceiling(Math.Log2(5_000)) + 2;
        foreach (var at in (int[])[0, 1, 2_499, 2_500, 4_999])
        {
            await using var rig = new Rig((Personality)personality);
            await rig.AppendAsync("raw", [.. Enumerable.Range(0, 5_000).Select(i => i == at ? $"m,device=wm-{i} v=garbage {Now + i}" : Line(i))]);
            await rig.SettleAsync();

            Assert.Equal(4_999, rig.Databases.All["raw"].Points.Count);
            var letter = Assert.Single(rig.Forwarder.ReadDeadLetters(null, 10));
            Assert.Equal($"m,device=wm-{at} v=garbage {Now + at}", letter.Line);
            Assert.True(letter.Error.Contains("invalid number") || (Personality)personality == Personality.V3, letter.Error);
            Assert.InRange(rig.Requests.Count, 3, limit);
            var status = rig.Forwarder.Status;
            Assert.Equal((StoreState.Ok, 4_999L, 0L, 1L, 1L), (status.State, status.WrittenPoints, status.WaitingPoints, status.DeadLetters, status.NewestDeadLetter));
        }
    }

    [Fact]
    public async Task A_dead_letter_may_be_tried_again_after_the_cause_was_mended()
    {
        await using var rig = new Rig(Personality.V1_6);
        await rig.AppendAsync("raw", Line(1), $"m,device=wm-1 v=1.5 {Now}", Line(2));
        await rig.SettleAsync();
        Assert.Contains("already exists as type integer", Assert.Single(rig.Forwarder.ReadDeadLetters(null, 10)).Error);

        rig.Databases.All["raw"].Types.Clear();
        Assert.Equal(1, await rig.Forwarder.RetryDeadLettersAsync(long.MaxValue, CancellationToken.None));
        await rig.SettleAsync();
        Assert.Empty(rig.Forwarder.ReadDeadLetters(null, 10));
        Assert.Equal((3L, 0L), (rig.Forwarder.Status.WrittenPoints, rig.Forwarder.Status.DeadLetters));
    }

    [Theory]
    [InlineData(Personality.V1_6)]
    [InlineData(Personality.V2)]
    public async Task What_expired_is_counted_and_hides_nothing_else(object personality)
    {
        await using var rig = new Rig((Personality)personality);
        await rig.AppendAsync("raw", [.. Enumerable.Range(0, 1_000).Select(i => i % 2 == 0 ? Line(i) : $"m,device=wm-{i} v={i}i,w=1i {i}"), $"m,device=wm-x v=garbage {Now}"]);
        await rig.SettleAsync();

        var status = rig.Forwarder.Status;
        Assert.Equal((500L, 1_000L, 1L), (status.WrittenPoints, status.ExpiredPoints, status.DeadLetters));
        Assert.InRange(rig.Requests.Count, 3, 80);
    }

    [Fact]
    public async Task A_line_that_is_too_large_alone_is_a_dead_letter_and_what_is_too_large_together_goes_apart()
    {
        await using var rig = new Rig(Personality.V3);
        rig.Script.Enqueue((new WriteAnswer(413, "request entity too large", null), false));
        rig.Script.Enqueue((new WriteAnswer(413, "request entity too large", null), false));
        await rig.AppendAsync("raw", Line(1), Line(2));
        await rig.SettleAsync();
        Assert.Equal([2, 1, 1], rig.Requests.Select(request => request.Lines));
        Assert.Equal(("request entity too large", Line(1)), rig.Forwarder.ReadDeadLetters(null, 9) is [var letter] ? (letter.Error, letter.Line) : default);
        Assert.Single(rig.Databases.All["raw"].Points);
    }

    [Fact]
    public async Task While_the_database_is_away_one_row_is_tried_now_and_then_and_then_all_follow()
    {
        await using var rig = new Rig(Personality.V1_6);
        for (var i = 0; i < 12; i++) rig.Script.Enqueue((Refused, false));
        for (var i = 0; i < 50; i++) await rig.AppendAsync("raw", Line(2 * i), Line(2 * i + 1));
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        await rig.Forwarder.StepAsync();
        var status = rig.Forwarder.Status;
        Assert.Equal((StoreState.Retrying, Rig.Start.AddSeconds(2), 100L), (status.State, status.Since, status.WaitingPoints));
        Assert.Contains("Connection refused", status.Problem);

        await rig.SettleAsync();
        Assert.Equal([100, .. Enumerable.Repeat(2, 12), 98], rig.Requests.Select(request => request.Lines));
        var waits = rig.Requests.Zip(rig.Requests.Skip(1), (a, b) => (b.At - a.At).TotalSeconds).ToList();
        Assert.All(waits.Take(12).Select((wait, i) => (wait, i)), w => Assert.InRange(w.wait, Math.Min(125, 5 * Math.Pow(2, w.i)) - 0.001, Math.Min(125, 10 * Math.Pow(2, w.i)) + 0.001));
        Assert.Equal(100, rig.Databases.All["raw"].Points.Count);
        Assert.Equal((StoreState.Ok, rig.Requests[^2].At), (rig.Forwarder.Status.State, rig.Forwarder.Status.Since));
    }

    [Fact]
    public async Task What_the_database_asks_for_is_waited()
    {
        await using var rig = new Rig(Personality.V2);
        rig.Script.Enqueue((new WriteAnswer(429, "slow down", TimeSpan.FromSeconds(77)), false));
        await rig.AppendAsync("raw", Line(1));
        await rig.SettleAsync();
        Assert.Equal(77, (rig.Requests[1].At - rig.Requests[0].At).TotalSeconds, 0.001);
    }

    [Theory]
    [InlineData(401, "authorization failed", "--influx-user")]
    [InlineData(404, "database not found: \"raw\"", "no database 'raw'")]
    [InlineData(500, "retention policy not found: nope", "retention policy")]
    [InlineData(400, "partial write: max-values-per-tag limit exceeded (7/5): measurement=\"m\" tag=\"t\" value=\"8\" dropped=2", "tsi1")]
    [InlineData(403, "", "right to read and write")]
    public async Task A_wrong_setting_costs_no_line_and_goes_on_by_itself_when_mended(int status, string words, string said)
    {
        await using var rig = new Rig(Personality.V1_6);
        for (var i = 0; i < 5; i++) rig.Script.Enqueue((new WriteAnswer(status, words, null), false));
        await rig.AppendAsync("raw", Line(1), Line(2));
        await rig.AppendAsync("raw", Line(3));
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.Forwarder.StepAsync();
        Assert.Equal((StoreState.Paused, Rig.Start.AddSeconds(1)), (rig.Forwarder.Status.State, rig.Forwarder.Status.Since));
        Assert.Contains(said, rig.Forwarder.Status.Problem);

        await rig.SettleAsync();
        Assert.All(rig.Requests.Zip(rig.Requests.Skip(1)).Take(5), pair => Assert.Equal(30, (pair.Second.At - pair.First.At).TotalSeconds, 0.001));
        Assert.Equal([3, 2, 2, 2, 2, 2, 1], rig.Requests.Select(request => request.Lines));
        Assert.Equal((StoreState.Ok, 3L, 0L), (rig.Forwarder.Status.State, rig.Forwarder.Status.WrittenPoints, rig.Forwarder.Status.DeadLetters));
    }

    [Fact]
    public async Task An_outage_in_the_middle_of_a_search_does_not_begin_it_again()
    {
        await using var rig = new Rig(Personality.V2);
        await rig.AppendAsync("raw", [.. Enumerable.Range(0, 64).Select(i => i == 63 ? "garbage" : Line(i))]);
        for (var i = 0; i < 3; i++) rig.Script.Enqueue((null, true));
        rig.Script.Enqueue((Refused, false));
        await rig.SettleAsync();
        Assert.Equal(1, rig.Forwarder.Status.DeadLetters);
        Assert.Equal(1, rig.Requests.Count(request => request.Lines == 64));
        Assert.Equal(63, rig.Databases.All["raw"].Points.Count);
    }

    [Fact]
    public async Task A_row_that_nobody_can_unpack_is_said_once_and_holds_up_nobody()
    {
        await using var rig = new Rig(Personality.V1_6, batchPointsMax: 1);
        var spoilt = Rig.Batch("raw", Line(1), Line(2));
        for (var i = 5; i < spoilt.Gzip.Length; i++) spoilt.Gzip[i] ^= 0x5a;
        await using var forwarder = new Forwarder(rig.Spool, (_, gzip, _) => Task.FromResult(Lines.IsSound(gzip.ToArray())
            ? new WriteAnswer(204, "", null) : new WriteAnswer(400, "unexpected EOF", null)), new InfluxOptions { BatchPointsMax = 1 }, rig.Clock);
        await rig.Spool.AppendAsync([spoilt, Rig.Batch("raw", Line(3))], CancellationToken.None);
        while (await forwarder.StepAsync() is { } wait) rig.Clock.Advance(wait);
        Assert.Equal((StoreState.Ok, 1L), (forwarder.Status.State, forwarder.Status.WrittenPoints));
        Assert.Contains("2 points are lost", Assert.Single(forwarder.ReadDeadLetters(null, 9)).Error);
    }

    [Fact]
    public async Task A_full_spool_is_said_until_an_append_succeeds()
    {
        await using var rig = new Rig(Personality.V1_6, bytesMax: 1_000_000);
        rig.Script.Enqueue((Refused, false));
        var appended = 0;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; ; appended++) await rig.AppendAsync("raw", [.. Enumerable.Range(0, 500).Select(i => Line(appended * 500 + i))]);
        });
        await rig.Forwarder.StepAsync();
        Assert.Equal(StoreState.Full, rig.Forwarder.Status.State);
        Assert.Contains("devices are not acknowledged", rig.Forwarder.Status.Problem);
        Assert.Contains("Connection refused", rig.Forwarder.Status.Problem);
        Assert.InRange(rig.Forwarder.Status.WaitingBytes, 900_000, 1_000_000);

        await rig.SettleAsync();
        Assert.Equal(appended * 500, rig.Databases.All["raw"].Points.Count);
        Assert.Equal(StoreState.Full, rig.Forwarder.Status.State);
        await rig.AppendAsync("raw", Line(1));
        Assert.Equal(StoreState.Ok, rig.Forwarder.Status.State);
    }

    [Fact]
    public async Task Rows_that_a_person_removed_by_hand_are_not_waited_for()
    {
        await using var rig = new Rig(Personality.V1_6);
        await rig.AppendAsync("raw", Line(1));
        rig.EditByHand("DELETE FROM q");
        await rig.SettleAsync();
        Assert.Empty(rig.Requests);
        await rig.AppendAsync("raw", Line(2));
        await rig.SettleAsync();
        Assert.Single(rig.Databases.All["raw"].Points);
        Assert.Equal(0, rig.Forwarder.Status.WaitingPoints);
    }

    private static string Line(int i) => $"m,device=wm-{i} v={i}i {Now + i}";
}
