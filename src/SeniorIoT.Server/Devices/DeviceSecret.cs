using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SeniorIoT.Server.Devices;

/// <summary>
/// The password a device logs in with: 192 random bits that we choose and show once. Because it is random and long there is
/// nothing for a slow key derivation to protect: guessing it costs 2^192 tries however fast one try is. So it is stored as a
/// salted SHA-256, a check costs about a microsecond, and a reconnect storm needs no cache of successful checks.
/// (People's passwords are short and do get a slow derivation: see <c>Access</c>.)
/// </summary>
internal static class DeviceSecret
{
    private const int SaltBytes = 16;

    /// <summary>A new secret, 32 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    /// <summary>Salt followed by SHA-256(salt, secret): 48 bytes to store.</summary>
    public static byte[] Hash(string secret) => Hash(RandomNumberGenerator.GetBytes(SaltBytes), Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether <paramref name="secret"/> is the one that was hashed. Takes the same time either way.</summary>
    public static bool Matches(byte[] hash, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(hash, Hash(hash.AsSpan(0, SaltBytes), secret));

    private static byte[] Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> secret)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(salt);
        sha.AppendData(secret);
        return [.. salt, .. sha.GetHashAndReset()];
    }
}
