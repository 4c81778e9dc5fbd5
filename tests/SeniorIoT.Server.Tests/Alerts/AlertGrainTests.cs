using SeniorIoT.Api;
using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Access;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Alerts;

public sealed class AlertGrainTests
{
    [Fact]
    public async Task A_press_is_one_alert_with_its_notices_from_the_first_moment()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var alert = Assert.Single(district.Alerts());
        Assert.Equal((Rule.Sos, "A0001", 1), (alert.Rule, alert.Id.Value, alert.Version));
        Assert.Equal(["console shown", "sms owed", "sms owed"], district.Notices(alert).Select(notice => $"{notice.Channel} {notice.State}"));
        Assert.Equal(["monitoring centre", "Li", "duty"], district.Notices(alert).Select(notice => notice.Recipient));
        Assert.Equal(["raised"], district.Timeline(alert));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Alerts_and_notices_are_read_page_by_page_to_their_end(int limit)
    {
        await using var district = await District.StartAsync();
        foreach (var button in new[] { "b1", "b2" }) await district.DeliverAsync(button, district.Button());
        await district.DeliverAsync("b1", district.Button(ButtonEventKind.Fall));
        var (alerts, notices) = (district.Get<AlertQueries>(), district.Get<NoticeStore>());
        Assert.Equal(
            district.Alerts().Select(alert => alert.Id.Value),
            Pages(before => alerts.List(new(null, null, null, null, null, null, null, null, null, before, limit))).Select(alert => alert.AlertId));
        Assert.Equal(
            district.Alerts().SelectMany(district.Notices).Select(notice => notice.NoticeId).Order(),
            Pages(before => notices.List(null, before, limit)).Select(notice => notice.NoticeId).Order());
        Assert.Empty(notices.List(new Domain.Households.Area("nowhere", ""), long.MaxValue, limit).Items);
    }

    private static IEnumerable<T> Pages<T>(Func<long, Page<T>> read)
    {
        for (string? cursor = ""; cursor is not null;)
        {
            var faults = new Faults();
            var page = read(PageRequest.ReadFalling(cursor, null, faults).Before);
            Assert.False(faults.Any);
            foreach (var item in page.Items) yield return item;
            cursor = page.Next;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_same_press_again_is_one_alert_also_after_a_restart(bool withCheckpoint)
    {
        var district = await District.StartAsync();
        var press = district.Button();
        await district.DeliverAsync("b1", press);
        await district.DeliverAsync("b1", press);
        await using var again = await district.RestartAsync(withCheckpoint);
        await again.DeliverAsync("b1", press);
        Assert.Equal((1, 0), (Assert.Single(again.Alerts()).Version, again.Alerts()[0].Repeats));
        Assert.Equal(3, again.Notices(again.Alerts()[0]).Count);

        await again.DeliverAsync("b1", again.Button(key: "9/1"));
        Assert.Equal(1, Assert.Single(again.Alerts()).Repeats);
    }

    [Fact]
    public async Task After_a_close_another_press_is_another_alert_and_the_old_one_is_not_rung_again()
    {
        await using var district = await District.StartAsync();
        var first = district.Button();
        await district.DeliverAsync("b1", first);
        var closed = await district.Alert("H1/sos").Act(district.Alerts()[0].Id, new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        Assert.Null(closed.Rejected);
        await district.Alert("H1/sos").Raise(
            new(Rule.Sos, first.MeasuredAt, "b1/" + first.Key, new()), new("b1"), new("H1"));
        Assert.Single(district.Alerts());

        await district.DeliverAsync("b1", district.Button());
        Assert.Equal(["A0002", "A0001"], district.Alerts().Select(alert => alert.Id.Value));
        Assert.True(district.Alerts()[1].IsClosed);
        Assert.False(district.Alerts()[0].IsClosed);
        var late = await district.Alert("H1/sos").Act(new("A0001"), new AlertCommand.Note("An", "late"), new Actor("An", null));
        Assert.Equal("Alert A0001 was closed, and another has begun since.", late.Rejected);
    }

    [Fact]
    public async Task An_urgent_alert_goes_up_after_a_minute_and_then_every_three_until_somebody_answers()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        Assert.Equal((int[])[60, 240, 420, 600], await EscalationsAsync(district, TimeSpan.FromMinutes(11)));
        await AcknowledgeAsync(district);
        Assert.Empty(await EscalationsAsync(district, TimeSpan.FromMinutes(30)));
        Assert.Equal(["raised", "escalated", "escalated", "escalated", "escalated", "acknowledged"], district.Timeline(district.Alerts()[0]));
    }

    [Fact]
    public async Task An_alert_about_water_goes_up_after_15_45_and_60_minutes_and_then_every_30()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water([(12, 100), (0, 100)]));
        Assert.Equal((int[])[900, 2700, 3600, 5400, 7200], await EscalationsAsync(district, TimeSpan.FromMinutes(121)));
        await district.Alert("H1/no-water").Act(district.Alerts()[0].Id, new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        Assert.Empty(await EscalationsAsync(district, TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Escalation_goes_on_after_a_restart_and_catches_up()
    {
        var district = await District.StartAsync();
        await district.DeliverAsync("w1", district.Water([(12, 100), (0, 100)]));
        district.Clock.Advance(TimeSpan.FromMinutes(50));
        await using var again = await district.RestartAsync(withCheckpoint: false);
        await again.SweepAsync();
        await again.SweepAsync();
        await again.SweepAsync();
        Assert.Equal((2, District.Start.AddMinutes(60)), (again.Alerts()[0].Step, again.Alerts()[0].EscalatesAt));
    }

    [Fact]
    public async Task Of_two_operators_at_once_one_wins_and_the_other_reads_why()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var id = district.Alerts()[0].Id;
        var answers = await Task.WhenAll(new[] { "An", "Bo" }.Select(by => district.Alert("H1/sos").Act(id, new AlertCommand.Acknowledge(by, null), new Actor(by, null))));
        var loser = Assert.Single(answers, answer => answer.Rejected is not null);
        var winner = Assert.IsType<Response.Given>(district.Alerts()[0].Response);
        Assert.Equal($"{winner.By} has already answered.", loser.Rejected);
        Assert.Equal(2, district.Alerts()[0].Version);
    }

    [Fact]
    public async Task When_saving_fails_memory_is_as_the_store_and_the_next_try_succeeds()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        var id = district.Alerts()[0].Id;
        await district.BreakAsync("timeline");
        await Assert.ThrowsAnyAsync<Exception>(() => district.Alert("H1/sos").Act(id, new AlertCommand.Acknowledge("An", null), new Actor("An", null)));
        Assert.IsType<Response.Awaited>(district.Alerts()[0].Response);
        var unchanged = await district.Alert("H1/sos").Handle(new AlertCommand.Wake());
        Assert.Equal(district.Alerts()[0], unchanged.Alert);

        await district.MendAsync();
        var answer = await district.Alert("H1/sos").Act(id, new AlertCommand.Acknowledge("Bo", null), new Actor("Bo", null));
        Assert.Equal((null, "Bo"), (answer.Rejected, Assert.IsType<Response.Given>(district.Alerts()[0].Response).By));
    }

    [Fact]
    public async Task An_id_skipped_by_a_failed_save_never_blocks_the_first_call_after_a_restart()
    {
        var district = await District.StartAsync();
        await district.BreakAsync("notices");
        await Assert.ThrowsAnyAsync<Exception>(() => district.DeliverAsync("b1", district.Button(key: "1/1")));
        await district.MendAsync();
        await district.DeliverAsync("b1", district.Button(key: "1/1"));
        Assert.Equal("A0002", Assert.Single(district.Alerts()).Id.Value);

        await using var again = await district.RestartAsync(withCheckpoint: true);
        await again.DeliverAsync("b2", again.Button(key: "1/1"));
        Assert.Equal(["A0003", "A0002"], again.Alerts().Select(alert => alert.Id.Value));
    }

    [Fact]
    public async Task What_was_not_sent_before_somebody_answered_never_is()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button());
        await AcknowledgeAsync(district);
        Assert.Equal(0, await district.SendAsync());
        Assert.All(district.Notices(district.Alerts()[0]).Skip(1), notice => Assert.Equal(("not_sent", NoticeStore.Answered), (notice.State, notice.Detail)));
    }

    [Fact]
    public async Task A_cancel_and_the_end_of_smoke_are_written_down_and_answer_nothing()
    {
        await using var district = await District.StartAsync();
        await district.DeliverAsync("b1", district.Button(), district.Button(ButtonEventKind.Cancel));
        var now = district.Clock.GetUtcNow();
        await district.DeliverAsync(
            "f1", new Report("1/1", now, now, false, false, null, null, new ReportBody.Smoke(SmokeEventKind.Alarm)),
            new Report("1/2", now, now.AddSeconds(1), false, false, null, null, new ReportBody.Smoke(SmokeEventKind.Clear)));
        Assert.Equal(["raised", "noted"], district.Timeline(Assert.Single(district.Alerts("sos"))));
        Assert.Equal(["raised", "cleared"], district.Timeline(Assert.Single(district.Alerts("smoke"))));
        Assert.All(district.Alerts(), alert => Assert.NotNull(alert.EscalatesAt));
    }

    private static Task AcknowledgeAsync(District district) =>
        district.Alert("H1/sos").Act(district.Alerts("sos")[0].Id, new AlertCommand.Acknowledge("An", null), new Actor("An", null));

    /// <summary>Seconds after the raise at which the only alert went a step up.</summary>
    private static async Task<int[]> EscalationsAsync(District district, TimeSpan time)
    {
        var before = district.Alerts()[0].Version;
        await district.PassAsync(time);
        var raisedAt = district.Alerts()[0].RaisedAt;
        return [.. district.Store.File.Read(connection => connection.Rows(
            "SELECT at FROM timeline WHERE kind = 'escalated' AND n > @before ORDER BY n", row => (int)(row.Instant(0) - raisedAt).TotalSeconds, ("@before", before)))];
    }
}
