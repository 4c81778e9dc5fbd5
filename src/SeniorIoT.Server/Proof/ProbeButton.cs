using System.Globalization;
using System.Net;
using System.Text;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SeniorIoT.Server.Hosting;

namespace SeniorIoT.Server.Proof;

/// <summary>The server's own button: a device like any other, over the same port.</summary>
internal sealed class ProbeButton(ProbeHome home, ServerOptions options)
{
    private const string Topic = $"senioriot/v1/sos/{ProbeHome.DeviceId}/event";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Connects, presses at <paramref name="at"/>, and returns when the PUBACK is there. Throws when it is not admitted, not heard, or
    /// refused; a repeat of the same moment is the same press.
    /// </summary>
    public async Task PressAsync(DateTimeOffset at, CancellationToken cancel)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        var connect = new MqttClientOptionsBuilder()
            .WithTcpServer(Host(), options.MqttPort).WithClientId(ProbeHome.DeviceId).WithCredentials(ProbeHome.DeviceId, home.Secret)
            .WithProtocolVersion(MqttProtocolVersion.V500).WithTimeout(AnswerWithin).Build();
        await client.ConnectAsync(connect, cancel);
        var press = await client.PublishAsync(
            new MqttApplicationMessageBuilder().WithTopic(Topic).WithPayload(Payload(at)).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(), cancel);
        if (!press.IsSuccess) throw new InvalidOperationException($"the press was refused: {press.ReasonCode} {press.ReasonString}".TrimEnd());
        await client.DisconnectAsync(new MqttClientDisconnectOptions(), cancel);
    }

    private static byte[] Payload(DateTimeOffset at)
    {
        var (mid, ts) = ($"probe-{at.ToUnixTimeMilliseconds()}", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        return Encoding.UTF8.GetBytes($$$"""{"mid":"{{{mid}}}","ts":"{{{ts}}}","clock":"synced","sos":{"type":"press","button":"emergency"}}""");
    }

    // A server that listens everywhere listens here too.
    private string Host() => IPAddress.Parse(options.MqttAddress) switch
    {
        var any when any.Equals(IPAddress.Any) => IPAddress.Loopback.ToString(),
        var any when any.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback.ToString(),
        var one => one.ToString(),
    };
}
