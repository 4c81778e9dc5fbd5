using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.Api;
using SeniorIoT.EndToEnd.Parts;
using Xunit;

namespace SeniorIoT.EndToEnd;

/// <summary>From a pressed button to everybody who listens.</summary>
public sealed class PressTests(ServerProcess server, ITestOutputHelper output) : IClassFixture<ServerProcess>
{
    private const int Presses = 20;

    [Fact]
    public async Task A_press_reaches_whoever_listens_on_the_hub()
    {
        var arrived = new ConcurrentDictionary<string, TaskCompletionSource<long>>();
        await using var hub = server.Api.Hub();
        hub.On<Alert>(AlertsHubNames.AlertChanged, alert => arrived.GetOrAdd(alert.HouseholdId, _ => new()).TrySetResult(Stopwatch.GetTimestamp()));
        await hub.StartAsync(TestContext.Current.CancellationToken);

        List<double> took = [];
        for (var i = 0; i < Presses; i++)
        {
            var button = await server.Api.EnrolAsync("sos", $"quick-{i}");
            using var device = await RawDevice.ConnectAsync(server.MqttPort, button);
            var sentAt = Stopwatch.GetTimestamp();
            Assert.Equal(0, await device.PublishAsync(button.Topic("event"), Payload.Press("p1", Payload.Now)));
            var heardAt = await arrived.GetOrAdd(button.HouseholdId, _ => new()).Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            took.Add(Stopwatch.GetElapsedTime(sentAt, heardAt).TotalMilliseconds);
        }

        took.Sort();
        output.WriteLine($"Press to SignalR client, {Presses} presses: p50 {took[Presses / 2]:0.0} ms, slowest {took[^1]:0.0} ms");
    }

    [Fact]
    public async Task Pressed_three_times_it_is_one_alert_that_counts_and_a_cancel_does_not_close_it()
    {
        var button = await server.Api.EnrolAsync("sos", "insists");
        using var device = await RawDevice.ConnectAsync(server.MqttPort, button);
        for (var i = 0; i < 3; i++) await device.PublishAsync(button.Topic("event"), Payload.Press($"p{i}", Payload.Now));
        await device.PublishAsync(button.Topic("event"), "{\"mid\":\"c\",\"sos\":{\"type\":\"cancel\"}}");

        var alert = await Wait.ForAsync("all of it is in the alert's timeline", async () =>
            (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault() is { Repeats: 2, Version: >= 4 } one ? await server.Api.AlertAsync(one.AlertId) : null);
        Assert.Equal(("open", null), (alert.State, alert.AnsweredAt));
        Assert.Equal(3, alert.Notices.Count(notice => notice.Step == 0));
    }

    [Fact]
    public async Task Without_a_provider_the_text_is_kept_and_says_that_it_was_not_sent()
    {
        var button = await server.Api.EnrolAsync("sos", "texts");
        await Mosquitto.PublishAsync(server.MqttPort, button, "event", Payload.Press("p1", Payload.Now), "311");
        var notices = await Wait.ForAsync("the texts are written", async () =>
        {
            if ((await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault() is not { } alert) return null;
            var page = await server.Api.GetAsync<Page<Notice>>("notices?alertId=" + alert.AlertId);
            var texts = page.Items.Where(notice => notice.Channel == "sms").ToList();
            return texts.Count == 2 && texts.All(notice => notice.State == "not_sent") ? texts : null;
        });
        Assert.All(notices, notice =>
        {
            Assert.InRange(notice.Text.Length, 20, 70);
            Assert.DoesNotContain("独居", notice.Text);
            Assert.Contains("no provider set", notice.Detail);
        });
        Assert.Equal(["committee_duty", "volunteer"], notices.Select(notice => notice.Role).Order());
    }

    [Fact]
    public async Task An_answered_alert_is_closed_with_an_outcome_and_never_twice()
    {
        var button = await server.Api.EnrolAsync("sos", "answered");
        await Mosquitto.PublishAsync(server.MqttPort, button, "event", Payload.Press("p1", Payload.Now));
        var alert = await Wait.ForAsync("the press is an alert", async () => (await server.Api.AlertsAsync(button.HouseholdId)).SingleOrDefault());
        Assert.Equal("admin", (await server.Api.PostAsync<AlertDetail>($"alerts/{alert.AlertId}/acknowledge", new AlertAction())).AnsweredBy);
        Assert.Equal("李志强", (await server.Api.PostAsync<AlertDetail>($"alerts/{alert.AlertId}/dispatch", new AlertAction(To: "李志强"))).DispatchedTo);
        var closed = await server.Api.PostAsync<AlertDetail>($"alerts/{alert.AlertId}/close", new AlertAction(Outcome: Outcomes.Safe, Note: "门口答话"));
        Assert.Equal(("closed", "safe", "admin"), (closed.State, closed.Outcome, closed.ClosedBy));
        Assert.Equal(["raised", "acknowledged", "dispatched", "closed"], closed.Timeline.Select(entry => entry.Kind).Where(kind => kind != "noted"));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => server.Api.PostAsync<AlertDetail>($"alerts/{alert.AlertId}/close", new AlertAction(Outcome: Outcomes.Other)));
        Assert.Contains("409", refused.Message);
        Assert.Equal("closed", (await server.Api.ListAsync<Alert>($"alerts?state=closed&householdId={button.HouseholdId}")).Single().State);
    }
}
