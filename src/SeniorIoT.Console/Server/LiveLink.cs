using System.Net;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using SeniorIoT.Api;
using SeniorIoT.Console.Alerts;
using SeniorIoT.Console.Shell;
using SeniorIoT.Console.Storms;

namespace SeniorIoT.Console.Server;

/// <summary>
/// The connection to the hub, for as long as somebody is logged in. One loop covers the first start that fails, a connection
/// that closes, and one that is silent without closing: wait a little, with jitter and without end, and connect anew.
/// </summary>
public sealed class LiveLink(Uri server, Session session, LinkState state, AlertBoard board, AlertFeed feed, IncidentBoard incidents, IncidentFeed incidentFeed, Ticker ticker, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    /// <summary>A connection that says it is open but has been quiet this long is dead.</summary>
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(6);

    private readonly Random _jitter = new();
    private CancellationTokenSource? _running;

    /// <summary>A device was heard or changed.</summary>
    public event Action<Device>? DeviceChanged;

    /// <summary>Follows the session: connects while somebody is logged in.</summary>
    public void Start()
    {
        ticker.Tick += Look;
        session.Changed += Follow;
        Follow();
    }

    public void Dispose()
    {
        ticker.Tick -= Look;
        session.Changed -= Follow;
        _running?.Cancel();
        _running?.Dispose();
    }

    /// <summary>Wait before attempt <paramref name="attempt"/> (from 0): up to 0.5, 1, 2, 4, 5, 5, … s, at least half of it.</summary>
    internal static TimeSpan WaitBefore(int attempt, double chance) =>
        TimeSpan.FromSeconds(Math.Min(WaitMax.TotalSeconds, 0.5 * Math.Pow(2, Math.Min(attempt, 10)))) * (0.5 + 0.5 * chance);

    private void Look()
    {
        if (session.Current is null)
            return;
        _ = incidentFeed.RefetchWhenDueAsync();
        _ = feed.RefetchWhenDueAsync();
    }

    private void Follow()
    {
        _running?.Cancel();
        _running?.Dispose();
        _running = null;
        if (session.Current is not { } login)
        {
            board.Clear();
            incidents.Clear();
            return;
        }
        state.Begin();
        _ = incidentFeed.RefetchAsync();
        _running = new();
        _ = RunAsync(login.AccessToken, feed.ShowUrgentAsync(), _running.Token);
    }

    // Setting up the connection keeps a browser's only thread busy: what is most urgent is shown before, unless it takes long.
    private async Task RunAsync(string token, Task shown, CancellationToken stop)
    {
        await Task.WhenAny(shown, Task.Delay(TimeSpan.FromSeconds(1), time, stop));
        for (var attempt = 0; !stop.IsCancellationRequested; attempt++)
        {
            if (await HoldAsync(token, stop))
                attempt = 0;
            state.Lose();
            await Task.Delay(WaitBefore(attempt, _jitter.NextDouble()), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Connects and stays until the connection ends; true when it was up.</summary>
    private async Task<bool> HoldAsync(string token, CancellationToken stop)
    {
        var hub = Build(token);
        var ended = new TaskCompletionSource();
        hub.Closed += _ =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        try
        {
            await hub.StartAsync(stop);
            state.Await();
            await Task.WhenAll(incidentFeed.RefetchAsync(), feed.RefetchAsync());
            while (!ended.Task.IsCompleted && !stop.IsCancellationRequested && state.Quiet < DeadAfter)
                await Task.WhenAny(ended.Task, Task.Delay(TimeSpan.FromSeconds(1), time, stop));
            return true;
        }
        catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.Unauthorized)
        {
            await session.ExpireAsync();
            return false;
        }
        catch (Exception)
        {
            // The server is down or restarting: the banner says so, and the loop tries again.
            return false;
        }
        finally
        {
            // Closing a half-open connection waits for an answer that never comes; a second is politeness enough.
            await Task.WhenAny(hub.DisposeAsync().AsTask(), Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None));
        }
    }

    private HubConnection Build(string token)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(server, AlertsHubNames.Path), HttpTransportType.WebSockets | HttpTransportType.LongPolling, options =>
                options.AccessTokenProvider = () => Task.FromResult<string?>(token))
            .AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, ConsoleJson.Default))
            .Build();
        hub.On<DateTimeOffset>(AlertsHubNames.Heartbeat, state.Beat);
        hub.On<Alert>(AlertsHubNames.AlertChanged, alert => board.Merge(alert));
        hub.On<Device>(AlertsHubNames.DeviceChanged, device => DeviceChanged?.Invoke(device));
        return hub;
    }
}
