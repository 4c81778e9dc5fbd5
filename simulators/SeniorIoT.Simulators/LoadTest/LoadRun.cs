using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Simulators.Wire;
using Channel = SeniorIoT.DeviceProtocol.Channel;

namespace SeniorIoT.Simulators.LoadTest;

/// <summary>What to measure.</summary>
/// <param name="Presses">Presses that are counted.</param>
/// <param name="WarmUp">Presses before them that are not: the first ones pay for compilation on both sides.</param>
/// <param name="PressesPerSecondMax">No faster than this.</param>
/// <param name="Meters">Meters of the background.</param>
/// <param name="BackgroundPerSecond">Their messages a second, together.</param>
/// <param name="Limit">The whole measurement takes no longer.</param>
/// <param name="Keep">Leave households and devices where they are.</param>
internal sealed record LoadOptions(int Presses, int WarmUp, double PressesPerSecondMax, int Meters, double BackgroundPerSecond, TimeSpan Limit, bool Keep);

/// <summary>One press: how long until the server promised to keep it, and until the alert was on a client's screen. Null: not within 10 s.</summary>
internal readonly record struct PressTimes(double PubackMs, double? AlertMs);

/// <summary>
/// Measures a press: from before the publish until a SignalR client has the alert. One after another, each from its own button in its own
/// household, so that each is a new alert; each is closed before the next, so that nobody is called for a measurement.
/// </summary>
internal sealed class LoadRun(ApiClient api, MqttAddress mqtt, LoadOptions options, TimeProvider clock)
{
    private const int InFlight = 8;
    private static readonly TimeSpan AlertWithin = TimeSpan.FromSeconds(10);
    private readonly string _run = $"load-{clock.GetUtcNow().ToUnixTimeSeconds():x}";
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(string AlertId, long Stamp)>> _awaited = [];
    private readonly ConcurrentDictionary<string, bool> _closed = [];
    private readonly List<Publisher> _publishers = [];

    /// <summary>Messages of the background that got their PUBACK.</summary>
    public long BackgroundSent { get; private set; }

    /// <summary>How long the background ran.</summary>
    public TimeSpan BackgroundFor { get; private set; }

    /// <summary>Enrols, measures, cleans up. Times of the counted presses, in order.</summary>
    public async Task<IReadOnlyList<PressTimes>> RunAsync(CancellationToken cancellation)
    {
        var buttons = await EnrolAsync(DeviceKind.Sos, "b", options.Presses + options.WarmUp, cancellation);
        var meters = await EnrolAsync(DeviceKind.Water, "m", options.BackgroundPerSecond > 0 ? options.Meters : 0, cancellation);
        try
        {
            await using var hub = await ListenAsync(cancellation);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var background = RunBackgroundAsync(meters, ending.Token);
            await Task.Delay(meters.Count > 0 ? TimeSpan.FromSeconds(1) : TimeSpan.Zero, clock, cancellation);
            var times = await PressAllAsync(buttons, cancellation);
            await ending.CancelAsync();
            await background;
            return times;
        }
        finally
        {
            foreach (var publisher in _publishers)
            {
                await publisher.DisposeAsync();
            }

            await CleanUpAsync([.. buttons, .. meters]);
        }
    }

    private async Task<IReadOnlyList<(MqttLogin Login, Publisher Publisher)>> EnrolAsync(DeviceKind kind, string letter, int count, CancellationToken cancellation)
    {
        var enrolled = new (MqttLogin, Publisher)[count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, count), parallel, async (number, stop) =>
        {
            var id = $"{_run}-{letter}{number:0000}";
            await api.TryEnrolHouseholdAsync(new(id, "load test", "load test", "load test", [], []), stop);
            var login = await api.EnrolDeviceAsync(id, kind, id, stop);
            var publisher = new Publisher(mqtt, login, clock);
            await publisher.ConnectAsync(stop);
            enrolled[number] = (login, publisher);
        });
        _publishers.AddRange(enrolled.Select(device => device.Item2));
        return enrolled;
    }

    private async Task<HubConnection> ListenAsync(CancellationToken cancellation)
    {
        var address = new Uri(api.Address, $"hubs/alerts?access_token={Uri.EscapeDataString(api.Token)}");
        var hub = new HubConnectionBuilder().WithUrl(address, http => http.AccessTokenProvider = () => Task.FromResult<string?>(api.Token)).Build();
        hub.On<JsonElement>("alertChanged", alert =>
        {
            var stamp = clock.GetTimestamp();
            if (alert.GetProperty("householdId").GetString() is { } household && _awaited.TryGetValue(household, out var awaited))
            {
                awaited.TrySetResult((alert.GetProperty("alertId").GetString()!, stamp));
            }
        });
        await hub.StartAsync(cancellation);
        return hub;
    }

    private async Task<IReadOnlyList<PressTimes>> PressAllAsync(IReadOnlyList<(MqttLogin Login, Publisher Publisher)> buttons, CancellationToken cancellation)
    {
        List<PressTimes> times = [];
        var started = clock.GetTimestamp();
        foreach (var (login, publisher) in buttons)
        {
            if (clock.GetElapsedTime(started) > options.Limit)
            {
                break;
            }

            var pressed = clock.GetTimestamp();
            times.Add(await PressAsync(login, publisher, cancellation));
            var rest = TimeSpan.FromSeconds(1 / options.PressesPerSecondMax) - clock.GetElapsedTime(pressed);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, clock, cancellation);
        }

        return [.. times.Skip(options.WarmUp)];
    }

    private async Task<PressTimes> PressAsync(MqttLogin login, Publisher publisher, CancellationToken cancellation)
    {
        var awaited = new TaskCompletionSource<(string AlertId, long Stamp)>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited[login.DeviceId] = awaited;
        var common = new Envelope("p1", null, null, clock.GetUtcNow(), null, DeviceClock.Synced, false, null, null, "load-1", 0);
        var press = new DeviceMessage.ButtonEvent(common, ButtonEventType.Press, ButtonFunction.Emergency);
        var message = new Outgoing(new Topic(DeviceKind.Sos, login.DeviceId, Channel.Event).ToString(), Codec.Encode(press));

        var published = clock.GetTimestamp();
        if (await publisher.PublishAsync(message, cancellation) is { } refusal)
        {
            throw new IOException($"The press of {login.DeviceId} was refused: {refusal}");
        }

        var puback = clock.GetElapsedTime(published).TotalMilliseconds;
        try
        {
            var (alertId, stamp) = await awaited.Task.WaitAsync(AlertWithin, clock, cancellation);
            await api.CloseAlertAsync(alertId, "test", "load test", cancellation);
            _closed[login.DeviceId] = true;
            return new PressTimes(puback, clock.GetElapsedTime(published, stamp).TotalMilliseconds);
        }
        catch (TimeoutException)
        {
            return new PressTimes(puback, null);
        }
    }

    // Each meter at its own even pace, their starts spread over one interval.
    private async Task RunBackgroundAsync(IReadOnlyList<(MqttLogin Login, Publisher Publisher)> meters, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        var interval = TimeSpan.FromSeconds(meters.Count / Math.Max(options.BackgroundPerSecond, 0.001));
        var counts = await Task.WhenAll(meters.Select((meter, number) => TellAsync(meter.Login, meter.Publisher, interval, interval * number / meters.Count, cancellation)));
        (BackgroundSent, BackgroundFor) = (counts.Sum(), clock.GetElapsedTime(started));
    }

    private async Task<long> TellAsync(MqttLogin login, Publisher publisher, TimeSpan interval, TimeSpan offset, CancellationToken cancellation)
    {
        var topic = new Topic(DeviceKind.Water, login.DeviceId, Channel.Telemetry).ToString();
        var started = clock.GetTimestamp();
        for (long sent = 0; ; sent++)
        {
            try
            {
                var wait = offset + (interval * sent) - clock.GetElapsedTime(started);
                await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, cancellation);
                // The register stands still: whatever the rate, no flow that a rule could take for a burst.
                var common = new Envelope($"t{sent:x}", null, null, clock.GetUtcNow(), null, DeviceClock.Synced, false, 90, -80, "load-1", 0);
                var water = new DeviceMessage.Water(common, [new WaterSample(null, 1_000_000)], 1_000);
                await publisher.PublishAsync(new Outgoing(topic, Codec.Encode(water)), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return sent;
            }
        }
    }

    // Also after a failure half-way, so without the run's own cancellation.
    private async Task CleanUpAsync(IReadOnlyList<(MqttLogin Login, Publisher Publisher)> devices)
    {
        await Parallel.ForEachAsync(devices.Select(device => device.Login.DeviceId), new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (id, stop) =>
        {
            // An alert that came too late, or whose alertChanged was lost, is still in somebody's queue.
            foreach (var alert in _awaited.ContainsKey(id) && !_closed.ContainsKey(id) ? await api.OpenAlertsAsync(id, stop) : [])
            {
                await api.CloseAlertAsync(alert.AlertId, "test", "load test", stop);
            }

            if (!options.Keep)
            {
                await api.DeleteAsync($"api/v1/devices/{id}", stop);
                await api.DeleteAsync($"api/v1/households/{id}", stop);
            }
        });
    }
}
