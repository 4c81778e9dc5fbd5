using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// Gives MQTTnet the connections that Kestrel accepts. MQTTnet's own listeners are not used: they reserve memory for a packet before
/// anybody has logged in, and a TLS handshake on them may last for ever.
/// </summary>
internal sealed class KestrelServerAdapter : IMqttServerAdapter
{
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger) => Task.CompletedTask;

    public Task StopAsync()
    {
        ClientHandler = null;
        return Task.CompletedTask;
    }

    public void Dispose() => ClientHandler = null;
}
