using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SeniorIoT.Server.Certificates;
using SeniorIoT.Server.Ingest;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>The TLS port, with certificates made for the occasion.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DistrictAuthority _authority = DistrictAuthority.Create("Test district", IngestHost.Start.AddYears(-1), 20);
    private readonly X509Certificate2 _server;

    public TlsTests()
    {
        // The client of these tests looks at the machine's clock, the server at its own.
        _server = Load(_authority.IssueServer(["127.0.0.1"], TimeProvider.System.GetUtcNow(), 90));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, false)]
    public async Task A_device_with_its_certificate_needs_no_password(SslProtocols protocol, bool isVersion5)
    {
        await using var host = await StartAsync();
        host.Enrol("m1");
        using var meter = await WireClient.OpenTlsAsync(host.PortOf(1), _server, DeviceCertificate("m1"), isVersion5, protocol);
        Assert.Equal(0, (await meter.ConnectAsync("m1", null))[1]);
        await meter.PublishAsync(TelemetryOf("m1"), Water("a1"), 1);
        Assert.Equal(WireClient.PubAck, (await meter.ReadAsync())!.Type);
    }

    [Fact]
    public async Task Without_a_certificate_the_password_is_asked_where_certificates_are_optional()
    {
        await using var host = await StartAsync();
        var secret = host.Enrol("m1");
        using (var meter = await WireClient.OpenTlsAsync(host.PortOf(1), _server)) Assert.Equal(0, (await meter.ConnectAsync("m1", secret))[1]);
        using (var meter = await WireClient.OpenTlsAsync(host.PortOf(1), _server)) Assert.Equal(0x86, (await meter.ConnectAsync("m1", "guessed"))[1]);
        // One from a module's factory counts as none.
        using var foreign = DistrictAuthority.Create("Factory", IngestHost.Start, 1);
        using var module = await WireClient.OpenTlsAsync(host.PortOf(1), _server, Load(foreign.IssueDevice("m1", IngestHost.Start, 9)));
        Assert.Equal(0, (await module.ConnectAsync("m1", secret))[1]);
    }

    [Theory]
    [InlineData("another device's", "is another device's", true)]
    [InlineData("another device's", "is another device's", false)]
    [InlineData("another authority's", "not issued by an authority", true)]
    [InlineData("signed by itself", "not issued by an authority", true)]
    [InlineData("expired", "not now", true)]
    [InlineData("not valid yet", "not now", true)]
    [InlineData("a server's", "not made for clients", true)]
    [InlineData("for every purpose", "not made for clients", true)]
    [InlineData("with two names", "one common name", true)]
    [InlineData("none", "none was shown", true)]
    [InlineData("none", "none was shown", false)]
    public async Task A_certificate_that_proves_nothing_is_refused_with_the_reason_counted_and_recorded(string shown, string reason, bool isVersion5)
    {
        await using var host = await StartAsync(isRequired: true);
        var secret = host.Enrol("m1");
        host.Enrol("m2");
        using var other = DistrictAuthority.Create("Test district", IngestHost.Start, 20);
        using var certificate = shown switch
        {
            "another device's" => DeviceCertificate("m2"),
            "another authority's" => Load(other.IssueDevice("m1", IngestHost.Start, 9)),
            "signed by itself" => SelfSigned("CN=m1", DistrictAuthority.ClientPurpose),
            "expired" => Load(_authority.IssueDevice("m1", IngestHost.Start.AddDays(-10), 9)),
            "not valid yet" => Load(_authority.IssueDevice("m1", IngestHost.Start.AddDays(1), 9)),
            "a server's" => Load(_authority.IssueServer(["m1"], IngestHost.Start, 9)),
            "for every purpose" => Signed("CN=m1", null),
            "with two names" => Signed("CN=m1, CN=m2", DistrictAuthority.ClientPurpose),
            _ => null,
        };
        using var meter = await WireClient.OpenTlsAsync(host.PortOf(1), _server, certificate, isVersion5);
        var answer = await meter.ConnectAsync("m1", secret);
        Assert.Equal(isVersion5 ? 0x87 : 5, answer[1]);
        if (isVersion5) Assert.Contains(reason, Encoding.UTF8.GetString(answer));
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["bad_certificate"]);
        var record = Assert.Single(host.Quarantined);
        Assert.Equal(("m1", "bad_certificate", "certificate"), (record.DeviceId, record.Reason, record.Field));
        Assert.Contains(reason, record.Detail);
    }

    [Fact]
    public async Task A_certificate_lets_in_only_whom_the_registry_knows()
    {
        await using var host = await StartAsync();
        host.Enrol("m1", isRetired: true);
        foreach (var id in new[] { "m1", "m9" })
        {
            using var meter = await WireClient.OpenTlsAsync(host.PortOf(1), _server, DeviceCertificate(id));
            Assert.Equal(0x87, (await meter.ConnectAsync(id, null))[1]);
        }

        Assert.Equal(2, host.Counters.RefusedConnectionTotals["not_enrolled"]);
    }

    [Fact]
    public async Task The_port_without_TLS_still_asks_for_the_password()
    {
        await using var host = await StartAsync(isRequired: true);
        var secret = host.Enrol("m1");
        using var meter = await WireClient.OpenAsync(host.Port);
        Assert.Equal(0, (await meter.ConnectAsync("m1", secret))[1]);
    }

    [Fact]
    public async Task Old_TLS_is_refused_and_counted()
    {
        await using var host = await StartAsync();
#pragma warning disable CA5397, SYSLIB0039 // to be refused
        await Assert.ThrowsAnyAsync<Exception>(() => WireClient.OpenTlsAsync(host.PortOf(1), _server, protocols: SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039
        // The client's own library may refuse to speak it at all; so once more, byte by byte: a ClientHello of TLS 1.1.
        using var old = await WireClient.OpenAsync(host.PortOf(1));
        byte[] hello = [0x03, 0x02, .. new byte[32], 0, 0, 2, 0xC0, 0x13, 1, 0];
        await old.SendRawAsync([0x16, 0x03, 0x01, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);
        Assert.True(await old.ReadRawAsync() is [] or [0x15, ..]);
        await Until(() => host.Counters.RefusedConnectionTotals.GetValueOrDefault("tls_handshake") >= 1, "the count");
    }

    [Fact]
    public async Task Handshakes_stand_in_a_line_of_bounded_length_and_time_and_one_that_stops_half_way_loses_its_place()
    {
        await using var host = await StartAsync(configure: options => options with { HandshakesMax = 1, HandshakeLineMax = 2 });
        var gate = host.Get<HandshakeGate>();
        host.Enrol("m1");
        // Sends the beginning of a handshake, and no more: it has the only place.
        using var stuck = await WireClient.OpenAsync(host.PortOf(1));
        await stuck.SendRawAsync(0x16);
        await Until(() => gate is { Line: 0, Free: 0 }, "one with the place");
        using var silent = await WireClient.OpenAsync(host.PortOf(1));
        await Until(() => gate.Line == 1, "one that says nothing");
        var waits = WireClient.OpenTlsAsync(host.PortOf(1), _server, DeviceCertificate("m1"));
        await Until(() => gate.Line == 2, "one more in line");
        using var surplus = await WireClient.OpenAsync(host.PortOf(1));
        Assert.Empty(await surplus.ReadRawAsync());
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["tls_busy"]);
        Assert.False(waits.IsCompleted);

        host.Clock.Advance(HandshakeGate.HeldMax);
        using var meter = await waits;
        Assert.Equal(0, (await meter.ConnectAsync("m1", null))[1]);
        host.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await silent.ReadRawAsync());
        Assert.Equal(1, host.Counters.RefusedConnectionTotals["connect_timeout"]);
        await Until(() => gate is { Line: 0, Free: 1 }, "the end of the line");
    }

    [Fact]
    public async Task Who_waits_too_long_in_line_is_refused()
    {
        await using var host = await StartAsync(configure: options => options with { HandshakesMax = 1, ConnectWithin = HandshakeGate.HeldMax / 2 });
        var gate = host.Get<HandshakeGate>();
        using var stuck = await WireClient.OpenAsync(host.PortOf(1));
        await stuck.SendRawAsync(0x16);
        await Until(() => gate is { Line: 0, Free: 0 }, "one with the place");
        using var waits = await WireClient.OpenAsync(host.PortOf(1));
        await waits.SendRawAsync(0x16);
        await Until(() => gate.Line == 1, "one in line");
        host.Clock.Advance(HandshakeGate.HeldMax / 2);
        await Until(() => host.Counters.RefusedConnectionTotals.Values.Sum() == 1, "the refusal");
    }

    private Task<IngestHost> StartAsync(bool isRequired = false, Func<IngestOptions, IngestOptions>? configure = null) => IngestHost.StartAsync(options =>
    {
        options = options with
        {
            Certificate = _server, IsClientCertificateRequired = isRequired,
            ClientAuthorities = [X509Certificate2.CreateFromPem(_authority.CertificatePem)],
        };
        return configure?.Invoke(options) ?? options;
    });

    private X509Certificate2 DeviceCertificate(string id) => Load(_authority.IssueDevice(id, IngestHost.Start, 9));

    /// <summary>A certificate of the district's authority that its own command would not make.</summary>
    private X509Certificate2 Signed(string subject, string? purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = X509Certificate2.CreateFromPem(_authority.CertificatePem, _authority.KeyPem);
        using var certificate = Request(subject, purpose, key).Create(authority, IngestHost.Start, IngestHost.Start.AddDays(9), [1]);
        return certificate.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 SelfSigned(string subject, string? purpose)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(subject, purpose, key).CreateSelfSigned(IngestHost.Start, IngestHost.Start.AddDays(9));
    }

    private static CertificateRequest Request(string subject, string? purpose, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (purpose is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        return request;
    }

    private static X509Certificate2 Load(IssuedCertificate issued) => X509Certificate2.CreateFromPem(issued.CertificatePem, issued.KeyPem);
}
