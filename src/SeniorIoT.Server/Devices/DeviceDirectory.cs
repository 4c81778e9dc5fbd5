using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SeniorIoT.DeviceProtocol;

namespace SeniorIoT.Server.Devices;

/// <summary>What ingest must know of an enrolled device to let it in.</summary>
/// <param name="DeviceId">Its id.</param>
/// <param name="Kind">Its kind; null for a gateway, which measures nothing itself.</param>
/// <param name="HouseholdId">Where it is; null for a gateway.</param>
/// <param name="GatewayId">The gateway that may speak for it; null when none may.</param>
/// <param name="SecretHash">See <see cref="DeviceSecret"/>.</param>
/// <param name="IsRetired">Withdrawn: may not connect.</param>
internal sealed record DirectoryEntry(string DeviceId, DeviceKind? Kind, string? HouseholdId, string? GatewayId, byte[] SecretHash, bool IsRetired);

/// <summary>
/// Every enrolled device, in memory, for checks on the hot path. Filled from the registry at start, and kept up to date by
/// whoever changes the registry. Thread-safe.
/// </summary>
internal sealed class DeviceDirectory
{
    private readonly ConcurrentDictionary<string, DirectoryEntry> _entries = new(StringComparer.Ordinal);
    private DirectoryEntry? _own;

    /// <summary>How many devices are enrolled, gateways and retired ones included.</summary>
    public int Count => _entries.Count;

    /// <summary>All entries, in no order; safe while others write.</summary>
    public IEnumerable<DirectoryEntry> All => _entries.Select(pair => pair.Value);

    /// <summary>Finds a device.</summary>
    public bool TryGet(string deviceId, [NotNullWhen(true)] out DirectoryEntry? entry) =>
        _entries.TryGetValue(deviceId, out entry) || (entry = deviceId == _own?.DeviceId ? _own : null) is not null;

    /// <summary>A device of the server itself: found like others, but in no list and no count, and not in the registry.</summary>
    public void SetOwn(DirectoryEntry entry) => _own = entry;

    /// <summary>Adds or replaces a device.</summary>
    public void Set(DirectoryEntry entry) => _entries[entry.DeviceId] = entry;

    /// <summary>Forgets a device.</summary>
    public void Remove(string deviceId) => _entries.TryRemove(deviceId, out _);
}
