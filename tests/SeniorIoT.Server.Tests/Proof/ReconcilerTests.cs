using SeniorIoT.Domain.Alerts;
using SeniorIoT.Domain.Notices;
using SeniorIoT.Domain.Proof;
using SeniorIoT.Server.Alerts;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Storage;
using Xunit;

namespace SeniorIoT.Server.Tests.Proof;

public sealed class ReconcilerTests
{
    private const string Press = "\"sos\":{\"type\":\"press\",\"button\":\"emergency\"}", Alarm = "\"smoke\":{\"type\":\"alarm\"}";

    [Fact]
    public async Task A_call_that_went_its_way_balances_and_the_report_says_what_was_compared()
    {
        await using var host = await ProofHost.StartAsync();
        await CallAsync(host, "b1", "p1");
        await CallAsync(host, "b1", "p2");
        await host.PublishAsync("f2", "a1", Alarm);
        await host.DeliveredAsync("f2", "a1");
        await host.SendAsync();
        await host.Alert("H1/sos").Act(new("A0001"), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        host.Clock.Advance(TimeSpan.FromSeconds(20));

        var closed = await CloseAsync(host);
        Assert.Empty(closed.Breaks);
        Assert.Equal((3, 2, 1, 1, 6, 0), (closed.Counts.Calls, closed.Counts.Alerts, closed.Counts.Open, closed.Counts.Answered, closed.Counts.Notices, closed.Counts.UnusedIds));
        Assert.Null(SystemAlert(host));
        Assert.Equal(closed.At, Assert.Single(host.Get<ProofStore>().ReadNewest()).At);
    }

    [Fact]
    public async Task A_call_that_became_no_alert_is_raised_told_and_over_at_the_next_look()
    {
        await using var host = await ProofHost.StartAsync();
        var at = ProofHost.Start.ToUnixTimeMilliseconds();
        await host.Get<Journal>().File.WriteAsync(connection => connection.Run($"INSERT INTO calls VALUES ('b1/m:p1', 'b1', 'sos', {at}, {at})"), TestContext.Current.CancellationToken);
        host.Clock.Advance(TimeSpan.FromSeconds(61));

        var found = Assert.Single((await CloseAsync(host)).Breaks);
        Assert.Equal((BreakKind.CallWithoutAlert, "b1/m:p1", "H1", true), (found.Kind, found.Subject, found.HouseholdId, found.IsMended));
        Assert.Equal("The call was raised as an alert.", found.Done);
        Assert.Equal(1, host.Alerts.File.Read(connection => connection.Scalar("SELECT count(*) FROM alerts WHERE rule = 'sos' AND closed_at IS NULL", 0L)));
        var told = SystemAlert(host)!;
        Assert.Equal((Priority.P2, null), (told.Priority, told.ClearedAt));
        Assert.Equal("Between call and answer 1 things are missing; mended by itself: 1. See the page System for what, and whose.", told.Evidence.Note);

        Assert.Empty((await CloseAsync(host)).Breaks);
        Assert.NotNull(SystemAlert(host)!.ClearedAt);
    }

    [Fact]
    public async Task An_alert_that_the_sweeper_cannot_find_is_woken_and_found_again()
    {
        await using var host = await ProofHost.StartAsync();
        await CallAsync(host, "b1", "p1");
        await BreakAsync(host, "UPDATE alerts SET escalates_at = NULL");
        await host.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30));
        Assert.Equal(0, host.Alerts.ReadNewest("H1/sos")!.Step);

        var closed = await CloseAsync(host);
        Assert.Equal([BreakKind.NoDeadline, BreakKind.DeadlineOverdue], closed.Breaks.Select(one => one.Kind));
        Assert.All(closed.Breaks, one => Assert.Equal("The alert was woken.", one.Done));
        var alert = host.Alerts.ReadNewest("H1/sos")!;
        Assert.Equal(1, alert.Step);
        await host.PassAsync(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(30));
        Assert.Equal(2, host.Alerts.ReadNewest("H1/sos")!.Step);
    }

    [Fact]
    public async Task An_owed_notice_without_attempt_gets_one()
    {
        await using var provider = await Notices.Provider.StartAsync();
        await using var host = await ProofHost.StartAsync(twilio: provider.Options);
        await CallAsync(host, "b1", "p1");
        await BreakAsync(host, "UPDATE notices SET next_attempt_at = NULL WHERE notice_id = 'A0001-0-1'");
        await host.SendAsync();
        Assert.Single(provider.Asked);

        var found = Assert.Single((await CloseAsync(host)).Breaks);
        Assert.Equal((BreakKind.NoticeStuck, "A0001-0-1", "A0001", "An attempt was planned.", true), (found.Kind, found.Subject, found.AlertId, found.Done, found.IsMended));
        await host.SendAsync();
        Assert.Equal(2, provider.Asked.Count);
        Assert.Empty((await CloseAsync(host)).Breaks);
    }

    [Fact]
    public async Task A_step_of_which_nobody_was_reached_goes_on_also_when_the_crash_came_between_receipt_and_ladder()
    {
        await using var provider = await Notices.Provider.StartAsync();
        await using var host = await ProofHost.StartAsync(twilio: provider.Options);
        await CallAsync(host, "b1", "p1");
        await host.SendAsync();
        await BreakAsync(host, $"UPDATE notices SET state = {(int)NoticeState.Undelivered}, receipt_at = {host.Clock.GetUtcNow().ToUnixTimeMilliseconds()} WHERE channel = 'sms'");
        host.Clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(BreakKind.StepLost, Assert.Single((await CloseAsync(host)).Breaks).Kind);
        Assert.Equal(1, host.Alerts.ReadNewest("H1/sos")!.Step);
    }

    [Theory]
    [InlineData("DELETE FROM notices WHERE notice_id = (SELECT max(notice_id) FROM notices WHERE channel = 'sms')", BreakKind.NoticeGap)]
    [InlineData("DELETE FROM attempts", BreakKind.SentWithoutAttempt)]
    [InlineData("DELETE FROM inbound_texts", BreakKind.AnswerWithoutText)]
    [InlineData("DELETE FROM visits", BreakKind.ClosedWithoutVisit)]
    public async Task What_is_taken_out_of_the_books_is_missed(string theft, string kind)
    {
        await using var provider = await Notices.Provider.StartAsync();
        await using var host = await ProofHost.StartAsync(twilio: provider.Options);
        await CallAsync(host, "b1", "p1");
        await host.SendAsync();
        var told = host.Alerts.File.Read(connection => connection.Scalar("SELECT phone FROM notices WHERE channel = 'sms' LIMIT 1", ""));
        await host.Get<Server.Notices.InboundTexts>().HandleAsync(told, "A0001 2", "SM1");
        await host.SendAsync();
        await host.Alert("H1/sos").Act(new("A0001"), new AlertCommand.Close("An", "safe", null), new Actor("An", null));
        Assert.Empty((await CloseAsync(host)).Breaks);
        await BreakAsync(host, theft);
        var found = (await CloseAsync(host)).Breaks;
        Assert.NotEmpty(found);
        Assert.All(found, one => Assert.Equal((kind, "A0001", false), (one.Kind, one.AlertId, one.IsMended)));
    }

    [Fact]
    public async Task What_cannot_be_mended_is_told_once_and_stays_until_it_is_gone()
    {
        await using var host = await ProofHost.StartAsync();
        await CallAsync(host, "b1", "p1");
        await BreakAsync(host, "DELETE FROM timeline");
        var first = await CloseAsync(host);
        Assert.Equal((BreakKind.TimelineGap, "The timeline has 0 of 1 entries.", "Nothing: a person must look.", false),
            (first.Breaks[0].Kind, first.Breaks[0].Missing, first.Breaks[0].Done, first.Breaks[0].IsMended));
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        await CloseAsync(host);
        Assert.Equal(0, SystemAlert(host)!.Repeats);

        await BreakAsync(host, "UPDATE notices SET notice_id = 'A0001-0-7' WHERE notice_id = 'A0001-0-2'");
        await CloseAsync(host);
        Assert.Equal(1, SystemAlert(host)!.Repeats);
    }

    [Fact]
    public async Task A_look_changes_nothing_and_a_nightly_look_takes_the_local_day_and_forgets_old_calls()
    {
        await using var host = await ProofHost.StartAsync();
        await CallAsync(host, "b1", "p1");
        await BreakAsync(host, "DELETE FROM causes");
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        var looked = host.Get<Reconciler>().Look(ProofHost.Start.AddHours(-1), host.Clock.GetUtcNow());
        Assert.Equal([BreakKind.CallWithoutAlert, BreakKind.AlertWithoutCause, BreakKind.DeadlineOverdue], looked.Breaks.Select(one => one.Kind));
        Assert.Empty(host.Get<ProofStore>().ReadNewest());
        Assert.Null(SystemAlert(host));

        host.Clock.Advance(TimeSpan.FromDays(31));
        await host.Get<Reconciler>().NightlyAsync();
        var nightly = Assert.Single(host.Get<ProofStore>().ReadNewest());
        Assert.Equal(("nightly", "2026-02-08T16:00:00Z", 24.0), (nightly.Kind, nightly.From.ToString("yyyy-MM-ddTHH:mm:ssZ"), (nightly.To - nightly.From).TotalHours));
        Assert.Empty(host.Get<CallRecord>().Read(DateTimeOffset.UnixEpoch, host.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task The_command_line_says_the_same_of_the_folder()
    {
        await using var host = await ProofHost.StartAsync();
        await CallAsync(host, "b1", "p1");
        var told = new StringWriter();
        var cli = new ReconcileCli(new Hosting.ServerOptions { Data = host.Folder }, host.Clock);
        Assert.Equal(0, await cli.RunAsync(null, null, told, TestContext.Current.CancellationToken));
        Assert.EndsWith("Nothing is missing.", told.ToString().TrimEnd());
        await BreakAsync(host, "DELETE FROM timeline");
        Assert.Equal(1, await cli.RunAsync(null, null, told, TestContext.Current.CancellationToken));
        Assert.Contains("timeline-gap  A0001  household H1", told.ToString());
        Assert.Equal(2, await cli.RunAsync("2026-01-02", "2026-01-01", told, TestContext.Current.CancellationToken));
        Assert.Equal(2, await new ReconcileCli(new Hosting.ServerOptions { Data = Path.GetTempPath() }, host.Clock).RunAsync(null, null, told, TestContext.Current.CancellationToken));
    }

    private static async Task CallAsync(ProofHost host, string device, string mid)
    {
        await host.PublishAsync(device, mid, Press);
        await host.DeliveredAsync(device, mid);
    }

    private static Task<Api.Reconciliation> CloseAsync(ProofHost host) =>
        host.Get<Reconciler>().RunAsync("hourly", ProofHost.Start.AddHours(-1), host.Clock.GetUtcNow().AddMinutes(1));

    private static Task BreakAsync(ProofHost host, string sql) => host.Alerts.File.WriteAsync(connection => connection.Run(sql));

    private static Alert? SystemAlert(ProofHost host) => host.Alerts.ReadNewest("@system/reconciliation");
}
