using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SeniorIoT.Domain.Detection;
using SeniorIoT.Server.Devices;
using SeniorIoT.Server.Duty;
using SeniorIoT.Server.Ingest;
using SeniorIoT.Server.Jobs;
using SeniorIoT.Server.Mails;
using SeniorIoT.Server.Notices;
using SeniorIoT.Server.Proof;
using SeniorIoT.Server.Telemetry;
using SeniorIoT.TimeSeries.Influx;

namespace SeniorIoT.Server.Hosting;

/// <summary>
/// What a person sets, with its defaults. Each is an option of <c>serve</c> (<c>--mqtt-port</c>), a variable
/// (<c>SENIORIOT_MQTT_PORT</c>) and a key of <c>appsettings.json</c> (<c>MqttPort</c>); the first of these wins.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>Telemetry in files.</summary>
    public const string Embedded = "embedded";

    /// <summary>Telemetry in InfluxDB.</summary>
    public const string InfluxDb = "influx";

    /// <summary>Client certificates or passwords.</summary>
    public const string Optional = "optional";

    /// <summary>Client certificates only.</summary>
    public const string Required = "required";

    /// <summary>The settings of InfluxDB, which other commands have too.</summary>
    public static IReadOnlyList<(string Option, string Key, string Help)> NamedInflux { get; } =
    [
        ("influx-url", "Influx:Url", "address of InfluxDB, such as http://127.0.0.1:8086"),
        ("influx-database", "Influx:Database", "database of samples; _1h and _1d are added for the roll-ups (default: senioriot)"),
        ("influx-write-path", "Influx:WritePath", "v1 (/write: 1.x and all others), v2 (/api/v2/write) or v3 (/api/v3/write_lp) (default: v1)"),
        ("influx-user", "Influx:User", "user of InfluxDB 1.x"),
        ("influx-password", "Influx:Password", "its password; better as SENIORIOT_INFLUX_PASSWORD"),
        ("influx-token", "Influx:Token", "token of InfluxDB 2.x and 3; better as SENIORIOT_INFLUX_TOKEN"),
        ("influx-org", "Influx:Org", "organisation, for v2 on InfluxDB 2.x"),
        ("influx-spool-mb", "Influx:SpoolMegabytesMax", "megabytes that may wait on disk while InfluxDB is away (default: 2048)"),
    ];

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

    /// <summary>Root certificates that issue client certificates, PEM; null: no client certificates.</summary>
    public string? MqttClientCa { get; set; }

    /// <summary>Whether a device on the TLS port may (<see cref="Optional"/>) or must (<see cref="Required"/>) show a certificate.</summary>
    public string MqttClientCertificates { get; set; } = Optional;

    /// <summary>TLS handshakes that are made at once.</summary>
    public int MqttHandshakes { get; set; } = IngestOptions.HandshakesMaxDefault;

    /// <summary>Telemetry of all devices together that is taken in a second; 0: 10,000 for each processor.</summary>
    public double TelemetryPerSecond { get; set; }

    /// <summary>Telemetry of one device that is taken in a second.</summary>
    public double DevicePerSecond { get; set; } = 100;

    /// <summary>Password of the administrator <c>admin</c>; null: one is made at the first start and printed once.</summary>
    public string? AdminPassword { get; set; }

    /// <summary>Where telemetry is kept: <see cref="Embedded"/>, files in the data folder, or <see cref="InfluxDb"/>.</summary>
    public string TelemetryStore { get; set; } = Embedded;

    /// <summary>Which InfluxDB, for the store of that name.</summary>
    public InfluxOptions Influx { get; set; } = new();

    /// <summary>Who receives and sends texts.</summary>
    public TwilioOptions Twilio { get; set; } = new();

    /// <summary>Another who does.</summary>
    public AliyunOptions Aliyun { get; set; } = new();

    /// <summary>How they are used.</summary>
    public SmsOptions Sms { get; set; } = new();

    /// <summary>The mail server.</summary>
    public MailOptions Mail { get; set; } = new();

    /// <summary>How the server proves that it works.</summary>
    public ProofOptions Proof { get; set; } = new();

    /// <summary>The page on which people answer with a phone.</summary>
    public Answers.AnswerOptions Answers { get; set; } = new();

    /// <summary>Whose midnights and clocks the district lives by: an IANA name. This is the one place that names the default.</summary>
    public string TimeZone { get; set; } = "Asia/Shanghai";

    /// <summary>Rules in force.</summary>
    public DetectionOptions Detection { get; set; } = new();

    /// <summary>How long things are kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Who is told when, in numbers.</summary>
    public DutyOptions Duty { get; set; } = new();

    /// <summary>When days are rolled up.</summary>
    public RollupOptions Rollup { get; set; } = new();

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
        ("mqtt-client-ca", nameof(MqttClientCa), "root certificate of the authority that issues device certificates, PEM; see the command certificates"),
        ("mqtt-client-certificates", nameof(MqttClientCertificates), "on the TLS port, with mqtt-client-ca: optional (certificate or password) or required (default: optional)"),
        ("mqtt-handshakes", nameof(MqttHandshakes), "TLS handshakes made at once; others wait in line (default: 4 a processor)"),
        ("telemetry-per-second", nameof(TelemetryPerSecond), "telemetry of all devices together that is taken in a second, so that calls find the machine free (default: 10000 for each processor)"),
        ("device-per-second", nameof(DevicePerSecond), "telemetry of one device that is taken in a second; a gateway may send 50 times as much (default: 100)"),
        ("time-zone", nameof(TimeZone), "time zone of the district, an IANA name (default: " + new ServerOptions().TimeZone + ")"),
        ("rules", "Detection:Preset", "preset of the rules: changning, jingan, zhenhai, longgang or adaptive (default: changning)"),
        ("admin-password", nameof(AdminPassword), "password of 'admin'; better as SENIORIOT_ADMIN_PASSWORD"),
        ("telemetry-store", nameof(TelemetryStore), "where telemetry is kept: embedded or influx (default: embedded)"),
        ("telemetry-days", "Retention:TelemetryDays", "how long readings are kept, in days (default: 400)"),
        ("hourly-days", "Retention:HourlyDays", "how long water used by hour is kept, in days (default: 1096)"),
        ("daily-days", "Retention:DailyDays", "how long water used by day is kept, in days (default: 3653)"),
        .. DutyOptions.Named,
        .. NamedInflux,
        ("twilio-account-sid", "Twilio:AccountSid", "Twilio account; without it no text is sent"),
        ("twilio-auth-token", "Twilio:AuthToken", "Twilio's secret; better as SENIORIOT_TWILIO_AUTH_TOKEN"),
        ("twilio-from", "Twilio:From", "sender: an E.164 number or a messaging service id"),
        ("twilio-base-url", "Twilio:BaseUrl", "address of Twilio's API (default: https://api.twilio.com)"),
        .. ProofOptions.Named,
        ("answer-url", "Answers:PublicUrl", "this server as phones reach it; without it no link to the answer page is given out"),
        ("answer-link-hours", "Answers:LinkHours", "how long such a link opens its alert, in hours (default: 4)"),
        ("twilio-public-url", "Twilio:PublicUrl", "this server as Twilio reaches it, for receipts and replies"),
        ("twilio-texts-per-second", "Twilio:TextsPerSecond", "texts that go to Twilio in a second: 1 for a long code, 100 for a short code (default: 10)"),
        ("twilio-texts-a-day", "Twilio:TextsADay", "texts that a number may get by Twilio in a day; 0 for any number (default: 4 to +86, else any number)"),
        ("aliyun-access-key-id", "Aliyun:AccessKeyId", "access key of Aliyun's SMS service; without it Aliyun sends nothing"),
        ("aliyun-access-key-secret", "Aliyun:AccessKeySecret", "its secret; better as SENIORIOT_ALIYUN_ACCESS_KEY_SECRET"),
        ("aliyun-sign-name", "Aliyun:SignName", "registered signature, without brackets"),
        ("aliyun-template", "Aliyun:Templates:note", "code SMS_… of the registered template 'note'; others as Aliyun:Templates:{id} in appsettings.json, see sms-templates"),
        ("aliyun-template-long", "Aliyun:Templates:note-long", "code SMS_… of the registered template 'note-long'"),
        ("aliyun-base-url", "Aliyun:BaseUrl", "address of Aliyun's API (default: https://dysmsapi.aliyuncs.com)"),
        ("aliyun-callback-key", "Aliyun:CallbackKey", "secret in the addresses that Aliyun calls, ?key=…; better as SENIORIOT_ALIYUN_CALLBACK_KEY"),
        ("sms-order", "Sms:Order", "providers in the order in which they are asked (default: aliyun,twilio)"),
        ("mail-host", "Mail:Host", "mail server (SMTP); without it no mail is sent"),
        ("mail-port", "Mail:Port", "its port (default: 587)"),
        ("mail-tls", "Mail:Tls", "starttls, tls or none (default: starttls)"),
        ("mail-user", "Mail:User", "user of the mail server"),
        ("mail-password", "Mail:Password", "its password; better as SENIORIOT_MAIL_PASSWORD"),
        ("mail-from", "Mail:From", "address that mails come from"),
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
        if (TelemetryPerSecond is < 0 or > 10_000_000) yield return "telemetry-per-second: must be 0 (10000 for each processor) to 10000000.";
        if (DevicePerSecond is < 0.01 or > 1_000_000) yield return "device-per-second: must be 0.01 to 1000000.";
        if (MqttCertificate is null != MqttCertificateKey is null) yield return "mqtt-certificate and mqtt-certificate-key: set both or none.";
        foreach (var file in new[] { MqttCertificate, MqttCertificateKey })
            if (file is not null && !File.Exists(file)) yield return $"mqtt-certificate: there is no file {file}.";
        if (MqttClientCa is not null && MqttCertificate is null) yield return "mqtt-client-ca: client certificates need TLS; set mqtt-certificate too.";
        if (MqttClientCa is not null && Authorities(MqttClientCa) is null)
            yield return $"mqtt-client-ca: {MqttClientCa} holds no root certificate that can be read; name the ca.pem that `certificates init` wrote.";
        if (MqttClientCertificates is not (Optional or Required))
            yield return $"mqtt-client-certificates: '{MqttClientCertificates}' is neither {Optional} nor {Required}.";
        if (MqttClientCertificates == Required && MqttClientCa is null) yield return "mqtt-client-certificates: required needs mqtt-client-ca.";
        if (MqttHandshakes is < 1 or > 1000) yield return "mqtt-handshakes: must be 1 to 1000.";
        if (!RuleSettings.Presets.ContainsKey(Detection.Preset))
            yield return $"rules: there is no preset '{Detection.Preset}'; use {string.Join(", ", RuleSettings.Presets.Keys)}.";
        if (TelemetryStore is not (Embedded or InfluxDb)) yield return $"telemetry-store: '{TelemetryStore}' is not a store; use {Embedded} or {InfluxDb}.";
        if (TelemetryStore == InfluxDb)
            foreach (var error in Influx.Errors()) yield return error;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return $"time-zone: there is no time zone '{TimeZone}' on this machine; use a name such as Asia/Shanghai, or install tzdata.";
        foreach (var error in Retention.Errors()) yield return error;
        if (Rollup.GraceMinutes is < 0 or > 1440) yield return "Rollup:GraceMinutes: must be 0 to 1440.";
        foreach (var error in (IEnumerable<string>)[.. Duty.Errors(), .. Twilio.Errors(), .. Aliyun.Errors(), .. Sms.Errors(), .. Mail.Errors(), .. Proof.Errors(), .. Answers.Errors()]) yield return error;
    }

    /// <summary>The district's time zone; only after <see cref="Errors"/> found nothing.</summary>
    public TimeZoneInfo Zone() => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>Where devices connect.</summary>
    public IngestOptions Ingest() => new()
    {
        DataDirectory = Data,
        Address = IPAddress.Parse(MqttAddress),
        Port = MqttPort,
        TlsPort = MqttTlsPort,
        TelemetryPerSecondMax = TelemetryPerSecond > 0 ? TelemetryPerSecond : IngestOptions.TelemetryPerSecondUsual,
        DevicePerSecondMax = DevicePerSecond,
        Certificate = MqttCertificate is null ? null : X509Certificate2.CreateFromPemFile(MqttCertificate, MqttCertificateKey),
        CertificateChain = MqttCertificate is null ? null : Chain(MqttCertificate),
        ClientAuthorities = MqttClientCa is null ? null : Authorities(MqttClientCa),
        IsClientCertificateRequired = MqttClientCertificates == Required,
        HandshakesMax = MqttHandshakes,
    };

    /// <summary>The root certificates in a file; null when there is none, or it cannot be read.</summary>
    private static X509Certificate2Collection? Authorities(string pemFile)
    {
        try
        {
            var found = Chain(pemFile);
            return found.Count > 0 && found.All(one => one.SubjectName.RawData.AsSpan().SequenceEqual(one.IssuerName.RawData)) ? found : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Told as an error of the setting.
            return null;
        }
    }

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
