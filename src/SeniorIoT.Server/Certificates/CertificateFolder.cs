using System.Globalization;
using System.Security.Cryptography;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Certificates;

/// <summary>
/// What the command <c>certificates</c> does, in a folder: <c>ca.pem</c> and <c>ca-key.pem</c>, <c>server.pem</c> and
/// <c>server-key.pem</c>, and in <c>devices</c> a pair for each device. Nothing is ever overwritten. Returns 0, or 1 when something is wrong
/// with files, or 2 when the command was called wrongly; what was done, or what is wrong, is told.
/// </summary>
internal sealed class CertificateFolder(string folder, TimeProvider clock, TextWriter told)
{
    private const int NameLengthMax = 64;
    private const int HostLengthMax = 253;
    private const int YearsMax = 50;
    private const int DaysMax = 50 * 366;
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string CaPath => Path.Combine(folder, "ca.pem");

    private string CaKeyPath => Path.Combine(folder, "ca-key.pem");

    /// <summary>Makes the district's authority.</summary>
    public int Init(string name, int years) => Telling(() =>
    {
        if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl)) throw Usage($"--name: must be 1 to {NameLengthMax} characters on one line.");
        if (years is < 1 or > YearsMax) throw Usage($"--years: must be 1 to {YearsMax}.");
        using var authority = DistrictAuthority.Create(name, clock.GetUtcNow(), years);
        Write((CaKeyPath, authority.KeyPem, true), (CaPath, authority.CertificatePem, false));
        Tell($"Valid until {authority.NotAfter:yyyy-MM-dd}. Keep {CaKeyPath} off the server and off the network, with a copy in a safe: whoever has it can make devices.");
        Tell("Next: certificates server --folder " + folder + " --host HOST, then certificates device for each device; serve --mqtt-client-ca " + CaPath + " lets them in.");
    });

    /// <summary>Issues the server's certificate.</summary>
    public int IssueServer(IReadOnlyList<string> hosts, int days) => Telling(() =>
    {
        CheckDays(days);
        if (hosts.Count == 0) throw Usage("--host: name at least one host name or IP address by which devices know the server.");
        foreach (var host in hosts)
            if (host.Length > HostLengthMax || Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
                throw Usage($"--host: '{host}' is neither a host name nor an IP address.");
        using var authority = Load();
        var (path, keyPath) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server-key.pem"));
        var issued = authority.IssueServer(hosts, clock.GetUtcNow(), days);
        Write((keyPath, issued.KeyPem!, true), (path, issued.CertificatePem, false));
        Tell($"Serial {issued.Serial}, for {string.Join(", ", hosts)}, valid until {issued.NotAfter:yyyy-MM-dd}.");
        Tell($"Next: serve --mqtt-certificate {path} --mqtt-certificate-key {keyPath}; devices trust {CaPath}. To renew it, move both files away and issue again.");
    });

    /// <summary>Issues a device's certificate: with a new key, or for the key of a signing request.</summary>
    public int IssueDevice(string deviceId, string? requestPath, int days) => Telling(() =>
    {
        CheckDays(days);
        if (!Topic.IsId(deviceId)) throw Usage($"--device: must be the device id, 1 to {Topic.IdLengthMax} of the characters A-Z, a-z, 0-9, _ and -.");
        using var authority = Load();
        var now = clock.GetUtcNow();
        var issued = requestPath is null ? authority.IssueDevice(deviceId, now, days) : FromRequest(authority, deviceId, requestPath, now, days);
        var (path, keyPath) = (Path.Combine(folder, "devices", deviceId + ".pem"), Path.Combine(folder, "devices", deviceId + "-key.pem"));
        if (issued.KeyPem is { } key) Write((keyPath, key, true), (path, issued.CertificatePem, false));
        else Write((path, issued.CertificatePem, false));
        Tell($"Serial {issued.Serial}, for device {deviceId}, valid until {issued.NotAfter:yyyy-MM-dd}.");
        Tell($"Next: bring {(issued.KeyPem is null ? path : $"both files")} and {CaPath} to the device{(issued.KeyPem is null ? "" : $", and delete {keyPath} here")}. It connects to the TLS port with its id as client id; enrol it if it is not.");
    });

    private static IssuedCertificate FromRequest(DistrictAuthority authority, string deviceId, string path, DateTimeOffset now, int days)
    {
        try
        {
            return authority.IssueDevice(deviceId, File.ReadAllText(path), now, days);
        }
        catch (CryptographicException error)
        {
            throw new CertificateRefusedException($"--csr: {path} cannot be signed. {error.Message} Make a new request, PEM, with an elliptic-curve key.");
        }
    }

    private DistrictAuthority Load()
    {
        if (!File.Exists(CaPath) || !File.Exists(CaKeyPath))
            throw new CertificateRefusedException($"--folder: there is no ca.pem with ca-key.pem in {folder}. Make them with certificates init, or name another folder.");
        try
        {
            var authority = DistrictAuthority.Load(File.ReadAllText(CaPath), File.ReadAllText(CaKeyPath));
            if (authority.NotAfter > clock.GetUtcNow()) return authority;
            authority.Dispose();
        }
        catch (CryptographicException error)
        {
            throw new CertificateRefusedException($"--folder: {CaPath} and {CaKeyPath} are not a certificate and its key: {error.Message} Bring them back from a copy.");
        }

        throw new CertificateRefusedException($"--folder: {CaPath} has expired. Make a new authority in another folder, and let devices trust both for a while.");
    }

    // All or nothing: a certificate without its key is worth nothing.
    private void Write(params (string Path, string Text, bool IsSecret)[] files)
    {
        foreach (var (path, _, _) in files)
            if (File.Exists(path)) throw new CertificateRefusedException($"{path} is there already, and is not overwritten. Move it away first.");
        foreach (var (path, text, isSecret) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (isSecret && !OperatingSystem.IsWindows()) how.UnixCreateMode = Secret;
            using (var file = new StreamWriter(path, how)) file.Write(text);
            Tell("Wrote " + path + (isSecret ? " (secret)" : ""));
        }
    }

    private static void CheckDays(int days)
    {
        if (days is < 1 or > DaysMax) throw Usage($"--days: must be 1 to {DaysMax}.");
    }

    private static CertificateRefusedException Usage(string message) => new(message, isUsage: true);

    private int Telling(Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (CertificateRefusedException refused)
        {
            Tell(refused.Message);
            return refused.IsUsage ? 2 : 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Tell($"--folder: {error.Message}");
            return 1;
        }
    }

    private void Tell(FormattableString text) => told.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private void Tell(string text) => told.WriteLine(text);

    /// <summary>It cannot be done; the message says why and what to do.</summary>
    private sealed class CertificateRefusedException(string message, bool isUsage = false) : Exception(message)
    {
        public bool IsUsage { get; } = isUsage;
    }
}
