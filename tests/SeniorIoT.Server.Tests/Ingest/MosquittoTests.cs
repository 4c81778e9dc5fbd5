using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SeniorIoT.DeviceProtocol;
using SeniorIoT.DeviceProtocol.V1;
using Xunit;
using static SeniorIoT.Server.Tests.Ingest.Wire;

namespace SeniorIoT.Server.Tests.Ingest;

/// <summary>The same door, knocked at by a client that we did not write.</summary>
public sealed class MosquittoTests
{
    [Theory]
    [InlineData("311")]
    [InlineData("5")]
    public async Task Mosquitto_can_publish_and_is_told_when_it_may_not(string version)
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        string[] login = ["-V", version, "-h", "127.0.0.1", "-p", $"{host.Port}", "-i", "m1", "-u", "m1", "-q", "1"];
        var (exit, _) = await RunAsync("mosquitto_pub", [.. login, "-P", secret, "-t", TelemetryOf("m1"), "-m", Water("a1")]);
        Assert.Equal(0, exit);
        Assert.Equal(1, host.Counters.StoredTotal);

        (exit, var output) = await RunAsync("mosquitto_pub", [.. login, "-P", "wrong", "-t", TelemetryOf("m1"), "-m", Water("a1")]);
        Assert.NotEqual(0, exit);
        Assert.Contains("bad user name or password", output, StringComparison.OrdinalIgnoreCase);

        (_, output) = await RunAsync("mosquitto_pub", [.. login, "-P", secret, "-t", TelemetryOf("m1"), "-m", "nonsense"]);
        if (version == "5") Assert.Contains("Payload format invalid", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["payload_format_invalid", "bad_credentials"], host.Quarantined.Select(entry => entry.Reason));
    }

    [Fact]
    public async Task Mosquitto_can_publish_over_TLS()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await using var host = await IngestHost.StartAsync(options => options with { Certificate = certificate });
        var secret = host.Enrol("m1");
        var authority = Path.Combine(host.Folder, "ca.pem");
        await File.WriteAllTextAsync(authority, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        var (exit, output) = await RunAsync("mosquitto_pub",
            ["-V", "5", "-h", "127.0.0.1", "-p", $"{host.PortOf(1)}", "--cafile", authority, "-i", "m1", "-u", "m1", "-P", secret, "-q", "1", "-t", TelemetryOf("m1"), "-m", Water("a1")]);
        Assert.True(exit == 0, output);
        Assert.Equal(1, host.Counters.StoredTotal);
    }

    [Fact]
    public async Task Mosquitto_hears_a_command()
    {
        await using var host = await IngestHost.StartAsync();
        var secret = host.Enrol("m1");
        var ordered = await host.OrderAsync("m1", new DeviceCommand.Interval(900));
        var heard = RunAsync("mosquitto_sub",
            ["-V", "311", "-h", "127.0.0.1", "-p", $"{host.Port}", "-i", "m1", "-u", "m1", "-P", secret, "-q", "1", "-C", "1", "-W", "20", "-t", "senioriot/v1/water/m1/command"]);
        var (exit, output) = await heard;
        Assert.True(exit == 0, output);
        Assert.True(CommandCodec.TryDecode(Encoding.UTF8.GetBytes(output.Trim()), out var command, out _), output);
        Assert.Equal((ordered.CommandId, new DeviceCommand.Interval(900)), (command.Id, command.Command));
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/" + program), $"{program} is not installed (Debian package mosquitto-clients).");
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
