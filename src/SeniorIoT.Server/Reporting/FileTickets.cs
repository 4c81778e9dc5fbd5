using System.Collections.Concurrent;
using System.Security.Cryptography;
using SeniorIoT.Server.Access;

namespace SeniorIoT.Server.Reporting;

/// <summary>
/// Permissions to fetch one file without a login: a browser fetches files without our header. Each holds for ten minutes, and only in this
/// process: after a restart the list of reports gives new ones. Thread-safe.
/// </summary>
internal sealed class FileTickets(TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string File, AreaScope Scope, PhoneSight Sight, DateTimeOffset Until)> _tickets = new();

    /// <summary>A ticket for a file as somebody may see it.</summary>
    public string Issue(string file, AreaScope scope, PhoneSight sight)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, known) in _tickets)
            if (known.Until < now) _tickets.TryRemove(old, out _);
        var ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        _tickets[ticket] = (file, scope, sight, now + GoodFor);
        return ticket;
    }

    /// <summary>What a ticket permits; null when it is for another file, too old or unknown.</summary>
    public (AreaScope Scope, PhoneSight Sight)? Check(string file, string? ticket) =>
        ticket is not null && _tickets.TryGetValue(ticket, out var known) && known.File == file && known.Until >= clock.GetUtcNow() ? (known.Scope, known.Sight) : null;
}
