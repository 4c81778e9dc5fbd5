using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using MQTTnet.Protocol;

namespace SeniorIoT.Server.Ingest;

/// <summary>The life of one connection: it must introduce itself in time, is served by MQTTnet, and leaves the list of who is here.</summary>
internal sealed class MqttConnectionHandler(
    KestrelServerAdapter adapter, Publications publications, DeviceCommands commands, ConnectedDevices connected, IngestOptions options,
    IngestCounters counters, TimeProvider clock)
    : ConnectionHandler
{
    /// <inheritdoc/>
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            // Without a handler the server is starting or stopping: the client comes back later.
            if (counters.Connected() > options.ConnectionsMax) counters.RefusedConnection("too_many");
            else if (adapter.ClientHandler is { } handle) await ServeAsync(connection, handle);
        }
        finally
        {
            counters.Disconnected();
        }
    }

    private async Task ServeAsync(ConnectionContext connection, Func<MQTTnet.Adapter.IMqttChannelAdapter, Task> handle)
    {
        var channel = new MqttChannel(connection, publications, options, counters, clock) { Commands = commands };
        var deadline = clock.CreateTimer(_ => CloseStranger(connection, channel), null, options.ConnectWithin, Timeout.InfiniteTimeSpan);
        // Without this a stopping Kestrel would wait for devices that have no reason to go.
        var shutdown = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var farewell = shutdown.Register(() => channel.Close(MqttDisconnectReasonCode.ServerShuttingDown));
        try
        {
            await handle(channel);
        }
        finally
        {
            await deadline.DisposeAsync();
            if (channel.ClientId is { } id)
            {
                connected.Remove(id, channel);
                await SendWillAsync(id, channel.TakeWill(), shutdown);
            }
        }
    }

    private async Task SendWillAsync(string id, LastWill? will, CancellationToken cancel)
    {
        try
        {
            if (will is not null) await publications.AcceptWillAsync(id, will, cancel);
        }
        catch (OperationCanceledException)
        {
            // The server stops while the journal has no room; the will has been counted as shed.
        }
    }

    private void CloseStranger(ConnectionContext connection, MqttChannel channel)
    {
        if (channel.ClientId is not null) return;
        counters.RefusedConnection("connect_timeout");
        connection.Abort(new ConnectionAbortedException("No CONNECT in time."));
    }
}
