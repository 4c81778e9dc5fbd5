using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace SeniorIoT.Simulators.Wire;

/// <summary>
/// One MQTT 5 connection for a tool that wants to know what became of each message. Unlike <see cref="DeviceConnection"/> it has no queue:
/// whoever publishes waits.
/// </summary>
internal sealed class Publisher(MqttAddress server, MqttLogin login, TimeProvider clock) : IAsyncDisposable
{
    private const int TriesMax = 5;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <summary>Connects, once.</summary>
    /// <exception cref="IOException">The server cannot be reached, or refuses the login.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(server.Host, server.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(login.DeviceId)
            .WithCredentials(login.DeviceId, login.Password)
            .WithTimeout(TimeSpan.FromSeconds(15))
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(60))
            .Build();
        try
        {
            var answer = await _client.ConnectAsync(options, cancellation);
            if (answer.ResultCode != MqttClientConnectResultCode.Success)
            {
                throw new IOException($"{server} refuses {login.DeviceId}: {answer.ResultCode} {answer.ReasonString}");
            }
        }
        catch (MqttCommunicationException e)
        {
            throw new IOException($"{server} cannot be reached for {login.DeviceId}: {e.Message}");
        }
    }

    /// <summary>Publishes with QoS 1 and waits for the PUBACK; after a lost connection connects and sends the same bytes again, a few times.</summary>
    /// <returns>Null when accepted, else the server's reason.</returns>
    /// <exception cref="IOException">No PUBACK after all tries.</exception>
    public async Task<string?> PublishAsync(Outgoing message, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (!_client.IsConnected)
                {
                    await ConnectAsync(cancellation);
                }

                var answer = await _client.PublishAsync(ToMqtt(message), cancellation);
                return answer.IsSuccess ? null : $"0x{(int)answer.ReasonCode:x2} {answer.ReasonCode} {answer.ReasonString}";
            }
            catch (Exception e) when (tries < TriesMax && IsLostLink(e))
            {
                await Task.Delay(Pace.BackOff(tries, 0), clock, cancellation);
            }
            catch (Exception e) when (IsLostLink(e))
            {
                throw new IOException($"No PUBACK for {message.Topic}: {e.Message}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync();
        }

        _client.Dispose();
    }

    private static bool IsLostLink(Exception e) =>
        e is IOException or MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException;

    /// <summary>A message as MQTT carries it: QoS 1, not retained.</summary>
    public static MqttApplicationMessage ToMqtt(Outgoing message) => new MqttApplicationMessageBuilder()
        .WithTopic(message.Topic)
        .WithPayload(message.Payload)
        .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
        .Build();
}
