using SeniorIoT.DeviceProtocol;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Brings commands down to devices: at once to one that listens on its command topic (or whose gateway does), otherwise when it subscribes
/// next. A command is delivered when its PUBACK came and that is on disk. What was not acknowledged is sent again, marked as a
/// repetition, on the next connection: at least once, in order.
/// </summary>
internal sealed partial class DeviceCommands : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly DeviceDirectory _directory;
    private readonly ConnectedDevices _connected;
    private readonly CommandQueue _queue;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeviceCommands> _log;

    public DeviceCommands(DeviceDirectory directory, ConnectedDevices connected, CommandQueue queue, TimeProvider clock, ILogger<DeviceCommands> log)
    {
        (_directory, _connected, _queue, _clock, _log) = (directory, connected, queue, clock, log);
        queue.Ordered += SendTo;
    }

    /// <summary>Sends what waits for the devices that a connection listens for. Returns at once. Called after each subscription.</summary>
    public void Send(MqttChannel channel)
    {
        if (!channel.Listening().Any(topic => Topic.TryParse(topic, out var parsed, out _) && _queue.MayWait(parsed.DeviceId))) return;
        if (channel.CommandWindow.TryBegin()) _ = SendAsync(channel);
    }

    /// <summary>The client acknowledged what it was sent with this packet id. Returns at once.</summary>
    public void Acknowledged(MqttChannel channel, ushort packetId, bool isRefused)
    {
        if (channel.CommandWindow.Find(packetId) is { } commandId) _ = SettleAsync(channel, packetId, commandId, isRefused);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _queue.Ordered -= SendTo;
        base.Dispose();
    }

    /// <summary>Once a minute: what has expired ends, and whatever could not be sent for another reason is tried again.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SweepEvery, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await _queue.SweepAsync();
                }
                catch (Microsoft.Data.Sqlite.SqliteException error)
                {
                    // The disk is full or fails: the next sweep repeats it all.
                    LogSweepFailed(error);
                    continue;
                }

                foreach (var device in _queue.Waiting) SendTo(device);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void SendTo(string deviceId)
    {
        if (ListenerFor(deviceId) is { } channel) Send(channel);
    }

    /// <summary>The connection that takes a device's commands: its own, or its gateway's.</summary>
    private MqttChannel? ListenerFor(string deviceId)
    {
        if (!_directory.TryGet(deviceId, out var entry) || entry is not { Kind: { } kind, IsRetired: false }) return null;
        var topic = Topic.CommandOf(kind, deviceId).ToString();
        return ListenerOn(topic, deviceId) ?? (entry.GatewayId is { } gateway ? ListenerOn(topic, gateway) : null);
    }

    private MqttChannel? ListenerOn(string topic, string clientId) =>
        _connected.TryGet(clientId, out var channel) && channel.IsListening(topic) ? channel : null;

    private async Task SendAsync(MqttChannel channel)
    {
        var window = channel.CommandWindow;
        do
        {
            try
            {
                foreach (var text in channel.Listening())
                {
                    if (window.Free == 0) break;
                    if (Topic.TryParse(text, out var topic, out _) && _queue.MayWait(topic.DeviceId) && ListenerFor(topic.DeviceId) == channel)
                        await SendAsync(channel, window, topic);
                }
            }
            catch (Exception error)
            {
                // The commands are in the file: the next connection, or the next sweep, sends them.
                LogSendFailed(error);
            }
        }
        while (!window.TryEnd());
    }

    private async Task SendAsync(MqttChannel channel, CommandWindow window, Topic topic)
    {
        foreach (var command in await _queue.ClaimAsync(topic.DeviceId, window.Sent, window.Free))
            await channel.SendCommandAsync(topic, command, _clock.GetUtcNow());
    }

    private async Task SettleAsync(MqttChannel channel, ushort packetId, string commandId, bool isRefused)
    {
        try
        {
            await _queue.SettleAsync(commandId, isRefused);
        }
        catch (Exception error)
        {
            // It stays in the queue, and the device gets it again: that is what at least once means.
            LogSettleFailed(error);
        }

        // Only now: before, it could have been taken for one that was never sent.
        channel.CommandWindow.Remove(packetId);
        Send(channel);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commands could not be sent; they are kept, and tried again within a minute")]
    private partial void LogSendFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An acknowledged command could not be recorded; the device will get it once more")]
    private partial void LogSettleFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Commands could not be swept; the next sweep is in a minute")]
    private partial void LogSweepFailed(Exception error);
}
