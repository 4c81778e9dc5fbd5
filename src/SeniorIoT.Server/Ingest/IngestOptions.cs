using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace SeniorIoT.Server.Ingest;

/// <summary>Where devices connect, and the limits they meet.</summary>
internal sealed record IngestOptions
{
    /// <summary>Folder of <c>journal.db</c>; it must exist.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Address both listeners bind to.</summary>
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>Port of MQTT without TLS; 0 takes a free one.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Port of MQTT over TLS; used only with a <see cref="Certificate"/>.</summary>
    public int TlsPort { get; init; } = 8883;

    /// <summary>Server certificate with its private key; null: no TLS. An elliptic-curve key signs ten times as fast as RSA.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The certificates between <see cref="Certificate"/> and a root that devices trust; they are sent along with it.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>
    /// Root certificates that issue client certificates; null: none are asked for. A device that shows one with its id as common name needs
    /// no password.
    /// </summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>Whether a client on <see cref="TlsPort"/> must show a certificate; only with <see cref="ClientAuthorities"/>.</summary>
    public bool IsClientCertificateRequired { get; init; }

    /// <summary>
    /// TLS handshakes that begin at once. Measured with 600 clients with certificates that reconnect for ever, on 2 processors: with 8, 160
    /// handshakes a second while a connected device's PUBACK takes 14 ms (p99 130 ms); with 32, 110 a second (p99 690 ms); without a
    /// limit, 120 a second (p99 0.8 to 3 s); with 4 or fewer, clients wait too long for their turn.
    /// </summary>
    public int HandshakesMax { get; init; } = HandshakesMaxDefault;

    /// <summary>Connections that may wait for their handshake; one more is closed at once. They wait up to <see cref="ConnectWithin"/>.</summary>
    public int HandshakeLineMax { get; init; } = 5_000;

    /// <summary>Four a processor.</summary>
    public static int HandshakesMaxDefault => 4 * Environment.ProcessorCount;

    /// <summary>How long a new connection may take until its CONNECT is complete.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a TLS handshake has once it has begun, by the machine's own clock: the library under it knows no other.</summary>
    public TimeSpan HandshakeWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest keep-alive of a version 5 client: one that asks for more, or for none, is told this one and cut off after one and a half times that. At most 18 h.</summary>
    public TimeSpan KeepAliveMax { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Open connections, admitted or not; one more is closed at once.</summary>
    public int ConnectionsMax { get; init; } = 50_000;

    /// <summary>Longest packet of a client that is not admitted yet.</summary>
    public int StrangerPacketBytesMax { get; init; } = 2 * 1024;

    /// <summary>Longest packet of an admitted client. Told to version 5 clients as Maximum Packet Size.</summary>
    public int PacketBytesMax { get; init; } = 64 * 1024;

    /// <summary>Messages of one connection that may wait for their commit; at the limit we stop reading from it. Told as Receive Maximum.</summary>
    public ushort InFlightMax { get; init; } = 32;

    /// <summary>Telemetry of all clients together, in messages a second; beyond it everybody is read from more slowly. Below what two cores can do, so that a call finds them free.</summary>
    public double TelemetryPerSecondMax { get; init; } = TelemetryPerSecondUsual;

    /// <summary>What it is where nobody sets it.</summary>
    public static double TelemetryPerSecondUsual => 10_000 * Environment.ProcessorCount;

    /// <summary>Telemetry of one device, in messages a second; a gateway may send fifty times as much.</summary>
    public double DevicePerSecondMax { get; init; } = 100;

    /// <summary>Events of one device, in messages a second; a gateway may send fifty times as many.</summary>
    public double DeviceEventsPerSecondMax { get; init; } = 10;

    /// <summary>How much a client may send at once after a pause: what its rate is worth in this time.</summary>
    public TimeSpan DeviceBurst { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages in the journal, delivered or not, at which telemetry waits at the door. Events still pass.</summary>
    public int JournalLengthMax { get; init; } = 200_000;

    /// <summary>Messages of one device whose grain fails, at which that device waits at the door.</summary>
    public int FailingDeviceLengthMax { get; init; } = 1_000;

    /// <summary>How often delivered messages leave the journal.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Quarantined messages that are kept; the oldest make room.</summary>
    public int QuarantineLengthMax { get; init; } = 50_000;
}
