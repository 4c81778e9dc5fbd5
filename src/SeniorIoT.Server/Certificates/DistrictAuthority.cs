using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SeniorIoT.Server.Certificates;

/// <summary>
/// A district's own certificate authority: one elliptic-curve key that signs the certificates of its server and of its devices. A
/// device certificate names its device id as common name and nothing else.
/// </summary>
internal sealed class DistrictAuthority : IDisposable
{
    /// <summary>The purpose of a device certificate (id-kp-clientAuth).</summary>
    public const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const int RsaBitsMin = 2048;

    // Devices whose clock runs a little behind must not take a new certificate for one of the future.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;

    private DistrictAuthority(X509Certificate2 certificate, ECDsa key) => (_certificate, _key) = (certificate, key);

    /// <summary>From then on nothing that it signed is valid.</summary>
    public DateTimeOffset NotAfter => _certificate.NotAfter;

    /// <summary>Its certificate, PEM: what devices and the server trust.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem() + "\n";

    /// <summary>Its private key, PEM (PKCS #8). Whoever has it can make devices.</summary>
    public string KeyPem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>Makes a new one.</summary>
    /// <param name="name">Its name, 1 to 64 characters.</param>
    /// <param name="now">From when on it is valid.</param>
    /// <param name="years">For how long.</param>
    public static DistrictAuthority Create(string name, DateTimeOffset now, int years)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return new(request.CreateSelfSigned(now - Backdated, now.AddYears(years)), key);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="CryptographicException">The texts are not a certificate and its elliptic-curve key.</exception>
    public static DistrictAuthority Load(string certificatePem, string keyPem)
    {
        using var alone = X509Certificate2.CreateFromPem(certificatePem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(keyPem);
            // Throws when the key belongs to another certificate.
            return new(alone.CopyWithPrivateKey(key), key);
        }
        catch (ArgumentException error)
        {
            key.Dispose();
            throw new CryptographicException(error.Message, error);
        }
    }

    /// <summary>A certificate and a new key for a server.</summary>
    /// <param name="hosts">Host names and IP addresses by which devices know it; at least one.</param>
    /// <param name="now">From when on it is valid.</param>
    /// <param name="days">For how long, but not longer than the authority.</param>
    public IssuedCertificate IssueServer(IReadOnlyList<string> hosts, DateTimeOffset now, int days)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
            if (IPAddress.TryParse(host, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(host);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Clients look at the names below; the common name is for people, and has room for 64 characters.
        var certificate = Sign(hosts[0][..Math.Min(64, hosts[0].Length)], new PublicKey(key), ServerPurpose, names.Build(), now, days);
        return certificate with { KeyPem = key.ExportPkcs8PrivateKeyPem() + "\n" };
    }

    /// <summary>A certificate and a new key for a device.</summary>
    /// <param name="deviceId">Its id.</param>
    /// <param name="now">From when on it is valid.</param>
    /// <param name="days">For how long, but not longer than the authority.</param>
    public IssuedCertificate IssueDevice(string deviceId, DateTimeOffset now, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(deviceId, new PublicKey(key), ClientPurpose, null, now, days) with { KeyPem = key.ExportPkcs8PrivateKeyPem() + "\n" };
    }

    /// <summary>A certificate for a device that made its own key. Of the request only the key is taken; its signature proves that the device has it.</summary>
    /// <param name="deviceId">Its id.</param>
    /// <param name="requestPem">PKCS #10, PEM.</param>
    /// <param name="now">From when on it is valid.</param>
    /// <param name="days">For how long, but not longer than the authority.</param>
    /// <exception cref="CryptographicException">Not a signing request, its signature is wrong, or its key is too weak.</exception>
    public IssuedCertificate IssueDevice(string deviceId, string requestPem, DateTimeOffset now, int days)
    {
        CertificateRequest request;
        try
        {
            request = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256, signerSignaturePadding: RSASignaturePadding.Pkcs1);
        }
        catch (ArgumentException error)
        {
            throw new CryptographicException(error.Message, error);
        }

        using var elliptic = request.PublicKey.GetECDsaPublicKey();
        using var rsa = request.PublicKey.GetRSAPublicKey();
        if (elliptic is null && rsa is not { KeySize: >= RsaBitsMin })
            throw new CryptographicException($"The key must be an elliptic-curve key, better P-256, or RSA with {RsaBitsMin} bits or more.");
        return Sign(deviceId, request.PublicKey, ClientPurpose, null, now, days);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private IssuedCertificate Sign(string name, PublicKey key, string purpose, X509Extension? names, DateTimeOffset now, int days)
    {
        var request = new CertificateRequest(NameOf(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (names is not null) request.CertificateExtensions.Add(names);
        var until = now.AddDays(days) < NotAfter ? now.AddDays(days) : NotAfter;
        using var certificate = request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), now - Backdated, until, Serial());
        return new(certificate.ExportCertificatePem() + "\n", null, certificate.SerialNumber, certificate.NotAfter);
    }

    private static X500DistinguishedName NameOf(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        return name.Build();
    }

    // Positive, and never with a leading zero, as the encoding wants it.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}

/// <summary>A new certificate.</summary>
/// <param name="CertificatePem">PEM.</param>
/// <param name="KeyPem">Its private key, PEM (PKCS #8); null when the device keeps it.</param>
/// <param name="Serial">Serial number, hexadecimal.</param>
/// <param name="NotAfter">Until when it is valid.</param>
internal sealed record IssuedCertificate(string CertificatePem, string? KeyPem, string Serial, DateTimeOffset NotAfter);
