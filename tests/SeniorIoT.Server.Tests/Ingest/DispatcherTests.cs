using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.Domain.Telemetry;
using SeniorIoT.Server.Ingest;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

public sealed class DispatcherTests : IAsyncDisposable
{
    private readonly FakeGrains _grains = new();
    private readonly FakeTimeProvider _clock = new(IngestHost.Start);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<IngestCounters>().BuildServiceProvider();
    private readonly Dispatcher _dispatcher;
    private long _seq;

    public DispatcherTests() =>
        _dispatcher = new Dispatcher(_grains.Receive, _services.GetRequiredService<IngestCounters>(), _clock, NullLogger<Dispatcher>.Instance);

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_grain_that_fails_holds_up_its_own_device_and_nobody_else()
    {
        _grains.Failing["bad"] = true;
        _dispatcher.Start();
        _dispatcher.Enqueue([Telemetry("bad", "1"), Telemetry("good", "1"), Telemetry("bad", "2"), Telemetry("good", "2")]);
        await Until(() => _grains.Keys("good").Length == 2 && Retries == 1, "delivery to the good one");
        for (var expected = 2; expected <= 6; expected++)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Until(() => Retries == expected, "another failure");
        }

        Assert.Equal(1, _dispatcher.FailingDevices);
        Assert.True(_dispatcher.IsJammed("bad", 2));
        Assert.False(_dispatcher.IsJammed("bad", 3));
        Assert.Equal([2L, 4L], _dispatcher.TakeDelivered());

        _grains.Failing.Clear();
        _dispatcher.Enqueue([Telemetry("bad", "3")]);
        Assert.Empty(_grains.Keys("bad"));
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Until(() => _grains.Keys("bad").Length == 3, "delivery after recovery");
        Assert.Equal(["1", "2", "3"], _grains.Keys("bad"));
        await Until(() => _dispatcher.FailingDevices == 0, "health");
    }

    [Fact]
    public async Task Retries_come_with_a_growing_delay()
    {
        _grains.Failing["bad"] = true;
        _dispatcher.Start();
        _dispatcher.Enqueue([Telemetry("bad", "1")]);
        foreach (var milliseconds in new[] { 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000 })
        {
            await Until(() => Retries > 0, "the first failure");
            var before = Retries;
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Equal(before, Retries);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await Until(() => Retries == before + 1, $"a retry after {milliseconds} ms");
        }
    }

    [Fact]
    public async Task An_event_ends_the_delay_of_its_device()
    {
        _grains.Failing["b"] = true;
        _dispatcher.Start();
        _dispatcher.Enqueue([Telemetry("b", "1")]);
        await Until(() => Retries == 1, "a failure");
        _grains.Failing.Clear();
        _dispatcher.Enqueue([Event("b", "2")]);
        await Until(() => _grains.Keys("b").Length == 2, "delivery without any time passing");
        Assert.Equal(["1", "2"], _grains.Keys("b"));
    }

    [Fact]
    public async Task An_event_overtakes_the_telemetry_of_others_but_not_its_own()
    {
        for (var i = 0; i < 1000; i++) _dispatcher.Enqueue([Telemetry("m" + i, "1")]);
        _dispatcher.Enqueue([Telemetry("b", "1"), Event("b", "2")]);
        _grains.Gate = new TaskCompletionSource();
        _dispatcher.Start();
        _grains.Gate.SetResult();
        await Until(() => _grains.Order.Count == 1002, "delivery of all");
        Assert.Equal(["1", "2"], _grains.Keys("b"));
        Assert.InRange(Array.IndexOf([.. _grains.Order], "b"), 0, 300);
    }

    [Fact]
    public async Task A_call_for_help_overtakes_the_events_of_others()
    {
        _dispatcher.Enqueue([.. Enumerable.Range(0, 1000).Select(i => Event("e" + i, "1")), .. Enumerable.Range(0, 1000).Select(i => Telemetry("m" + i, "1"))]);
        _dispatcher.Enqueue([Call("b", "1")]);
        _grains.Gate = new TaskCompletionSource();
        _dispatcher.Start();
        _grains.Gate.SetResult();
        await Until(() => _grains.Order.Count == 2001, "delivery of all");
        Assert.InRange(Array.IndexOf([.. _grains.Order], "b"), 0, 300);
    }

    [Fact]
    public async Task Events_that_hang_leave_places_for_calls()
    {
        _grains.Gate = new TaskCompletionSource();
        _dispatcher.Start();
        _dispatcher.Enqueue([.. Enumerable.Range(0, 1000).Select(i => Event("e" + i, "1")), .. Enumerable.Range(0, 1000).Select(i => Telemetry("m" + i, "1"))]);
        var jammed = _grains.Gate;
        await Until(() => Running >= 96, "a jam");
        _grains.Gate = null;
        _dispatcher.Enqueue([Telemetry("m999", "2"), Call("m999", "3")]);
        await Until(() => _grains.Keys("m999").Length == 3, "the call, behind its own device's telemetry");
        Assert.Equal(["1", "2", "3"], _grains.Keys("m999"));
        Assert.Equal(3, _grains.Order.Count);
        jammed.SetResult();
        await Until(() => _grains.Order.Count == 2002, "the rest");
    }

    [Fact]
    public async Task Grains_that_hang_leave_places_for_events()
    {
        _grains.Gate = new TaskCompletionSource();
        _dispatcher.Start();
        _dispatcher.Enqueue([.. Enumerable.Range(0, 1000).Select(i => Telemetry("m" + i, "1"))]);
        var jammed = _grains.Gate;
        await Until(() => Running >= 32, "a jam");
        _grains.Gate = null;
        _dispatcher.Enqueue([Event("b", "1")]);
        await Until(() => _grains.Keys("b").Length == 1, "the event");
        Assert.Single(_grains.Order);
        jammed.SetResult();
        await Until(() => _grains.Order.Count == 1001, "the rest");
    }

    [Fact]
    public async Task Stopping_waits_for_what_runs_and_starts_nothing_more()
    {
        _grains.Gate = new TaskCompletionSource();
        _dispatcher.Start();
        _dispatcher.Enqueue([Telemetry("a", "1")]);
        await Until(() => Running == 1, "a delivery");
        _dispatcher.Enqueue([Telemetry("a", "2")]);
        var stopped = _dispatcher.StopAsync(TestContext.Current.CancellationToken);
        Assert.False(stopped.IsCompleted);
        _grains.Gate.SetResult();
        await stopped;
        Assert.Equal(["1"], _grains.Keys("a"));
        Assert.Equal([1L], _dispatcher.TakeDelivered());
    }

    private int Running => _grains.Begun;

    private long Retries => _services.GetRequiredService<IngestCounters>().RetriesTotal;

    private AcceptedMessage Telemetry(string device, string key) => Message(device, key, Channel.Telemetry);

    private AcceptedMessage Event(string device, string key) => Message(device, key, Channel.Event);

    private AcceptedMessage Call(string device, string key) => Message(device, key, Channel.Event, new ReportBody.Smoke(SmokeEventKind.Alarm));

    private AcceptedMessage Message(string device, string key, Channel channel, ReportBody? body = null) =>
        new(new Topic(DeviceKind.Sos, device, channel), new Report(key, IngestHost.Start, IngestHost.Start, false, false, null, null, body ?? new ReportBody.Heartbeat()), [])
        {
            Seq = ++_seq,
        };
}
