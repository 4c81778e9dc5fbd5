using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SeniorIoT.Server.Devices;

namespace SeniorIoT.Server.Ingest;

/// <summary>Puts the way of a message, from the socket to the grain, into a host.</summary>
internal static class IngestHosting
{
    /// <summary>
    /// Registers ingest. Expects a <see cref="DeviceDirectory"/> that is filled before the host starts, a <see cref="CommandQueue"/>, and <see cref="DeviceAddresses"/>
    /// unless a <see cref="Deliver"/> is registered already. Add it after the silo and whatever else grains need: hosted services stop in reverse order,
    /// so ingest then stops first.
    /// </summary>
    public static IServiceCollection AddIngest(this IServiceCollection services, IngestOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DeviceDirectory>();
        services.TryAddSingleton<Deliver>(provider => Deliver(provider.GetRequiredService<DeviceAddresses>()));
        services.AddSingleton(options);
        services.AddSingleton<IngestCounters>();
        services.AddSingleton<Intake>();
        services.AddSingleton<Dispatcher>();
        services.AddSingleton<Journal>();
        services.AddSingleton<Quarantine>();
        services.AddSingleton<Rates>();
        services.AddSingleton<Publications>();
        services.AddSingleton<ConnectedDevices>();
        services.AddSingleton<Admission>();
        services.AddSingleton<KestrelServerAdapter>();
        services.AddSingleton<HandshakeGate>();
        services.AddSingleton<MqttConnectionHandler>();
        services.AddSingleton<MqttEndpoint>();
        services.AddSingleton<DeviceCommands>();
        services.AddSingleton<Checkpoint>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceCommands>());
        // Hosted services stop in reverse: first no more messages, then the last checkpoint.
        services.AddHostedService(provider => provider.GetRequiredService<Checkpoint>());
        services.AddHostedService(provider => provider.GetRequiredService<MqttEndpoint>());
        services.AddHealthChecks().AddCheck<IngestHealth>("ingest", tags: ["ready"]);
        // What a connection may send while we do not read from it. The default of 1 MB is too much for tens of thousands of devices.
        services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = 2 * options.PacketBytesMax);
        return services;
    }

    private static Deliver Deliver(DeviceAddresses addresses) => (kind, deviceId, reports) => addresses.Of(kind, deviceId).Receive(reports);

    /// <summary>Opens the MQTT port, and the TLS port when a certificate is set.</summary>
    public static void ListenForMqtt(this KestrelServerOptions kestrel, IngestOptions options)
    {
        kestrel.Listen(options.Address, options.Port, listen => listen.UseConnectionHandler<MqttConnectionHandler>());
        if (options.Certificate is null) return;
        kestrel.Listen(options.Address, options.TlsPort, listen =>
        {
            var gate = listen.ApplicationServices.GetRequiredService<HandshakeGate>();
            // No HTTP here, so no HTTP protocol is offered in the handshake.
            listen.Protocols = HttpProtocols.None;
            listen.Use(next => connection => gate.EnterAsync(connection, next));
            listen.UseHttps(https => ClientCertificates.Configure(https, options, listen.ApplicationServices.GetRequiredService<TimeProvider>()));
            listen.Use(next => connection => HandshakeGate.LeaveAsync(connection, next));
            listen.UseConnectionHandler<MqttConnectionHandler>();
        });
    }
}
