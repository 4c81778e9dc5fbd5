using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.Simulators.Wire;

namespace SeniorIoT.Simulators.LoadTest.Shapes;

/// <summary>
/// Presses at an even pace beside a flood, each of another button in another household, so that each is a new alert. They have connections,
/// a thread and a SignalR client of their own.
/// </summary>
internal sealed class Presses : IAsyncDisposable
{
    private readonly HubConnection _hub;
    private readonly string _button;
    private readonly long[] _pressedAt;
    private readonly LatencyCounts _seen = new();
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private long _seenTotal;

    public Presses(ApiClient api, IPEndPoint address, Roster roster, Func<string, string> passwordOf, double perSecond, long run, TimeProvider clock)
    {
        _button = roster.Button;
        _pressedAt = new long[roster.Buttons];
        var speakers = Enumerable.Range(0, Roster.ButtonGateways).Select(number =>
        {
            var id = roster.ButtonGateway(number);
            var first = number * roster.ButtonsEach;
            var each = Math.Max(0, Math.Min(roster.ButtonsEach, roster.Buttons - first));
            return new Speaker((id, passwordOf(id)), Message.Press(id, roster.Button), first, Math.Max(1, each), 16, default, run) { Limit = each };
        });
        Loop = new FloodLoop([.. speakers], new FloodPlan(address, perSecond), clock) { Published = (speaker, number, stamp) => Volatile.Write(ref _pressedAt[speaker.DeviceOf(number)], stamp) };
        _thread = new Thread(Loop.Run) { Name = "presses", IsBackground = true };
        var hub = new Uri(api.Address, "hubs/alerts");
        _hub = new HubConnectionBuilder().WithUrl(hub, http => http.AccessTokenProvider = () => Task.FromResult<string?>(api.Token)).Build();
        _hub.On<JsonElement>("alertChanged", alert => Note(alert.GetProperty("householdId").GetString()!));
    }

    /// <summary>The presses on the wire.</summary>
    public FloodLoop Loop { get; }

    /// <summary>Connects everything.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await _hub.StartAsync(cancellation);
        _thread.Start();
    }

    /// <summary>The warm-up is over.</summary>
    public void Measure()
    {
        Loop.Measure();
        lock (_lock) _seen.Clear();
    }

    public PressReport Report()
    {
        lock (_lock) return new(Loop.Counts.PublishedTotal, _seenTotal, Times.Of(Loop.Latency), Times.Of(_seen));
    }

    /// <summary>Whether every press was seen.</summary>
    public bool IsSettled()
    {
        lock (_lock) return _seenTotal == Loop.Counts.PublishedTotal;
    }

    public async ValueTask DisposeAsync()
    {
        Loop.End();
        _thread.Join();
        await _hub.DisposeAsync();
    }

    private void Note(string household)
    {
        var stamp = Stopwatch.GetTimestamp();
        if (!household.StartsWith(_button, StringComparison.Ordinal)
            || !int.TryParse(household.AsSpan(_button.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return;
        // The first change of an alert is that it is there.
        var pressed = Interlocked.Exchange(ref _pressedAt[number], 0);
        if (pressed == 0) return;
        lock (_lock)
        {
            _seen.Add(pressed, stamp);
            _seenTotal++;
        }
    }
}
