using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using SeniorIoT.Server.Certificates;
using SeniorIoT.Server.Tests.Backups;
using Xunit;

namespace SeniorIoT.Server.Tests.Certificates;

public sealed class CertificateFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("senioriot-").FullName;
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly StringWriter _told = new();
    private readonly CertificateFolder _folder;

    public CertificateFolderTests() => _folder = new CertificateFolder(_root, _clock, _told);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_command_makes_an_authority_a_server_and_a_device()
    {
        var folder = Path.Combine(_root, "new");
        Assert.Equal(0, (await OtherProcess.RunAsync("certificates", "init", "--folder", folder, "--name", "Changning 2026")).Code);
        var (code, told) = await OtherProcess.RunAsync("certificates", "server", "--folder", folder, "--host", "mqtt.example.org", "--host", "192.0.2.1");
        Assert.True(code == 0, told);
        Assert.Contains("--mqtt-certificate ", told, StringComparison.Ordinal);
        Assert.Equal(0, (await OtherProcess.RunAsync("certificates", "device", "--folder", folder, "--device", "meter-0001")).Code);
        Assert.Equal(1, (await OtherProcess.RunAsync("certificates", "device", "--folder", folder, "--device", "meter-0001")).Code);
        Assert.Equal(2, (await OtherProcess.RunAsync("certificates", "device", "--folder", folder)).Code);
        Assert.Equal(
            ["ca-key.pem", "ca.pem", "devices/meter-0001-key.pem", "devices/meter-0001.pem", "server-key.pem", "server.pem"],
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_the_authority_issues_is_for_one_purpose_and_one_name_and_trusted_through_it_alone()
    {
        Assert.Equal(0, _folder.Init("Changning 2026", 20));
        Assert.Equal(0, _folder.IssueServer(["mqtt.example.org", "192.0.2.1", "2001:db8::1"], 397));
        Assert.Equal(0, _folder.IssueDevice("meter-0001", null, 1825));
        using var ca = Read("ca.pem");
        using var server = Read("server.pem");
        using var device = Read("devices/meter-0001.pem");

        Assert.Equal(("CN=Changning 2026", "CN=mqtt.example.org", "CN=meter-0001"), (ca.Subject, server.Subject, device.Subject));
        Assert.True(IsTrusted(server, ca, "1.3.6.1.5.5.7.3.1") && IsTrusted(device, ca, DistrictAuthority.ClientPurpose));
        Assert.False(IsTrusted(server, ca, DistrictAuthority.ClientPurpose) || IsTrusted(device, ca, "1.3.6.1.5.5.7.3.1"));
        Assert.True(server.MatchesHostname("mqtt.example.org") && server.MatchesHostname("192.0.2.1") && server.MatchesHostname("2001:db8::1"));
        Assert.False(server.MatchesHostname("example.org"));
        Assert.Equal(1825, (device.NotAfter.ToUniversalTime() - _clock.GetUtcNow().UtcDateTime).TotalDays, 0.01);
        Assert.NotEqual(server.SerialNumber, device.SerialNumber);
        Assert.Equal(32, device.SerialNumber.Length);
        foreach (var key in new[] { "ca-key.pem", "server-key.pem", "devices/meter-0001-key.pem" })
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_root, key)));
        using var pair = X509Certificate2.CreateFromPemFile(Path.Combine(_root, "devices/meter-0001.pem"), Path.Combine(_root, "devices/meter-0001-key.pem"));
        Assert.True(pair.HasPrivateKey);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_signing_request_gives_a_certificate_for_the_key_that_stays_in_the_device(bool isElliptic)
    {
        _folder.Init("District", 20);
        using AsymmetricAlgorithm key = isElliptic ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
        // What it says of itself is not believed: neither its name nor that it is an authority.
        var request = key is ECDsa ec
            ? new CertificateRequest("CN=meter-0666", ec, HashAlgorithmName.SHA256)
            : new CertificateRequest("CN=meter-0666", (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        File.WriteAllText(Path.Combine(_root, "m.csr"), request.CreateSigningRequestPem());

        Assert.Equal(0, _folder.IssueDevice("meter-0001", Path.Combine(_root, "m.csr"), 30));
        using var device = Read("devices/meter-0001.pem");
        using var ca = Read("ca.pem");
        Assert.Equal("CN=meter-0001", device.Subject);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), device.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.False(device.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.True(IsTrusted(device, ca, DistrictAuthority.ClientPurpose));
        Assert.False(File.Exists(Path.Combine(_root, "devices/meter-0001-key.pem")));
    }

    [Fact]
    public void A_request_with_a_wrong_signature_a_weak_key_or_no_request_at_all_is_refused()
    {
        _folder.Init("District", 20);
        using var weak = RSA.Create(1024);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var broken = new CertificateRequest("CN=m", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        broken[^1] ^= 1;
        string[] requests =
        [
            new CertificateRequest("CN=m", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem(),
            new(PemEncoding.Write("CERTIFICATE REQUEST", broken)),
            "no request",
        ];
        foreach (var request in requests)
        {
            File.WriteAllText(Path.Combine(_root, "m.csr"), request);
            Assert.Equal(1, _folder.IssueDevice("m", Path.Combine(_root, "m.csr"), 30));
        }

        Assert.Equal(1, _folder.IssueDevice("m", Path.Combine(_root, "absent.csr"), 30));
        Assert.False(Directory.Exists(Path.Combine(_root, "devices")));
        Assert.Equal(3, _told.ToString().Split("cannot be signed").Length - 1);
    }

    [Fact]
    public void Nothing_is_overwritten_and_wrong_use_names_the_option()
    {
        Assert.Equal(1, _folder.IssueDevice("m", null, 30));
        Assert.Equal(0, _folder.Init("District", 1));
        var before = File.ReadAllText(Path.Combine(_root, "ca.pem"));
        Assert.Equal(1, _folder.Init("District", 1));
        Assert.Equal(before, File.ReadAllText(Path.Combine(_root, "ca.pem")));
        (string Option, Func<int> Call)[] wrong =
        [
            ("--name", () => _folder.Init("", 1)), ("--years", () => _folder.Init("D", 0)), ("--host", () => _folder.IssueServer([], 1)),
            ("--host", () => _folder.IssueServer(["not a host"], 1)), ("--days", () => _folder.IssueServer(["h"], 0)),
            ("--device", () => _folder.IssueDevice("../m", null, 1)), ("--days", () => _folder.IssueDevice("m", null, -1)),
        ];
        foreach (var (option, call) in wrong)
        {
            Assert.Equal(2, call());
            Assert.StartsWith(option + ":", _told.ToString().TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_outlives_the_authority_and_an_expired_one_issues_nothing()
    {
        _folder.Init("District", 1);
        _folder.IssueDevice("m", null, 1825);
        using var ca = Read("ca.pem");
        using var device = Read("devices/m.pem");
        Assert.Equal(ca.NotAfter, device.NotAfter);
        _clock.Advance(TimeSpan.FromDays(366));
        Assert.Equal(1, _folder.IssueDevice("m2", null, 1));
        Assert.Contains("has expired", _told.ToString(), StringComparison.Ordinal);
    }

    private X509Certificate2 Read(string file) => X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(_root, file)));

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2 ca, string purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(purpose));
        return chain.Build(certificate);
    }
}
