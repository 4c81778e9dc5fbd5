using System.Buffers.Text;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;

namespace SeniorIoT.Server.Access;

/// <summary>
/// People's passwords, kept by the framework's slow derivation. Checks run one at a time with a short queue: whoever tries
/// passwords must not take the processor from those who call for help.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>Shortest password a person may choose.</summary>
    public const int LengthMin = 10;

    /// <summary>Longest, so that nobody makes us derive a book.</summary>
    public const int LengthMax = 256;

    private const int ChecksWaitingMax = 32;

    private static readonly UserEntry Nobody = new("", "", "", null, "");

    private readonly PasswordHasher<UserEntry> _hasher = new();
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = ChecksWaitingMax });
    private readonly string _decoy;

    /// <summary>Ready to check.</summary>
    public Passwords() => _decoy = Hash(Create());

    /// <summary>A password for a first login: 96 random bits, 16 characters.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12));

    /// <summary>What to store.</summary>
    public string Hash(string password) => _hasher.HashPassword(Nobody, password);

    /// <summary>
    /// Whether the password is the user's. Takes as long for a user who does not exist (null). Null when too many checks are
    /// waiting already.
    /// </summary>
    public async Task<bool?> CheckAsync(UserEntry? user, string password, CancellationToken cancel)
    {
        using var lease = await _limiter.AcquireAsync(1, cancel);
        if (!lease.IsAcquired) return null;
        var outcome = await Task.Run(() => Verify(user, password), cancel);
        return outcome && user is not null;
    }

    /// <summary>As <see cref="CheckAsync"/>, at once; for start-up.</summary>
    public bool Verify(UserEntry? user, string password) =>
        password.Length <= LengthMax
        && _hasher.VerifyHashedPassword(Nobody, user?.PasswordHash ?? _decoy, password) != PasswordVerificationResult.Failed;

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
