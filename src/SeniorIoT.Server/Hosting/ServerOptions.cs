using System.Net;
using System.Security.Cryptography.X509Certificates;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Notices;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// What a person sets, with its defaults. Each is an option of <c>serve</c> (<c>--mqtt-port</c>), a variable
/// (<c>SENIORIOT_MQTT_PORT</c>) and a key of <c>appsettings.json</c> (<c>MqttPort</c>); the first of these wins.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>Folder of everything that is kept.</summary>
    public string Data { get; set; } = "data";

    /// <summary>Addresses of console and API, separated by semicolons.</summary>
    public string HttpUrls { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Address of the MQTT listeners. The default is this machine alone; <c>0.0.0.0</c> lets devices in.</summary>
    public string MqttAddress { get; set; } = "127.0.0.1";

    /// <summary>Port of MQTT without TLS.</summary>
    public int MqttPort { get; set; } = 1883;

    /// <summary>Port of MQTT over TLS; open only with a certificate.</summary>
    public int MqttTlsPort { get; set; } = 8883;

    /// <summary>Server certificate, PEM with the whole chain; null: no TLS.</summary>
    public string? MqttCertificate { get; set; }

    /// <summary>Its private key, PEM.</summary>
    public string? MqttCertificateKey { get; set; }

    /// <summary>Password of the administrator <c>admin</c>; null: one is made at the first start and printed once.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>Who receives and sends texts.</summary>
    public TwilioOptions Twilio { get; set; } = new();

    /// <summary>Rules in force.</summary>
    public DetectionOptions Detection { get; set; } = new();

    /// <summary>How long things are kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Names of the settings that are options of <c>serve</c> and variables, with a word of help.</summary>
    public static IReadOnlyList<(string Option, string Key, string Help)> Named { get; } =
    [
        ("data", nameof(Data), "folder of everything that is kept (default: data)"),
        ("urls", nameof(HttpUrls), "addresses of console and API (default: http://127.0.0.1:8080)"),
        ("mqtt-address", nameof(MqttAddress), "address devices connect to; 0.0.0.0 for all (default: 127.0.0.1)"),
        ("mqtt-port", nameof(MqttPort), "port of MQTT (default: 1883)"),
        ("mqtt-tls-port", nameof(MqttTlsPort), "port of MQTT over TLS, open only with a certificate (default: 8883)"),
        ("mqtt-certificate", nameof(MqttCertificate), "server certificate with its chain, PEM"),
        ("mqtt-certificate-key", nameof(MqttCertificateKey), "private key of the certificate, PEM"),
        ("admin-password", nameof(AdminPassword), "password of 'admin'; better as SENIORIOT_ADMIN_PASSWORD"),
        ("rules", "Detection:Preset", "preset of the rules: changning, jingan, zhenhai, longgang or adaptive (default: changning)"),
        ("time-zone", "Detection:TimeZone", "the clock by which the households live (default: Asia/Shanghai)"),
        ("twilio-account-sid", "Twilio:AccountSid", "Twilio account; without it no text is sent"),
        ("twilio-auth-token", "Twilio:AuthToken", "Twilio's secret; better as SENIORIOT_TWILIO_AUTH_TOKEN"),
        ("twilio-from", "Twilio:From", "sender: an E.164 number or a messaging service id"),
        ("twilio-base-url", "Twilio:BaseUrl", "address of Twilio's API (default: https://api.twilio.com)"),
        ("twilio-public-url", "Twilio:PublicUrl", "this server as Twilio reaches it, for receipts and replies"),
    ];

    /// <summary>Everything wrong, each with the setting and the remedy; empty when the server may start.</summary>
    public IEnumerable<string> Errors()
    {
        if (string.IsNullOrWhiteSpace(Data)) yield return "data: name a folder.";
        foreach (var url in HttpUrls.Split(';', StringSplitOptions.RemoveEmptyEntries))
            if (!Uri.TryCreate(url.Replace("*", "any").Replace("+", "any"), UriKind.Absolute, out var parsed) || parsed.Scheme is not "http")
                yield return $"urls: '{url}' is not an address such as http://127.0.0.1:8080. For https, put a proxy in front.";
        if (!IPAddress.TryParse(MqttAddress, out _)) yield return $"mqtt-address: '{MqttAddress}' is not an IP address such as 127.0.0.1 or 0.0.0.0.";
        if (MqttPort is < 0 or > 65535) yield return "mqtt-port: must be 0 to 65535.";
        if (MqttTlsPort is < 0 or > 65535) yield return "mqtt-tls-port: must be 0 to 65535.";
        if (MqttCertificate is null != MqttCertificateKey is null) yield return "mqtt-certificate and mqtt-certificate-key: set both or none.";
        foreach (var file in new[] { MqttCertificate, MqttCertificateKey })
            if (file is not null && !File.Exists(file)) yield return $"mqtt-certificate: there is no file {file}.";
        if (!RuleSettings.Presets.ContainsKey(Detection.Preset))
            yield return $"rules: there is no preset '{Detection.Preset}'; use {string.Join(", ", RuleSettings.Presets.Keys)}.";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Detection.TimeZone, out _))
            yield return $"time-zone: there is no zone '{Detection.TimeZone}'; give one such as Asia/Shanghai.";
        foreach (var error in Twilio.Errors()) yield return error;
    }

    /// <summary>Where devices connect.</summary>
    public IngestOptions Ingest() => new()
    {
        DataDirectory = Data,
        Address = IPAddress.Parse(MqttAddress),
        Port = MqttPort,
        TlsPort = MqttTlsPort,
        Certificate = MqttCertificate is null ? null : X509Certificate2.CreateFromPemFile(MqttCertificate, MqttCertificateKey),
        CertificateChain = MqttCertificate is null ? null : Chain(MqttCertificate),
    };

    private static X509Certificate2Collection Chain(string pemFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(pemFile);
        return chain;
    }

    /// <summary>The HTTP addresses as sockets to bind.</summary>
    public IEnumerable<(IPAddress? Address, int Port)> HttpSockets() => HttpUrls.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(BindingAddress.Parse).Select(url =>
        (url.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) ? address : null, url.Port));
}
