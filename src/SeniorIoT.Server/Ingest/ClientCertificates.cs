using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using SeniorIoT.Server.Certificates;

namespace SeniorIoT.Server.Ingest;

/// <summary>What was found out about the certificate that a client showed.</summary>
/// <param name="DeviceId">The device whose certificate it is; null when it is not one of ours.</param>
/// <param name="Fault">What is wrong with it, and the remedy; null when nothing is.</param>
internal sealed record ShownCertificate(string? DeviceId, string? Fault);

/// <summary>
/// Judges client certificates against the authorities that were named, and nothing else: not the machine's list, no downloads, and
/// validity by our clock. The TLS handshake lets every certificate pass and keeps the judgement for <see cref="Admission"/>, because a
/// handshake can only break off, while an answer to CONNECT says why.
/// </summary>
internal static class ClientCertificates
{
    /// <summary>Sets up TLS for the MQTT port.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "The judgement is kept, and Admission acts on it: only there can the client be told.")]
    public static void Configure(HttpsConnectionAdapterOptions https, IngestOptions options, TimeProvider clock)
    {
        https.ServerCertificate = options.Certificate;
        https.ServerCertificateChain = options.CertificateChain;
        https.HandshakeTimeout = options.HandshakeWithin;
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (options.ClientAuthorities is not { } authorities) return;
        // Kestrel's own mode stays off: it would bring a callback of its own, and there can be only one.
        https.OnAuthenticate = (connection, tls) =>
        {
            tls.ClientCertificateRequired = true; // asked for; the callback also takes a client that has none
            // The chain is built once, by TLS itself, with this policy.
            tls.CertificateChainPolicy = Policy(authorities, clock.GetUtcNow());
            tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (certificate is X509Certificate2 shown) connection.Features.Set(Judge(shown, chain, errors));
                return true;
            };
        };
    }

    /// <summary>How a client's chain is built.</summary>
    private static X509ChainPolicy Policy(X509Certificate2Collection authorities, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(DistrictAuthority.ClientPurpose));
        return policy;
    }

    private static ShownCertificate Judge(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.None)
        {
            var status = chain is null ? X509ChainStatusFlags.PartialChain : chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
            return new(null, status switch
            {
                _ when status.HasFlag(X509ChainStatusFlags.PartialChain) || status.HasFlag(X509ChainStatusFlags.UntrustedRoot) =>
                    "The certificate was not issued by an authority that this server knows. Issue one with the district's.",
                _ when status.HasFlag(X509ChainStatusFlags.NotTimeValid) =>
                    FormattableString.Invariant($"The certificate is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}, not now. Issue a new one."),
                _ when status.HasFlag(X509ChainStatusFlags.NotValidForUsage) => NotForClients,
                _ => $"The certificate is not valid ({status}). Issue a new one.",
            });
        }

        // A certificate without a list of purposes is good for all of them: then it was not made for a device.
        if (!certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(purposes => purposes.EnhancedKeyUsages[DistrictAuthority.ClientPurpose] is not null))
            return new(null, NotForClients);
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName).Select(part => part.GetSingleElementValue()).ToArray();
        return names is [{ Length: > 0 } name] ? new(name, null) : new(null, "The certificate must name the device id as its one common name. Issue a new one.");
    }

    private const string CommonName = "2.5.4.3";
    private const string NotForClients = "The certificate is not made for clients. Issue one with the purpose clientAuth.";
}
