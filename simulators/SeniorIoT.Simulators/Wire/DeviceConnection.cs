using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using SeniorIoT.Simulators.Homes;

namespace SeniorIoT.Simulators.Wire;

/// <summary>What a device logs in with. Client id = user name = device id.</summary>
internal sealed record MqttLogin(string DeviceId, string Password);

/// <summary>
/// One device's MQTT connection: QoS 1, one message at a time, in order, each kept until its PUBACK and sent again with the same <c>mid</c>
/// after a lost connection. Holds up to <see cref="MemoryMax"/> messages, then leaves out the oldest and counts it.
/// Idle, it costs no timer: MQTT keep-alive is off, and a dead link is found by the next message.
/// </summary>
internal sealed class DeviceConnection(MqttAddress server, MqttLogin login, Pace pace, WireCounts counts, TimeProvider clock, Dice dice)
{
    /// <summary>Messages a device keeps while it cannot send.</summary>
    public const int MemoryMax = 512;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);
    private static readonly MqttClientFactory Factory = new();

    private readonly Channel<Outgoing> _outbox = System.Threading.Channels.Channel.CreateBounded<Outgoing>(
        new BoundedChannelOptions(MemoryMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
        _ => counts.CountShed());

    private readonly Lock _lock = new();
    private TaskCompletionSource _powered = Completed();
    private CancellationTokenSource? _link;

    /// <summary>Takes a message for delivery. Never blocks.</summary>
    public void Send(Topic topic, DeviceMessage message)
    {
        counts.CountHandedIn();
        _outbox.Writer.TryWrite(new Outgoing(topic.ToString(), Codec.Encode(message)));
    }

    /// <summary>Switches the radio. Off: the connection is closed and nothing is sent until it is on again.</summary>
    public void Power(bool on)
    {
        lock (_lock)
        {
            if (on)
            {
                _powered.TrySetResult();
            }
            else if (_powered.Task.IsCompleted)
            {
                _powered = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _link?.Cancel();
            }
        }
    }

    /// <summary>Connects, sends, and connects again, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Outgoing? pending = null;
        var failures = 0;
        while (!cancellation.IsCancellationRequested)
        {
            await _powered.Task.WaitAsync(cancellation);
            // Not disposed: the client may report its end once more after we are done with it, and a source without a timer holds nothing.
            var link = new CancellationTokenSource();
            using var ending = cancellation.Register(link.Cancel);
            using var client = Factory.CreateMqttClient();
            client.DisconnectedAsync += _ => link.CancelAsync();
            if (await TryConnectAsync(client, cancellation))
            {
                failures = 0;
                counts.CountConnected();
                pending = await SendWhileLinkedAsync(client, link, pending);
                counts.CountDisconnected();
                await HangUpAsync(client);
            }

            if (!cancellation.IsCancellationRequested && _powered.Task.IsCompleted)
            {
                counts.CountDrop();
                await Task.Delay(Pace.BackOff(++failures, dice.Next()), clock, cancellation);
            }
        }
    }

    private async Task<bool> TryConnectAsync(IMqttClient client, CancellationToken cancellation)
    {
        await pace.TurnAsync(cancellation);
        using var enough = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellation);
        try
        {
            var answer = await client.ConnectAsync(Options(), either.Token);
            if (answer.ResultCode == MqttClientConnectResultCode.Success)
            {
                return true;
            }

            counts.CountTurnedAway();
            return false;
        }
        catch (Exception e) when (IsWeather(e, cancellation))
        {
            return false;
        }
    }

    // Returns the message that has no PUBACK yet, so that it is the first to be sent again.
    private async Task<Outgoing?> SendWhileLinkedAsync(IMqttClient client, CancellationTokenSource link, Outgoing? pending)
    {
        lock (_lock)
        {
            _link = link;
            if (!_powered.Task.IsCompleted)
            {
                return pending;
            }
        }

        if (pending is not null)
        {
            counts.CountResent();
        }

        try
        {
            while (true)
            {
                pending ??= await _outbox.Reader.ReadAsync(link.Token);
                Count(await PublishAsync(client, pending, link.Token));
                pending = null;
            }
        }
        catch (Exception e) when (IsWeather(e, CancellationToken.None))
        {
            return pending;
        }
        finally
        {
            lock (_lock)
            {
                _link = null;
            }
        }
    }

    private async Task<MqttClientPublishResult> PublishAsync(IMqttClient client, Outgoing message, CancellationToken linked)
    {
        using var enough = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, linked);
        return await client.PublishAsync(Publisher.ToMqtt(message), either.Token);
    }

    private void Count(MqttClientPublishResult answer)
    {
        if (answer.IsSuccess)
        {
            counts.CountAcknowledged();
        }
        else
        {
            counts.CountRefused();
        }
    }

    private static async Task HangUpAsync(IMqttClient client)
    {
        try
        {
            await client.DisconnectAsync();
        }
        catch (Exception e) when (IsWeather(e, CancellationToken.None))
        {
            // The other side was gone first: there is nothing left to hang up.
        }
    }

    // MQTT 3.1.1, as most modules speak it, and without keep-alive: with MQTT 5 a server may impose one, and the client library would then
    // wake four times a second for every device.
    private MqttClientOptions Options()
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(server.Host, server.Port)
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithClientId(login.DeviceId)
            .WithCredentials(login.DeviceId, login.Password)
            .WithCleanSession()
            .WithNoKeepAlive()
            .Build();
        options.WriterBufferSize = 512;
        return options;
    }

    // What a network does to a device: worth another try, and counted. Anything else is our own mistake and must be seen.
    private static bool IsWeather(Exception e, CancellationToken ended) =>
        e is MqttCommunicationException or MqttClientDisconnectedException or MqttClientNotConnectedException or MqttProtocolViolationException or IOException
            or System.Net.Sockets.SocketException or ObjectDisposedException
        || (e is OperationCanceledException && !ended.IsCancellationRequested);

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
