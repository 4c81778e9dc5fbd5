using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace SeniorIoT.Server.Ingest;

/// <summary>
/// MQTTnet's server, used as a library for the protocol: handshakes, keep-alive, subscriptions. It routes nothing.
/// At start it lets the journal hand over what the last run left behind, and only then answers clients.
/// </summary>
internal sealed class MqttEndpoint : IHostedService, IDisposable
{
    private readonly MqttServer _server;
    private readonly Admission _admission;
    private readonly Intake _intake;
    private readonly Journal _journal;
    private readonly Dispatcher _dispatcher;

    public MqttEndpoint(
        KestrelServerAdapter adapter, Admission admission, Intake intake,
        Journal journal, Dispatcher dispatcher, IHostApplicationLifetime lifetime, ILogger<MqttEndpoint> log)
    {
        (_admission, _intake, _journal, _dispatcher) = (admission, intake, journal, dispatcher);
        // The time limit for CONNECT is ours (see MqttConnectionHandler); MQTTnet's own must not be shorter.
        var options = new MqttServerOptions { DefaultCommunicationTimeout = TimeSpan.FromSeconds(60), EnablePersistentSessions = false };
        _server = new MqttServer(options, [adapter], new ErrorLog(log));
        _server.ValidatingConnectionAsync += _admission.ValidateAsync;
        _server.InterceptingSubscriptionAsync += JudgeSubscription;
        _server.InterceptingUnsubscriptionAsync += NoteUnsubscription;
        // Grains can be called when the silo runs, and it does when the whole host has started.
        lifetime.ApplicationStarted.Register(_dispatcher.Start);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _journal.ReplayAsync();
        await _server.StartAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _server.StopAsync(new MqttServerStopOptions
        {
            DefaultClientDisconnectOptions = new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown },
        });
        await _journal.CloseAsync();
        await _dispatcher.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private Task JudgeSubscription(InterceptingSubscriptionEventArgs subscription)
    {
        var filter = subscription.TopicFilter.Topic;
        var channel = (MqttChannel)subscription.SessionItems[MqttChannel.SessionItem]!;
        var isOwn = _intake.MaySubscribe(channel.ClientId!, filter);
        subscription.ProcessSubscription = isOwn;
        if (isOwn)
        {
            if (subscription.TopicFilter.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
                subscription.Response.ReasonCode = MqttSubscribeReasonCode.GrantedQoS1;
            // Without acknowledgements nobody would know whether a command arrived, so none are sent on a subscription with QoS 0.
            channel.Listen(filter, subscription.TopicFilter.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce);
        }
        else
        {
            subscription.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
            subscription.ReasonString = "A device may subscribe to its own command topic only.";
        }

        return Task.CompletedTask;
    }

    // Stays synchronous: MQTTnet holds a lock here that does not survive a change of threads.
    private Task NoteUnsubscription(InterceptingUnsubscriptionEventArgs unsubscription)
    {
        ((MqttChannel)unsubscription.SessionItems[MqttChannel.SessionItem]!).Listen(unsubscription.Topic, false);
        return Task.CompletedTask;
    }

    /// <summary>MQTTnet's errors, without its chatter.</summary>
    private sealed class ErrorLog(ILogger log) : IMqttNetLogger
    {
        public bool IsEnabled => true;

        public void Publish(MqttNetLogLevel logLevel, string source, string message, object[] parameters, Exception exception)
        {
            if (logLevel == MqttNetLogLevel.Error) log.LogError(exception, "{Source}: {Message} {Parameters}", source, message, parameters);
        }
    }
}
